from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.statistics import (
    cramers_v,
    evenness,
    jensen_shannon,
    ks_d,
    ratio_of_medians,
    shares,
    total_variation,
    wasserstein1,
)

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50), min_size=1).filter(
    lambda counts: sum(counts.values()) > 0
)
SAMPLE = st.lists(st.integers(-20, 20), min_size=1, max_size=12)


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value)
    return answer.value


@given(COUNTS, COUNTS)
def test_distances_are_bounded_and_symmetric(p: dict[str, int], q: dict[str, int]) -> None:
    tv, jsd = number(total_variation(p, q)), number(jensen_shannon(p, q))
    assert 0 <= tv <= 1
    assert 0 <= jsd <= 1
    assert tv == pytest.approx(number(total_variation(q, p)))
    assert jsd == pytest.approx(number(jensen_shannon(q, p)))
    # Lin 1991: JSD (base 2) never exceeds TV; Pinsker bounds it from below.
    assert jsd <= tv + 1e-9
    assert tv**2 / (2 * math.log(2)) <= jsd + 1e-9


@given(COUNTS, st.integers(2, 9))
def test_scale_does_not_matter(p: dict[str, int], factor: int) -> None:
    scaled = {label: count * factor for label, count in p.items()}
    assert number(total_variation(p, scaled)) == pytest.approx(0, abs=1e-12)
    assert number(jensen_shannon(p, scaled)) == pytest.approx(0, abs=1e-9)


def test_known_distances() -> None:
    assert number(total_variation({"a": 3, "b": 1}, {"b": 1, "c": 3})) == pytest.approx(0.75)
    assert number(total_variation({"a": 1}, {"b": 1})) == 1
    assert number(jensen_shannon({"a": 1}, {"b": 1})) == 1
    # The divergence, not its root: H(¾, ¼) of the middle minus half a bit.
    expected = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)) - 0.5
    assert number(jensen_shannon({"a": 1}, {"a": 1, "b": 1})) == pytest.approx(expected)


def test_empty_and_negative_distributions() -> None:
    assert isinstance(total_variation({}, {"a": 1}), NotApplicable)
    assert isinstance(jensen_shannon({"a": 0}, {"a": 1}), NotApplicable)
    with pytest.raises(ValueError):
        total_variation({"a": -1, "b": 2}, {"a": 1})


def test_cramers_v() -> None:
    assert number(cramers_v([{"a": 10}, {"b": 10}])) == pytest.approx(1)
    assert number(cramers_v([{"a": 10, "b": 30}, {"a": 20, "b": 60}])) == pytest.approx(0)
    # chi2 = 4 for [[30, 20], [20, 30]]; V = sqrt(4 / 100)
    assert number(cramers_v([{"a": 30, "b": 20}, {"a": 20, "b": 30}])) == pytest.approx(0.2)
    small = cramers_v([{"a": 3, "b": 1}, {"a": 1, "b": 3}])
    assert isinstance(small, Value)
    assert "unstable" in small.note
    assert isinstance(cramers_v([{"a": 3}, {"a": 1}]), NotApplicable)
    assert isinstance(cramers_v([{"a": 3, "b": 1}, {}]), NotApplicable)
    assert isinstance(cramers_v([]), NotApplicable)


def test_evenness() -> None:
    assert number(evenness({"a": 5, "b": 5})) == pytest.approx(1)
    assert number(evenness({"a": 5, "b": 0})) == 0
    assert number(evenness({"a": 5, "b": 5}, categories=4)) == pytest.approx(0.5)
    assert isinstance(evenness({"a": 5}), NotApplicable)
    assert isinstance(evenness({"a": 5, "b": 5}, categories=1), NotApplicable)
    assert isinstance(evenness({}), NotApplicable)


@given(SAMPLE, SAMPLE)
def test_wasserstein_and_ks_equal_brute_force(a: list[int], b: list[int]) -> None:
    points = range(-21, 22)
    gaps = [abs(sum(x <= t for x in a) / len(a) - sum(x <= t for x in b) / len(b)) for t in points]
    assert number(wasserstein1(a, b)) == pytest.approx(sum(gaps))
    assert number(ks_d(a, b)) == pytest.approx(max(gaps))


@given(SAMPLE, st.integers(-5, 5))
def test_a_shift_moves_wasserstein_by_itself(a: list[int], shift: int) -> None:
    assert number(wasserstein1(a, np.array(a) + shift)) == pytest.approx(abs(shift))


def test_ratio_of_medians() -> None:
    answer = ratio_of_medians([80, 100, 120] * 5, [120, 150, 180] * 5)
    assert isinstance(answer, Value)
    assert answer.value == 1.5
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low <= 1.5 <= answer.high
    assert isinstance(ratio_of_medians([0, 1], [1]), NotApplicable)
    assert isinstance(ratio_of_medians([], [1]), NotApplicable)
    assert isinstance(wasserstein1([], [1]), NotApplicable)
    assert isinstance(ks_d([1], []), NotApplicable)


def test_shares_are_ranked_and_sum_to_one() -> None:
    assert list(shares("abacab").items()) == [("a", 0.5), ("b", pytest.approx(1 / 3)), ("c", pytest.approx(1 / 6))]
    assert shares([]) == {}
