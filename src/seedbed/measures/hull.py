"""How much of what was made lies between the seeds: the share inside their convex hull, in few dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.measures.numbers import matrix
from seedbed.measures.sampling import drawn, sample_note

__all__ = ["DIMENSIONS", "ENTRIES", "hull_share", "in_hull"]

DIMENSIONS = 5  # in more nearly everything lies outside, whatever it is
SAMPLE = 1_000
_INSIDE = 1e-9  # distance that counts as none, of a set scaled to a spread of 1

ENTRIES = (
    Measure(
        "hull_share", "share of synthetic texts inside the convex hull of the seeds",
        f"#{{inside}} / m after projection on the seeds' first {DIMENSIONS} principal axes",
        "convex hulls after Yousefzadeh 2021; membership by Lawson & Hanson 1974", "share", "describes", ANY,
        "grows with the number of seeds, falls with each axis: compare with equal seeds and axes only; the note says "
        "how much of the seeds' spread the axes hold",
    ),
)  # fmt: skip


def hull_share(
    seeds: ArrayLike, synthetic: ArrayLike, dimensions: int = DIMENSIONS, most: int = SAMPLE, seed: int = 0
) -> Measured[float]:
    """Share of a sample of `synthetic` (m, d) inside the hull of all `seeds` (n, d), with Wilson's interval.

    About 0.25 ms a sampled text. Raises ValueError for more than 5 dimensions.
    """
    if not 1 <= dimensions <= DIMENSIONS:
        raise ValueError(f"a hull has meaning in 1 to {DIMENSIONS} dimensions, not {dimensions}")
    real, made = matrix(seeds), matrix(synthetic)
    if isinstance(real, NotApplicable):
        return real
    if isinstance(made, NotApplicable):
        return made
    centre = real.mean(axis=0)
    _, sizes, axes = np.linalg.svd(real - centre, full_matrices=False)
    spread = sizes**2
    rank = int((sizes > 1e-9 * max(float(sizes[0]), 1e-300)).sum())
    if len(real) <= dimensions or rank < dimensions or sizes[0] < 1e-9:
        return NotApplicable(f"{len(real)} seeds on {rank} axes span no hull in {dimensions} dimensions")
    scale = float(sizes[0]) / np.sqrt(len(real))
    corners = (real - centre) @ axes[:dimensions].T / scale
    chosen = made[drawn(len(made), most, seed)]
    points = (chosen - centre) @ axes[:dimensions].T / scale
    inside = sum(in_hull(corners, point) for point in points)
    answer = wilson(inside, len(points))
    if isinstance(answer, NotApplicable):
        return answer
    held = f"{dimensions} axes hold {spread[:dimensions].sum() / spread.sum():.0%} of the seeds' spread"
    note = "; ".join(filter(None, [held, sample_note(len(points), len(made), seed)]))
    return Value(answer.value, answer.low, answer.high, answer.n, note=note)


def in_hull(corners: NDArray[np.float64], point: NDArray[np.float64]) -> bool:
    """Whether `point` (d,) is a mean of `corners` (n, d) with weights of 0 or more: least squares with such weights.

    The active-set method of Lawson & Hanson (1974) on weights that add up to 1, so that at most d + 1 corners have
    weight at a time. The point is outside where the nearest mean is farther than 1e-9.
    """
    if (point > corners.max(axis=0) + _INSIDE).any() or (point < corners.min(axis=0) - _INSIDE).any():
        return False
    system = np.vstack([corners.T, np.ones(len(corners))])
    goal = np.append(point, 1.0)
    weights = np.zeros(len(corners))
    active: list[int] = []
    for _ in range(30 * len(system)):
        residual = goal - system @ weights
        if float(residual @ residual) <= _INSIDE**2:
            return True
        pull = system.T @ residual
        pull[active] = -np.inf
        entering = int(pull.argmax())
        if pull[entering] <= 1e-12:
            return False  # no corner pulls towards the point: a plane lies between it and them all
        active.append(entering)
        while active:
            solved = np.linalg.lstsq(system[:, active], goal, rcond=None)[0]
            if (solved > 0).all():
                break
            now = weights[active]
            falling = solved <= 0
            step = float((now[falling] / (now[falling] - solved[falling])).min())
            now = now + step * (solved - now)
            weights[active] = np.maximum(now, 0)
            active = [row for row, weight in zip(active, now, strict=True) if weight > 1e-12]
            weights[[row for row in range(len(weights)) if row not in active]] = 0
        weights[:] = 0
        if active:
            weights[active] = solved
    return False
