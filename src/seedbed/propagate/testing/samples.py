"""One feature over one set of rows, with the clusters that rows come in, as counts over a grid of values.

A feature is a flag (question mark or not), a label (openness, topic, verb-noun pair) or a number (tokens). Rows of
one request are alike, so every test here draws, shuffles or sums whole clusters. A seed is a cluster of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Counts", "Kind", "Sample", "common_kind", "grid_of", "one_hot"]

Kind: TypeAlias = Literal["flags", "labels", "numbers"]
Counts: TypeAlias = NDArray[np.float64]
_FINEST = 512  # distinct numbers kept apart: 13,000 clusters by 512 columns are 53 MB


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One feature of one set: `values` (n,), the cluster number of each (n,), and which row each came from (n,).

    Made by `flags`, `labels` or `numbers`; `clusters` there is one name a row, or None where every row stands alone.
    Rows whose value is None, NaN or infinite are left out and counted as `missing`. These raise ValueError where
    there is not one cluster name a row.
    """

    kind: Kind
    values: NDArray[Any]
    cluster: NDArray[np.intp]
    clusters: int
    rows: NDArray[np.intp]
    missing: int = 0

    @classmethod
    def flags(cls, values: Sequence[bool | None] | NDArray[Any], clusters: Sequence[str] | None = None) -> Self:
        """A yes or no a row."""
        numbers = np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
        seen = np.isfinite(numbers)
        if not np.isin(numbers[seen], (0.0, 1.0)).all():
            raise ValueError("a flag is true, false or None")
        return cls._of("flags", numbers, seen, clusters)

    @classmethod
    def labels(cls, values: Sequence[str | None] | NDArray[Any], clusters: Sequence[str] | None = None) -> Self:
        """One category a row."""
        seen = np.array([value is not None for value in values], dtype=np.bool_)
        words = np.array(["" if value is None else str(value) for value in values], dtype=np.str_)
        return cls._of("labels", words, seen, clusters)

    @classmethod
    def numbers(cls, values: Sequence[float | None] | NDArray[Any], clusters: Sequence[str] | None = None) -> Self:
        """One number a row, in any unit."""
        numbers = np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
        return cls._of("numbers", numbers, np.isfinite(numbers), clusters)

    @classmethod
    def _of(cls, kind: Kind, values: NDArray[Any], seen: NDArray[np.bool_], clusters: Sequence[str] | None) -> Self:
        rows = np.flatnonzero(seen)
        missing = len(seen) - len(rows)
        if clusters is None:
            return cls(kind, values[rows], np.arange(len(rows), dtype=np.intp), len(rows), rows, missing)
        if len(clusters) != len(values):
            raise ValueError(f"{len(values)} rows have {len(clusters)} cluster names")
        names, index = np.unique(np.asarray(clusters, dtype=np.str_)[rows], return_inverse=True)
        return cls(kind, values[rows], index.astype(np.intp), len(names), rows, missing)

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> float:
        """Share of true flags, or mean of the numbers. Raises ValueError for labels and for no rows."""
        if self.kind == "labels" or not self.n:
            raise ValueError("labels and empty samples have no mean")
        return float(self.values.mean())

    def counts(self, grid: NDArray[Any]) -> Counts:
        """Rows of each cluster at each value of `grid`, of shape (clusters, grid); numbers go to the nearest value."""
        table = np.zeros((self.clusters, len(grid)))
        np.add.at(table, (self.cluster, self.places(grid)), 1.0)
        return table

    def places(self, grid: NDArray[Any]) -> NDArray[np.intp]:
        """The index in `grid` of each row's value."""
        right = np.searchsorted(grid, self.values).clip(0, max(0, len(grid) - 1)).astype(np.intp)
        if self.kind != "numbers":
            return right
        left = (right - 1).clip(0)
        nearer = np.abs(self.values - grid[left]) < np.abs(grid[right] - self.values)
        return np.where(nearer, left, right)

    def shares(self, grid: NDArray[Any]) -> NDArray[np.float64]:
        """The share of the rows at each value of `grid`. Needs a row."""
        counted: NDArray[np.float64] = np.bincount(self.places(grid), minlength=len(grid)) / self.n
        return counted

    def cluster_means(self) -> NDArray[np.float64]:
        """Share or mean of each cluster, of shape (clusters,)."""
        sums = np.bincount(self.cluster, weights=self.values.astype(np.float64), minlength=self.clusters)
        means: NDArray[np.float64] = sums / np.bincount(self.cluster, minlength=self.clusters)
        return means

    def where(self, marks: NDArray[np.bool_]) -> Self:
        """The rows whose mark (one for each row given at the start) is true; clusters keep their numbers."""
        chosen = marks[self.rows]
        return replace(self, values=self.values[chosen], cluster=self.cluster[chosen], rows=self.rows[chosen])


def common_kind(*samples: Sample) -> Kind:
    """The one kind of all samples. Raises ValueError where they differ."""
    kinds = {sample.kind for sample in samples}
    if len(kinds) != 1:
        raise ValueError(f"samples of different kinds are not one feature: {sorted(kinds)}")
    return kinds.pop()


def grid_of(*samples: Sample) -> NDArray[Any]:
    """The sorted values of all samples together; numbers with over 512 of them at 512 evenly spread ranks."""
    kind = common_kind(*samples)
    if kind == "flags":
        return np.array([0.0, 1.0])
    values = np.unique(np.concatenate([sample.values for sample in samples]))
    if kind == "numbers" and len(values) > _FINEST:
        values = values[np.linspace(0, len(values) - 1, _FINEST).round().astype(np.intp)]
    return values


def one_hot(labels: Sequence[str | None], categories: Sequence[str]) -> NDArray[np.float64]:
    """Labels as indicators of shape (n, categories); a row of None or of another label is all NaN."""
    place = {category: index for index, category in enumerate(categories)}
    table = np.zeros((len(labels), len(categories)))
    for row, label in enumerate(labels):
        if label in place:
            table[row, place[label]] = 1.0
        else:
            table[row] = np.nan
    return table
