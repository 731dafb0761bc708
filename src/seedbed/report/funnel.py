"""Where rows were turned away: a table of every gate of a run, with counts and one reason in the gate's own words."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.assess.document import Funnel
from seedbed.report.gates import gate_words
from seedbed.report.words import count, percent

__all__ = ["FunnelRow", "FunnelTable", "funnel_table"]


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
    """A run's slots: generated = kept + rejected, and the gates add up to rejected + failed."""

    run: str
    stage: str
    rows: tuple[FunnelRow, ...]
    failed: int


def funnel_table(funnel: Funnel) -> FunnelTable:
    """The table of one run; a run without slots has a single line."""
    whole = max(1, funnel.generated)

    def row(kind: str, name: str, words: str, n: int, example: str = "") -> FunnelRow:
        share = min(1.0, n / whole)
        return FunnelRow(
            kind, name, words, count(n), percent(share, whole) if funnel.generated else "", 100 * share, example
        )

    kept = "proposed: they await a person" if funnel.proposals else "passed every check"
    rows = [
        row("generated", "Generated", "texts that the model wrote", funnel.generated),
        row("kept", "Proposed" if funnel.proposals else "Kept", kept, funnel.kept),
    ]
    rows += [
        row("gate", gate.gate, gate_words(gate.gate), gate.count, gate.reason)
        for gate in funnel.gates
        if gate.gate not in ("", "failed")
    ]
    return FunnelTable(funnel.run, funnel.stage, tuple(rows), funnel.failed)
