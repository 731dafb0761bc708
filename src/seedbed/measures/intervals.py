"""Intervals of a proportion, without any library."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from seedbed.measures.beta import incomplete_beta
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value

__all__ = ["ENTRIES", "clopper_pearson", "rate", "wilson", "wilson_ends"]

Z95 = 1.959963984540054

ENTRIES = (
    Measure(
        "wilson", "a proportion with its 95 % interval",
        "(p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96", "Wilson 1927", "share", "describes",
        ANY, "assumes independent items: rows of one prompt are not; bootstrap by prompt then",
    ),
    Measure(
        "clopper_pearson", "a proportion with its exact 95 % interval",
        "the p at which P(X >= k) or P(X <= k) is 2.5 %", "Clopper & Pearson 1934", "share", "describes", ANY,
        "never covers less than 95 %, so it is wide; assumes independent items",
    ),
)  # fmt: skip


def wilson(k: int, n: int, z: float = Z95) -> Measured[float]:
    """k/n with its Wilson score interval (95 % by default). Raises ValueError unless 0 <= k <= n."""
    _check(k, n)
    if n == 0:
        return NotApplicable("there are no items")
    low, high = wilson_ends(k / n, n, z)
    return Value(k / n, low, high, n=n)


def wilson_ends(p: float, n: float, z: float) -> tuple[float, float]:
    """The ends of Wilson's interval about a share `p` of `n` rows; n may be an effective number, and no whole one."""
    zz = z * z / n
    centre = (p + zz / 2) / (1 + zz)
    half = z * math.sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz)
    # At 0 and 1 a bound equals p in exact arithmetic; rounding must not put it on the wrong side.
    return min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half))


def clopper_pearson(k: int, n: int, alpha: float = 0.05) -> Measured[float]:
    """k/n with its exact interval of level 1 - alpha. Raises ValueError unless 0 <= k <= n."""
    _check(k, n)
    if n == 0:
        return NotApplicable("there are no items")
    low = 0.0 if k == 0 else _solve(lambda p: _upper_tail(k, n, p) - alpha / 2)
    high = 1.0 if k == n else 1 - _solve(lambda p: _upper_tail(n - k, n, p) - alpha / 2)
    return Value(k / n, low, high, n=n)


def rate(verdicts: Iterable[Measured[bool]]) -> Measured[float]:
    """Share of true among the verdicts that apply, with its Wilson interval; the note counts those that do not."""
    seen = list(verdicts)
    values = [verdict.value for verdict in seen if isinstance(verdict, Value)]
    refused = [verdict.reason for verdict in seen if isinstance(verdict, NotApplicable)]
    if not values:
        return NotApplicable(refused[0] if refused else "there are no items")
    answer = wilson(sum(values), len(values))
    if refused and isinstance(answer, Value):
        return Value(answer.value, answer.low, answer.high, answer.n, note=f"{len(refused)} items not applicable")
    return answer


def _check(k: int, n: int) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"k = {k} of n = {n} is no proportion")


def _upper_tail(k: int, n: int, p: float) -> float:
    """P(X >= k) for X ~ Binomial(n, p)."""
    return incomplete_beta(p, float(k), float(n - k + 1))


def _solve(excess: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return (low + high) / 2
