"""The judge of stage 0: walks a line through the gates and remembers what was kept."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.engine import Tally
from seedbed.generate.gating import HEAVY_GATES, Finding, gates_in
from seedbed.generate.questions.plan import cell_name
from seedbed.generate.topics.gates import TOPIC_GATES, TopicBench
from seedbed.records import OVER_TARGET, Ask, Candidate, State, Verdict

__all__ = ["TopicJudge"]


class TopicJudge:
    """Gates in the order of the settings; the first that fails rejects. Rows that pass beyond the tally are marked.

    Raises SettingsError for a gate that does not exist.
    """

    def __init__(self, run: str, bench: TopicBench, order: Sequence[str], tally: Tally) -> None:
        self._run, self._bench, self._tally = run, bench, tally
        self._gates = gates_in(order, TOPIC_GATES, "generate.topics.order")
        self.heavy = bool(set(order) & HEAVY_GATES)

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        return [(self._one(slot, ask, item), None) for slot, item in zip(ask.slots, candidates, strict=True)]

    def trace(self, ask: Ask, candidate: Candidate) -> list[tuple[str, Finding | None]]:
        """Every gate in order with what it finds, those after the first that fails as well. Remembers nothing."""
        if candidate.fault:
            return [("parse", Finding(candidate.fault))]
        return [(name, gate(self._bench, ask, candidate)) for name, gate in self._gates]

    def _one(self, slot: int, ask: Ask, candidate: Candidate) -> Verdict:
        text = candidate.text
        if candidate.fault:
            return Verdict(slot, State.REJECTED, "parse", candidate.fault, text=text)
        for name, gate in self._gates:
            found = gate(self._bench, ask, candidate)
            if found is not None:
                return Verdict(slot, State.REJECTED, name, found.reason, found.measured, found.rival, text)
        cell = cell_name(ask.topic, ask.question_type)
        notes = {"cell": cell, "ascii": "A" <= text[:1] <= "Z"}
        verdict = Verdict(
            slot, State.KEPT, text=text, notes=notes | ({OVER_TARGET: True} if self._tally.is_over(cell) else {})
        )
        self.restore(verdict, None)
        return verdict

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        if verdict.state is State.KEPT:
            cell = verdict.notes["cell"]
            if verdict.text:  # of a row that was withdrawn only the place is left
                self._bench.remember(f"{self._run}.{verdict.slot:06d}", verdict.text, cell.rpartition("/")[2])
            self._tally.take(cell, over=OVER_TARGET in verdict.notes)
