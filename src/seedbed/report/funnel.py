"""Where rows were turned away: every gate of a run with counts and one reason in its own words, and the same run by
topic, question type, value, group and seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.assess.document import Funnel, FunnelSlice, SliceKind
from seedbed.measures.definition import NotApplicable
from seedbed.report.gates import gate_words
from seedbed.report.words import count, interval, percent

__all__ = ["FunnelRow", "FunnelTable", "SliceRow", "SliceTable", "funnel_table"]

_KINDS: tuple[tuple[SliceKind, str, str], ...] = (
    ("topic", "topic", ""),
    ("question_type", "question type", ""),
    ("value", "value", "A row with several values is counted under each."),
    ("group", "group of writers", "A row counts for every group with a seed among its examples: rows do not add up."),
    ("seed", "seed shown as an example", "A row counts for every seed that its prompt showed: rows do not add up."),
)


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One line: what happened, how many rows, their share of the generated, and a bar of that width (0 to 100)."""

    kind: str
    name: str
    words: str
    count: str
    share: str
    width: float
    example: str = ""


@dataclass(frozen=True, slots=True)
class FunnelTable:
    """A run's slots: generated = kept + rejected, and the gates add up to rejected + failed.

    `checked` is False where no check judged the rows, as in a table that was imported: then there is no share kept.
    """

    run: str
    stage: str
    rows: tuple[FunnelRow, ...]
    failed: int
    proposals: bool = False
    in_words: str = ""
    interval: str = ""
    slices: tuple[SliceTable, ...] = ()
    checked: bool = True


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One label: of its generated rows so many were kept, and what turned most of the others away.

    `low` and `width` place the 95 % interval on a bar of 0 to 100, `at` the share.
    """

    label: str
    generated: int
    kept: int
    share: str
    interval: str
    at: float
    low: float
    width: float
    most: str


@dataclass(frozen=True, slots=True)
class SliceTable:
    """A run by the labels of one kind; `whole` is the share kept of all its rows, 0 to 100."""

    kind: str
    name: str
    note: str
    rows: tuple[SliceRow, ...]
    whole: float


def funnel_table(funnel: Funnel, names: Mapping[str, str] | None = None) -> FunnelTable:
    """The table of one run; a run without slots has a single line. `names` are words to show beside a seed's id."""
    whole = max(1, funnel.generated)
    checked = not (funnel.imported or funnel.raw)

    def row(kind: str, name: str, words: str, n: int, example: str = "") -> FunnelRow:
        share = min(1.0, n / whole)
        return FunnelRow(
            kind, name, words, count(n), percent(share, whole) if funnel.generated else "", 100 * share, example
        )

    kept = "proposed: they await a person" if funnel.proposals else "passed every check"
    if not checked:
        kept = "taken as they came: no check judged them"
    rows = [
        row("generated", "Generated", "texts that the model wrote", funnel.generated),
        row("kept", "Proposed" if funnel.proposals else "Kept", kept, funnel.kept),
    ]
    rows += [
        row(
            "gate",
            gate.gate,
            gate_words(gate.gate),
            gate.count,
            "" if gate.reason == gate_words(gate.gate) else gate.reason,
        )
        for gate in funnel.gates
        if gate.gate not in ("", "failed")
    ]
    return FunnelTable(
        funnel.run, funnel.stage, tuple(rows), funnel.failed, funnel.proposals,
        funnel.in_words if funnel.generated and checked else "", interval(funnel.accepted) if checked else "",
        tuple(_sliced(funnel, names or {})) if checked else (), checked,
    )  # fmt: skip


def _sliced(funnel: Funnel, names: Mapping[str, str]) -> list[SliceTable]:
    whole = 100 * funnel.kept / funnel.generated if funnel.generated else 0.0
    found = []
    for kind, name, note in _KINDS:
        rows = [_slice(part, names) for part in funnel.by(kind) if part.generated]
        if rows:
            found.append(SliceTable(kind, name, note, tuple(rows), whole))
    return found


def _slice(part: FunnelSlice, names: Mapping[str, str]) -> SliceRow:
    accepted = part.accepted
    at = low = high = 100 * part.kept / part.generated
    if not isinstance(accepted, NotApplicable) and accepted.low is not None and accepted.high is not None:
        low, high = 100 * accepted.low, 100 * accepted.high
    gate = next((f"{gate_words(name)} ({n:,})" for name, n in part.gates if name not in ("", "failed")), "")
    label = f"{part.label}: {names[part.key]}" if part.by == "seed" and part.key in names else part.label
    return SliceRow(
        label, part.generated, part.kept, percent(part.kept / part.generated, part.generated), interval(accepted),
        at, low, max(0.0, high - low), gate,
    )  # fmt: skip
