"""Rates, medians and length distances whose intervals respect that rows of one request are alike.

A rate keeps Wilson's form, with the number of rows divided by the design effect that the requests show (Kish 1965;
Korn & Graubard 1998). The bootstrap would give a rate of 1 the interval [1, 1]; this does not. Medians and length
distances are resampled by whole clusters, over a table of clusters by lengths, so that 2,000 draws of 60,000 rows
take seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.document import Number
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.intervals import wilson

__all__ = ["LengthTable", "clustered_mean", "clustered_rate", "rate_difference"]

Z95 = 1.959963984540054
_HELD = 2_000_000  # resampling weights held at once: 16 MB


def clustered_rate(flags: Sequence[bool], clusters: Sequence[str]) -> Number:
    """Share of true with a 95 % Wilson interval at the effective number of rows.

    Where all rows agree the design effect cannot be seen, and each cluster counts as one row. Raises ValueError
    when the two differ in length.
    """
    n, k = len(flags), sum(flags)
    if n != len(clusters):
        raise ValueError(f"{n} items have {len(clusters)} cluster labels")
    groups = len(set(clusters))
    if groups == n:
        return wilson(k, n)
    p = k / n
    effect = _design_effect(flags, clusters, p) if 0 < k < n and groups > 1 else n / groups
    size = n / effect
    centre = (p + Z95**2 / (2 * size)) / (1 + Z95**2 / size)
    half = Z95 * math.sqrt(p * (1 - p) / size + Z95**2 / (4 * size**2)) / (1 + Z95**2 / size)
    return Value(
        p,
        min(p, max(0.0, centre - half)),
        max(p, min(1.0, centre + half)),
        n=n,
        note=f"{groups} prompts, design effect {effect:.2f}",
    )


def _design_effect(flags: Sequence[bool], clusters: Sequence[str], p: float) -> float:
    """Variance of the rate over clusters, divided by p(1-p)/n; at least 1, so that few clusters gain nothing."""
    sizes: dict[str, int] = {}
    hits: dict[str, int] = {}
    for flag, cluster in zip(flags, clusters, strict=True):
        sizes[cluster] = sizes.get(cluster, 0) + 1
        hits[cluster] = hits.get(cluster, 0) + flag
    n, groups = len(flags), len(sizes)
    spread = sum((hits[c] - p * sizes[c]) ** 2 for c in sizes) * groups / (groups - 1) / n**2
    return max(1.0, spread / (p * (1 - p) / n))


def clustered_mean(values: Sequence[float], clusters: Sequence[str]) -> Number:
    """Mean with a 95 % normal interval from the spread of whole clusters; values that are not finite are left out."""
    kept = [(value, cluster) for value, cluster in zip(values, clusters, strict=True) if math.isfinite(value)]
    if not kept:
        return NotApplicable("there are no items")
    n = len(kept)
    mean = sum(value for value, _ in kept) / n
    sums: dict[str, float] = {}
    for value, cluster in kept:
        sums[cluster] = sums.get(cluster, 0.0) + value - mean
    groups = len(sums)
    if groups < 2:
        return Value(mean, n=n, note="one cluster only: no interval")
    half = Z95 * math.sqrt(sum(s * s for s in sums.values()) * groups / (groups - 1)) / n
    return Value(mean, mean - half, mean + half, n=n)


def rate_difference(a: Number, b: Number) -> Number:
    """b - a of two rates with Newcombe's (1998, method 10) interval from the two intervals given."""
    if isinstance(a, NotApplicable):
        return a
    if isinstance(b, NotApplicable):
        return b
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Value(b.value - a.value, n=(a.n or 0) + (b.n or 0))
    gap = b.value - a.value
    return Value(
        gap,
        gap - math.hypot(b.value - b.low, a.high - a.value),
        gap + math.hypot(b.high - b.value, a.value - a.low),
        n=(a.n or 0) + (b.n or 0),
    )


class LengthTable:
    """Lengths (whole numbers, 0 or more) as counts of shape (clusters, distinct lengths)."""

    def __init__(self, lengths: Sequence[int], clusters: Sequence[str]) -> None:
        if len(lengths) != len(clusters):
            raise ValueError(f"{len(lengths)} items have {len(clusters)} cluster labels")
        self.n = len(lengths)
        self.values = np.unique(np.asarray(lengths, dtype=np.int64))
        rows = {cluster: row for row, cluster in enumerate(dict.fromkeys(clusters))}
        self.counts: NDArray[np.float64] = np.zeros((len(rows), len(self.values)))
        columns = np.searchsorted(self.values, np.asarray(lengths, dtype=np.int64))
        np.add.at(self.counts, (np.array([rows[c] for c in clusters], dtype=np.intp), columns), 1)

    @property
    def clusters(self) -> int:
        return len(self.counts)

    def median(self, draws: int, seed: int) -> Number:
        """The median with its interval."""
        if not self.n:
            return NotApplicable("there are no items")
        return self._with_interval(
            float(_medians(self.values, self.counts.sum(axis=0)[None])[0]),
            lambda rng: _medians(self.values, self._redraw(draws, rng)),
            seed,
        )

    def wasserstein(self, other: LengthTable, draws: int, seed: int) -> Number:
        """W1 to `other`, in the unit of the lengths; both are resampled."""
        return self._against(other, _wasserstein, draws, seed)

    def ratio_of_medians(self, other: LengthTable, draws: int, seed: int) -> Number:
        """median(other) / median(self)."""
        if self.n and int(self.values[0]) <= 0:
            return NotApplicable("the first set holds empty texts: the ratio has no meaning")
        return self._against(other, _median_ratio, draws, seed)

    def _against(
        self,
        other: LengthTable,
        distance: Callable[[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
        draws: int,
        seed: int,
    ) -> Number:
        if not self.n or not other.n:
            return NotApplicable("a sample is empty")
        grid = np.union1d(self.values, other.values)
        left, right = _spread(self, grid), _spread(other, grid)
        value = float(distance(grid, left.sum(axis=0)[None], right.sum(axis=0)[None])[0])
        if min(self.clusters, other.clusters) < 2:
            return Value(value, n=self.n + other.n, note="one cluster only: no interval")
        rng = np.random.default_rng(seed)
        drawn = distance(grid, _redraw(left, draws, rng), _redraw(right, draws, rng))
        low, high = np.percentile(drawn, (2.5, 97.5))
        return Value(value, float(low), float(high), n=self.n + other.n)

    def _redraw(self, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return _redraw(self.counts, draws, rng)

    def _with_interval(
        self, value: float, redraw: Callable[[np.random.Generator], NDArray[np.float64]], seed: int
    ) -> Number:
        if self.clusters < 2:
            return Value(value, n=self.n, note="one cluster only: no interval")
        low, high = np.percentile(redraw(np.random.default_rng(seed)), (2.5, 97.5))
        return Value(value, float(low), float(high), n=self.n)


def _redraw(counts: NDArray[np.float64], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """`draws` resamples of whole clusters, each summed to one row of counts."""
    rows = len(counts)
    if counts.sum(axis=1).max() == 1:  # one item a cluster: the counts themselves are multinomial
        return rng.multinomial(rows, counts.sum(axis=0) / rows, size=draws).astype(np.float64)
    step = max(1, _HELD // rows)
    even = np.full(rows, 1 / rows)
    return np.vstack(
        [rng.multinomial(rows, even, size=min(step, draws - start)) @ counts for start in range(0, draws, step)]
    )


def _spread(table: LengthTable, grid: NDArray[np.int64]) -> NDArray[np.float64]:
    wide = np.zeros((table.clusters, len(grid)))
    wide[:, np.searchsorted(grid, table.values)] = table.counts
    return wide


def _medians(values: NDArray[np.int64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median of each row of counts: the mean of the two middle values, as numpy has it."""
    upto = counts.cumsum(axis=1)
    total = upto[:, -1:]
    low = (upto >= np.ceil(total / 2)).argmax(axis=1)
    high = (upto >= np.floor(total / 2) + 1).argmax(axis=1)
    middle: NDArray[np.float64] = (values[low] + values[high]) / 2
    return middle


def _wasserstein(grid: NDArray[np.int64], left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """∫|F-G| for each pair of rows."""
    gap = np.abs(
        left.cumsum(axis=1) / left.sum(axis=1, keepdims=True) - right.cumsum(axis=1) / right.sum(axis=1, keepdims=True)
    )
    distance: NDArray[np.float64] = (gap[:, :-1] * np.diff(grid)).sum(axis=1)
    return distance


def _median_ratio(
    grid: NDArray[np.int64], left: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.float64]:
    return _medians(grid, right) / _medians(grid, left)
