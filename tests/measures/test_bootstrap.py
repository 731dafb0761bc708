from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.measures.bootstrap import bootstrap_ci, category_ci, difference_ci
from seedbed.measures.definition import NotApplicable, Value


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
    assert isinstance(category_ci([], ["a"]), NotApplicable)
    with pytest.raises(ValueError, match="cluster labels"):
        bootstrap_ci([1, 2], np.mean, ["a"])


def test_a_difference_resamples_both_sides() -> None:
    rng = np.random.default_rng(3)
    small, large = rng.normal(0, 1, 30), rng.normal(0, 1, 3000)
    one = difference_ci(small, large, lambda a, b: float(b.mean() - a.mean()), draws=400)
    other = difference_ci(large, small, lambda a, b: float(a.mean() - b.mean()), draws=400)
    assert width(one) == pytest.approx(2 * 1.96 / np.sqrt(30), rel=0.25)  # the small side's uncertainty
    assert width(one) == pytest.approx(width(other), rel=0.25)


@pytest.mark.parametrize("distance", ["total_variation", "jensen_shannon"])
def test_category_distances(distance: str) -> None:
    seeds = ["health"] * 20 + ["travel"] * 10 + ["finance"] * 3
    same = category_ci(seeds, seeds * 30, distance)  # type: ignore[arg-type]
    apart = category_ci(seeds, ["finance"] * 900 + ["travel"] * 90, distance)  # type: ignore[arg-type]
    assert isinstance(same, Value)
    assert same.value == pytest.approx(0, abs=1e-9)
    assert "chance alone" in same.note
    assert bounds(apart)[0] > bounds(same)[1]
    assert same == category_ci(seeds, seeds * 30, distance)  # type: ignore[arg-type]


def test_category_clusters_widen_the_interval() -> None:
    seeds = ["a"] * 20 + ["b"] * 20
    rows = [label for i in range(40) for label in (["a"] if i % 4 else ["b"]) * 10]
    prompts = [str(i) for i in range(40) for _ in range(10)]
    by_row, by_prompt = category_ci(seeds * 50, rows), category_ci(seeds * 50, rows, clusters_b=prompts)
    assert width(by_prompt) > 1.8 * width(by_row)
