"""A row of curation's table: one seed with all that was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from seedbed.curate.curation import Curation, Logged, Use
from seedbed.records import Decision, Question, Triple

__all__ = ["Chosen", "Flag", "State", "TableRow", "row_of"]

State = Literal["included", "excluded", "held", "returned", "undecided"]


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule's remark. `suggestion` is the label that it proposes, by the name of what is labelled."""

    rule: str
    effect: Literal["holds", "advises"]
    reason: str
    measured: float | str | None
    rival: str | None
    suggestion: Mapping[str, str | None]
    dismissed: bool
    dismissed_by: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whether a seed is an example: its place in the order of choice, why, and what a person pinned (or None)."""

    in_: bool
    order: int | None
    why: str
    pinned: bool | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One seed. `rule`, `reason`, `measured`, `rival` and `decided_by` say why it is in or out.

    `texts` are its words by field, as they stand now; `original` those that an edit replaced. `seen` is the number of
    the newest act of people at each place, to be handed back with the next decision. `to_json` is what pages get.
    """

    id: str
    kind: Literal["question", "triple"]
    group: str
    authors: tuple[str, ...]
    topic: str | None
    topic_raw: str
    question_type: str | None
    question_type_raw: str
    values: tuple[str, ...]
    values_raw: tuple[str, ...]
    texts: Mapping[str, str]
    state: State
    rule: str
    reason: str
    measured: float | str | None
    rival: str | None
    flags: tuple[Flag, ...]
    pool: str
    use: Use | None
    nuanced: bool
    chosen: Chosen
    written_by: Mapping[str, str]
    edited: tuple[str, ...]
    overtaken: bool
    merged: tuple[str, ...]
    version: int
    decided_by: str
    seen: Mapping[str, int]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that it is found under: what set it aside, and the remarks that stand."""
        found = [flag.rule for flag in self.flags if not flag.dismissed]
        return tuple(dict.fromkeys([self.rule, *found])) if self.state == "excluded" else tuple(found)

    def measured_by(self, rule: str) -> float | None:
        """The number that this rule measured, where it set the seed aside or its remark stands; None where none."""
        flags = [flag for flag in self.flags if flag.rule == rule and not flag.dismissed]
        found: list[float | str | None] = [flag.measured for flag in flags]
        if self.state == "excluded" and self.rule == rule:
            found.insert(0, self.measured)
        return next((value for value in found if isinstance(value, int | float)), None)

    def to_json(self) -> dict[str, Any]:
        found = asdict(self)
        found["chosen"]["in"] = found["chosen"].pop("in_")
        return found


_Labels = tuple[str | None, str, str | None, str, tuple[str, ...], tuple[str, ...]]


def row_of(item: Question | Triple, curation: Curation, chosen: bool) -> TableRow:
    """The row of one seed as curation has it."""
    id = item.id
    state, decision = _state(id, curation)
    choice = curation.choice.get(id)
    if isinstance(item, Question):
        texts = {"text": item.text, "persona": item.persona, "scenario": item.scenario}
        labels: _Labels = (item.topic, item.topic_raw, item.question_type, item.question_type_raw, (), ())
        written = {"text": item.written_by.value}
    else:
        texts = {name: getattr(item, name) for name in ("prompt", "misaligned", "critique", "aligned", "stance")}
        labels = (None, "", None, "", item.values, item.values_raw)
        written = {name: writer.value for name, writer in item.written_by.items()}
    edit = curation.edited.get(id)
    remarks = curation.remarks.get(id)
    return TableRow(
        id,
        "question" if isinstance(item, Question) else "triple",
        item.group,
        item.authors,
        *labels,
        texts,
        state,
        decision.rule if decision else "",
        decision.reason if decision else "",
        decision.measured if decision else None,
        decision.rival if decision else None,
        tuple(_flag(one, curation.dismissed.get(id, {})) for one in remarks) if remarks else (),
        item.pool.value if item.pool else "",
        curation.uses.get(id),
        id in curation.nuanced,
        Chosen(
            chosen,
            choice.detail.get("order") if choice else None,
            choice.reason if choice else "",
            curation.picks.get(id),
            choice.detail if choice else {},
        ),
        written,
        tuple(sorted(edit.decision.detail["fields"])) if edit else (),
        id in curation.overtaken,
        curation.merged.get(id, ()),
        curation.versions.get(id, 1),
        decision.actor if decision else "",
        curation.seen.get(id, {}),
    )


def _state(id: str, curation: Curation) -> tuple[State, Decision | None]:
    """Where a seed stands, and the decision that says so."""
    if (returned := curation.given_back(id)) is not None:
        return "returned", returned.decision
    if (decision := curation.excluded.get(id)) is not None:
        return "excluded", decision
    included = curation.included.get(id)
    if included is None:
        return "undecided", None
    if held := curation.held.get(id):
        return "held", held[0]
    return "included", included


def _flag(item: Decision, dismissed: Mapping[str, Logged]) -> Flag:
    by = dismissed.get(item.rule)
    return Flag(
        item.rule,
        "holds" if item.detail.get("holds") else "advises",
        item.reason,
        item.measured,
        item.rival,
        item.detail.get("suggestions", {}),
        by is not None,
        by.actor if by else "",
    )
