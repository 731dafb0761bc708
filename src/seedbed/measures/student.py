"""Quantiles of the normal and of Student's t, without SciPy."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

from seedbed.measures.beta import incomplete_beta

__all__ = ["normal_quantile", "t_quantile", "two_sided_p"]

_NORMAL = NormalDist()
_MANY = 200  # degrees from which the expansion is right to 4e-9 down to tails of 3e-7


def normal_quantile(p: float) -> float:
    """The standard normal quantile at 0 < p < 1."""
    return _NORMAL.inv_cdf(p)


def two_sided_p(z: float) -> float:
    """P(|Z| >= |z|) of a standard normal."""
    return 2 * _NORMAL.cdf(-abs(z))


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """Student's quantile at 0 < p < 1: its tail halved down to it; from 200 degrees the expansion in 1/df (Abramowitz
    & Stegun 26.7.5), which with few is far too low in the tails (32 % at df = 3 and a tail of 1e-6).

    Raises ValueError for df < 1. 0.5 ms for a pair (p, df) that was not asked before.
    """
    if df < 1:
        raise ValueError(f"Student's t with df = {df} has no use here")
    if df >= _MANY:
        return _expanded(normal_quantile(p), df)
    if p < 0.5:
        return -t_quantile(1 - p, df)
    low, high = 0.0, 1.0
    while _tail(high, df) > 1 - p:
        low, high = high, 2 * high
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _tail(middle, df) > 1 - p else (low, middle)
    return (low + high) / 2


def _tail(t: float, df: float) -> float:
    """P(T > t) for t > 0; of the two forms the one that does not lose its digits."""
    if t * t < df:
        return (1 - incomplete_beta(t * t / (df + t * t), 0.5, df / 2)) / 2
    return incomplete_beta(df / (df + t * t), df / 2, 0.5) / 2


def _expanded(z: float, df: float) -> float:
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / df ** (power + 1) for power, term in enumerate(terms))
