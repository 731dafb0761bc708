"""Intervals by resampling, of whole clusters where items share one.

Rows of one prompt are alike, rows of one run more so. Resampling rows as if they were independent gives intervals
that are too narrow; so a caller who knows the prompts passes them as `clusters`, one label an item, and whole
clusters are drawn. Percentile intervals at 95 % (Efron & Tibshirani 1993). The same seed gives the same interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.numbers import finite

__all__ = ["DRAWS", "bootstrap_ci", "cluster_counts", "difference_ci", "interval", "number_ci", "redraw"]

DRAWS = 2_000
PERCENTILES = (2.5, 97.5)
# With fewer clusters the percentile interval is known to be too narrow (Cameron, Gelbach & Miller 2008: under 30;
# we warn only where it is plainly so).
FEW_CLUSTERS = 10
_CHUNK = 2_000_000  # resampling weights held at once: 16 MB

NumberDistance = Literal["wasserstein1", "ks_d"]


def bootstrap_ci(
    values: Sequence[Any] | NDArray[Any],
    stat: Callable[[NDArray[Any]], float],
    clusters: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """`stat(values)` with its interval; `stat` gets an array of resampled values.

    Raises ValueError when `clusters` has another length than `values`.
    """
    data = np.asarray(values)
    if not len(data):
        return NotApplicable("there are no items")
    members = _members(len(data), clusters)
    independent = len(data) if members is None else len(members)
    rng = np.random.default_rng(seed)
    spread = [stat(data[_resample(len(data), members, rng)]) for _ in range(draws)] if independent > 1 else []
    return interval(stat(data), spread, len(data), independent)


def difference_ci(
    a: Sequence[Any] | NDArray[Any],
    b: Sequence[Any] | NDArray[Any],
    stat: Callable[[NDArray[Any], NDArray[Any]], float],
    clusters_a: Sequence[str] | None = None,
    clusters_b: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """`stat(a, b)` with its interval; both samples are resampled, each by its own clusters."""
    left, right = np.asarray(a), np.asarray(b)
    if not len(left) or not len(right):
        return NotApplicable("a sample is empty")
    rng = np.random.default_rng(seed)
    sides = [(len(left), _members(len(left), clusters_a)), (len(right), _members(len(right), clusters_b))]
    fewest = min(size if members is None else len(members) for size, members in sides)
    spread = []
    for _ in range(draws if fewest > 1 else 0):
        one, other = (_resample(size, members, rng) for size, members in sides)
        spread.append(stat(left[one], right[other]))
    return interval(stat(left, right), spread, len(left) + len(right), fewest)


def number_ci(
    a: ArrayLike,
    b: ArrayLike,
    distance: NumberDistance = "wasserstein1",
    clusters_a: Sequence[str] | None = None,
    clusters_b: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """Distance of two samples of numbers with its interval. `note` gives the mean distance that chance alone makes.

    The interval is d - q to d + q, cut at 0, with q the 95 % quantile of the distance by which resampling moves F - G
    from where it was seen: by the triangle inequality the true distance lies no farther from d than F - G from its
    own truth (the band of Bickel & Freedman 1981). Percentiles of resampled distances would not do: a greatest gap
    is biased upwards and a resampled one twice. This one covered in 93 to 97 of 100 trials, of equal and of shifted
    samples, and reaches 0 where the Kolmogorov-Smirnov test would see nothing. Cost: 15 ns a row and draw, so 66,609
    rows with 2,000 draws take 3 s.
    """
    left, right = finite(a), finite(b)
    if isinstance(left, NotApplicable):
        return left
    if isinstance(right, NotApplicable):
        return right
    if not left.size or not right.size:
        return NotApplicable("a sample is empty")
    grid, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    sides = [
        (codes[: left.size], _members(left.size, clusters_a)),
        (codes[left.size :], _members(right.size, clusters_b)),
    ]
    steps = np.diff(grid)

    def gap(one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
        below = [np.bincount(side, minlength=len(grid)).cumsum() / len(side) for side in (one, other)]
        difference: NDArray[np.float64] = below[0] - below[1]
        return difference

    def size(off: NDArray[np.float64]) -> float:
        return float((np.abs(off[:-1]) * steps).sum()) if distance == "wasserstein1" else float(np.abs(off).max())

    rng = np.random.default_rng(seed)
    seen = gap(sides[0][0], sides[1][0])
    value, n = size(seen), left.size + right.size
    fewest = min(len(own) if members is None else len(members) for own, members in sides)
    if fewest < 2:
        return Value(value, n=n, note="one cluster only: no interval")
    moved = [
        size(gap(*(own[_resample(len(own), members, rng)] for own, members in sides)) - seen) for _ in range(draws)
    ]
    reach = float(np.percentile(moved, 95))
    notes = [f"chance alone gives {np.mean(moved):.3g}"]
    if fewest < FEW_CLUSTERS:
        notes.append(f"only {fewest} clusters: the interval is too narrow")
    high = min(1.0, value + reach) if distance == "ks_d" else value + reach
    return Value(value, max(0.0, value - reach), max(value, high), n=n, note="; ".join(notes))


def _members(size: int, clusters: Sequence[str] | None) -> list[NDArray[np.intp]] | None:
    """The indices of each cluster's items, or None where every item stands alone."""
    if clusters is None:
        return None
    if len(clusters) != size:
        raise ValueError(f"{size} items have {len(clusters)} cluster labels")
    members: dict[str, list[int]] = {}
    for index, label in enumerate(clusters):
        members.setdefault(label, []).append(index)
    return [np.array(indices) for indices in members.values()]


def _resample(size: int, members: list[NDArray[np.intp]] | None, rng: np.random.Generator) -> NDArray[np.intp]:
    if members is None:
        return rng.integers(size, size=size)
    return np.concatenate([members[index] for index in rng.integers(len(members), size=len(members))])


def cluster_counts(labels: Sequence[str], clusters: Sequence[str] | None, codes: dict[str, int]) -> NDArray[np.float64]:
    """Counts of shape (clusters, categories); without clusters each label is a row of its own."""
    members = _members(len(labels), clusters)
    row = np.arange(len(labels))
    if members is not None:
        for index, items in enumerate(members):
            row[items] = index
    counts = np.zeros((len(labels) if members is None else len(members), len(codes)))
    np.add.at(counts, (row, np.array([codes[label] for label in labels])), 1)
    return counts


def redraw(
    counts: NDArray[np.float64], draws: int, rng: np.random.Generator, size: int | None = None
) -> NDArray[np.float64]:
    """`draws` resamples of `size` rows (clusters), each summed to one row of category counts."""
    # clusters with the same counts are interchangeable: drawing among their kinds is the same distribution, and on
    # 66,000 rows there are a few dozen kinds (145 s of CPU for a whole assessment became 26)
    kinds, often = np.unique(counts, axis=0, return_counts=True)
    rows = len(counts)
    size = rows if size is None else size
    step = max(1, _CHUNK // len(kinds))
    parts = [
        rng.multinomial(size, often / rows, size=min(step, draws - start)) @ kinds for start in range(0, draws, step)
    ]
    return np.vstack(parts)


def interval(value: float, spread: Sequence[float] | NDArray[Any], n: int, clusters: int) -> Measured[float]:
    """`value` with the percentiles of its resampled values; NotApplicable where one of them is no finite number."""
    drawn = np.asarray(spread, dtype=float)
    if not (np.isfinite(value) and np.isfinite(drawn).all()):
        return NotApplicable("the values hold what is not a finite number, or a resample has no answer")
    if not len(drawn):
        return Value(float(value), n=n, note="one cluster only: no interval")
    low, high = np.percentile(drawn, PERCENTILES)
    note = f"only {clusters} clusters: the interval is too narrow" if clusters < FEW_CLUSTERS else ""
    return Value(float(value), float(low), float(high), n=n, note=note)
