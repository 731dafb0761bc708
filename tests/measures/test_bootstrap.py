from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.measures.bootstrap import NumberDistance, bootstrap_ci, difference_ci, number_ci
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.statistics import ks_d, wasserstein1


def bounds(answer: Value[float] | NotApplicable) -> tuple[float, float]:
    assert isinstance(answer, Value)
    assert answer.low is not None
    assert answer.high is not None
    return answer.low, answer.high


def width(answer: Value[float] | NotApplicable) -> float:
    low, high = bounds(answer)
    return high - low


@settings(max_examples=25)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=30), st.integers(0, 5))
def test_the_same_seed_gives_the_same_interval(values: list[int], seed: int) -> None:
    answers = [bootstrap_ci(values, np.mean, draws=50, seed=seed) for _ in range(2)]
    assert answers[0] == answers[1]
    low, high = bounds(answers[0])
    assert min(values) <= low <= high <= max(values)


def test_the_interval_of_a_mean_is_near_theory() -> None:
    values = np.random.default_rng(1).normal(10, 2, size=400)
    low, high = bounds(bootstrap_ci(values, np.mean, seed=2))
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.06)


def test_whole_clusters_are_drawn() -> None:
    # 80 prompts of 10 equal rows: 800 rows carry the information of 80.
    labels = [str(i) for i in range(80) for _ in range(10)]
    values = [float(i) for i in range(80) for _ in range(10)]
    rows, prompts = bootstrap_ci(values, np.mean), bootstrap_ci(values, np.mean, labels)
    assert width(prompts) == pytest.approx(width(rows) * np.sqrt(10), rel=0.15)
    seen: set[int] = set()
    bootstrap_ci(values, lambda sample: seen.add(len(sample)) or 0.0, labels, draws=20)
    assert seen == {800}


def test_one_cluster_has_no_interval_and_few_say_so() -> None:
    single = bootstrap_ci([1, 2, 3], np.mean, ["a"] * 3)
    assert isinstance(single, Value)
    assert (single.value, single.low, single.high) == (2, None, None)
    assert "no interval" in single.note
    few = bootstrap_ci([1, 2, 3], np.mean, ["a", "b", "b"], draws=20)
    assert isinstance(few, Value)
    assert "2 clusters" in few.note


def test_limits() -> None:
    assert isinstance(bootstrap_ci([], np.mean), NotApplicable)
    assert isinstance(difference_ci([], [1], lambda a, b: 0.0), NotApplicable)
    with pytest.raises(ValueError, match="cluster labels"):
        bootstrap_ci([1, 2], np.mean, ["a"])


def test_a_difference_resamples_both_sides() -> None:
    rng = np.random.default_rng(3)
    small, large = rng.normal(0, 1, 30), rng.normal(0, 1, 3000)
    one = difference_ci(small, large, lambda a, b: float(b.mean() - a.mean()), draws=400)
    other = difference_ci(large, small, lambda a, b: float(a.mean() - b.mean()), draws=400)
    assert width(one) == pytest.approx(2 * 1.96 / np.sqrt(30), rel=0.25)  # the small side's uncertainty
    assert width(one) == pytest.approx(width(other), rel=0.25)


@settings(max_examples=50, deadline=None)
@given(*[st.lists(st.integers(-20, 20), min_size=1, max_size=30)] * 2)
def test_distances_of_numbers_are_those_of_the_samples(a: list[int], b: list[int]) -> None:
    for found, expected in (
        (number_ci(a, b, "wasserstein1", draws=10), wasserstein1(a, b)),
        (number_ci(a, b, "ks_d", draws=10), ks_d(a, b)),
    ):
        assert isinstance(found, Value)
        assert isinstance(expected, Value)
        assert found.value == pytest.approx(expected.value, abs=1e-9)


@pytest.mark.parametrize("distance", ["wasserstein1", "ks_d"])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_their_intervals_cover_what_is_true(distance: NumberDistance, shift: float) -> None:
    # uniform on 0..1 and on .5..1.5: W1 = .5, and D = .5 all the way from .5 to 1, where a greatest gap is biased.
    # Of 40 intervals at 95 % one expects 38; 34 or fewer has a chance of 1 in 70
    rng = np.random.default_rng(6)
    covered = 0
    for trial in range(40):
        a, b = rng.random(60), rng.random(150) + shift
        low, high = bounds(number_ci(a, b, distance, draws=120, seed=trial))
        covered += low <= shift <= high
    assert covered >= 35


def test_the_interval_of_one_source_reaches_0_and_chance_is_told() -> None:
    rng = np.random.default_rng(9)
    found = number_ci(rng.random(400), rng.random(400), "ks_d", draws=200)
    assert isinstance(found, Value)
    assert found.low == 0
    # two samples of 400 from one source: the mean of D is .87·sqrt(2/400) = .061
    chance = float(found.note.split("chance alone gives ")[1].split(";")[0])
    assert chance == pytest.approx(0.061, rel=0.15)


def test_clusters_of_numbers_are_drawn_whole() -> None:
    lengths = sorted([5, 5, 5, 30, 30, 30] * 40)
    prompts = [str(row // 20) for row in range(240)]
    by_row = number_ci(lengths, [60.0] * 30, draws=300)
    by_prompt = number_ci(lengths, [60.0] * 30, "wasserstein1", prompts, draws=300)
    assert width(by_prompt) > 2 * width(by_row)
    single = number_ci([3, 4], [5, 6], "ks_d", ["a", "a"])
    assert isinstance(single, Value)
    assert (single.low, single.note) == (None, "one cluster only: no interval")
