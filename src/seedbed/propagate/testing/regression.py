"""Slopes over rows that come in clusters: least squares whose error is that of whole clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.student import t_quantile

__all__ = ["Slope", "clustered_slope"]


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope with its standard error and 95 % interval (Student's t on clusters less means)."""

    value: float
    error: float
    low: float
    high: float


def clustered_slope(
    x: NDArray[np.float64], y: NDArray[np.float64], cluster: NDArray[np.intp], means: int = 1
) -> Slope | None:
    """Σ<x̃, y> / Σ|x̃|² over rows, x̃ = x - x̄; None where x does not vary or too few clusters are left.

    x and y of shape (n,) or (n, categories), centred beforehand on `means` strata where there are several. The error
    is the sandwich over clusters with G/(G - means): Σ_g (Σ_{i in g} <x̃_i, e_i>)² / (Σ|x̃|²)² (Liang & Zeger 1986;
    Cameron & Miller 2015, CR1). Needs at least 2 + means clusters.
    """
    rows = len(x)
    left, right = (side.reshape(rows, -1) - side.reshape(rows, -1).mean(axis=0) for side in (x, y))
    spread = float((left * left).sum())
    if spread <= 1e-12 * max(1.0, float((x * x).sum())):
        return None
    value = float((left * right).sum()) / spread
    clusters = int(cluster.max()) + 1
    scores = np.bincount(cluster, weights=(left * (right - value * left)).sum(axis=1), minlength=clusters)
    used = len(np.unique(cluster))
    if used - means < 2:
        return None
    error = float(np.sqrt(used / (used - means) * (scores**2).sum())) / spread
    half = t_quantile(0.975, used - means) * error
    return Slope(value, error, value - half, value + half)
