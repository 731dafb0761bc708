"""Numbers and vectors as measures take them in: whole arrays, or the reason why there is no answer.

A NaN in a sample makes most formulas answer NaN, and sorting puts it somewhere: so what is not a finite number is
refused before anything is computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.measures.definition import NotApplicable

__all__ = ["finite", "matrix", "unit_rows"]


def finite(values: ArrayLike) -> NDArray[np.float64] | NotApplicable:
    """The values as one flat array; NotApplicable where one is missing, NaN or infinite. An empty array passes."""
    array = np.asarray(values, dtype=np.float64).ravel()
    bad = int(array.size - np.isfinite(array).sum())
    return NotApplicable(f"{bad} of {array.size} values are not finite numbers") if bad else array


def matrix(vectors: ArrayLike) -> NDArray[np.float64] | NotApplicable:
    """The vectors as an array of shape (n, d); NotApplicable for none, or where one holds no finite numbers.

    Raises ValueError for another number of dimensions: that is a fault of the caller, not of the data.
    """
    array = np.asarray(vectors, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"vectors come as an array of shape (n, d), not {array.shape}")
    if not array.size:
        return NotApplicable("there are no texts")
    bad = int((~np.isfinite(array).all(axis=1)).sum())
    return NotApplicable(f"{bad} of {len(array)} vectors hold what is not a finite number") if bad else array


def unit_rows(vectors: ArrayLike) -> NDArray[np.float64] | NotApplicable:
    """The vectors at length 1; NotApplicable where one is 0 throughout, for it has no direction."""
    wide = matrix(vectors)
    if isinstance(wide, NotApplicable):
        return wide
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    if zeros := int((lengths == 0).sum()):
        return NotApplicable(f"{zeros} of {len(wide)} vectors are 0 throughout: they have no direction")
    unit: NDArray[Any] = wide / lengths
    return unit
