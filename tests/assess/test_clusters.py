from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.assess.clusters import LengthTable, clustered_mean, clustered_rate, rate_difference
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.measures.statistics import wasserstein1

lengths = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def value(number: object) -> Value[float]:
    assert isinstance(number, Value)
    return number


def test_rows_of_their_own_have_wilsons_interval() -> None:
    flags = [True] * 7 + [False] * 3
    assert clustered_rate(flags, [str(n) for n in range(10)]) == wilson(7, 10)


def test_rows_that_repeat_their_prompt_count_once() -> None:
    """Four equal rows of each of ten prompts say no more than ten rows."""
    flags = [flag for flag in [True] * 7 + [False] * 3 for _ in range(4)]
    clustered = value(clustered_rate(flags, [str(n // 4) for n in range(40)]))
    alone = value(wilson(7, 10))
    assert clustered.n == 40
    assert (clustered.low, clustered.high) == pytest.approx((alone.low, alone.high), abs=0.04)


def test_where_all_rows_agree_prompts_are_counted() -> None:
    clustered = value(clustered_rate([True] * 40, [str(n // 4) for n in range(40)]))
    assert (clustered.low, clustered.high) == pytest.approx((value(wilson(10, 10)).low, 1.0))


def test_independent_rows_within_prompts_lose_little() -> None:
    draw = np.random.default_rng(1)
    flags = list(draw.random(4000) < 0.3)
    clustered = value(clustered_rate(flags, [str(n // 4) for n in range(4000)]))
    alone = value(wilson(sum(flags), 4000))
    assert clustered.high is not None
    assert clustered.low is not None
    assert alone.high is not None
    assert alone.low is not None
    assert (clustered.high - clustered.low) / (alone.high - alone.low) == pytest.approx(1, abs=0.06)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcde")), max_size=30))
def test_a_rate_lies_in_its_interval(rows: list[tuple[bool, str]]) -> None:
    found = clustered_rate([flag for flag, _ in rows], [cluster for _, cluster in rows])
    if not rows:
        assert isinstance(found, NotApplicable)
        return
    number = value(found)
    assert number.low is not None
    assert number.high is not None
    assert 0 <= number.low <= number.value <= number.high <= 1


def test_rate_difference_agrees_with_newcombe() -> None:
    """Newcombe 1998, table II (a), method 10: 56/70 against 48/80 gives .2000 (.0524, .3339)."""
    found = value(rate_difference(wilson(48, 80), wilson(56, 70)))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_rate_difference_needs_both_rates() -> None:
    assert rate_difference(wilson(1, 2), NotApplicable("no rows")) == NotApplicable("no rows")


@given(lengths)
@settings(max_examples=60, deadline=None)
def test_median_is_numpys(sample: list[int]) -> None:
    table = LengthTable(sample, [str(n) for n in range(len(sample))])
    assert value(table.median(100, 0)).value == float(np.median(sample))


@given(lengths, lengths)
@settings(max_examples=60, deadline=None)
def test_wasserstein_is_the_measures(a: list[int], b: list[int]) -> None:
    left, right = (LengthTable(side, [str(n) for n in range(len(side))]) for side in (a, b))
    expected = value(wasserstein1(a, b)).value
    assert value(left.wasserstein(right, 100, 0)).value == pytest.approx(expected)


def test_lengths_of_one_prompt_widen_the_interval() -> None:
    draw = np.random.default_rng(3)
    sample = [int(n) for n in draw.integers(5, 50, 40) for _ in range(5)]
    alone = value(LengthTable(sample, [str(n) for n in range(200)]).median(500, 1))
    together = value(LengthTable(sample, [str(n // 5) for n in range(200)]).median(500, 1))
    assert together.high - together.low > alone.high - alone.low  # type: ignore[operator]


def test_the_same_seed_gives_the_same_interval() -> None:
    table, other = LengthTable([3, 9, 4, 7], list("abcd")), LengthTable([5, 5, 8], list("efg"))
    assert table.wasserstein(other, 300, 7) == table.wasserstein(other, 300, 7)
    assert table.wasserstein(other, 300, 7) != table.wasserstein(other, 300, 8)


def test_one_cluster_has_no_interval() -> None:
    found = value(LengthTable([4, 5, 6], ["a", "a", "a"]).median(100, 0))
    assert (found.value, found.low, found.high) == (5, None, None)


def test_nothing_has_no_length() -> None:
    empty, full = LengthTable([], []), LengthTable([3], ["a"])
    assert isinstance(empty.median(100, 0), NotApplicable)
    assert isinstance(empty.wasserstein(full, 100, 0), NotApplicable)
    assert isinstance(full.ratio_of_medians(empty, 100, 0), NotApplicable)


def test_empty_texts_have_no_ratio() -> None:
    assert isinstance(LengthTable([0, 4], ["a", "b"]).ratio_of_medians(LengthTable([3], ["c"]), 100, 0), NotApplicable)


def test_a_mean_leaves_out_what_is_no_number() -> None:
    found = value(clustered_mean([0.2, math.nan, 0.4, math.inf], list("abcd")))
    assert (found.value, found.n) == (pytest.approx(0.3), 2)
    assert isinstance(clustered_mean([math.nan], ["a"]), NotApplicable)
