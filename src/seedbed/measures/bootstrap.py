"""Intervals by resampling, of whole clusters where items share one.

Rows of one prompt are alike, rows of one run more so. Resampling rows as if they were independent gives intervals
that are too narrow; so a caller who knows the prompts passes them as `clusters`, one label an item, and whole
clusters are drawn. Percentile intervals at 95 % (Efron & Tibshirani 1993). The same seed gives the same interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import Measured, NotApplicable, Value

__all__ = ["DRAWS", "bootstrap_ci", "category_ci", "difference_ci"]

DRAWS = 2_000
PERCENTILES = (2.5, 97.5)
# With fewer clusters the percentile interval is known to be too narrow (Cameron, Gelbach & Miller 2008: under 30;
# we warn only where it is plainly so).
FEW_CLUSTERS = 10
_CHUNK = 2_000_000  # resampling weights held at once: 16 MB

Distance = Literal["total_variation", "jensen_shannon"]


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
    return _answer(stat(data), spread, len(data), independent)


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
    return _answer(stat(left, right), spread, len(left) + len(right), fewest)


def category_ci(
    a: Sequence[str],
    b: Sequence[str],
    distance: Distance = "total_variation",
    clusters_a: Sequence[str] | None = None,
    clusters_b: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """Distance of two samples of labels with its interval. `note` gives the mean distance that chance alone makes.

    The interval is of the plug-in distance, which is biased upwards: one that hugs the chance distance shows no
    difference, however far it lies from 0.
    """
    if not len(a) or not len(b):
        return NotApplicable("a sample is empty")
    codes = {label: code for code, label in enumerate(sorted({*a, *b}))}
    left, right = _cluster_counts(a, clusters_a, codes), _cluster_counts(b, clusters_b, codes)
    measure = _total_variation if distance == "total_variation" else _jensen_shannon
    rng = np.random.default_rng(seed)
    observed = float(measure(_normalised(left.sum(axis=0)), _normalised(right.sum(axis=0))))
    fewest = min(len(left), len(right))
    spread: NDArray[Any] = np.empty(0)
    if fewest > 1:
        spread = measure(_normalised(_redraw(left, draws, rng)), _normalised(_redraw(right, draws, rng)))
    # Chance: both samples drawn from the pool of their clusters, at their own sizes.
    pool = np.vstack([left, right])
    chance = measure(
        _normalised(_redraw(pool, draws, rng, len(left))), _normalised(_redraw(pool, draws, rng, len(right)))
    )
    answer = _answer(observed, spread, len(a) + len(b), fewest)
    note = "; ".join(filter(None, [f"chance alone gives {float(np.mean(chance)):.3f}", answer.note]))
    return Value(answer.value, answer.low, answer.high, answer.n, answer.unit, note)


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


def _cluster_counts(
    labels: Sequence[str], clusters: Sequence[str] | None, codes: dict[str, int]
) -> NDArray[np.float64]:
    members = _members(len(labels), clusters)
    row = np.arange(len(labels))
    if members is not None:
        for index, items in enumerate(members):
            row[items] = index
    counts = np.zeros((len(labels) if members is None else len(members), len(codes)))
    np.add.at(counts, (row, np.array([codes[label] for label in labels])), 1)
    return counts


def _redraw(
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


def _normalised(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _total_variation(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    distance: NDArray[np.float64] = np.abs(p - q).sum(axis=-1) / 2
    return distance


def _jensen_shannon(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = (p + q) / 2
    total = np.zeros(p.shape[:-1])
    for side in (p, q):
        ratio = np.divide(side, middle, out=np.ones_like(side), where=side > 0)
        total += (side * np.log2(ratio)).sum(axis=-1)
    return np.clip(total / 2, 0, 1)


def _answer(value: float, spread: Sequence[float] | NDArray[Any], n: int, clusters: int) -> Value[float]:
    if not len(spread):
        return Value(float(value), n=n, note="one cluster only: no interval")
    low, high = np.percentile(np.asarray(spread, dtype=float), PERCENTILES)
    note = f"only {clusters} clusters: the interval is too narrow" if clusters < FEW_CLUSTERS else ""
    return Value(float(value), float(low), float(high), n=n, note=note)
