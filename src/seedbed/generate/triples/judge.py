"""The judge of stage 2: chooses, among a triple's candidates, the first pair that passes every gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

from seedbed.engine import Tally
from seedbed.generate.gating import Finding, gates_in
from seedbed.generate.triples.bench import TripleBench
from seedbed.generate.triples.gates import PAIR_GATES, TRIPLE_GATES, ResponseGate
from seedbed.generate.triples.notes import identity_notes, notes_of
from seedbed.generate.triples.options import PARTS, Option, Part, option_of
from seedbed.generate.triples.ranking import ranked
from seedbed.records import OVER_TARGET, Ask, Candidate, State, Verdict

__all__ = ["TripleJudge"]

Looked = dict[Part, list[Option]]


class TripleJudge:
    """Gates in the order of the settings. Of several candidates of a part, those that pass are ranked (ranking.py) and
    the first pair that passes is kept; with one of each, the first gate that fails rejects.

    With a `tally` of what is wanted, a row that passes beyond it is kept and marked. Raises SettingsError for a gate
    that does not exist.
    """

    def __init__(
        self,
        run: str,
        bench: TripleBench,
        order: Sequence[str],
        tally: Tally | None = None,
    ) -> None:
        gates = gates_in(order, TRIPLE_GATES, "generate.triples.gates.order")
        self._run, self._bench, self._order, self._tally = run, bench, tuple(order), tally
        self.heavy = bench.heavy
        self._responses = [(name, cast(ResponseGate, gate)) for name, gate in gates if name not in PAIR_GATES]
        self._pairs = [(name, PAIR_GATES[name]) for name, _ in gates if name in PAIR_GATES]

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        if verdict.state is State.KEPT:
            if verdict.fields:  # of a row that was withdrawn only the place is left
                self._bench.remember(f"{self._run}.{verdict.slot:06d}", verdict)
            if self._tally is not None:
                self._tally.take(str(verdict.notes.get("cell", "")), over=OVER_TARGET in verdict.notes)

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        made: list[tuple[Verdict, bytes | None]] = []
        for slot, candidate in zip(ask.slots, candidates, strict=True):
            verdict = self._one(slot, ask, candidate)
            self.restore(verdict, None)
            made.append((verdict, None))
        return made

    def trace(self, ask: Ask, candidate: Candidate) -> list[tuple[str, Finding | None]]:
        """Every gate in order with what it finds of the pair that the verdict shows. Remembers nothing."""
        if candidate.fault:
            return [("parse", Finding(candidate.fault))]
        prompt = str(candidate.fields["prompt"])
        looked = self._look_at_all(ask, prompt, candidate)
        pair, _ = self._choose(ask, prompt, looked)
        bad, good = pair or (self._best(prompt, looked, "misaligned"), self._best(prompt, looked, "aligned"))
        return list(self._findings(ask, prompt, bad, good))

    def _one(self, slot: int, ask: Ask, candidate: Candidate) -> Verdict:
        prompt = str(candidate.fields["prompt"])
        sound = {"identity_requested": True} if candidate.fields.get("sound") else {}
        if candidate.fault:
            empty: dict[str, Any] = {"misaligned": "", "critique": "", "aligned": "", "scaffold": {}}
            fields = {"prompt": prompt, **empty, "alternatives": {part: [] for part in PARTS}}
            return Verdict(slot, State.REJECTED, "parse", candidate.fault, fields=fields, notes=sound)
        looked = self._look_at_all(ask, prompt, candidate)
        pair, by = self._choose(ask, prompt, looked)
        bad, good = pair or (self._best(prompt, looked, "misaligned"), self._best(prompt, looked, "aligned"))
        gate, finding = ("", Finding("")) if pair else self._why(ask, prompt, looked, bad, good)
        shown: dict[Part, Option] = {"misaligned": bad, "aligned": good}
        fields = {
            "prompt": prompt,
            "misaligned": bad["text"],
            "critique": bad["critique"],
            "aligned": good["text"],
            "scaffold": {part: shown[part]["scaffold"] for part in PARTS if shown[part]["scaffold"]},
            "alternatives": {part: [o for o in looked[part] if o is not shown[part]] for part in PARTS},
        }
        notes = notes_of(self._bench, self._order, prompt, bad, good) | sound
        if by and pair:
            notes["ranker"] = by
        if gate == "identity" and (answer := identity_notes(self._bench, prompt, bad, good)):
            fields, notes = {**fields, "answer": answer.pop("answer")}, {**notes, **answer}
        if pair:
            cell = ask.prompt_id or ""
            over = self._tally is not None and self._tally.is_over(cell)
            notes |= {"cell": cell} | ({OVER_TARGET: True} if over else {})
        text = f"{bad['text']} {good['text']}".strip()
        state = State.KEPT if pair else State.REJECTED
        return Verdict(slot, state, gate, finding.reason, finding.measured, finding.rival, text, fields, notes)

    def _look_at_all(self, ask: Ask, prompt: str, candidate: Candidate) -> Looked:
        """Every option with the first gate that it fails by itself."""
        if self._single(candidate.fields):  # gates of responses and of pairs then stand in one order
            return {part: [_stamped(o, "", Finding("")) for o in candidate.fields[part]] for part in PARTS}
        return {part: [self._look(ask, prompt, part, o) for o in candidate.fields[part]] for part in PARTS}

    @staticmethod
    def _single(options: dict[str, Any]) -> bool:
        return all(len(options[part]) == 1 for part in PARTS)

    def _look(self, ask: Ask, prompt: str, part: Part, option: Option) -> Option:
        for name, gate in self._responses:
            finding = gate(self._bench, ask, prompt, part, option)
            if finding is not None:
                return _stamped(option, name, finding)
        return _stamped(option, "", Finding(""))

    def _choose(self, ask: Ask, prompt: str, looked: Looked) -> tuple[tuple[Option, Option] | None, str]:
        """The first pair that passes every gate, the best first, and by what they were ranked."""
        if self._single(cast(dict[str, Any], looked)):
            bad, good = looked["misaligned"][0], looked["aligned"][0]
            passes = all(finding is None for _, finding in self._findings(ask, prompt, bad, good))
            return ((bad, good) if passes else None), ""
        order: dict[Part, list[Option]] = {}
        by = ""
        for part in PARTS:
            order[part], by = ranked(self._bench, prompt, part, [o for o in looked[part] if not o["gate"]])
        for bad in order["misaligned"]:
            for good in order["aligned"]:
                if all(gate(self._bench, ask, prompt, bad, good) is None for _, gate in self._pairs):
                    return (bad, good), by
        return None, by

    def _why(self, ask: Ask, prompt: str, looked: Looked, bad: Option, good: Option) -> tuple[str, Finding]:
        """What rejects a triple: the gate at which most candidates of a part failed; where some of both passed, the
        gate at which their pairs did."""
        if not self._single(cast(dict[str, Any], looked)):
            for part in PARTS:
                if all(option["gate"] for option in looked[part]):
                    return _commonest(looked[part], part)
        found = ((name, finding) for name, finding in self._findings(ask, prompt, bad, good) if finding is not None)
        return next(found)

    def _findings(self, ask: Ask, prompt: str, bad: Option, good: Option) -> Iterator[tuple[str, Finding | None]]:
        """Every gate in order with what it finds of a pair, the misaligned response first."""
        options: dict[Part, Option] = {"misaligned": bad, "aligned": good}
        for name in self._order:
            if name in PAIR_GATES:
                yield name, PAIR_GATES[name](self._bench, ask, prompt, bad, good)
                continue
            gate = cast(ResponseGate, TRIPLE_GATES[name])
            for part in PARTS:
                finding = gate(self._bench, ask, prompt, part, options[part])
                if finding is not None:
                    yield name, Finding(f"{part}: {finding.reason}", finding.measured, finding.rival)
                    break
            else:
                yield name, None

    def _best(self, prompt: str, looked: Looked, part: Part) -> Option:
        """What to show when none was chosen: the best that got furthest, or nothing."""
        options = looked[part]
        passed = [option for option in options if not option["gate"]]
        found, _ = ranked(self._bench, prompt, part, passed or options)
        return found[0] if found else _stamped(option_of("", finished=False), "", Finding(""))


def _stamped(option: Option, gate: str, finding: Finding) -> Option:
    return {**option, "gate": gate, "reason": finding.reason, "measured": finding.measured, "rival": finding.rival}


def _commonest(options: Sequence[Option], part: Part) -> tuple[str, Finding]:
    """The gate at which most candidates of a part failed, with one candidate's reason."""
    if not options:
        return "complete", Finding(f"no {part} response")
    gate, _ = Counter(option["gate"] for option in options).most_common(1)[0]
    example = next(option for option in options if option["gate"] == gate)
    return gate, Finding(f"{part}: {example['reason']}", example["measured"], example["rival"])
