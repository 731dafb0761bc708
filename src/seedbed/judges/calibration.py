"""From a score to a probability: Platt scaling, p = sigmoid(slope · z + offset).

Fitted on scores of pairs that the line was not fitted to, with Platt's (1999) softened targets (n₁ + 1)/(n₁ + 2) and
1/(n₀ + 2), so that scores that separate the classes do not give certainty. A slope below 0 would say that the scores
point the wrong way; it is set to 0, and every text then gets the same probability: the inspector knows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seedbed.judges.logistic import Matrix, fit, sigmoid

__all__ = ["Calibration", "calibrate"]

# Keeps the two numbers finite and is too weak to be seen: the scores are of the order of 1, the targets are softened.
_PENALTY = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """p = sigmoid(slope · z + offset), slope >= 0: a greater score never becomes a smaller probability."""

    slope: float
    offset: float

    def __call__(self, scores: Matrix) -> Matrix:
        """Probabilities of being aligned, in 0 to 1, in the shape of `scores`."""
        p: Matrix = sigmoid(self.slope * np.asarray(scores, dtype=np.float64) + self.offset)
        return p


def calibrate(scores: Matrix, labels: Matrix) -> Calibration:
    """Platt scaling of scores (n,) to labels (n,) of 0 and 1. Raises ValueError where they do not belong together."""
    labels = np.asarray(labels, dtype=np.float64)
    ones = labels.sum()
    zeros = len(labels) - ones
    targets = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    line = fit(np.asarray(scores, dtype=np.float64)[:, None], targets, _PENALTY)
    slope = float(line.weights[0])
    if slope <= 0:
        share = targets.mean()
        return Calibration(0.0, float(np.log(share / (1 - share))))
    return Calibration(slope, line.intercept)
