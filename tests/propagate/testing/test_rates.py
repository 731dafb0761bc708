from __future__ import annotations

import math

import numpy as np
import pytest

from seedbed.measures.clusters import Clusters
from seedbed.measures.definition import Value
from seedbed.measures.intervals import wilson
from seedbed.propagate.testing.rates import Median, Rate, log_ratio, rate_difference
from seedbed.propagate.testing.samples import Sample
from tests.propagate.testing.worlds import flags, lengths, most, rate


def test_single_rows_have_wilsons_interval_and_clusters_that_of_the_assessment() -> None:
    single = Rate(Sample.flags([1] * 31 + [0] * 2)).at(0.025)
    expected = wilson(31, 33)
    assert isinstance(expected, Value)
    assert (single.low, single.high) == pytest.approx((expected.low, expected.high))
    names = [f"p{i // 4}" for i in range(2_000)]
    values = np.random.default_rng(0).random(500).repeat(4) < 0.3
    clustered = Rate(Sample.flags(values, names)).at(0.025)
    other = Clusters(names).rate(values)
    assert isinstance(other, Value)
    assert (clustered.low, clustered.high) == pytest.approx((other.low, other.high), abs=2e-4)  # t of 499, not z


def test_the_score_is_at_the_likeliest_shares() -> None:
    # brute force over the shares that differ by the gap; the skewness is taken out by the same expansion
    first, second, n, m, gap = 30 / 33, 0.9, 33, 500, -0.0694
    top = np.linspace(1e-6, 1 + gap - 1e-6, 400_001)
    bottom = top - gap
    likelihood = m * (second * np.log(top) + (1 - second) * np.log(1 - top))
    likelihood += n * (first * np.log(bottom) + (1 - first) * np.log(1 - bottom))
    best = likelihood.argmax()
    t, b = top[best], bottom[best]
    variance = (t * (1 - t) / m + b * (1 - b) / n) * (n + m) / (n + m - 1)
    skew = (t * (1 - t) * (1 - 2 * t) / m**2 - b * (1 - b) * (1 - 2 * b) / n**2) / (6 * variance**1.5)
    z = (second - first - gap) / math.sqrt(variance)
    from statistics import NormalDist

    from seedbed.propagate.testing.rates import _score

    corrected = _score(first, second, n, m, gap)
    assert corrected + skew * (corrected**2 - 1) == pytest.approx(z, abs=1e-4)
    tail = NormalDist().cdf(-corrected)
    one, other = Sample.flags([1] * 30 + [0] * 3), Sample.flags([1] * 450 + [0] * 50)
    assert rate_difference(Rate(one), Rate(other), tail).low == pytest.approx(gap, abs=1e-6)


def test_a_share_of_one_is_not_certain() -> None:
    ends = rate_difference(Rate(Sample.flags([1] * 33)), Rate(Sample.flags([1] * 500)), 0.05)
    assert ends.value == 0
    assert ends.low < -0.003
    assert 0.05 < ends.high < 0.12


@pytest.mark.parametrize(("seeds", "rows"), [((0.95, 100), (0.90, 1_000)), ((0.94, 94), (0.99, 800))])
def test_one_end_misses_the_difference_in_at_most_a_twentieth(
    seeds: tuple[float, int], rows: tuple[float, int]
) -> None:
    # 800 samples at 5 %: 40 expected, 59 allowed; an interval that misses 9 % is seen through with .97
    truth = rows[0] - seeds[0]
    misses = [0, 0]
    for index in range(800):
        rng = np.random.default_rng([1, index])
        ends = rate_difference(Rate(flags(rng, *seeds)), Rate(flags(rng, *rows)), 0.05)
        misses[0] += truth < ends.low
        misses[1] += truth > ends.high
    assert max(misses) <= most(800)


def test_rows_of_one_request_count_by_their_design_effect() -> None:
    # 100 requests of 10 rows, half of them copies of the first: ignoring it would miss in some 18 %
    truth = 0.3

    def misses(rng: np.random.Generator) -> bool:
        ends = Rate(flags(rng, truth, 1_000, size=10, alike=0.5)).at(0.025)
        return not ends.low <= truth <= ends.high

    assert rate(misses, 400) <= most(400)


@pytest.mark.parametrize("size", [1, 5])
def test_the_ratio_of_medians_is_in_its_interval(size: int) -> None:
    # continuous in effect: medians of 400, so that rounding to whole numbers moves no median
    def misses(rng: np.random.Generator) -> bool:
        seeds, rows = Median(lengths(rng, 400, 40)), Median(lengths(rng, 500, 300, size))
        ends = log_ratio(seeds.at(0.025), rows.at(0.025))
        return not ends.low <= math.log(1.25) <= ends.high

    assert rate(misses, 400) <= most(400)
