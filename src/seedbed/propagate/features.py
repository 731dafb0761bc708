"""The features that are tested: what a reader sees of a row, and never what the plan asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from seedbed.assess.rows import PairRow, QuestionRow
from seedbed.propagate.testing import Sample
from seedbed.propagate.testing.samples import Kind

__all__ = ["OTHER", "Feature", "Stage", "features_of", "sample_of"]

Stage = Literal["questions", "triples"]
OTHER = "other"
_PAIRS = 20  # verb-noun pairs that are told apart, as in the paper's figure of verbs


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a row: `words` name it in a sentence (`plural`: "do" and not "does"); `of` reads it off a row.

    `of` gives None where the row has no value: the observer abstained, or nothing read the text. `opening`: it hangs on
    the first words of a sentence.
    """

    name: str
    words: str
    plural: bool
    kind: Kind
    stage: Stage
    of: Callable[[Any], Any]
    opening: bool = False

    def values(self, rows: Iterable[QuestionRow | PairRow]) -> list[Any]:
        return [self.of(row) for row in rows]


def sample_of(feature: Feature, rows: Sequence[QuestionRow | PairRow], *, clustered: bool = True) -> Sample:
    """The feature over `rows`, whose clusters are their requests; not `clustered`: each row stands alone, as seeds."""
    values, clusters = feature.values(rows), [row.cluster for row in rows] if clustered else None
    if feature.kind == "flags":
        return Sample.flags(values, clusters)
    return Sample.labels(values, clusters) if feature.kind == "labels" else Sample.numbers(values, clusters)


def features_of(stage: Stage, seeds: Mapping[str, QuestionRow | PairRow]) -> tuple[Feature, ...]:
    """The features of a stage. Verb-noun pairs are the 20 that most of `seeds` (all of the study) have; the rest is
    "other", not dropped: a category that hangs on generated rows would be chosen by what is tested."""
    if stage == "triples":
        return _TRIPLES
    pairs = Counter(pair for row in seeds.values() if (pair := _pair(row)))
    known = {pair for pair, _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:_PAIRS]}

    def verb_noun(row: Any) -> str | None:
        if not row.parsed:
            return None
        pair = _pair(row)
        return pair if pair in known else OTHER

    return (*_QUESTIONS, Feature("verb-noun", "verb-noun pairs", True, "labels", "questions", verb_noun))


def _pair(row: Any) -> str:
    return f"{row.verb} {row.noun}" if row.verb and row.noun else ""


_QUESTIONS = (
    Feature("tokens", "length", False, "numbers", "questions", lambda row: row.tokens),
    Feature("question-mark", "question marks", True, "flags", "questions", lambda row: row.traditional),
    Feature(
        "openness-a", "open and closed form (rule A)", False, "labels", "questions", lambda row: row.openness_a, True
    ),
    Feature(
        "openness-b", "open and closed form (rule B)", False, "labels", "questions", lambda row: row.openness_b, True
    ),
    Feature("topic", "observed topics", True, "labels", "questions", lambda row: row.topic_observed),
    Feature(
        "question-type", "observed question types", True, "labels", "questions", lambda row: row.question_type_observed
    ),
)
_TRIPLES = (
    Feature(
        "misaligned-tokens", "length of misaligned responses", False, "numbers", "triples",
        lambda row: row.misaligned_tokens,
    ),
    Feature(
        "aligned-tokens", "length of aligned responses", False, "numbers", "triples", lambda row: row.aligned_tokens
    ),
)  # fmt: skip
