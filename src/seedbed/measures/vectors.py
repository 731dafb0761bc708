"""Has this been said before in other words? The nearest vector kept so far, exact to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.measures.definition import ANY, Measure

__all__ = ["ENTRIES", "VectorIndex"]

_SCREEN_ERROR = 5e-5  # twice the worst error of a float32 product of unit vectors of 384, 384 · 2^-24

ENTRIES = (
    Measure(
        "cosine_nearest", "greatest cosine to a text kept before", "max u·v / (|u||v|)", "Reimers & Gurevych 2019",
        "-1 to 1", "lower is better", ANY, "as good as the embedder: the embedded one knows English only",
    ),
)  # fmt: skip


class VectorIndex:
    """Vectors kept so far; finds the one of greatest cosine, to the last bit the same in any order or build.

    Entries of float16 are multiples of 2^-24, so that products and sums of 384 of them are exact in float64. A
    float32 product over all rows screens; the few rows within its error of the best are compared exactly.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._exact = np.zeros((0, 0), dtype=np.float16)
        self._unit = np.zeros((0, 0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, id: str, vector: NDArray[Any]) -> None:
        """Keep a vector of shape (dim,), rounded to float16. Raises InputError for NaN and infinity."""
        row = len(self._ids)
        if not row:  # the first vector tells how long they are
            self._exact = np.zeros((1024, len(vector)), dtype=np.float16)
            self._unit = np.zeros((1024, len(vector)), dtype=np.float32)
        elif row == len(self._exact):
            self._exact = np.concatenate([self._exact, np.zeros_like(self._exact)])
            self._unit = np.concatenate([self._unit, np.zeros_like(self._unit)])
        self._exact[row], self._unit[row] = _prepared(vector)
        self._ids.append(id)

    def nearest(self, vector: NDArray[Any]) -> tuple[str, float] | None:
        """The id and cosine of the nearest vector, the earliest added among equals; None for an empty index."""
        if not self._ids:
            return None
        exact, unit = _prepared(vector)
        # Not `@`: waking OpenBLAS's threads for a matrix and a vector takes 8 ms on two busy cores, this 0.1 to 5.
        screened = np.vecdot(self._unit[: len(self._ids)], unit)
        rows = np.flatnonzero(screened >= screened.max() - _SCREEN_ERROR)
        own, theirs = exact.astype(np.float64), self._exact[rows].astype(np.float64)
        squares = (theirs * theirs).sum(axis=1) * (own * own).sum()
        products = (theirs * own).sum(axis=1)
        cosines = np.divide(products, np.sqrt(squares), out=np.zeros_like(products), where=squares > 0)
        best = int(np.argmax(cosines))
        return self._ids[rows[best]], float(cosines[best])


def _prepared(vector: NDArray[Any]) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    exact = np.asarray(vector, dtype=np.float16)
    wide = exact.astype(np.float64)
    if not np.isfinite(wide).all():  # of all comparisons with NaN none is true: it would hide every neighbour
        raise InputError("a vector holds what is not a finite number")
    return exact, (wide / (np.linalg.norm(wide) or 1.0)).astype(np.float32)
