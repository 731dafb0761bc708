"""Rates, medians and length distances whose intervals respect that rows of one request are alike.

A rate keeps Wilson's form, with the number of rows divided by the design effect that the requests show (Kish 1965;
Korn & Graubard 1998). The bootstrap would give a rate of 1 the interval [1, 1]; this does not. Medians and length
distances are resampled by whole clusters, over a table of clusters by lengths, so that 2,000 draws of 60,000 rows
take seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.document import Number
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.intervals import wilson

__all__ = ["Clusters", "LengthTable", "clustered_mean", "clustered_rate", "rate_difference"]

# (grid, counts, counts), a row of counts a draw, to one distance a draw
_Distance: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
Z95 = 1.959963984540054
PERCENTILES = (2.5, 97.5)
_HELD = 2_000_000  # resampling weights held at once: 16 MB


class Clusters:
    """Which rows share a request: one label a row, looked up once for many rates over the same rows."""

    def __init__(self, labels: Sequence[str]) -> None:
        rows = {label: row for row, label in enumerate(dict.fromkeys(labels))}
        self.n = len(labels)
        self.count = len(rows)
        self._index = np.array([rows[label] for label in labels], dtype=np.intp)
        self._sizes = np.bincount(self._index, minlength=self.count)

    def rate(self, flags: Sequence[bool] | NDArray[np.bool_]) -> Number:
        """Share of true with a 95 % Wilson interval at the effective number of rows.

        Where all rows agree the design effect cannot be seen, and each cluster counts as one row. Raises ValueError
        when there is not one flag a row.
        """
        hits = np.asarray(flags, dtype=np.float64)
        if len(hits) != self.n:
            raise ValueError(f"{len(hits)} items have {self.n} cluster labels")
        k = int(hits.sum())
        if self.count == self.n:
            return wilson(k, self.n)
        p = k / self.n
        effect = self._design_effect(hits, p) if 0 < k < self.n and self.count > 1 else self.n / self.count
        size = self.n / effect
        centre = (p + Z95**2 / (2 * size)) / (1 + Z95**2 / size)
        half = Z95 * math.sqrt(p * (1 - p) / size + Z95**2 / (4 * size**2)) / (1 + Z95**2 / size)
        return Value(
            p,
            min(p, max(0.0, centre - half)),
            max(p, min(1.0, centre + half)),
            n=self.n,
            note=f"{self.count} prompts, design effect {effect:.2f}",
        )

    def _design_effect(self, hits: NDArray[np.float64], p: float) -> float:
        """Variance of the rate over clusters, by p(1-p)/n; at least 1, so that few clusters gain nothing."""
        residuals = np.bincount(self._index, weights=hits, minlength=self.count) - p * self._sizes
        spread = float((residuals**2).sum()) * self.count / (self.count - 1) / self.n**2
        return max(1.0, spread / (p * (1 - p) / self.n))


def clustered_rate(flags: Sequence[bool], clusters: Sequence[str]) -> Number:
    """`Clusters(clusters).rate(flags)`."""
    return Clusters(clusters).rate(flags)


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
        self._kept: dict[tuple[int, int, int], NDArray[np.float64]] = {}
        np.add.at(self.counts, (np.array([rows[c] for c in clusters], dtype=np.intp), columns), 1)

    @property
    def clusters(self) -> int:
        return len(self.counts)

    def median(self, draws: int, seed: int) -> Number:
        """The median with its interval."""
        if not self.n:
            return NotApplicable("there are no items")
        value = float(_medians(self.values, self.counts.sum(axis=0)[None])[0])
        if self.clusters < 2:
            return Value(value, n=self.n, note="one cluster only: no interval")
        low, high = np.percentile(_medians(self.values, self._drawn(draws, seed, 0)), PERCENTILES)
        return Value(value, float(low), float(high), n=self.n)

    def wasserstein(self, other: LengthTable, draws: int, seed: int) -> Number:
        """W1 to `other`, in the unit of the lengths; both are resampled."""
        return self._against(other, _wasserstein, draws, seed)

    def ratio_of_medians(self, other: LengthTable, draws: int, seed: int) -> Number:
        """median(other) / median(self)."""
        if self.n and int(self.values[0]) <= 0:
            return NotApplicable("the first set holds empty texts: the ratio has no meaning")
        return self._against(other, _median_ratio, draws, seed)

    def _against(self, other: LengthTable, distance: _Distance, draws: int, seed: int) -> Number:
        if not self.n or not other.n:
            return NotApplicable("a sample is empty")
        grid = np.union1d(self.values, other.values)
        whole = [_on(grid, table.values, table.counts.sum(axis=0)[None]) for table in (self, other)]
        value = float(distance(grid, *whole)[0])
        if min(self.clusters, other.clusters) < 2:
            return Value(value, n=self.n + other.n, note="one cluster only: no interval")
        # two streams: both sides drawn by the same numbers would move together
        drawn = [_on(grid, t.values, t._drawn(draws, seed, side)) for side, t in enumerate((self, other))]
        low, high = np.percentile(distance(grid, *drawn), PERCENTILES)
        return Value(value, float(low), float(high), n=self.n + other.n)

    def _drawn(self, draws: int, seed: int, stream: int) -> NDArray[np.float64]:
        """`draws` resamples of whole clusters as counts over `values`, drawn once and kept for all distances."""
        key = (draws, seed, stream)
        if key not in self._kept:
            self._kept[key] = _redraw(self.counts, draws, np.random.default_rng([seed, stream]))
        return self._kept[key]


def _redraw(counts: NDArray[np.float64], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """`draws` resamples of whole clusters, each summed. Equal clusters are exchangeable: one draws how many of each."""
    kinds, often = np.unique(counts, axis=0, return_counts=True)
    step = max(1, _HELD // len(kinds))
    return np.vstack(
        [
            rng.multinomial(len(counts), often / len(counts), size=min(step, draws - start)) @ kinds
            for start in range(0, draws, step)
        ]
    )


def _on(grid: NDArray[np.int64], values: NDArray[np.int64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts over `values` as counts over the wider `grid`."""
    wide = np.zeros((len(counts), len(grid)))
    wide[:, np.searchsorted(grid, values)] = counts
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
