"""Which label would a reader who never saw the plan give this text?

A plan asks for a topic; whether the text is about it is another question. The observer compares a text with the
descriptions of all labels and never learns which was requested. It abstains where the best label leads by less
than `margin`, where it is hardly like the text at all, and on texts of one or two words. It is fitted to nothing:
quote it with `accuracy` on hand labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.measures.definition import ENGLISH, Measure, Measured
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.intervals import wilson
from seedbed.measures.lengths import words

__all__ = ["ENTRIES", "MARGIN", "Accuracy", "LabelObserver", "Observation", "accuracy"]

MARGIN = 0.02
FLOOR = 0.12  # unrelated English sentences have a cosine of about 0 to .1 in this model
CUE_WEIGHT = 0.1
LEAST_WORDS = 3  # a word or two are as near to any short label ("ok" to "Finance": .23)

ENTRIES = (
    Measure(
        "label_observed", "the label whose description is nearest to the text, or none",
        f"argmax over labels of max cosine to its descriptions; none if the lead is under {MARGIN} or the cosine "
        f"under {FLOOR}", "zero-shot classification after Yin et al. 2019, by sentence embeddings", "label",
        "describes", ENGLISH,
        "on the sample's 94 questions: 8 topics 92 % right on the 93 % decided, 23 types 70 % on 76 % with cues and "
        "49 % on 67 % without: a type observed alone shows little. Most texts about none of the labels get one all the "
        "same",
    ),
    Measure(
        "observer_accuracy", "share of an observer's decisions that agree with hand labels",
        "agreements / decided, with coverage = decided / all", "method of seedbed", "share", "higher is better",
        ENGLISH, "abstentions count in coverage, never as right; readers themselves agree on about nine in ten",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observation:
    """`label` is None where the observer abstains; `nearest` is what it would have said."""

    label: str | None
    nearest: str
    runner_up: str
    score: float
    margin: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Agreement with hand labels on the texts decided, and the share decided."""

    accuracy: Measured[float]
    coverage: Measured[float]


class LabelObserver:
    """Zero-shot observer for one set of labels.

    `labels` maps each id to its descriptions: the name, the definition, sub-topics, or texts known to carry the
    label (those must not be seeds shown as examples in the run observed; that is the caller's duty). `cues` maps
    ids to regular expressions; a label with a match gains `CUE_WEIGHT`. Leave cues out where a gate of the run
    used the same: what a gate let through is no observation.
    """

    def __init__(
        self,
        embedder: TextEmbedder,
        labels: Mapping[str, Sequence[str]],
        margin: float = MARGIN,
        floor: float = FLOOR,
        cues: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        if len(labels) < 2 or not all(labels.values()):
            raise InputError("an observer needs at least two labels, each with a description")
        self.margin, self.floor = margin, floor
        self._embedder = embedder
        self._ids = list(labels)
        texts = [text for descriptions in labels.values() for text in descriptions]
        self._vectors = embedder.encode(texts)
        self._starts = np.cumsum([0, *map(len, labels.values())])[:-1]
        self._cues = [[re.compile(cue, re.IGNORECASE) for cue in (cues or {}).get(id, ())] for id in self._ids]

    def observe(self, text: str) -> Observation:
        """The observed label of one text, or an abstention."""
        return self.observe_all([text])[0]

    def observe_all(self, texts: Sequence[str]) -> list[Observation]:
        """Observations in the order of the texts."""
        vectors = self._embedder.encode(texts)
        return [self._decide(text, vector) for text, vector in zip(texts, vectors, strict=True)]

    def _decide(self, text: str, vector: NDArray[np.float32]) -> Observation:
        scores = np.maximum.reduceat(np.vecdot(self._vectors, vector), self._starts).astype(float)
        scores += [CUE_WEIGHT * any(cue.search(text) for cue in cues) for cues in self._cues]
        # Ties go to the label named first; rounding keeps the last bits of a float32 product out of the verdict.
        first, second = np.argsort(-scores.round(5), kind="stable")[:2]
        score, lead = round(float(scores[first]), 5), round(float(scores[first] - scores[second]), 5)
        decided = score >= self.floor and lead >= self.margin and words(text) >= LEAST_WORDS
        return Observation(self._ids[first] if decided else None, self._ids[first], self._ids[second], score, lead)


def accuracy(pairs: Iterable[tuple[str | None, str]]) -> Accuracy:
    """Agreement of (observed or None, hand label) pairs, with Wilson intervals."""
    seen = list(pairs)
    decided = [(observed, truth) for observed, truth in seen if observed is not None]
    right = sum(observed == truth for observed, truth in decided)
    return Accuracy(wilson(right, len(decided)), wilson(len(decided), len(seen)))
