"""Scores of pairs by lines that never saw them, nor anything alike.

Nested, so that nothing is quoted on what it was fitted to. For each of ten folds: the line is fitted to the other
nine; its calibration to scores that five inner folds of those nine give; both are then applied to the tenth. Features
and penalty are fixed in advance, so nothing else is chosen. The calibration of the inspector that is stored comes from
the ten outer folds in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.judges.calibration import Calibration, calibrate
from seedbed.judges.folds import deal
from seedbed.judges.logistic import Line, Matrix, fit, fit_columns, sigmoid

__all__ = ["DIGITS", "FOLDS", "INNER_FOLDS", "cross_fit", "fit_pairs", "length_only", "out_of_fold", "shuffled"]

FOLDS, INNER_FOLDS = 10, 5
DIGITS = 6  # of a score: so that a judgement repeats on another processor
# Log lengths lie between 0 and 7; this keeps a length that separates the classes finite and is not felt otherwise.
_LENGTH_PENALTY = 1e-3

Listen = Callable[[str, int, int], None]


def fit_pairs(sides: Matrix, groups: Sequence[str], penalty: float) -> tuple[Line, Calibration]:
    """The line fitted to all pairs, and its calibration on scores out of fold. `sides` is (pairs, 2, d)."""
    raw = out_of_fold(sides, groups, penalty)
    return _line(sides, penalty), _calibrated(raw)


def cross_fit(
    sides: Matrix, groups: Sequence[str], penalty: float, listen: Listen = lambda what, done, total: None
) -> Matrix:
    """Calibrated probabilities of being aligned, shape (pairs, 2): misaligned first, each out of fold, rounded."""
    folds = deal(groups, _folds(groups, FOLDS))
    answer = np.empty(sides.shape[:2])
    names = np.asarray(groups)
    for fold in range(folds.max() + 1):
        out = folds == fold
        inside = list(names[~out])
        inner = out_of_fold(sides[~out], inside, penalty, INNER_FOLDS)
        answer[out] = _calibrated(inner)(_scores(_line(sides[~out], penalty), sides[out]))
        listen("cross-validating", fold + 1, int(folds.max()) + 1)
    return answer.round(DIGITS)


def length_only(lengths: Matrix, groups: Sequence[str]) -> Matrix:
    """What length alone would say: the same folds, log length as the only feature. Shape (pairs, 2)."""
    raw = out_of_fold(lengths, groups, _LENGTH_PENALTY)
    answer: Matrix = sigmoid(raw).round(DIGITS)
    return answer


def shuffled(
    sides: Matrix, groups: Sequence[str], penalty: float, times: int, seed: int = 0
) -> tuple[Matrix, NDArray[np.bool_]]:
    """Scores out of fold where the labels say nothing: in each of `times` shuffles, every cluster's labels are
    swapped or left by a coin.

    Returns uncalibrated scores (pairs, 2, times), to be compared with those of `out_of_fold`, and whether a pair was
    swapped (pairs, times).
    """
    folds = deal(groups, _folds(groups, FOLDS))
    place = {name: index for index, name in enumerate(sorted(set(groups)))}
    coins = np.random.default_rng(seed).integers(2, size=(len(place), times)).astype(bool)
    swapped = coins[[place[name] for name in groups]]
    answer = np.empty((*sides.shape[:2], times))
    for fold in range(folds.max() + 1):
        out = folds == fold
        labels = np.concatenate([swapped[~out], ~swapped[~out]]).astype(np.float64)
        weights = fit_columns(np.concatenate([sides[~out, 0], sides[~out, 1]]), labels, penalty)
        answer[out] = sides[out] @ weights[:-1] + weights[-1]
    return answer, swapped


def _folds(groups: Sequence[str], most: int) -> int:
    return min(most, len(set(groups)))


def _line(sides: Matrix, penalty: float) -> Line:
    labels = np.repeat([0.0, 1.0], len(sides))
    return fit(np.concatenate([sides[:, 0], sides[:, 1]]), labels, penalty)


def _scores(line: Line, sides: Matrix) -> Matrix:
    return line(sides.reshape(-1, sides.shape[2])).reshape(sides.shape[:2])


def out_of_fold(sides: Matrix, groups: Sequence[str], penalty: float, most: int = FOLDS) -> Matrix:
    """Uncalibrated scores (pairs, 2), each by a line fitted to the other folds, of which there are at most `most`."""
    folds = deal(groups, _folds(groups, most))
    answer = np.empty(sides.shape[:2])
    for fold in range(folds.max() + 1):
        out = folds == fold
        answer[out] = _scores(_line(sides[~out], penalty), sides[out])
    return answer


def _calibrated(raw: Matrix) -> Calibration:
    return calibrate(raw.T.reshape(-1), np.repeat([0.0, 1.0], len(raw)))
