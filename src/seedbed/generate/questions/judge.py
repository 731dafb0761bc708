"""The judge of stage 1: walks a candidate through the gates and remembers what was kept."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.engine import Tally
from seedbed.generate.gating import HEAVY_GATES, Finding, gates_in
from seedbed.generate.questions.bench import Bench, cell_of
from seedbed.generate.questions.gates import QUESTION_GATES
from seedbed.records import OVER_TARGET, Ask, Candidate, State, Verdict

__all__ = ["QuestionJudge"]


class QuestionJudge:
    """Gates in the order of the settings; the first that fails rejects. With no gates every parsed row is kept.

    With a `tally` of what is wanted, a row that passes beyond it is kept and marked.
    Raises SettingsError for a gate that does not exist.
    """

    def __init__(self, run: str, bench: Bench, order: Sequence[str], tally: Tally | None = None) -> None:
        self._run, self._bench, self._tally = run, bench, tally
        self.heavy = bool(set(order) & HEAVY_GATES)
        self._gates = gates_in(order, QUESTION_GATES, "generate.questions.gates.order")

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        return [self._one(slot, ask, candidate) for slot, candidate in zip(ask.slots, candidates, strict=True)]

    def trace(self, ask: Ask, candidate: Candidate) -> list[tuple[str, Finding | None]]:
        """Every gate in order with what it finds, those after the first that fails as well. Remembers nothing."""
        if candidate.fault:
            return [("parse", Finding(candidate.fault))]
        return [(name, gate(self._bench, ask, candidate)) for name, gate in self._gates]

    def _one(self, slot: int, ask: Ask, candidate: Candidate) -> tuple[Verdict, bytes | None]:
        notes = {} if candidate.logprob is None else {"logprob": round(candidate.logprob, 4)}
        if candidate.fault:
            return Verdict(slot, State.REJECTED, "parse", candidate.fault, text=candidate.text, notes=notes), None
        for name, gate in self._gates:
            finding = gate(self._bench, ask, candidate)
            if finding is not None:
                verdict = Verdict(
                    slot, State.REJECTED, name, finding.reason, finding.measured, finding.rival, candidate.text,
                    notes=notes,
                )  # fmt: skip
                return verdict, None
        cell = cell_of(ask)
        over = {OVER_TARGET: True} if self._tally is not None and self._tally.is_over(cell) else {}
        verdict = Verdict(slot, State.KEPT, text=candidate.text, notes={**notes, "cell": cell, **over})
        vector = self._bench.stored(candidate.text)
        self.restore(verdict, vector)
        return verdict, vector

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        if verdict.state is State.KEPT:
            id = f"{self._run}.{verdict.slot:06d}"
            cell = verdict.notes.get("cell", "")
            self._bench.remember(id, verdict.text, vector, cell)
            if self._tally is not None:
                self._tally.take(cell, over=OVER_TARGET in verdict.notes)
