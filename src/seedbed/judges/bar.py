"""When a judge may judge, and what is missing where it may not: one rule for the inspector and for model judges.

For the value in question: at least 100 pairs or rows whose labels are people's, and Cohen's kappa with them whose 95 %
interval lies at .6 or above. Of the inspector, and of a model judge that compares two responses, also a kappa above
that of length alone by more than noise. Of a model judge, where rows have two raters, also a kappa not more than .1
under the one between people. A pair counts once: its two responses were written together, as opposites, and say less
than two that were not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.judges.report import Number
from seedbed.measures.definition import Value

__all__ = ["LEAST_KAPPA", "LEAST_PAIRS", "MOST_BEHIND", "Earned", "earned", "trusted"]

LEAST_PAIRS = 100
LEAST_KAPPA = 0.6
MOST_BEHIND = 0.1


@dataclass(frozen=True, slots=True)
class Earned:
    """What keeps a value from being judged (nothing where it may be), and how many pairs or rows are missing at least.

    The number supposes that kappa stays as it is, while its interval narrows with the square root of the number of
    pairs: more may be needed. `more_would_do` is False where what was measured lies on the wrong side of the bar, which
    no number of pairs like these will change.
    """

    reasons: tuple[str, ...]
    more_pairs: int
    more_would_do: bool


def earned(tested: int, kappa: Number | None, gain: Number) -> Earned:
    """Of the inspector: `tested` pairs labelled by people, `kappa` on them, and `gain` in kappa over length alone."""
    checks = [_enough(tested, "pairs"), _agrees(tested, kappa, "pairs"), _beats_length(tested, gain, "pairs")]
    return _together(tested, checks)


def trusted(rated: int, figures: Mapping[str, Number]) -> Earned:
    """Of a model judge: `rated` rows that it judged and people rated, and its figures on them (`tables.FIGURES`).

    How far it is behind people counts where two raters saw a row, and length alone where responses are compared.
    """
    checks = [_enough(rated, "rows"), _agrees(rated, figures.get("kappa"), "rows")]
    gain, behind = figures.get("over_length"), figures.get("behind")
    if isinstance(gain, Value):
        checks.append(_beats_length(rated, gain, "rows"))
    if isinstance(behind, Value) and behind.value > MOST_BEHIND:
        low = behind.value if behind.low is None else behind.low
        # within noise more ratings may show that it is not so far behind: then twice as many are a beginning
        said = f"its kappa is {behind.value:.2f} under the one between people, and {MOST_BEHIND:.2f} is the most"
        checks.append((said, 2 * rated if low <= MOST_BEHIND else None))
    return _together(rated, checks)


_Check = tuple[str, int | None] | None
"""A reason with the number at which it would fall away (None: never); None where there is nothing to say."""


def _together(n: int, checks: list[_Check]) -> Earned:
    found = [check for check in checks if check is not None]
    counts = [needed for _, needed in found if needed is not None]
    return Earned(tuple(reason for reason, _ in found), max([n, *counts]) - n, len(counts) == len(found))


def _enough(n: int, what: str) -> _Check:
    return (
        (f"{n} {what} are labelled by people, and {LEAST_PAIRS} is the least", LEAST_PAIRS) if n < LEAST_PAIRS else None
    )


def _agrees(n: int, kappa: Number | None, what: str) -> _Check:
    if not isinstance(kappa, Value) or kappa.low is None:
        return f"too few {what} to measure the agreement with people", n
    if kappa.low >= LEAST_KAPPA:
        return None
    return (
        f"the agreement with people (kappa {kappa.value:.2f}) may be as low as {kappa.low:.2f}, "
        f"and {LEAST_KAPPA:.2f} is the least",
        _narrowed(n, kappa.value - LEAST_KAPPA, kappa.value - kappa.low),
    )


def _beats_length(n: int, gain: Number, what: str) -> _Check:
    if not isinstance(gain, Value) or gain.low is None:
        return f"too few {what} to compare with what length alone says", n
    if gain.low > 0:
        return None
    return (
        "it is not better than length alone beyond noise "
        f"(kappa {gain.value:+.2f}, from {gain.low:+.2f} to {gain.high or 0:+.2f})",
        _narrowed(n, gain.value, gain.value - gain.low),
    )


def _narrowed(n: int, margin: float, half: float) -> int | None:
    """The n at which half an interval, now `half` wide, is no wider than `margin`; None where it never is."""
    # A lead of under a hundredth would take ten thousand times the pairs: that is no lead.
    return max(n + 1, math.ceil(n * (half / margin) ** 2)) if margin >= 0.01 else None
