"""How varied a set of texts is. Every figure here depends on how many texts there are and how long they are.

So compare two sets with `at_equal_size`, which draws samples of one size from each.
"""

from __future__ import annotations

import gzip
import random
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.tokens import ngrams, tokenise

__all__ = [
    "ENTRIES",
    "at_equal_size",
    "compression_ratio",
    "distinct_n",
    "expectation_adjusted_distinct",
    "mean_pairwise_distance",
    "vendi",
]

ENTRIES = (
    Measure(
        "distinct_n", "share of n-grams that are distinct", "distinct n-grams / n-grams", "Li et al. 2016", "share",
        "higher is better", ANY, "falls with the amount of text: compare at equal size only",
    ),
    Measure(
        "expectation_adjusted_distinct", "distinct tokens over those expected of as many random draws",
        "U / (V·(1 - ((V-1)/V)^C)), U distinct of C tokens, V the vocabulary", "Liu et al. 2022", "ratio",
        "higher is better", ANY, "V must be the same for both sides; natural text stays well under 1",
    ),
    Measure(
        "compression_ratio", "how much the texts compress when joined", "bytes / gzip bytes", "Shaib et al. 2024",
        "ratio", "lower is better", ANY, "grows with the amount of text: compare at equal size only",
    ),
    Measure(
        "mean_pairwise_distance", "mean cosine distance of two different texts", "1 - mean cosine over pairs",
        "Tevet & Berant 2021", "0 to 2", "higher is better", ANY, "as good as the embedder; noise raises it too",
    ),
    Measure(
        "vendi", "effective number of different texts", "exp(-Σ λ ln λ), λ eigenvalues of K/n",
        "Friedman & Dieng 2023", "texts", "higher is better", ANY,
        "with cosines of d dimensions never above d; compare at equal size only",
    ),
)  # fmt: skip


def distinct_n(texts: Sequence[str], n: int = 2) -> Measured[float]:
    """Share of distinct n-grams over all texts."""
    grams = [gram for text in texts for gram in ngrams(tokenise(text), n)]
    if not grams:
        return NotApplicable(f"no text has {n} words")
    return Value(len(set(grams)) / len(grams), n=len(grams))


def expectation_adjusted_distinct(texts: Sequence[str], vocabulary: int) -> Measured[float]:
    """EAD over words, for a vocabulary of the given size (one size for all sets compared)."""
    words = [token for text in texts for token in tokenise(text)]
    if not words:
        return NotApplicable("the texts have no words")
    if vocabulary < len(set(words)):
        return NotApplicable(f"the texts have more different words than the vocabulary's {vocabulary}")
    expected = vocabulary * (1 - ((vocabulary - 1) / vocabulary) ** len(words))
    return Value(len(set(words)) / expected, n=len(words))


def compression_ratio(texts: Sequence[str]) -> Measured[float]:
    """Bytes of the texts, one a line, over their gzip bytes."""
    raw = "\n".join(texts).encode()
    if len(raw) < 1_000:
        return NotApplicable("under 1,000 bytes gzip's own header weighs too much")
    return Value(len(raw) / len(gzip.compress(raw, mtime=0)), n=len(texts))


def mean_pairwise_distance(vectors: NDArray[Any]) -> Measured[float]:
    """1 - mean cosine over all pairs of different rows; `vectors` has shape (n, d)."""
    unit = _unit(vectors)
    n = len(unit)
    if n < 2:
        return NotApplicable("a distance needs two texts")
    total = unit.sum(axis=0)
    return Value(float(1 - (total @ total - (unit * unit).sum()) / (n * (n - 1))), n=n)


def vendi(vectors: NDArray[Any]) -> Measured[float]:
    """Vendi score with the cosine kernel; `vectors` has shape (n, d). Linear in n: K/n and XᵀX/n share eigenvalues."""
    unit = _unit(vectors)
    if not len(unit):
        return NotApplicable("there are no texts")
    weights = np.linalg.eigvalsh(unit.T @ unit / len(unit))
    weights = weights[weights > 1e-12]
    return Value(float(np.exp(-(weights * np.log(weights)).sum())), n=len(unit), unit="texts")


def at_equal_size(
    texts: Sequence[str],
    m: int,
    stat: Callable[[Sequence[str]], Measured[float]],
    draws: int = 100,
    seed: int = 0,
) -> Measured[float]:
    """Mean of `stat` over samples of `m` texts drawn without replacement, with the 95 % range of the samples."""
    if not 0 < m <= len(texts):
        return NotApplicable(f"there are {len(texts)} texts; a sample of {m} needs at least that many")
    draw = random.Random(seed)
    values: list[float] = []
    for _ in range(draws):
        answer = stat(draw.sample(texts, m))
        if isinstance(answer, NotApplicable):
            return answer
        values.append(answer.value)
    values.sort()
    low, high = values[int(0.025 * draws)], values[-1 - int(0.025 * draws)]
    return Value(statistics.fmean(values), low, high, n=len(texts), note=f"at m = {m} texts")


def _unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    wide = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(wide, axis=-1, keepdims=True)
    unit: NDArray[np.float64] = wide / np.where(lengths > 0, lengths, 1.0)
    return unit
