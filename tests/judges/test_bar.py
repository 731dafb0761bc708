"""What it takes to judge, and what is said to be missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seedbed.judges.bar import LEAST_KAPPA, LEAST_PAIRS, earned
from seedbed.measures.definition import NotApplicable, Value

CLEAR = Value(0.3, 0.2, 0.4)


def test_all_three_are_needed() -> None:
    assert not earned(100, Value(0.7, 0.6, 0.8), CLEAR).reasons
    assert earned(99, Value(0.7, 0.6, 0.8), CLEAR).reasons == ("99 pairs are labelled by people, and 100 is the least",)
    (low,) = earned(100, Value(0.7, 0.59, 0.8), CLEAR).reasons
    assert "kappa 0.70" in low
    assert "0.59" in low
    (length,) = earned(100, Value(0.7, 0.6, 0.8), Value(0.1, 0.0, 0.2)).reasons
    assert "length alone" in length
    assert "+0.10" in length


def test_what_is_missing_is_counted() -> None:
    few = earned(30, Value(0.9, 0.8, 1.0), CLEAR)
    assert (few.more_pairs, few.more_would_do) == (70, True)
    # an interval of half width .2 must narrow to .1: four times the pairs
    wide = earned(100, Value(0.7, 0.5, 0.9), CLEAR)
    assert wide.more_pairs in (300, 301)
    assert wide.more_would_do
    assert earned(100, Value(0.9, 0.8, 1.0), Value(0.1, -0.1, 0.3)).more_pairs in (300, 301)
    nothing = earned(200, Value(0.9, 0.8, 1.0), CLEAR)
    assert (nothing.more_pairs, nothing.more_would_do) == (0, True)


def test_no_number_of_pairs_mends_what_lies_on_the_wrong_side() -> None:
    for kappa, gain in ((Value(0.5, 0.3, 0.7), CLEAR), (Value(0.9, 0.8, 1.0), Value(-0.1, -0.3, 0.1))):
        found = earned(40, kappa, gain)
        assert not found.more_would_do
        assert found.more_pairs == 60


def test_nothing_measured_is_nothing_earned() -> None:
    absent = NotApplicable("too few")
    assert len(earned(3, None, absent).reasons) == 3
    assert len(earned(500, Value(0.9), Value(0.3)).reasons) == 2


@given(st.integers(0, 1000), st.floats(-1, 1), st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))
def test_no_reasons_means_all_three(tested: int, kappa: float, half: float, gain: float, spread: float) -> None:
    found = earned(tested, Value(kappa, kappa - half, kappa + half), Value(gain, gain - spread, gain + spread))
    passed = tested >= LEAST_PAIRS and kappa - half >= LEAST_KAPPA and gain - spread > 0
    assert (not found.reasons) == passed
    assert found.more_pairs >= 0
    if not passed and found.more_would_do:
        assert found.more_pairs > 0
