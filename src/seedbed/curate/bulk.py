"""Acts on many rows at once: shown first, and carried out only if they would still do what was shown."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from seedbed.curate.curation import Logged
from seedbed.curate.deciding import append
from seedbed.curate.decisions import place
from seedbed.curate.desk import Desk, Sight
from seedbed.curate.filtering import Filter
from seedbed.curate.shown import shown_by_runs
from seedbed.curate.table import Table, TableRow
from seedbed.curate.typed import check_actor, check_words
from seedbed.curate.weighing import weighed
from seedbed.curate.wishes import HandAct, Wish, check_form
from seedbed.errors import InputError, SeedbedError, UsageError
from seedbed.records import Decision
from seedbed.study import Folder

__all__ = ["Applied", "Bulk", "Preview", "PreviewChanged", "apply", "preview"]

_SAMPLE = 10
_DETAIL = {item.name for item in fields(Wish)} - {"subject", "act", "reason", "seen", "into", "fields"}


@dataclass(frozen=True, slots=True)
class Bulk:
    """One act on the rows that `filter` finds, on those in `ids`, or on those of `ids` that the filter finds.

    `rule` narrows either to rows that this rule set aside or remarked on. `detail` is what the act takes, as in `Wish`:
    {"topic": "health"}, {"use": "test"}, {"nuanced": True}. Editing and merging are done row by row.
    """

    act: HandAct
    filter: Filter | None = None
    ids: tuple[str, ...] | None = None
    rule: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, table: Table) -> list[str]:
        """The rows that are meant, in the order of their ids. Raises InputError for ids that there are none of."""
        if self.filter is None and self.ids is None and not self.rule:
            raise UsageError("A bulk act needs a filter, ids or a rule", hint="An empty filter finds every row.")
        found = set(table.select(self.filter or Filter()))
        if self.rule:
            found &= set(table.select(Filter(rule=(self.rule,))))
        if self.ids is not None:
            if unknown := [id for id in self.ids if table.row(id) is None]:
                raise InputError(
                    f"No seed {unknown[0]!r} in the study (and {len(unknown) - 1} more of these ids)",
                    hint="Look at the rows again: a seed may have been withdrawn.",
                )
            found &= set(self.ids)
        return [row.id for row in table.rows if row.id in found]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk act would do. `token` stands for exactly this; `ids` are the rows that would change.

    `unchanged` rows have that decision already, `refused` cannot have it and say why. `examples` is how many of the
    changed are chosen as examples now. `sample` are the first rows of `ids`.
    """

    token: str
    ids: tuple[str, ...]
    unchanged: int
    refused: dict[str, str]
    by_kind: dict[str, int]
    by_group: dict[str, int]
    by_topic: dict[str, int]
    by_state: dict[str, int]
    examples: int
    sample: tuple[TableRow, ...]

    @property
    def changes(self) -> int:
        return len(self.ids)

    def to_json(self) -> dict[str, Any]:
        rest = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "sample"}
        return {
            **rest,
            "ids": list(self.ids),
            "changes": self.changes,
            "sample": [row.to_json() for row in self.sample],
        }


@dataclass(frozen=True, slots=True)
class Applied:
    """A bulk act that was carried out. `batch` is the name by which `undo` takes it back."""

    batch: str
    logged: tuple[Logged, ...]
    preview: Preview


class PreviewChanged(InputError):
    """The bulk act would no longer do what was shown; `preview` is what it would do now. Nothing was done."""

    def __init__(self, now: Preview) -> None:
        super().__init__(
            f"The rows changed since the act was shown: it would now change {now.changes:,}",
            hint="Look at the new preview, then confirm it.",
        )
        self.preview = now


def preview(desk: Desk, bulk: Bulk, *, used: Mapping[str, str] | None = None) -> Preview:
    """What `bulk` would do now. `used` maps seeds that runs were shown to the run; without it the runs are read.

    Raises UsageError and InputError where no row could take the act as it is.
    """
    return _weigh(desk, desk.table(), bulk, used)[0]


def apply(
    folder: Folder,
    bulk: Bulk,
    token: str,
    reason: str,
    actor: str,
    *,
    used: Mapping[str, str] | None = None,
    desk: Desk | None = None,
) -> Applied:
    """Carry out what a preview showed, in one append and as one batch.

    Raises PreviewChanged where it would do something else by now, InputError where it would do nothing, UsageError for
    want of a reason or an actor, Busy while another process writes.
    """
    folder.check()
    check_actor(actor)
    if not reason.strip():
        raise UsageError("A bulk act needs a reason", hint='Say why: --reason "…"')
    check_words(reason, "The reason")
    with folder.writing():
        desk = desk or Desk(folder)
        table = desk.table()
        now, decisions = _weigh(desk, table, bulk, used)
        if now.token != token:
            raise PreviewChanged(now)
        if not decisions:
            raise InputError("The act would change no row", hint="All are so already, or cannot be; see the preview.")
        batch = secrets.token_hex(6)
        said = reason.strip()
        acts = [
            Decision(
                one.subject, one.act, actor, one.rule, said, rival=one.rival, detail={**one.detail, "batch": batch}
            )
            for one in decisions
        ]
        logged = append(desk, table.sight, actor, acts)
    return Applied(batch, logged, now)


def _weigh(desk: Desk, table: Table, bulk: Bulk, used: Mapping[str, str] | None) -> tuple[Preview, list[Decision]]:
    if bulk.act in ("edit", "merge"):
        raise UsageError(f"To {bulk.act} is done row by row", hint="Each row needs words, or a rival, of its own.")
    if unknown := sorted(bulk.detail.keys() - _DETAIL):
        raise UsageError(f"{bulk.act} takes no {unknown[0]}", hint=f"Known: {', '.join(sorted(_DETAIL))}.")
    check_form(Wish("these rows", bulk.act, "as shown", **bulk.detail))
    sight = table.sight
    rows = bulk.rows(table)
    moving = bulk.act == "use"
    if used is None:
        used = shown_by_runs(desk.folder) if moving else {}
    together = desk.together(sight, len(rows) if moving else 0)
    made: list[Decision] = []
    refused: dict[str, str] = {}
    unchanged = 0
    digest = hashlib.sha256(json.dumps([bulk.act, dict(bulk.detail)], sort_keys=True, default=list).encode())
    for id in rows:
        try:
            wish = Wish(id, bulk.act, "as shown", **bulk.detail)
            decision = weighed(wish, "person", sight, together, used, form=False)
        except SeedbedError as error:
            refused[id] = str(error)
            continue
        where = place(decision)
        if _stands(decision, sight.have.people.standing.get(where), sight):
            unchanged += 1
            continue
        made.append(decision)
        # what somebody decided about a row since it was shown makes it another act
        digest.update(f"\x1e{id}\x1f{sight.have.people.seen.get(where, 0)}".encode())
    changed = [row for one in made if (row := table.row(one.subject)) is not None]
    shown = Preview(
        digest.hexdigest()[:24],
        tuple(one.subject for one in made),
        unchanged,
        refused,
        dict(Counter(row.kind for row in changed)),
        dict(Counter(row.group for row in changed)),
        dict(Counter(row.topic or "" for row in changed)),
        dict(Counter(row.state for row in changed)),
        sum(row.chosen.in_ for row in changed),
        tuple(changed[:_SAMPLE]),
    )
    return shown, made


def _stands(wanted: Decision, standing: Logged | None, sight: Sight) -> bool:
    """Whether a person decided so already, or there is nothing that the act would take off."""
    if wanted.act == "use":
        use: str | None = wanted.detail["use"]
        return sight.curation.uses.get(wanted.subject) == use
    if standing is None:
        return wanted.act == "undo" or (wanted.act == "nuanced" and not wanted.detail["nuanced"])
    old, ignored = standing.decision, ("batch", "taxonomy")
    if old.act != wanted.act:
        return False
    return all(old.detail.get(name) == value for name, value in wanted.detail.items() if name not in ignored)
