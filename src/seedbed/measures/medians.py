"""Medians whose intervals respect that rows of one request are alike, and the ratio of two.

A bootstrapped median of few values jumps between them, and of 20 equal ones it never moves; the quantiles at the ends
of the share below it (Woodruff 1952) say what so many rows can say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.bootstrap import FEW_CLUSTERS
from seedbed.measures.clusters import codes_of, degrees_of, design_effect, quantile_at
from seedbed.measures.definition import Measured, NotApplicable, Value

__all__ = ["clustered_median", "ratio_of_clustered_medians"]

_TAIL = 0.025


def clustered_median(values: Sequence[float] | NDArray[Any], clusters: Sequence[str] | NDArray[Any]) -> Measured[float]:
    """The median with its 95 % interval by Woodruff, at the rows' effective number. Its ends are values that occur.

    Raises ValueError where there is not one cluster label a row.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) != len(clusters):
        raise ValueError(f"{len(numbers)} items have {len(clusters)} cluster labels")
    if not len(numbers):
        return NotApplicable("there are no items")
    if not np.isfinite(numbers).all():
        return NotApplicable("a value is no finite number")
    codes = codes_of(clusters)
    n, m = len(numbers), int(codes.max()) + 1
    middle = float(np.median(numbers))
    if m < 2:
        return Value(middle, n=n, note="one cluster only: no interval")
    below = (numbers < middle) + 0.5 * (numbers == middle)
    size = n / design_effect(below, codes, m)
    z = quantile_at(_TAIL, degrees_of(n, m))
    half = z / (2 * math.sqrt(size + z * z))  # Wilson's at a half
    low = float(np.quantile(numbers, 0.5 - half, method="lower"))
    high = float(np.quantile(numbers, 0.5 + half, method="higher"))
    note = f"only {m} clusters" if m < FEW_CLUSTERS else ""
    return Value(middle, low, high, n=n, note=note)


def ratio_of_clustered_medians(a: Measured[float], b: Measured[float]) -> Measured[float]:
    """median(b) / median(a) of two answers of `clustered_median`; on the logarithms each end is as far as the two
    nearer ends together (MOVER; Zou & Donner 2008)."""
    for side in (a, b):
        if isinstance(side, NotApplicable):
            return NotApplicable("a sample is empty")
    assert isinstance(a, Value)
    assert isinstance(b, Value)
    if a.value <= 0 or b.value <= 0:
        return NotApplicable("a median is 0: the ratio has no meaning")
    n = (a.n or 0) + (b.n or 0)
    ratio, note = b.value / a.value, "; ".join(dict.fromkeys(filter(None, (a.note, b.note))))
    ends = (a.low, a.high, b.low, b.high)
    if None in ends:
        return Value(ratio, n=n, note=note)
    if min(end for end in ends if end is not None) <= 0:
        # few and short texts: the interval of a median reaches 0, and so the ratio's has no end
        return Value(ratio, n=n, note="; ".join(filter(None, (note, "no interval: a median may be 0"))))
    a_low, a_high, b_low, b_high = (math.log(end) for end in ends if end is not None)
    gap, one, other = math.log(ratio), math.log(a.value), math.log(b.value)
    low = gap - math.hypot(other - b_low, a_high - one)
    high = gap + math.hypot(b_high - other, one - a_low)
    return Value(ratio, min(ratio, math.exp(low)), max(ratio, math.exp(high)), n=n, note=note)
