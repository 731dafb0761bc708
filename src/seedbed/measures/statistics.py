"""How far two distributions lie apart, and how even one is.

Categories come as mappings from label to count or share and are normalised here; numbers as sequences. All
distances are of the samples as they are: two samples of one source are never at distance 0, so quote them with the
interval of `contrast` or `number_ci` and beside the distance that chance alone gives.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.measures.bootstrap import bootstrap_ci, difference_ci, number_ci
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.intervals import clopper_pearson, rate, wilson
from seedbed.measures.medians import clustered_median, ratio_of_clustered_medians
from seedbed.measures.numbers import finite

__all__ = [
    "ENTRIES",
    "bootstrap_ci",
    "clopper_pearson",
    "cramers_v",
    "difference_ci",
    "evenness",
    "jensen_shannon",
    "ks_d",
    "number_ci",
    "rate",
    "ratio_of_medians",
    "shares",
    "total_variation",
    "wasserstein1",
    "wilson",
]

ENTRIES = (
    Measure(
        "total_variation", "the share that must change category for two distributions to agree",
        "TV = ½ Σ|p-q|", "Levin & Peres 2017", "0 to 1", "describes", ANY,
        "biased upwards in small samples, and by the number of categories",
    ),
    Measure(
        "jensen_shannon", "divergence of two distributions", "½ KL(p‖m) + ½ KL(q‖m), m = ½(p+q), log2",
        "Lin 1991", "bits, 0 to 1", "describes", ANY,
        "the divergence, not its square root, which scipy's `jensenshannon` returns",
    ),
    Measure(
        "cramers_v", "association of a category with the data set", "sqrt(χ² / (n·(min(r,c)-1)))",
        "Cramér 1946", "0 to 1", "describes", ANY,
        "biased upwards in small samples; with two unequal samples it depends on their sizes",
    ),
    Measure(
        "evenness", "how evenly the categories are filled", "H / ln K", "Pielou 1966", "0 to 1", "describes", ANY,
        "K counts the categories that could occur: leaving out empty ones raises it",
    ),
    Measure(
        "wasserstein1", "mean distance to move one sample onto the other", "∫|F-G|", "Vallender 1974",
        "the unit of the values", "describes", ANY, "never 0 between two samples; driven by long tails",
    ),
    Measure(
        "ks_d", "greatest gap between two cumulative distributions", "sup|F-G|", "Kolmogorov & Smirnov",
        "0 to 1", "describes", ANY, "argue from its size, not from a p-value: at tens of thousands all is significant",
    ),
    Measure(
        "ratio_of_medians", "how many times longer the second sample's median is", "median(b) / median(a)",
        "method of seedbed", "ratio", "describes", ANY, "blind to everything but the middle",
    ),
)  # fmt: skip


def shares(labels: Iterable[str]) -> dict[str, float]:
    """Share of each label, most frequent first; empty for no labels."""
    counts = Counter(labels)
    total = counts.total()
    return {label: count / total for label, count in counts.most_common()}


def total_variation(p: Mapping[str, float], q: Mapping[str, float]) -> Measured[float]:
    """TV of two categorical distributions, 0 (equal) to 1 (disjoint)."""
    pair = _aligned(p, q)
    if isinstance(pair, NotApplicable):
        return pair
    return Value(min(1.0, float(np.abs(pair[0] - pair[1]).sum() / 2)))


def jensen_shannon(p: Mapping[str, float], q: Mapping[str, float]) -> Measured[float]:
    """Jensen-Shannon divergence with base 2, 0 (equal) to 1 (disjoint)."""
    pair = _aligned(p, q)
    if isinstance(pair, NotApplicable):
        return pair
    middle = (pair[0] + pair[1]) / 2
    divergence = sum(float((side[side > 0] * np.log2(side[side > 0] / middle[side > 0])).sum()) for side in pair)
    return Value(min(1.0, max(0.0, divergence / 2)), unit="bits")


def cramers_v(rows: Sequence[Mapping[str, int]]) -> Measured[float]:
    """Cramér's V of a contingency table; each row maps category to count (one row a data set)."""
    categories = sorted({label for row in rows for label, count in row.items() if count})
    table = np.array([[row.get(label, 0) for label in categories] for row in rows], dtype=float)
    table = table[table.sum(axis=1) > 0] if table.size else table
    if min(table.shape, default=0) < 2:
        return NotApplicable("an association needs two non-empty data sets and two categories")
    n = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chi2 = float(((table - expected) ** 2 / expected).sum())
    note = "expected counts below 5: the value is unstable" if expected.min() < 5 else ""
    return Value(min(1.0, math.sqrt(chi2 / (n * (min(table.shape) - 1)))), n=int(n), note=note)


def evenness(counts: Mapping[str, float], categories: int | None = None) -> Measured[float]:
    """Pielou's evenness. `categories` is the number that could occur; without it, those of `counts`, 0 included."""
    total = sum(counts.values())
    if not math.isfinite(total):
        return NotApplicable("a count is no finite number")
    possible = len(counts) if categories is None else categories
    filled = [count / total for count in counts.values() if count > 0] if total > 0 else []
    if not filled:
        return NotApplicable("there are no items")
    if possible < 2 or possible < len(filled):
        return NotApplicable(f"evenness over {possible} categories with {len(filled)} filled has no meaning")
    return Value(max(0.0, -sum(p * math.log(p) for p in filled) / math.log(possible)), n=int(total))


def wasserstein1(a: ArrayLike, b: ArrayLike) -> Measured[float]:
    """First Wasserstein distance of two samples, in the unit of the values; `number_ci` gives the interval."""
    samples = _samples(a, b)
    if isinstance(samples, NotApplicable):
        return samples
    left, right = samples
    points = np.sort(np.concatenate([left, right]))
    gap = np.abs(_cdf(left, points[:-1]) - _cdf(right, points[:-1]))
    return Value(float((gap * np.diff(points)).sum()))


def ks_d(a: ArrayLike, b: ArrayLike) -> Measured[float]:
    """Kolmogorov-Smirnov distance of two samples; `number_ci` gives the interval."""
    samples = _samples(a, b)
    if isinstance(samples, NotApplicable):
        return samples
    left, right = samples
    points = np.concatenate([left, right])
    return Value(float(np.abs(_cdf(left, points) - _cdf(right, points)).max()))


def ratio_of_medians(
    a: ArrayLike, b: ArrayLike, clusters_a: Sequence[str] | None = None, clusters_b: Sequence[str] | None = None
) -> Measured[float]:
    """median(b) / median(a) with its interval, by clusters where given (`medians`)."""
    samples = _samples(a, b)
    if isinstance(samples, NotApplicable):
        return samples
    left, right = samples
    if (left <= 0).any():
        return NotApplicable("the first sample holds values that are not positive: their ratio has no meaning")
    return ratio_of_clustered_medians(
        *(
            clustered_median(side, np.arange(len(side)) if clusters is None else clusters)
            for side, clusters in ((left, clusters_a), (right, clusters_b))
        )
    )


def _aligned(
    p: Mapping[str, float], q: Mapping[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | NotApplicable:
    labels = sorted({*p, *q})
    left, right = (np.array([side.get(label, 0) for label in labels], dtype=float) for side in (p, q))
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        return NotApplicable("a count or share is no finite number")
    if not left.sum() > 0 or not right.sum() > 0:
        return NotApplicable("a distribution is empty")
    if (left < 0).any() or (right < 0).any():
        raise ValueError("a count or share is negative")
    return left / left.sum(), right / right.sum()


def _samples(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]] | NotApplicable:
    left, right = finite(a), finite(b)
    if isinstance(left, NotApplicable):
        return left
    if isinstance(right, NotApplicable):
        return right
    return (left, right) if left.size and right.size else NotApplicable("a sample is empty")


def _cdf(sample: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.searchsorted(np.sort(sample), points, side="right") / sample.size
