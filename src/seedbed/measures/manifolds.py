"""Do synthetic texts lie where the seeds lie, and do they reach all of it? Nearest neighbours in vector space.

Each text stands for the ball around it that just reaches its k-th nearest neighbour of its own set; the set's
*manifold* is all its balls. Distances are Euclidean, on the vectors as they come. A point on the rim counts as
inside (the papers differ; so identical sets cover each other), with 1e-9 for rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.measures.bootstrap import bootstrap_ci
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.measures.numbers import matrix
from seedbed.measures.sampling import drawn, sample_note

__all__ = ["ENTRIES", "SAMPLE", "K", "Manifolds", "manifolds"]

K = 5
SAMPLE = 2_000
_BLOCK = 512
_RIM = 1e-9

_FEW = "k neighbours of few seeds reach far: with 33 seeds a ball is wide, and precision near 1 shows little"
ENTRIES = (
    Measure(
        "manifold_precision", "share of synthetic texts that lie within the seeds' manifold",
        f"#{{synthetic in some seed's ball}} / m, k = {K}", "Kynkäänniemi et al. 2019", "share", "describes", ANY, _FEW,
    ),
    Measure(
        "manifold_recall", "share of seeds that lie within the synthetic texts' manifold",
        f"#{{seeds in some synthetic text's ball}} / n, k = {K}", "Kynkäänniemi et al. 2019", "share", "describes",
        ANY, "one outlier with a wide ball may cover much; falls as the synthetic set grows denser",
    ),
    Measure(
        "manifold_density", "in how many seeds' balls a synthetic text lies, over k",
        f"1/(k·m) Σ #{{seeds whose ball holds it}}, k = {K}", "Naeem et al. 2020", "ratio", "describes", ANY,
        "not bounded by 1: above it where synthetic texts crowd the dense middle of the seeds",
    ),
    Measure(
        "manifold_coverage", "share of seeds with a synthetic text in their ball",
        f"#{{seeds whose ball holds some synthetic text}} / n, k = {K}", "Naeem et al. 2020", "share",
        "higher is better", ANY, "grows with the number of synthetic texts: compare runs at equal size only",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manifolds:
    """The four figures of one pair of sets."""

    precision: Measured[float]
    recall: Measured[float]
    density: Measured[float]
    coverage: Measured[float]


def manifolds(seeds: ArrayLike, synthetic: ArrayLike, k: int = K, most: int = SAMPLE, seed: int = 0) -> Manifolds:
    """All four of two sets of vectors, shapes (n, d) and (m, d), each sampled down to at most `most` rows.

    Intervals hold the manifolds fixed and speak of the points counted: Wilson for the shares, bootstrap for the
    density. Cost grows with the square of the sample: 2,000 rows a side of 384 take 0.4 s.
    """
    real, made = matrix(seeds), matrix(synthetic)
    for side in (real, made):
        if isinstance(side, NotApplicable):
            return Manifolds(side, side, side, side)
    assert isinstance(real, np.ndarray)
    assert isinstance(made, np.ndarray)
    if real.shape[1] != made.shape[1]:
        raise ValueError(f"vectors of {real.shape[1]} and of {made.shape[1]} dimensions are of two embedders")
    one, other = real[drawn(len(real), most, seed)], made[drawn(len(made), most, seed)]
    notes = [
        f"k = {k}",
        f"seeds: {sample_note(len(one), len(real), seed)}" if len(one) < len(real) else "",
        f"synthetic: {sample_note(len(other), len(made), seed)}" if len(other) < len(made) else "",
    ]
    note = "; ".join(filter(None, notes))
    precision: Measured[float] = NotApplicable(f"{len(one)} seeds have no {k} neighbours each")
    recall: Measured[float] = NotApplicable(f"{len(other)} synthetic texts have no {k} neighbours each")
    density = coverage = precision
    gaps = _squares(one, other)
    if len(one) > k:
        inside = gaps <= _radii(one, k)[:, None]
        held = inside.sum(axis=0)
        precision = _share(int((held > 0).sum()), len(other), note)
        coverage = _share(int(inside.any(axis=1).sum()), len(one), note)
        found = bootstrap_ci(held / k, lambda sample: float(sample.mean()), seed=seed)
        density = found if isinstance(found, NotApplicable) else _noted(found, note)
    if len(other) > k:
        recall = _share(int((gaps <= _radii(other, k)[None, :]).any(axis=1).sum()), len(one), note)
    return Manifolds(precision, recall, density, coverage)


def _share(k: int, n: int, note: str) -> Measured[float]:
    answer = wilson(k, n)
    return answer if isinstance(answer, NotApplicable) else _noted(answer, note)


def _noted(answer: Value[float], note: str) -> Value[float]:
    return Value(answer.value, answer.low, answer.high, answer.n, note="; ".join(filter(None, [note, answer.note])))


def _squares(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances of shape (n, m); those of equal rows are 0 but for rounding, which `_RIM` allows for."""
    gaps = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2 * (a @ b.T)
    squares: NDArray[np.float64] = np.maximum(gaps, 0)
    return squares


def _radii(points: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Squared distance of each point to its k-th nearest other, with the rim."""
    radii = np.empty(len(points))
    for start in range(0, len(points), _BLOCK):
        gaps = _squares(points[start : start + _BLOCK], points)
        rows = np.arange(len(gaps))
        gaps[rows, start + rows] = np.inf
        radii[start : start + _BLOCK] = np.partition(gaps, k - 1, axis=1)[:, k - 1]
    scale = float((points * points).sum(axis=1).max())
    rims: NDArray[np.float64] = radii + _RIM * max(scale, 1e-300)
    return rims
