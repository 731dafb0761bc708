"""Calibration keeps the order, never claims certainty, and is the mirror image where the labels are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.judges.calibration import calibrate
from seedbed.judges.logistic import sigmoid

LABELLED = st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=2, max_size=60)


@given(LABELLED, st.lists(st.floats(-50, 50), min_size=2, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_greater_score_is_never_a_smaller_probability(known: list[tuple[float, bool]], new: list[float]) -> None:
    calibration = calibrate(np.array([z for z, _ in known]), np.array([float(y) for _, y in known]))
    p = calibration(np.sort(np.array(new)))
    assert (np.diff(p) >= 0).all()
    assert ((p >= 0) & (p <= 1)).all()


@given(LABELLED)
@settings(max_examples=60, deadline=None)
def test_swapped_labels_and_signs_give_the_other_probability(known: list[tuple[float, bool]]) -> None:
    z, y = np.array([z for z, _ in known]), np.array([float(y) for _, y in known])
    np.testing.assert_allclose(calibrate(z, y)(z), 1 - calibrate(-z, 1 - y)(-z), atol=1e-5)


def test_true_probabilities_are_found_again() -> None:
    draw = np.random.default_rng(0)
    z = draw.standard_normal(20_000)
    y = (draw.random(20_000) < sigmoid(2.5 * z - 0.7)).astype(float)
    found = calibrate(z, y)
    assert found.slope == pytest.approx(2.5, abs=0.1)
    assert found.offset == pytest.approx(-0.7, abs=0.06)


def test_scores_that_separate_few_labels_give_no_certainty() -> None:
    p = calibrate(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0, 1.0]))(np.array([-2.0, 2.0]))
    assert 0.1 < p[0] < 0.4
    assert 0.6 < p[1] < 0.9


def test_scores_that_point_the_wrong_way_are_worth_nothing() -> None:
    found = calibrate(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert found.slope == 0
    assert found(np.array([-5.0, 5.0])) == pytest.approx([0.5, 0.5])
