"""The optimum is where the gradient vanishes, whichever way it is reached."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from seedbed.judges.logistic import Line, fit, fit_columns, sigmoid

PROBLEMS = st.tuples(st.integers(2, 30), st.integers(1, 40), st.integers(0, 10_000), st.sampled_from([0.01, 0.3, 3.0]))


def made(n: int, d: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draw = np.random.default_rng(seed)
    return draw.standard_normal((n, d)), draw.random(n)


def loss(line: Line, x: NDArray[np.float64], y: NDArray[np.float64], penalty: float) -> float:
    z = x @ line.weights + line.intercept
    return float((np.logaddexp(0, z) - y * z).sum() + penalty / 2 * (line.weights**2).sum())


@given(PROBLEMS)
@settings(max_examples=60, deadline=None)
def test_the_gradient_is_zero_at_the_answer(problem: tuple[int, int, int, float]) -> None:
    n, d, seed, penalty = problem
    x, y = made(n, d, seed)
    line = fit(x, y, penalty)
    left = sigmoid(line(x)) - y
    assert np.abs(x.T @ left + penalty * line.weights).max() < 1e-7 * n
    assert abs(left.sum()) < 1e-7 * n


@given(PROBLEMS)
@settings(max_examples=30, deadline=None)
def test_no_step_in_any_direction_lowers_the_loss(problem: tuple[int, int, int, float]) -> None:
    n, d, seed, penalty = problem
    x, y = made(n, d, seed)
    line = fit(x, y, penalty)
    best = loss(line, x, y, penalty)
    for axis in range(d):
        for step in (-1e-3, 1e-3):
            moved = line.weights.copy()
            moved[axis] += step
            assert loss(Line(moved, line.intercept), x, y, penalty) > best
    assert loss(Line(line.weights, line.intercept + 1e-2), x, y, penalty) > best


def test_classes_that_a_feature_separates_have_an_answer() -> None:
    x = np.linspace(-5, 5, 40)[:, None]
    line = fit(x, (x[:, 0] > 0).astype(float), 1e-3)
    assert np.isfinite(line.weights).all()
    assert ((line(x) > 0) == (x[:, 0] > 0)).all()


@given(PROBLEMS)
@settings(max_examples=30, deadline=None)
def test_other_labels_are_the_mirror_image(problem: tuple[int, int, int, float]) -> None:
    n, d, seed, penalty = problem
    x, y = made(n, d, seed)
    one, other = fit(x, y, penalty), fit(x, 1 - y, penalty)
    np.testing.assert_allclose(one.weights, -other.weights, atol=1e-6)
    assert one.intercept == pytest.approx(-other.intercept, abs=1e-5)


def test_many_columns_at_once_are_what_each_is_alone() -> None:
    x, _ = made(60, 8, 1)
    labels = np.random.default_rng(2).integers(2, size=(60, 5)).astype(float)
    together = fit_columns(x, labels, 1.0)
    for column in range(5):
        alone = fit(x, labels[:, column], 1.0)
        np.testing.assert_allclose(together[:-1, column], alone.weights, atol=1e-3)
        assert together[-1, column] == pytest.approx(alone.intercept, abs=1e-3)


def test_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(("rows", "labels", "penalty"), [(3, 2, 1.0), (3, 3, 0.0), (3, 3, -1.0), (0, 0, 1.0)])
def test_what_has_no_answer_is_refused(rows: int, labels: int, penalty: float) -> None:
    with pytest.raises(ValueError):
        fit(np.zeros((rows, 2)), np.zeros(labels), penalty)
