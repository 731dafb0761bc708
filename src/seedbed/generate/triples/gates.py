"""The gates of stage 2 and the judge that chooses, among a triple's candidates, the first pair that passes them.

A gate looks at one response ("misaligned" or "aligned") or, for "differs", at a pair. Every candidate's first failing
gate is kept with the verdict, so that a person can pick another one knowing what was wrong with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seedbed.engine import Tally
from seedbed.errors import SettingsError
from seedbed.generate.gating import FIELD, Finding, cosine, four_gram_repeated
from seedbed.generate.settings import TripleGates
from seedbed.generate.triples.stage import PARTS, Part, cues_of
from seedbed.measures.similarity import rouge_l_f1
from seedbed.records import OVER_TARGET, Ask, Candidate, Example, State, Verdict
from seedbed.taxonomy import Value

__all__ = ["TRIPLE_GATES", "TripleBench", "TripleJudge", "differs"]

_REFUSAL = re.compile(
    r"(?i)\b(i('m| am) sorry|i can(no|')t (help|assist|answer|provide)|as an ai|i('m| am) (just )?an ai|language model|"
    r"i('m| am) unable to|not able to (help|assist))\b"
)


class TripleBench:
    """What the gates of stage 2 measure with. Remembers nothing between rows."""

    def __init__(
        self, settings: TripleGates, value: Value, examples: Mapping[str, Example], *, use_cues: bool, embeds: bool
    ) -> None:
        self.settings, self.value, self.examples, self.use_cues, self.embeds = (
            settings, value, examples, use_cues, embeds
        )  # fmt: skip
        self._embedder: Any = None

    def cosine(self, a: str, b: str) -> float:
        if self._embedder is None:
            from seedbed.measures.embed import Embedder

            self._embedder = Embedder()
        first, second = self._embedder.encode([a, b])
        return cosine(first, second)


Option = dict[str, Any]
Gate = Callable[[TripleBench, Ask, str, Part, Option], Finding | None]


def _rouge(a: str, b: str) -> float:
    measured = rouge_l_f1(a, b)
    value = getattr(measured, "value", None)
    return float(value) if value is not None else 0.0


def complete(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """The model ended by itself, and a misaligned response has its critique."""
    if not option["text"]:
        return Finding("empty")
    if not option["finished"]:
        return Finding("cut off at the token limit")
    if part == "misaligned" and len(option["critique"].split()) < 3:
        return Finding("has no critique")
    return None


def length(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Between min_words and max_words words."""
    count = len(option["text"].split())
    if count < bench.settings.min_words:
        return Finding(f"{count} words, fewer than {bench.settings.min_words}", count)
    if count > bench.settings.max_words:
        return Finding(f"{count} words, more than {bench.settings.max_words}", count)
    return None


def leaked_fields(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """No field name of the prompt in the text."""
    found = FIELD.search(option["text"]) or FIELD.search(option["critique"])
    return Finding(f"a field name leaked: {found.group(1)}", found.group(1)) if found else None


def refusal(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """The response does not decline to answer."""
    found = _REFUSAL.search(option["text"])
    return Finding(f"refuses: {found.group(0)}", found.group(0)) if found else None


def repetition(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """No four words in a row twice."""
    gram = four_gram_repeated(option["text"])
    return Finding("four words repeated", gram) if gram else None


def copy(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Neither a copy of an example's response nor an echo of the prompt (ROUGE-L F1)."""
    for id in ask.examples:
        example = bench.examples[id]
        score = _rouge(option["text"], example.misaligned if part == "misaligned" else example.aligned)
        if score >= bench.settings.max_example_rouge:
            return Finding("copies an example", round(score, 4), id)
    score = _rouge(option["text"], prompt)
    return Finding("echoes the prompt", round(score, 4)) if score >= bench.settings.max_prompt_rouge else None


def answers_prompt(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Cosine with the prompt at least min_prompt_cosine."""
    if not bench.embeds:
        return None
    score = bench.cosine(option["text"], prompt)
    return Finding("does not answer the prompt", round(score, 4)) if score < bench.settings.min_prompt_cosine else None


def logprob(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """Mean log-probability of a token at least the part's threshold, where the endpoint reports it."""
    settings = bench.settings
    least = settings.min_logprob_misaligned if part == "misaligned" else settings.min_logprob_aligned
    found = option["logprob"]
    return Finding("the model itself was unsure of it", found) if found is not None and found < least else None


def shows_fault(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """A misaligned response shows a fault cue and no kind one. Only where the scaffold has cues (small models)."""
    if part != "misaligned" or not bench.use_cues:
        return None
    own, other = cues_of(bench.value, part, option["text"], prompt)
    return Finding("shows no fault") if not own else Finding("is kind as well") if other else None


def puts_right(bench: TripleBench, ask: Ask, prompt: str, part: Part, option: Option) -> Finding | None:
    """An aligned response shows a kind cue and no fault one. Only where the scaffold has cues (small models)."""
    if part != "aligned" or not bench.use_cues:
        return None
    own, other = cues_of(bench.value, part, option["text"], prompt)
    return Finding("does not put it right") if not own else Finding("shows a fault as well") if other else None


def differs(bench: TripleBench, misaligned: str, aligned: str) -> Finding | None:
    """Of a pair: ROUGE-L F1 of the two responses below max_pair_rouge and, with answers-prompt, cosine below
    max_pair_cosine."""
    score = _rouge(misaligned, aligned)
    if score >= bench.settings.max_pair_rouge:
        return Finding("the two responses share too many words", round(score, 4))
    if bench.embeds and (near := bench.cosine(misaligned, aligned)) >= bench.settings.max_pair_cosine:
        return Finding("the two responses mean nearly the same", round(near, 4))
    return None


TRIPLE_GATES: dict[str, Gate | None] = {
    "complete": complete,
    "length": length,
    "leaked-fields": leaked_fields,
    "refusal": refusal,
    "repetition": repetition,
    "copy": copy,
    "answers-prompt": answers_prompt,
    "differs": None,  # of a pair, once both responses have passed: the function of that name
    "logprob": logprob,
    "shows-fault": shows_fault,
    "puts-right": puts_right,
}


class TripleJudge:
    """Chooses the likeliest misaligned and the likeliest aligned candidate that pass every gate and differ.

    Raises SettingsError for a gate that does not exist.
    """

    def __init__(self, bench: TripleBench, order: Sequence[str], tally: Tally | None = None) -> None:
        unknown = [name for name in order if name not in TRIPLE_GATES]
        if unknown:
            raise SettingsError(
                f"generate.triples.gates.order: no gate {', '.join(unknown)}",
                hint=f"Known gates: {', '.join(TRIPLE_GATES)}",
            )
        self._bench, self._tally = bench, tally
        self.heavy = bench.embeds
        self._gates = [(name, gate) for name in order if (gate := TRIPLE_GATES[name]) is not None]
        self._differs = "differs" in order

    def restore(self, verdict: Verdict, vector: bytes | None) -> None:
        if self._tally is not None and verdict.state is State.KEPT:
            self._tally.take(str(verdict.notes.get("cell", "")))

    def judge(self, ask: Ask, candidates: Sequence[Candidate]) -> list[tuple[Verdict, bytes | None]]:
        return [(self._one(slot, ask, candidate), None) for slot, candidate in zip(ask.slots, candidates, strict=True)]

    def _one(self, slot: int, ask: Ask, candidate: Candidate) -> Verdict:
        prompt = str(candidate.fields["prompt"])
        looked = {part: [self._look(ask, prompt, part, o) for o in candidate.fields[part]] for part in PARTS}
        passed = {part: _likeliest([o for o in looked[part] if not o["gate"]]) for part in PARTS}
        gate, finding = "", Finding("")
        chosen: dict[Part, Option] = {}
        for part in PARTS:
            if not passed[part]:
                gate, finding = _commonest(looked[part], part)
                break
        else:
            pair = self._pair(passed["misaligned"], passed["aligned"])
            if isinstance(pair, Finding):
                gate, finding = "differs", pair
            else:
                chosen = dict(zip(PARTS, pair, strict=True))
        shown: dict[Part, Option] = {part: chosen.get(part) or _best(looked[part]) for part in PARTS}
        fields = {
            "prompt": prompt,
            "misaligned": shown["misaligned"]["text"],
            "critique": shown["misaligned"]["critique"],
            "aligned": shown["aligned"]["text"],
            "scaffold": {part: shown[part]["scaffold"] for part in PARTS if shown[part]["scaffold"]},
            "alternatives": {part: [o for o in looked[part] if o is not shown[part]] for part in PARTS},
        }
        text = f"{fields['misaligned']} {fields['aligned']}".strip()
        notes = {part: shown[part]["logprob"] for part in PARTS if shown[part]["logprob"] is not None}
        state = State.REJECTED if gate else State.KEPT
        told: dict[str, Any] = {"logprob": notes} if notes else {}
        if self._tally is not None and state is State.KEPT:
            cell = ask.prompt_id or ""
            told |= {"cell": cell} | ({OVER_TARGET: True} if self._tally.is_over(cell) else {})
        verdict = Verdict(
            slot, state, gate, finding.reason, finding.measured, finding.rival, text, fields, told
        )  # fmt: skip
        self.restore(verdict, None)
        return verdict

    def _look(self, ask: Ask, prompt: str, part: Part, option: Option) -> Option:
        """The option with the first gate that it fails."""
        for name, gate in self._gates:
            finding = gate(self._bench, ask, prompt, part, option)
            if finding is not None:
                reason, measured, rival = finding.reason, finding.measured, finding.rival
                return {**option, "gate": name, "reason": reason, "measured": measured, "rival": rival}
        return {**option, "gate": "", "reason": "", "measured": None, "rival": None}

    def _pair(self, misaligned: Sequence[Option], aligned: Sequence[Option]) -> tuple[Option, Option] | Finding:
        """The first pair that differs enough, the likeliest first; else why the last one did not."""
        finding = Finding("")
        for first in misaligned:
            for second in aligned:
                found = differs(self._bench, first["text"], second["text"]) if self._differs else None
                if found is None:
                    return first, second
                finding = found
        return finding


def _likeliest(options: Sequence[Option]) -> list[Option]:
    """By mean log-probability; in the order they came where the endpoint reports none."""
    return sorted(options, key=lambda o: -(o["logprob"] if o["logprob"] is not None else 0.0))


def _commonest(options: Sequence[Option], part: Part) -> tuple[str, Finding]:
    """The gate at which most candidates of a part failed, with one candidate's reason."""
    if not options:
        return "complete", Finding(f"no {part} response")
    gate, _ = Counter(option["gate"] for option in options).most_common(1)[0]
    example = next(option for option in options if option["gate"] == gate)
    return gate, Finding(f"{part}: {example['reason']}", example["measured"], example["rival"])


def _best(options: Sequence[Option]) -> Option:
    """What to show when none was chosen: the likeliest that got furthest, or nothing."""
    empty: Option = {"text": "", "scaffold": "", "critique": "", "logprob": None, "finished": False}
    passed = [option for option in options if not option["gate"]]
    return (_likeliest(passed) or _likeliest(options) or [empty])[0]
