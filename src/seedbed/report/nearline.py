"""Rows near a gate's line: where a check turned away, or let pass, what it nearly did not.

Only gates that compare a number with a setting of run.json have a line. Of each the nearest rejected row is shown, and
of those that leave a number on kept rows too, the nearest kept one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seedbed.records import Row, State

__all__ = ["Near", "NearLine"]

# gate: the setting of its line; (7, 10) of the novelty gates is seven tenths
_LINES = {
    "copy": "rouge_l", "novelty": "rouge_l", "near-duplicate": "max_cosine", "logprob": "min_logprob",
    "length": "max_words", "differs": "max_pair_rouge", "answers-prompt": "min_prompt_cosine",
}  # fmt: skip
_ON_KEPT = {"logprob": "logprob"}
"""Gates whose number stands in the notes of every row, by its name there."""


@dataclass(frozen=True, slots=True)
class Near:
    """A row, the gate whose line it lies at, what was measured, and the line."""

    row: Row
    gate: str
    measured: float
    line: float


class NearLine:
    """Takes rows one by one and holds the nearest of each gate. `verdict` is that part of run.json."""

    def __init__(self, verdict: Mapping[str, Any]) -> None:
        self._lines = {gate: line for gate, name in _LINES.items() if (line := _number(verdict.get(name))) is not None}
        self._found: dict[tuple[str, bool], Near] = {}

    def take(self, row: Row) -> None:
        verdict = row.verdict
        if not verdict.text.strip():
            return
        if verdict.state is State.REJECTED:
            self._offer(row, verdict.gate, verdict.measured)
        elif row.kept:
            for gate, note in _ON_KEPT.items():
                self._offer(row, gate, verdict.notes.get(note))

    def found(self) -> list[Near]:
        """By gate, kept ones first."""
        return [self._found[key] for key in sorted(self._found, key=lambda key: (key[0], not key[1]))]

    def _offer(self, row: Row, gate: str, measured: Any) -> None:
        line, value = self._lines.get(gate), _number(measured)
        if line is None or value is None:
            return
        before = self._found.get((gate, row.kept))
        if before is None or abs(value - line) < abs(before.measured - line):
            self._found[gate, row.kept] = Near(row, gate, value, line)


def _number(found: Any) -> float | None:
    if isinstance(found, list | tuple) and len(found) == 2:
        return float(found[0]) / float(found[1])
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
