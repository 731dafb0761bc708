from __future__ import annotations

import itertools

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import Sample, swap_slope
from tests.propagate.testing.worlds import flags, holds, labels, lengths, most, number

SEEDS = 30


def world(rng: np.random.Generator, weight: float, k: int, between: float) -> list[tuple[Sample, Sample]]:
    """k sets of 30 seeds and runs of 100 rows with share weight·x + (1-weight)·.6, and a spread `between` the runs."""
    sets = []
    for share in rng.uniform(0.1, 0.9, k):
        yes = rng.binomial(SEEDS, share)
        level = weight * yes / SEEDS + (1 - weight) * 0.6 + rng.normal(0, between)
        sets.append((Sample.flags([1] * yes + [0] * (SEEDS - yes)), flags(rng, float(np.clip(level, 0, 1)), 100)))
    return sets


@pytest.mark.parametrize(("weight", "between"), [(0.0, 0.0), (0.0, 0.1), (0.5, 0.1), (1.0, 0.0)])
def test_the_slope_is_the_weight_and_its_interval_holds_it(weight: float, between: float) -> None:
    # 300 studies of 6 sets: 15 misses expected, 26 allowed; the same for claims where the seeds do nothing
    slopes, misses, claims = [], 0, 0
    for index in range(300):
        outcome = swap_slope(world(np.random.default_rng([2, index]), weight, 6, between))
        slopes.append(number(outcome).value)
        misses += not holds(outcome, weight)
        claims += outcome.p is not None and outcome.p <= 0.05
    assert np.mean(slopes) == pytest.approx(weight, abs=0.03)
    assert misses <= most(300)
    if weight == 0:
        assert claims <= most(300)
    elif not between:
        assert claims > 290


def test_the_interval_is_where_permutations_do_not_refuse() -> None:
    sets = world(np.random.default_rng(0), 0.5, 5, 0.1)
    outcome = number(swap_slope(sets))
    assert outcome.low is not None
    assert outcome.high is not None
    x, y = (np.array([pair[side].mean for pair in sets]) for side in (0, 1))
    orders = np.array(list(itertools.permutations(range(5))))

    def p(slope: float) -> float:
        rest = y - slope * x
        tilts = np.abs((rest[orders] * (x - x.mean())).sum(axis=1))
        return float((tilts >= tilts[0] - 1e-12).mean())

    step = 1e-6
    assert p(outcome.low + step) > 0.05 >= p(outcome.low - step)
    assert p(outcome.high - step) > 0.05 >= p(outcome.high + step)
    assert p(outcome.value) == 1


@pytest.mark.parametrize("yes", [(3, 3, 3, 3, 3, 15), (3, 3, 3, 15, 15, 15)])
def test_sets_that_allow_no_small_p_have_no_ends(yes: tuple[int, ...]) -> None:
    # 120 or 36 of the 720 permutations only exchange equal sets: no slope can be refused at 5 %
    for index in range(20):
        rng = np.random.default_rng([7, index])
        sets = [(Sample.flags([1] * k + [0] * (SEEDS - k)), flags(rng, rng.uniform(0.2, 0.6), 100)) for k in yes]
        outcome = swap_slope(sets)
        assert outcome.smallest_p is not None
        assert outcome.smallest_p >= 0.05
        assert (number(outcome).low, number(outcome).high) == (None, None)


def test_six_sets_in_the_order_of_their_seeds_have_the_smallest_p() -> None:
    sets = [(lengths_of(median), lengths_of(2 * median)) for median in (10, 20, 30, 40, 50, 60)]
    outcome = swap_slope(sets)
    assert outcome.p is not None
    assert number(outcome).value == pytest.approx(2)
    assert outcome.smallest_p == pytest.approx(1 / 720)
    assert len(outcome.points) == 6


def lengths_of(median: int) -> Sample:
    return Sample.numbers([median - 2, median, median + 2] * 5)


def test_all_categories_at_once() -> None:
    rng = np.random.default_rng(4)
    prior = np.array([0.5, 0.3, 0.2])
    slopes = []
    for weight in (0.0, 0.6):
        sets = []
        for _ in range(7):
            counts = rng.multinomial(30, rng.dirichlet([1, 1, 1]))
            shares = weight * counts / 30 + (1 - weight) * prior
            sets.append((Sample.labels(np.repeat(list("abc"), counts)), labels(rng, shares.tolist(), 400)))
        outcome = swap_slope(sets)
        slopes.append(number(outcome).value)
        assert outcome.p is not None
        assert (outcome.p < 0.01) == (weight > 0)
    assert slopes == pytest.approx([0.0, 0.6], abs=0.08)


def test_many_sets_are_permuted_by_a_sample_and_few_have_no_interval() -> None:
    many = swap_slope(world(np.random.default_rng(1), 1.0, 10, 0.0))
    assert many.p == pytest.approx(1 / 20_001)
    few = swap_slope(world(np.random.default_rng(1), 1.0, 3, 0.0))
    assert (number(few).low, number(few).high) == (None, None)
    assert "too few sets" in number(few).note
    assert few.smallest_p == pytest.approx(1 / 6)


def test_sets_that_do_not_differ_have_no_slope() -> None:
    rng = np.random.default_rng(0)
    alike = swap_slope([(Sample.flags([1, 0]), flags(rng, 0.5, 50)) for _ in range(6)])
    assert isinstance(alike.estimate, NotApplicable)
    assert "do not differ" in alike.estimate.reason
    assert isinstance(swap_slope([]).estimate, NotApplicable)
    tied = swap_slope([(lengths_of(10 + 10 * (i % 2)), lengths(rng, 20, 40)) for i in range(6)])
    assert tied.smallest_p == pytest.approx(36 / 720)
