"""Logistic regression with an L2 penalty: minimise Σ log(1 + exp(z)) - y·z + ½·penalty·|w|², z = X·w + b.

The intercept b is not penalised. Newton's method (Hastie, Tibshirani & Friedman 2009, 4.4.1) with step halving; the
objective is convex, so that the answer does not depend on where it began. The penalty is the precision of a normal
prior on the weights: it does not grow with the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Line", "Matrix", "fit", "fit_columns", "sigmoid"]

Matrix: TypeAlias = NDArray[np.float64]

_STEPS = 100  # Newton needs 5 to 10; a single feature that separates the classes up to 20
_CLOSE = 1e-10  # of the gradient, a row
_NULL_STEPS = 200
_NULL_CLOSE = 1e-5  # only the order of the scores is used


@dataclass(frozen=True, slots=True)
class Line:
    """z = weights · x + intercept, with weights of shape (d,)."""

    weights: Matrix
    intercept: float

    def __call__(self, features: Matrix) -> Matrix:
        """z of shape (n,) for features of shape (n, d), each row by itself, whatever stands beside it."""
        z: Matrix = np.vecdot(np.asarray(features, dtype=np.float64), self.weights) + self.intercept
        return z


def sigmoid(z: Any) -> Any:
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(z, dtype=np.float64) / 2))


def fit(features: Matrix, targets: Matrix, penalty: float) -> Line:
    """The line of least penalised loss. `features` (n, d), `targets` (n,) in 0 to 1.

    Raises ValueError for shapes that do not fit and for a penalty of 0 or less.
    """
    features, targets = _checked(features, targets, penalty)
    rotation = None
    if len(features) < features.shape[1]:
        # The weights lie in the span of the rows, and the penalty is the same in any rotation: n unknowns for d.
        rotation, _ = np.linalg.qr(features.T)
        features = features @ rotation
    design = np.column_stack([features, np.ones(len(features))])
    ridge = np.append(np.full(features.shape[1], penalty), 0.0)
    point = np.zeros(design.shape[1])
    cost = _cost(design, targets, ridge, point)
    for _ in range(_STEPS):
        p = sigmoid(design @ point)
        gradient = design.T @ (p - targets) + ridge * point
        if np.abs(gradient).max() <= _CLOSE * len(design):
            break
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        step, size = np.linalg.solve(curvature, gradient), 1.0
        while (lower := _cost(design, targets, ridge, point - size * step)) > cost and size > 1e-8:
            size /= 2
        if lower >= cost:
            break  # as near as floating point goes
        point, cost = point - size * step, lower
    weights = point[:-1] if rotation is None else rotation @ point[:-1]
    return Line(weights, float(point[-1]))


def fit_columns(features: Matrix, targets: Matrix, penalty: float) -> Matrix:
    """Weights of shape (d + 1, columns), the intercept last, for many `targets` (n, columns) over the same features.

    The curvature is bounded by a quarter of X'X (Böhning & Lindsay 1988), which is factorised once for all columns.
    Near enough for the order of scores, not for quoting: `fit` is exact.
    """
    features, targets = _checked(features, targets, penalty)
    design = np.column_stack([features, np.ones(len(features))])
    ridge = np.append(np.full(features.shape[1], penalty), 0.0)
    bound = np.linalg.inv(design.T @ design / 4 + np.diag(ridge))
    point = np.zeros((design.shape[1], targets.shape[1]))
    for _ in range(_NULL_STEPS):
        gradient = design.T @ (sigmoid(design @ point) - targets) + ridge[:, None] * point
        if np.abs(gradient).max() <= _NULL_CLOSE * len(design):
            break
        point -= bound @ gradient
    return point


def _cost(design: Matrix, targets: Matrix, ridge: Matrix, point: Matrix) -> float:
    z = design @ point
    return float(np.logaddexp(0, z).sum() - targets @ z + 0.5 * (ridge * point * point).sum())


def _checked(features: Matrix, targets: Matrix, penalty: float) -> tuple[Matrix, Matrix]:
    features, targets = np.asarray(features, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    if features.ndim != 2 or len(features) != len(targets) or not len(features):
        raise ValueError(f"features {features.shape} and targets {targets.shape} do not belong together")
    if not penalty > 0:
        raise ValueError(f"the penalty must be above 0, not {penalty}")
    return features, targets
