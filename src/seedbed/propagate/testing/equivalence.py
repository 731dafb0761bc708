"""T7: "preserved" only where the difference is shown to be small, "changed" only where it is shown to be large."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TypeAlias

import numpy as np

from seedbed.measures.definition import Value
from seedbed.propagate.testing.description import describe, ratio
from seedbed.propagate.testing.distances import DRAWS, Contrast, contrast
from seedbed.propagate.testing.document import Needed, Outcome, Verdict
from seedbed.propagate.testing.rates import Bounds, Median, Rate, log_ratio, rate_difference
from seedbed.propagate.testing.samples import Sample

__all__ = ["Margins", "equivalence"]

_MOST = 10_000.0  # times today's rows
_POWER = 0.8
# Total variation at .10: at a nominal 5 % the words were wrong in up to 7.6 % of samples (2 to 10 categories, 300 or
# 400 seeds, 1,000 rows; 500 samples each). So its chances are taken 1.6 times.
_CAREFUL = 1.6

# (error of each word, times the seeds, times the synthetic rows) to the word
_Says: TypeAlias = Callable[[float, float, float], Verdict]
_Ends: TypeAlias = Callable[[float, float, float], Bounds]


@dataclass(frozen=True, slots=True)
class Margins:
    """What counts as no change; to be fixed before anything is generated. `level` is the error of each one-sided test.

    Raises ValueError for a margin that no difference could exceed, or that leaves nothing.
    """

    rate: float = 0.05
    total_variation: float = 0.10
    ratio: tuple[float, float] = (0.8, 1.25)
    level: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1 or not 0 < self.total_variation < 1:
            raise ValueError("the margins of a rate and of total variation lie between 0 and 1")
        if not 0 < self.ratio[0] < 1 < self.ratio[1]:
            raise ValueError("the margins of a ratio lie on both sides of 1")
        if not 0 < self.level < 0.5:
            raise ValueError("the level lies between 0 and .5")


def equivalence(
    seed: Sample, synth: Sample, margins: Margins | None = None, *, draws: int = DRAWS, rng_seed: int = 0
) -> Outcome:
    """Two one-sided tests (TOST; Schuirmann 1987) of the synthetic rows against the seeds, and the verdict.

    Flags: rate difference within ± `rate` (score interval with skewness correction). Labels: total variation under
    `total_variation` (`distances`). Numbers: ratio of medians within `ratio` (Woodruff, MOVER). Preserved: the
    interval at 1 - 2·level (`bounds`; 90 %, for labels 93.75 %, see the code) lies within the margins; changed: it
    lies wholly outside; else undecided, and `needed` says what would decide four times in five. Each of the two words
    is wrong in about `level` of the cases or fewer where the truth lies at the margin. `p` is that of "preserved": the
    smallest level at which it would be said. `estimate` has the 95 % interval. Source: method of seedbed, T7.

    Traps: "changed" does not say by what, and "preserved" not that the seeds did it: a model without seeds may have
    the same shares, which `follow_index` asks. A difference that surely is not 0 is still preserved where it is
    surely small. A category never met in n seeds may hold much: with under 33 seeds no set of labels can be preserved
    within .10 (1.6·.9^n > .05; the 1.6 is explained beside the code).
    """
    chosen = margins or Margins()
    described = (
        (ratio(seed, synth),) if seed.kind == "numbers" else describe(seed, synth, draws=draws, rng_seed=rng_seed)
    )
    shown = described[0]
    if not isinstance(shown.estimate, Value):
        return shown
    if seed.kind == "labels":
        between = contrast(seed, synth, np.random.default_rng(rng_seed), draws=draws)
        limits = (0.0, chosen.total_variation)
        says, bounds = _of_variation(between, limits[1]), between.interval(1 - 2 * chosen.level / _CAREFUL)
        p = min(1.0, _CAREFUL * max(between.chance_below(limits[1]), 1 / (1 + draws)))
    else:
        ends, limits = _of_medians(seed, synth, chosen) if seed.kind == "numbers" else _of_rates(seed, synth, chosen)
        says, p = _within(ends, limits), _p_preserved(ends, limits)
        deciding = ends(chosen.level, 1.0, 1.0)
        bounds = (deciding.low, deciding.high)
        if seed.kind == "numbers":
            bounds, limits = (math.exp(bounds[0]), math.exp(bounds[1])), chosen.ratio
    verdict = says(chosen.level, 1.0, 1.0)
    needed = _needed(says, chosen.level, seed.n, synth.n) if verdict is Verdict.UNDECIDED else None
    return replace(shown, null=None, p=p, verdict=verdict, bounds=bounds, margin=limits, needed=needed)


def _of_rates(seed: Sample, synth: Sample, margins: Margins) -> tuple[_Ends, tuple[float, float]]:
    one, other = Rate(seed), Rate(synth)

    def ends(tail: float, seeds: float, rows: float) -> Bounds:
        return rate_difference(one, other, tail, seeds, rows)

    return ends, (-margins.rate, margins.rate)


def _of_medians(seed: Sample, synth: Sample, margins: Margins) -> tuple[_Ends, tuple[float, float]]:
    one, other = Median(seed), Median(synth)

    def ends(tail: float, seeds: float, rows: float) -> Bounds:
        return log_ratio(one.at(tail, seeds), other.at(tail, rows))

    return ends, (math.log(margins.ratio[0]), math.log(margins.ratio[1]))


def _of_variation(between: Contrast, margin: float) -> _Says:
    def says(tail: float, seeds: float, rows: float) -> Verdict:
        # today's distance for the verdict; for other sizes the one that they would show at the corrected distance
        seen = between if (seeds, rows) == (1.0, 1.0) else between.planned(seeds, rows)
        if _CAREFUL * seen.chance_below(margin) <= tail:
            return Verdict.PRESERVED
        return Verdict.CHANGED if _CAREFUL * seen.chance_above(margin) <= tail else Verdict.UNDECIDED

    return says


def _within(ends: _Ends, limits: tuple[float, float]) -> _Says:
    return lambda tail, seeds, rows: _verdict(ends(tail, seeds, rows), limits)


def _verdict(ends: Bounds, limits: tuple[float, float]) -> Verdict:
    if limits[0] < ends.low and ends.high < limits[1]:
        return Verdict.PRESERVED
    if ends.high < limits[0] or ends.low > limits[1]:
        return Verdict.CHANGED
    return Verdict.UNDECIDED


def _p_preserved(ends: _Ends, limits: tuple[float, float]) -> float:
    """The smallest tail at which the interval lies within the limits; at least .5 where the estimate does not."""
    if not limits[0] < ends(0.4999, 1.0, 1.0).value < limits[1]:
        return 1.0
    low, high = 0.0, 5.0  # in standard normal units: tails of .5 to 3e-7
    for _ in range(20):
        middle = (low + high) / 2
        inside = _verdict(ends(NormalDist().cdf(-middle), 1.0, 1.0), limits) is Verdict.PRESERVED
        low, high = (middle, high) if inside else (low, middle)
    return NormalDist().cdf(-low)


def _needed(says: _Says, level: float, seeds: int, synth: int) -> Needed:
    """The growth at which an interval wide enough for `_POWER` still decides, on one side alone and on both."""
    tail = NormalDist().cdf(NormalDist().inv_cdf(level) + NormalDist().inv_cdf(1 - _POWER))

    def least(seeds_grow: bool, rows_grow: bool) -> float | None:
        def decides(factor: float) -> bool:
            said = says(tail, factor if seeds_grow else 1.0, factor if rows_grow else 1.0)
            return said is not Verdict.UNDECIDED

        low, high = 0.0, math.log(_MOST)
        if not decides(_MOST):
            return None
        for _ in range(12):  # to 0.3 %
            middle = (low + high) / 2
            low, high = (low, middle) if decides(math.exp(middle)) else (middle, high)
        return math.exp(high)

    alone, rows, both = least(True, False), least(False, True), least(True, True)
    return Needed(
        seeds=None if alone is None else math.ceil(seeds * alone),
        synth=None if rows is None else math.ceil(synth * rows),
        both=None if both is None else (math.ceil(seeds * both), math.ceil(synth * both)),
    )
