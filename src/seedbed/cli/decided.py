"""What `seedbed decide` shows: the rows of curation, the log of people's acts, the rules, and the checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from seedbed.cli.console import command, framed, note, table
from seedbed.cli.counted import counted
from seedbed.cli.persons import Persons
from seedbed.errors import InputError

if TYPE_CHECKING:
    from seedbed.acts import Study
    from seedbed.curate import Desk, Filter, Logged, TableRow
    from seedbed.study import Folder
    from seedbed.taxonomy.profiles import Profile

__all__ = ["SHOWS", "Shown", "plain", "profile_of", "short"]

_MOST = 40  # rows of a table in a terminal


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown, and how."""

    study: Study
    desk: Desk
    filter: Filter
    format: str
    as_json: bool


def _rows(ask: Shown) -> None:
    found = ask.desk.table().page(ask.filter, limit=1000 if ask.as_json else _MOST)
    if ask.as_json:
        framed(total=found.total, facets=found.facets, rows=[row.to_json() for row in found.rows])
        return
    table(
        ["id", "group", "state", "text"],  # few, so that a terminal of 80 characters has room for the words
        [[row.id, row.group, _state(row), short(next(iter(row.texts.values())))] for row in found.rows],
    )
    note(
        counted(found.total, "row")
        + (f"; the first {len(found.rows)} are shown" if found.total > len(found.rows) else "")
    )
    for name in ("state", "group", "rule", "pool", "use"):
        counts = [f"{value or 'none'} {count:,}" for value, count in found.facets[name].items()][:12]
        if counts:
            note(f"  {name}: {', '.join(counts)}")


def _state(row: TableRow) -> str:
    """Where a seed stands and by which rules, and whether it is an example."""
    why = ", ".join(row.rules)
    return f"{row.state}{': ' if why else ''}{why}{', example' if row.chosen.in_ else ''}"


def _log(ask: Shown) -> None:
    from seedbed.curate.acted import acts_of_people

    sight = ask.desk.look()
    log = acts_of_people(sight)
    if ask.as_json:
        framed(decisions=[plain(one) for one in log])
        return
    lines = [list(same) for _, same in groupby(log, key=lambda one: (one.batch or one.seq, one.undone))]
    who, at = Persons(ask.study.folder), {one.seq: one for one in log}
    table(
        ["number", "when", "who", "act", "of", "why"],
        [
            [
                str(line[0].seq), line[0].at[:16].replace("T", " "), who.called(line[0].actor),
                line[0].decision.act + (f" (taken back by {line[0].undone})" if line[0].undone else ""),
                _of(line, at), short(line[0].decision.reason),
            ]
            for line in lines[-_MOST:]
        ],
    )  # fmt: skip
    note(counted(len(log), "act") + " of people" + (f"; the last {_MOST} are shown" if len(lines) > _MOST else ""))


def _of(line: Sequence[Logged], log: Mapping[int, Logged]) -> str:
    """What one line of the log is about: a seed, the seeds of a bulk act, a label, or what was taken back."""
    from seedbed.curate.acted import CONFIRM

    one, detail = line[0], line[0].decision.detail
    if one.batch:
        return f"{counted(len(line), 'seed')}, batch {one.batch}"
    if "undoes_batch" in detail:
        batch = [each for each in log.values() if each.batch == detail["undoes_batch"]]
        return f"batch {detail['undoes_batch']}: " + (f"{batch[0].decision.act} {counted(len(batch), 'seed')}" if batch
                                                      else "nothing")  # fmt: skip
    if "undoes" in detail:
        return ", ".join(_numbered(number, log) for number in detail["undoes"])
    if one.decision.act == CONFIRM:
        return f"{one.decision.subject}: what a label on {counted(detail['seeds'], 'seed')} means"
    return one.decision.subject


def _numbered(number: int, log: Mapping[int, Logged]) -> str:
    one = log.get(number)
    return f"number {number}" + (f": {one.decision.act} {one.decision.subject}".rstrip() if one else "")


def _rules(ask: Shown) -> None:
    from seedbed.curate import rules_listed

    found = {kind: rules_listed(kind, ask.study.settings.curate) for kind in ("question", "triple")}
    if ask.as_json:
        framed(**{f"{kind}s": [asdict(one) for one in rules] for kind, rules in found.items()})
        return
    for kind, rules in found.items():
        table(
            ["rule", "what follows", "settings"],
            [
                [one.id, "off" if one.off else one.effect, ", ".join(f"{k} = {v}" for k, v in one.settings.items())]
                for one in rules
            ],
            title=f"Criteria for {kind}s",
        )


def _checklist(ask: Shown) -> None:
    from seedbed.curate import checklist, checklist_export

    profile = profile_of(ask.study.folder)
    rows = checklist(ask.study.folder, profile, desk=ask.desk)
    if ask.as_json or ask.format:
        print(checklist_export(rows, ask.format or "json"), end="")  # type: ignore[arg-type]
        return
    table(
        ["item", "of", "state", "who", "criterion", "note"],
        [[row.id, row.kind, row.state, row.by, row.text, short(row.note)] for row in rows],
    )
    note(f"{sum(row.state != 'open' for row in rows)} of {len(rows)} ticked, profile {profile.mark}")


def profile_of(folder: Folder) -> Profile:
    """The profile that the study names. Raises InputError where it names none."""
    from seedbed.taxonomy.profiles import current_profile

    found = current_profile(folder)
    if found is None:
        raise InputError(
            "The study names no profile, so there is no checklist", hint=command("profile", folder.root, "list")
        )
    return found


def plain(one: Logged) -> dict[str, Any]:
    """A decision as JSON has it."""
    return {"number": one.seq, "at": one.at, "who": one.actor, "undone": one.undone, **asdict(one.decision)}


def short(text: str, limit: int = 60) -> str:
    """The text on one line, at most `limit` characters of it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


SHOWS: Mapping[str, Callable[[Shown], None]] = {"rows": _rows, "log": _log, "rules": _rules, "checklist": _checklist}
