"""What the gates of stage 2 measure with, and what they remember: the kept triples of each prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from seedbed.generate.gating import cosine
from seedbed.generate.settings import TripleGates
from seedbed.generate.triples.critique import Vocabulary
from seedbed.generate.triples.options import Option, Part
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.similarity import rouge_l_f1
from seedbed.records import Example, Verdict
from seedbed.taxonomy import Value

__all__ = ["Standing", "TripleBench", "ValueInspector", "rouge"]


class ValueInspector(Protocol):
    """What the gates need of an inspector."""

    def score(self, prompt: str, response: str, value: str | None = None) -> float:
        """The probability that `response` is aligned with `value`."""

    def may_judge(self, value: str | None = None) -> tuple[bool, str]:
        """Whether its score may stand as a judgement, and why or why not."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a response stands to a value: who says so, and what.

    `by` is "judge", "uncalibrated judge" (nobody held it against people's labels), "inspector", "no verdict" (the judge
    was asked in vain) or "unverified"; `says` is "violates", "honours", "unclear", or "" where nobody says anything;
    `score` is the inspector's.
    """

    by: str
    says: str = ""
    score: float | None = None


class TripleBench:
    """`values` are the run's, `risks` the taxonomy's, `examples` the pairs that prompts show.

    `use_cues` is for small models, which wrote by a scaffold. `embeds` says whether texts may be embedded. What
    `inspector` says counts only where it may judge; it ranks in any case. `calibrated` says whether the run's model
    judge was held against people's labels: one that was not may turn a row away, and verifies none.
    """

    def __init__(
        self,
        settings: TripleGates,
        values: Sequence[Value],
        examples: Mapping[str, Example],
        *,
        risks: Sequence[str] = (),
        use_cues: bool,
        embeds: bool,
        inspector: ValueInspector | None = None,
        embedder: TextEmbedder | None = None,
        calibrated: bool = False,
    ) -> None:
        self.judge = "judge" if calibrated else "uncalibrated judge"
        self.settings, self.values, self.examples = settings, tuple(values), examples
        self.use_cues, self.embeds, self.inspector = use_cues, embeds, inspector
        self.vocabulary = Vocabulary(values, risks)
        self.heavy = embeds or inspector is not None
        self._embedder = embedder
        self._earned = {v.id: inspector is not None and inspector.may_judge(v.id)[0] for v in values}
        self._kept: dict[str, list[tuple[str, str, str]]] = {}

    def cosine(self, a: str, b: str) -> float:
        if self._embedder is None:
            from seedbed.measures.embed import Embedder

            self._embedder = Embedder()
        first, second = self._embedder.encode([a, b])
        return cosine(first, second)

    def standing(self, prompt: str, option: Option, value: Value) -> Standing:
        """By the judge's recorded reply, else by the inspector where it may judge, else by nobody."""
        judged = option.get("judged", {}).get(value.id)
        if judged is not None and judged["says"]:
            return Standing(self.judge, judged["says"])
        return self._inspected(prompt, option, value) or Standing("unverified" if judged is None else "no verdict")

    def verified(self, prompt: str, option: Option) -> str:
        """Who verified a response, for the notes: the weakest of the values'. An uncalibrated judge verifies none."""
        found = {self._verified(prompt, option, value) for value in self.values}
        return next(by for by in ("unverified", "no verdict", "inspector", "judge") if by in found)

    def _verified(self, prompt: str, option: Option, value: Value) -> str:
        standing = self.standing(prompt, option, value)
        if standing.by != "uncalibrated judge":
            return standing.by
        inspected = self._inspected(prompt, option, value)
        return "inspector" if inspected is not None and inspected.says == standing.says else "unverified"

    def _inspected(self, prompt: str, option: Option, value: Value) -> Standing | None:
        if not self._earned[value.id] or self.inspector is None or not option["text"].strip():
            return None
        score = self.inspector.score(prompt, option["text"], value.id)
        return Standing("inspector", "honours" if score >= self.settings.min_value_score else "violates", score)

    def aligned_score(self, prompt: str, option: Option) -> float | None:
        """The inspector's mean score over the values; None where there is no inspector, or no text."""
        if self.inspector is None or not option["text"].strip():
            return None
        scores = [self.inspector.score(prompt, option["text"], value.id) for value in self.values]
        return sum(scores) / len(scores)

    def earlier(self, prompt: str) -> Sequence[tuple[str, str, str]]:
        """(row id, misaligned, aligned) of the kept triples of `prompt`, in slot order."""
        return self._kept.get(prompt, ())

    def remember(self, row: str, kept: Verdict) -> None:
        fields = kept.fields
        self._kept.setdefault(fields["prompt"], []).append((row, fields["misaligned"], fields["aligned"]))


def rouge(a: str, b: str) -> float:
    """ROUGE-L F1; 0 where a text has no words."""
    value = getattr(rouge_l_f1(a, b), "value", None)
    return float(value) if value is not None else 0.0


def part_of(example: Example, part: Part) -> str:
    return example.misaligned if part == "misaligned" else example.aligned
