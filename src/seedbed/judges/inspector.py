"""The inspector itself: a probability that a response is aligned with a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from seedbed.errors import InputError
from seedbed.judges.bar import LEAST_KAPPA
from seedbed.judges.calibration import Calibration
from seedbed.judges.crossval import DIGITS
from seedbed.judges.features import features
from seedbed.judges.logistic import Line
from seedbed.judges.report import InspectorReport
from seedbed.measures.embed import Embedder, TextEmbedder

__all__ = ["Document", "Inspector", "Model", "Ranked"]


@dataclass(frozen=True, slots=True)
class Model:
    """The line and calibration of one value, or of all where `value` is None, rounded as the file has them."""

    value: str | None
    weights: tuple[float, ...]
    intercept: float
    slope: float
    offset: float

    @classmethod
    def of(cls, value: str | None, line: Line, calibration: Calibration) -> Self:
        numbers = (line.intercept, calibration.slope, calibration.offset)
        return cls(value, tuple(float(w) for w in line.weights.round(DIGITS)), *(round(x, DIGITS) for x in numbers))


@dataclass(frozen=True, slots=True)
class Document:
    """What models/inspector.json holds. `pairs` are the ids of the pairs trained on, `trained_on` their fingerprint."""

    embedder: str
    dim: int
    fingerprint: str
    models: tuple[Model, ...]
    pairs: tuple[str, ...]
    trained_on: str
    report: InspectorReport


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the responses that were ranked: its place among those given, and its score."""

    index: int
    score: float


class Inspector:
    """Scores and ranks responses; says of which values it may judge. The embedder loads at the first text."""

    def __init__(self, document: Document, embedder: TextEmbedder | None = None) -> None:
        self.document = document
        self._embedder: TextEmbedder = embedder or Embedder()
        self._models = {
            model.value: (Line(np.array(model.weights), model.intercept), Calibration(model.slope, model.offset))
            for model in document.models
        }

    @property
    def report(self) -> InspectorReport:
        return self.document.report

    def score(self, prompt: str, response: str, value: str | None = None) -> float:
        """Probability, 0 to 1 with six digits, that `response` is aligned with `value`.

        A value without a line of its own is scored by the one over all values. Raises InputError for an empty text,
        MissingExtra where the embedder is not installed.
        """
        return self.scores(prompt, [response], value)[0]

    def scores(self, prompt: str, responses: Sequence[str], value: str | None = None) -> list[float]:
        """`score` of several responses to one prompt, in their order."""
        if not prompt.strip() or not all(response.strip() for response in responses):
            raise InputError("An empty text cannot be scored", hint="Give a prompt and a response that hold words.")
        if not responses:
            return []
        line, calibration = self._models.get(value) or self._models[None]
        found = calibration(line(features(self._embedder, prompt, responses)))
        return [round(float(p), DIGITS) for p in found]

    def rank(self, prompt: str, responses: Sequence[str], value: str | None = None) -> list[Ranked]:
        """The responses to one prompt, the one most likely aligned first; equals keep their order."""
        scored = [Ranked(index, score) for index, score in enumerate(self.scores(prompt, responses, value))]
        return sorted(scored, key=lambda item: (-item.score, item.index))

    def may_judge(self, value: str | None = None) -> tuple[bool, str]:
        """Whether a score of .5 or more may stand as a judgement on `value`, and why or why not, in a sentence.

        Without a value: whether it may on every value that it was trained on.
        """
        found = self.report.of(value)
        if found is None:
            return False, f"it was trained on no pair of the value {value!r}"
        if not found.may_judge:
            return False, "; ".join(found.reasons)
        return True, (
            f"on {found.tested} pairs labelled by people it agrees with kappa {LEAST_KAPPA:.2f} or more, and better "
            "than length alone, both beyond noise"
        )
