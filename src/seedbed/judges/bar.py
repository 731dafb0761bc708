"""When the inspector may judge, and what is missing where it may not.

Three things, for the value in question: at least 100 pairs whose labels are people's; Cohen's kappa with them whose
95 % interval lies at .6 or above; and a kappa above that of length alone by more than noise. A pair counts once: its
two responses were written together, as opposites, and say less than two that were not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from seedbed.judges.report import Number
from seedbed.measures.definition import Value

__all__ = ["LEAST_KAPPA", "LEAST_PAIRS", "Earned", "earned"]

LEAST_PAIRS = 100
LEAST_KAPPA = 0.6


@dataclass(frozen=True, slots=True)
class Earned:
    """What keeps a value from being judged (nothing where it may be), and how many pairs are missing at least.

    The number supposes that kappa stays as it is, while its interval narrows with the square root of the number of
    pairs: more may be needed. `more_would_do` is False where what was measured lies on the wrong side of the bar, which
    no number of pairs like these will change.
    """

    reasons: tuple[str, ...]
    more_pairs: int
    more_would_do: bool


def earned(tested: int, kappa: Number | None, gain: Number) -> Earned:
    """`tested` pairs labelled by people, `kappa` on them, and `gain` in kappa over length alone."""
    reasons: list[str] = []
    needed: list[int | None] = [tested]
    if tested < LEAST_PAIRS:
        reasons.append(f"{tested} pairs are labelled by people, and {LEAST_PAIRS} is the least")
        needed.append(LEAST_PAIRS)
    if not isinstance(kappa, Value) or kappa.low is None:
        reasons.append("too few pairs to measure the agreement with people")
    elif kappa.low < LEAST_KAPPA:
        reasons.append(
            f"the agreement with people (kappa {kappa.value:.2f}) may be as low as {kappa.low:.2f}, "
            f"and {LEAST_KAPPA:.2f} is the least"
        )
        needed.append(_narrowed(tested, kappa.value - LEAST_KAPPA, kappa.value - kappa.low))
    if not isinstance(gain, Value) or gain.low is None:
        reasons.append("too few pairs to compare with what length alone says")
    elif gain.low <= 0:
        reasons.append(
            "it is not better than length alone beyond noise "
            f"(kappa {gain.value:+.2f}, from {gain.low:+.2f} to {gain.high or 0:+.2f})"
        )
        needed.append(_narrowed(tested, gain.value, gain.value - gain.low))
    counts = [count for count in needed if count is not None]
    return Earned(tuple(reasons), max(counts) - tested, len(counts) == len(needed))


def _narrowed(n: int, margin: float, half: float) -> int | None:
    """The n at which half an interval, now `half` wide, is no wider than `margin`; None where it never is."""
    # A lead of under a hundredth would take ten thousand times the pairs: that is no lead.
    return max(n + 1, math.ceil(n * (half / margin) ** 2)) if margin >= 0.01 else None
