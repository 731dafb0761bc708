"""Distributions against distributions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.judges.calibrating import SoftScores, shares_of, soft_scores
from seedbed.measures.definition import Measured, NotApplicable, Value

SCALE = ("1", "2", "3", "4", "5")


def _value(answer: Measured[float]) -> float:
    assert isinstance(answer, Value)
    return answer.value


def _scores(judged: list[dict[str, float]], rated: list[dict[str, float]]) -> SoftScores:
    return soft_scores(judged, rated, SCALE, ordered=True, draws=50)


def test_by_hand() -> None:
    found = _scores([{"4": 0.5, "5": 0.5}, {"1": 1.0}], [{"4": 1.0}, {"5": 1.0}])
    assert _value(found.manhattan) == pytest.approx((1 + 2) / 2)
    assert _value(found.wasserstein) == pytest.approx((0.5 + 4) / 2)


def test_the_wasserstein_distance_is_the_reference_s() -> None:
    from scipy.stats import wasserstein_distance  # type: ignore[import-untyped]

    one, other = {"1": 0.2, "3": 0.5, "5": 0.3}, {"2": 0.6, "3": 0.1, "4": 0.3}
    reference = wasserstein_distance([1, 3, 5], [2, 3, 4], [0.2, 0.5, 0.3], [0.6, 0.1, 0.3])
    assert _value(_scores([one], [other]).wasserstein) == pytest.approx(reference, abs=1e-12)


def test_a_reply_without_a_label_knows_nothing_and_costs_so() -> None:
    even, none = dict.fromkeys(SCALE, 0.2), {"out of label": 1.0}
    rated = [{"5": 1.0}]
    assert _scores([none], rated) == _scores([even], rated)
    with pytest.raises(ValueError, match="no label of the scale"):
        _scores([even], [none])


def test_labels_without_an_order_have_no_such_distance() -> None:
    found = soft_scores([{"a": 1.0}], [{"b": 1.0}], ("a", "b"), ordered=False, draws=20)
    assert isinstance(found.wasserstein, NotApplicable)
    assert _value(found.manhattan) == 2


def test_judges_without_a_model_stand_beside_it() -> None:
    rated = [shares_of(labels) for labels in ([4, 5], [5, 5], [5, 4], [1, 2])]
    found = _scores(rated, rated)
    assert _value(found.manhattan) == _value(found.wasserstein) == 0
    assert _value(found.majority_wasserstein) == pytest.approx((0.5 + 0 + 0.5 + 3.5) / 4)  # always 5
    two = _scores([{"1": 1.0}] * 2, [{"1": 1.0}, {"5": 1.0}])
    assert _value(two.overall_manhattan) == 2  # its own raters are left out of what stands for the others
    nothing = _scores([], [])
    assert isinstance(nothing.manhattan, NotApplicable)


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=5), min_size=1, max_size=6))
def test_distances_have_their_bounds(labels: list[list[int]]) -> None:
    rated = [shares_of(given_) for given_ in labels]
    found = _scores([{"1": 1.0}] * len(rated), rated)
    assert 0 <= _value(found.manhattan) <= 2
    assert 0 <= _value(found.wasserstein) <= 4
