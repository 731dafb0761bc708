"""Distances between two samples, freed of what chance adds to them: `measures.contrast` on samples with clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.contrast import DRAWS, Contrast, Side, project, residuals, sampling_noise
from seedbed.measures.contrast import contrast as between
from seedbed.propagate.testing.samples import Sample, common_kind, grid_of

__all__ = ["DRAWS", "Contrast", "contrast", "project", "residuals", "sampling_noise"]


def contrast(
    a: Sample,
    b: Sample,
    rng: np.random.Generator,
    *,
    draws: int = DRAWS,
    resample_first: bool = True,
    grid: NDArray[Any] | None = None,
) -> Contrast:
    """The contrast a - b. With `resample_first` false, `a` is taken as it is: these very rows, not a sample.

    `grid` is that of a wider comparison. Raises ValueError for samples of different kinds; needs a row in each.
    """
    kind = common_kind(a, b)
    if grid is None:
        grid = grid_of(a, b)
    sides = []
    for sample, moves in ((a, resample_first), (b, True)):
        counts = sample.counts(grid)
        sides.append(Side(counts.sum(axis=0) / counts.sum(), residuals(counts), sample.clusters, fixed=not moves))
    return between(kind, grid, sides[0], sides[1], rng, draws=draws)
