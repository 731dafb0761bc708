"""How the features of one set would come out had other requests been made: the clusters' share in each figure.

Whole requests are what varies, so of each feature the covariance of its shares over requests is kept, as a few parts
whose outer products sum to it (`measures.contrast.residuals`). From these a distance draws its noise: 66,609 rows are
read once, and not once a draw. The noise of all-open seeds is not 0: see `measures.contrast`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.clusters import codes_of

__all__ = ["Column", "Resamples"]

Floats = NDArray[np.float64]
_FINEST = 512  # values of a number whose covariance is kept apart; the value itself is never rounded
_AT_ONCE = 1 << 21  # cells of counts held at a time: 16 MB


class Column:
    """One feature of a set: what each row has of it, None where it has nothing. Values are all text or all numbers."""

    def __init__(self, rows: Sequence[str | int | None]) -> None:
        self.values: list[Any] = sorted({value for value in rows if value is not None})
        at: dict[str | int | None, int] = {value: code for code, value in enumerate(self.values)}
        self.codes = np.fromiter((at.get(value, -1) for value in rows), dtype=np.intp, count=len(rows))
        self.n = int((self.codes >= 0).sum())


class Resamples:
    """What moves one set's features. `key` names the set: under one seed, sets with other keys draw other noise."""

    def __init__(
        self,
        key: str,
        clusters: Sequence[str],
        columns: Mapping[str, Sequence[str | int | None]],
        *,
        draws: int,
        seed: int,
    ) -> None:
        self.draws = draws
        self.stream = (seed, zlib.crc32(key.encode()))
        self._index = codes_of(clusters)
        self._columns = {name: Column(rows) for name, rows in columns.items()}
        self._parts: dict[str, tuple[NDArray[np.intp], Floats]] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def clusters(self, name: str) -> int:
        """How many clusters have a row with this feature."""
        return len(np.unique(self._index[self._columns[name].codes >= 0]))

    def counts(self, name: str) -> Floats:
        """Rows by value, shape (values,)."""
        column = self._columns[name]
        return np.bincount(column.codes[column.codes >= 0], minlength=len(column.values)).astype(np.float64)

    def clusters_of(self, name: str) -> NDArray[np.intp]:
        """The cluster of each row with this feature, as a number, in the order of the rows."""
        found: NDArray[np.intp] = self._index[self._columns[name].codes >= 0]
        return found

    def numbers(self, name: str) -> Floats:
        """The value of each row with this feature, which is a number, in the order of the rows."""
        column = self._columns[name]
        return np.asarray(column.values, dtype=np.float64)[column.codes[column.codes >= 0]]

    def parts(self, name: str) -> tuple[NDArray[np.intp], Floats]:
        """Places among the feature's values, and parts of shape (any, places) whose outer products sum to the
        covariance of the shares there. All places, or of more than 512 numbers so many evenly spread ranks."""
        if name not in self._parts:
            self._parts[name] = self._made(name)
        return self._parts[name]

    def size(self, name: str) -> float:
        """The number of independent rows that the rows with this feature are worth (Kish's effective size).

        Rows over the mean design effect of the shares; at most the number of clusters where all rows have one value,
        for then no effect can be seen.
        """
        n, clusters = self._columns[name].n, self.clusters(name)
        if clusters == n or n == 0:
            return float(n)
        places, parts = self.parts(name)
        p = np.bincount(self._ranked(name, places), minlength=len(places)) / n
        alone = float((p * (1 - p)).sum()) / n
        if clusters < 2 or alone == 0:
            return float(clusters)
        return n / max(1.0, float((parts**2).sum()) / alone)

    def _ranked(self, name: str, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """For each row with the feature the index in `places` of its value, or of the next place above it."""
        column = self._columns[name]
        return np.searchsorted(places, column.codes[column.codes >= 0]).astype(np.intp)

    def _made(self, name: str) -> tuple[NDArray[np.intp], Floats]:
        wide = len(self._columns[name].values)
        places = np.arange(wide, dtype=np.intp)
        if wide > _FINEST:
            places = places[np.linspace(0, wide - 1, _FINEST).round().astype(np.intp)]
        codes = self._ranked(name, places)
        owner = codes_of(self._index[self._columns[name].codes >= 0])
        n, m, wide = len(codes), int(owner.max(initial=-1)) + 1, len(places)
        if n == 0:
            return places, np.zeros((0, wide))
        scale = np.sqrt(m / max(1, m - 1)) / n
        p = np.bincount(codes, minlength=wide) / n
        if m == n:  # rows of one value leave the same residual
            counts = np.bincount(codes, minlength=wide).astype(np.float64)
            return places, np.sqrt(counts)[:, None] * (np.eye(wide) - p) * scale
        covariance = np.zeros((wide, wide))
        order = np.argsort(owner, kind="stable")
        starts = np.searchsorted(owner[order], np.arange(m + 1))
        step = max(1, _AT_ONCE // wide)
        for first in range(0, m, step):
            last = min(m, first + step)
            rows = order[starts[first] : starts[last]]
            cells = (owner[rows] - first) * wide + codes[rows]
            counts = np.bincount(cells, minlength=(last - first) * wide).reshape(last - first, wide).astype(np.float64)
            residual = counts - counts.sum(axis=1, keepdims=True) * p
            covariance += residual.T @ residual
        values, vectors = np.linalg.eigh(covariance)
        return places, np.sqrt(values.clip(0))[:, None] * vectors.T * scale
