"""A share with its interval, and the difference of two independent shares with its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

from seedbed.measures.definition import Value
from seedbed.measures.intervals import wilson

__all__ = ["Share", "difference", "share"]


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`: their quotient with its 95 % Wilson score interval, between 0 and 1."""

    count: int
    of: int
    value: float
    low: float
    high: float


def share(count: int, of: int) -> Share | None:
    """None where there is nothing to take a share of."""
    found = wilson(count, of)
    if not isinstance(found, Value) or found.low is None or found.high is None:
        return None
    return Share(count, of, found.value, found.low, found.high)


def difference(a: Share, b: Share) -> tuple[float, float, float]:
    """b - a as (value, low, high) at 95 %, by the hybrid score interval for independent samples (Newcombe 1998,
    method 10). It assumes independent rows."""
    d = b.value - a.value
    low = d - math.hypot(b.value - b.low, a.high - a.value)
    high = d + math.hypot(b.high - b.value, a.value - a.low)
    return d, max(-1.0, low), min(1.0, high)
