from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.intervals import clopper_pearson, rate, wilson

K_OF_N = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(K_OF_N)
def test_intervals_hold_the_share_and_lie_in_the_unit(k_of_n: tuple[int, int]) -> None:
    for interval in (wilson(*k_of_n), clopper_pearson(*k_of_n)):
        assert isinstance(interval, Value)
        assert interval.low is not None
        assert interval.high is not None
        assert 0 <= interval.low <= interval.value <= interval.high <= 1


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_the_exact_bound_leaves_two_and_a_half_percent(k_of_n: tuple[int, int]) -> None:
    k, n = k_of_n
    interval = clopper_pearson(k, n)
    assert isinstance(interval, Value)
    assert interval.low is not None
    p = interval.low
    tail = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    assert tail == pytest.approx(0.025, rel=1e-6)


def test_known_intervals() -> None:
    exact = clopper_pearson(33, 33)
    assert isinstance(exact, Value)
    assert exact.low == pytest.approx(0.8942, abs=5e-5)
    assert exact.high == 1
    score = wilson(88, 94)
    assert isinstance(score, Value)
    assert (score.low, score.high) == pytest.approx((0.8677, 0.9704), abs=5e-5)


def test_nothing_and_nonsense() -> None:
    assert isinstance(wilson(0, 0), NotApplicable)
    assert isinstance(clopper_pearson(0, 0), NotApplicable)
    with pytest.raises(ValueError):
        wilson(3, 2)
    with pytest.raises(ValueError):
        clopper_pearson(-1, 2)


def test_a_rate_counts_what_applies_and_says_what_does_not() -> None:
    answer = rate([Value(True), Value(False), NotApplicable("Greek"), Value(True), Value(True)])
    assert isinstance(answer, Value)
    assert (answer.value, answer.n, answer.note) == (0.75, 4, "1 items not applicable")
    assert rate([NotApplicable("Greek")]) == NotApplicable("Greek")
    assert isinstance(rate([]), NotApplicable)
