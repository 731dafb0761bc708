"""How near a synthetic text comes to the seeds: in words, in runs of words, in meaning.

Three likenesses a row: the greatest ROUGE-L F1, the greatest containment of its 8-grams in one seed, and the
greatest cosine. The seeds that a row was shown as examples are told apart: a copy of its own example is the prompt
leaking; likeness to a seed it never saw is how narrow the field is.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.errors import InputError
from seedbed.measures.alphabet import Alphabet
from seedbed.measures.clusters import Clusters
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.numbers import finite, unit_rows
from seedbed.measures.similarity import CONTAINMENT_NGRAM, CUT
from seedbed.measures.tokens import ngrams, tokenise

__all__ = ["COSINE_CUT", "ENTRIES", "Likeness", "Nearest", "SeedLikeness", "copies_of_examples", "ecdf", "share_over"]

COSINE_CUT = 0.9
_BLOCK = 2_048

ENTRIES = (
    Measure(
        "seed_rouge_l", "greatest likeness of a row to a seed by common words in order", "max over seeds of ROUGE-L F1",
        "Lin 2004; cut .7 by Wang et al. 2022 (Self-Instruct)", "0 to 1", "lower is better", ANY,
        "grows with the number of seeds; blind to paraphrase",
    ),
    Measure(
        "seed_containment", "greatest share of a row's 8-grams that stand in one seed",
        "max over seeds of |G(row) ∩ G(seed)| / |G(row)|", "Broder 1997", "share", "lower is better", ANY,
        "no answer for rows of fewer than 8 tokens",
    ),
    Measure(
        "seed_cosine", "greatest likeness of a row to a seed in meaning", "max over seeds of u·v / (|u||v|)",
        "Reimers & Gurevych 2019", "-1 to 1", "lower is better", ANY,
        "rows on a seed's topic come near it without copying; as good as the embedder",
    ),
    Measure(
        "likeness_ecdf", "share of rows whose greatest likeness to a seed is at most x", "#{x_i <= x} / n",
        "van der Vaart 1998", "share", "describes", ANY,
        "of the greatest of many likenesses: compare sets with equal seeds only",
    ),
    Measure(
        "share_over_cut", "share of rows whose likeness to a seed reaches the cut",
        "#{x_i >= cut} / n, Wilson interval by prompts", "Wang et al. 2022 (Self-Instruct), cut .7", "share",
        "lower is better", ANY, "among kept rows it is what the novelty gate let through: look at generated rows",
    ),
    Measure(
        "copies_of_examples", "share of rows that repeat an example of their own prompt",
        "#{ROUGE-L F1 >= .7 to, or all 8-grams in, an own example} / n", "method of seedbed", "share",
        "lower is better", ANY, "rows whose examples are not known are left out",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nearest:
    """The seed that a row is most like, and how much; among equals the seed given first."""

    seed: str
    value: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """A row beside the seeds; None where the likeness has no meaning (no words, fewer than 8, no vector).

    `own` is the nearest in words of the row's own examples, `copied` the one it repeats.
    """

    rouge_l: Nearest | None
    contained: Nearest | None
    cosine: Nearest | None
    own: Nearest | None
    copied: str | None


class SeedLikeness:
    """Seeds to compare rows with. `vectors` has a row a seed, of shape (d,), in the order of `seeds`.

    Raises InputError where there is not one usable vector a seed.
    """

    def __init__(self, seeds: Mapping[str, str], vectors: ArrayLike | None = None) -> None:
        self._ids = list(seeds)
        self._rows = {id: row for row, id in enumerate(self._ids)}
        words = [tokenise(text) for text in seeds.values()]
        self._alphabet = Alphabet()
        self._encoded = [self._alphabet.learn(own) for own in words]
        self._lengths = np.array([len(own) for own in words], dtype=np.int64)
        self._holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, own in enumerate(words):
            for gram in set(ngrams(own, CONTAINMENT_NGRAM)):
                self._holders[gram].append(row)
        self._unit: NDArray[np.float64] | None = None
        if vectors is not None:
            unit = unit_rows(vectors)
            if isinstance(unit, NotApplicable):
                raise InputError(f"the seeds' vectors are no use: {unit.reason}")
            if len(unit) != len(self._ids):
                raise InputError(f"{len(self._ids)} seeds have {len(unit)} vectors")
            self._unit = unit

    def rows(
        self,
        texts: Sequence[str],
        vectors: NDArray[Any] | None = None,
        examples: Sequence[Collection[str]] | None = None,
    ) -> list[Likeness]:
        """The likeness of each text; `examples` names the seeds each row was shown. Rows may come in parts.

        A vector of NaN or zeros has no cosine. About 45 µs a row beside 100 seeds. Raises ValueError where
        there is not one of `vectors` or `examples` a text.
        """
        for given in (vectors, examples):
            if given is not None and len(given) != len(texts):
                raise ValueError(f"{len(texts)} texts have {len(given)} vectors or sets of examples")
        found: list[Likeness] = []
        for start in range(0, len(texts), _BLOCK):
            part = slice(start, start + _BLOCK)
            cosines = self._cosines(vectors[part]) if vectors is not None else [None] * len(texts[part])
            found += self._block(texts[part], cosines, examples[part] if examples is not None else None)
        return found

    def _block(
        self,
        texts: Sequence[str],
        cosines: Sequence[Nearest | None],
        examples: Sequence[Collection[str]] | None,
    ) -> list[Likeness]:
        from rapidfuzz.distance import LCSseq
        from rapidfuzz.process import cdist

        words = [tokenise(text) for text in texts]
        if not self._ids:
            return [Likeness(None, None, cosine, None, None) for cosine in cosines]
        encoded = [self._alphabet.look(own) for own in words]
        common = cdist(encoded, self._encoded, scorer=LCSseq.similarity, dtype=np.int32).astype(np.int64)
        sums = np.array([[len(own)] for own in words]) + self._lengths
        likeness = np.where(self._lengths > 0, 2 * common / np.maximum(1, sums), -1.0)
        answers = []
        for row, own in enumerate(words):
            grams = set(ngrams(own, CONTAINMENT_NGRAM))
            held = Counter(seed for gram in grams for seed in self._holders.get(gram, ()))
            shown = [self._rows[id] for id in (examples[row] if examples is not None else ()) if id in self._rows]
            copied = (
                seed
                for seed in shown
                if own and self._lengths[seed]
                if 2 * CUT[1] * common[row, seed] >= CUT[0] * sums[row, seed] or held[seed] == len(grams) > 0
            )
            answers.append(
                Likeness(
                    rouge_l=self._nearest(likeness[row], range(len(self._ids))) if own else None,
                    contained=self._most(held, len(grams)) if grams else None,
                    cosine=cosines[row],
                    own=self._nearest(likeness[row], shown) if own else None,
                    copied=next((self._ids[seed] for seed in copied), None),
                )
            )
        return answers

    def _nearest(self, likeness: NDArray[np.float64], among: Sequence[int]) -> Nearest | None:
        if not among:
            return None
        best = among[int(likeness[list(among)].argmax())]
        return Nearest(self._ids[best], float(likeness[best])) if likeness[best] >= 0 else None

    def _most(self, held: Counter[int], grams: int) -> Nearest:
        best = min(held, key=lambda row: (-held[row], row), default=0)
        return Nearest(self._ids[best], held[best] / grams)

    def _cosines(self, vectors: NDArray[Any]) -> list[Nearest | None]:
        if self._unit is None or not len(self._unit):
            return [None] * len(vectors)
        wide = np.asarray(vectors, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            lengths = np.linalg.norm(wide, axis=1, keepdims=True)
            usable = np.isfinite(lengths[:, 0]) & (lengths[:, 0] > 0)
        products = (wide[usable] / lengths[usable]) @ self._unit.T
        nearest: list[Nearest | None] = [None] * len(wide)
        for row, value, best in zip(np.flatnonzero(usable), products.max(axis=1), products.argmax(axis=1), strict=True):
            nearest[row] = Nearest(self._ids[best], min(1.0, max(-1.0, float(value))))
        return nearest


def ecdf(values: Sequence[float | None], points: int = 101) -> Measured[tuple[tuple[float, float], ...]]:
    """(x, share of values <= x) at no more than `points` of the values, the least and the greatest among them.

    None (a likeness without meaning) is left out and counted in the note.
    """
    if points < 2:
        raise ValueError("a curve needs two points")
    known = finite([value for value in values if value is not None])
    if isinstance(known, NotApplicable):
        return known
    if not known.size:
        return NotApplicable("no row has this likeness")
    xs, counts = np.unique(known, return_counts=True)
    upto = counts.cumsum() / known.size
    shown = np.unique(np.linspace(0, len(xs) - 1, min(points, len(xs))).round().astype(int))
    curve = tuple((float(xs[at]), float(upto[at])) for at in shown)
    return Value(curve, n=int(known.size), note=_left_out(len(values) - known.size))


def share_over(values: Sequence[float | None], cut: float, clusters: Sequence[str] | None = None) -> Measured[float]:
    """Share of values >= `cut`, Wilson interval at the effective number of rows where `clusters` (prompts) are given.

    None (a likeness without meaning) is left out and counted in the note. A value within 1e-12 of the cut reaches it.
    """
    labels = clusters if clusters is not None else [str(row) for row in range(len(values))]
    kept = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
    if bad := sum(not math.isfinite(value) for value, _ in kept):
        return NotApplicable(f"{bad} of {len(kept)} values are not finite numbers")
    if not kept:
        return NotApplicable("no row has this likeness")
    answer = Clusters([label for _, label in kept]).rate([value >= cut - 1e-12 for value, _ in kept])
    return _noted(answer, _left_out(len(values) - len(kept)))


def copies_of_examples(
    rows: Sequence[Likeness], examples: Sequence[Collection[str]], clusters: Sequence[str] | None = None
) -> Measured[float]:
    """Share of the rows with examples that copy one of them, the interval as in `share_over`."""
    labels = clusters if clusters is not None else [str(row) for row in range(len(rows))]
    kept = [(row.copied is not None, label) for row, shown, label in zip(rows, examples, labels, strict=True) if shown]
    if not kept:
        return NotApplicable("of no row the examples are known")
    answer = Clusters([label for _, label in kept]).rate([copied for copied, _ in kept])
    return _noted(answer, _left_out(len(rows) - len(kept)))


def _left_out(count: int) -> str:
    return f"{count} rows left out" if count else ""


def _noted(answer: Measured[float], note: str) -> Measured[float]:
    if isinstance(answer, NotApplicable):
        return answer
    return Value(answer.value, answer.low, answer.high, answer.n, note="; ".join(filter(None, [answer.note, note])))
