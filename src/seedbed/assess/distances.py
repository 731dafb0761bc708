"""Medians and distances with their intervals; label distances also with what chance alone gives.

A distance is given as it was measured, and two samples of one source never measure 0. Its interval is of the true
distance: `measures.contrast` takes off what chance adds, in which both sides vary by their clusters, the few seeds
above all. It is the rule by which propagation describes. The interval is widened where the measured distance, for its
bias, would lie above it; `chance_freed` is the distance without that bias.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seedbed.assess.document import Number
from seedbed.assess.resampling import Resamples
from seedbed.measures.bootstrap import FEW_CLUSTERS
from seedbed.measures.contrast import Contrast, Side, contrast
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.medians import clustered_median, ratio_of_clustered_medians

__all__ = ["Apart", "chance_distance", "jensen_shannon", "median", "ratio_of_medians", "total_variation", "wasserstein"]

Floats = NDArray[np.float64]
_CHANCE_DRAWS = 1_000
_NO_INTERVAL = "one cluster only: no interval"


@dataclass(frozen=True, slots=True)
class Apart:
    """A distance as measured, its interval that of the true one; and the distance freed of what chance adds."""

    value: Number
    chance_freed: float | None = None


def median(side: Resamples, name: str) -> Number:
    """The median of a feature that is a number."""
    return clustered_median(side.numbers(name), side.clusters_of(name))


def ratio_of_medians(a: Resamples, b: Resamples, name: str) -> Number:
    """median(b) / median(a)."""
    if a[name].n and a[name].values[0] <= 0:
        return NotApplicable("the first set holds empty texts: the ratio has no meaning")
    return ratio_of_clustered_medians(median(a, name), median(b, name))


def wasserstein(a: Resamples, b: Resamples, name: str) -> Apart:
    """W1 = ∫|F-G|, in the unit of the feature."""
    return _apart(a, b, name, "numbers", _wasserstein)


def total_variation(a: Resamples, b: Resamples, name: str) -> Apart:
    """TV = ½ Σ|p-q| of the shares of a label."""
    return _apart(a, b, name, "labels", lambda grid, p, q: float(_total_variation(p, q)))


def jensen_shannon(a: Resamples, b: Resamples, name: str) -> Number:
    """Jensen-Shannon divergence (log2) of the shares of a label. It has no interval: argue from total variation's."""
    if not a[name].n or not b[name].n:
        return NotApplicable("a sample is empty")
    _, p, q = _aligned(a, b, name)
    note = "no interval: see that of the total variation"
    return Value(float(_jensen_shannon(p, q)), n=a[name].n + b[name].n, note=note)


def chance_distance(
    a: Resamples, b: Resamples, name: str, measure: Literal["total_variation", "jensen_shannon"], seed: int
) -> float | None:
    """The mean distance of two samples from one source, each worth as many independent rows as its side is.

    The source is both sides together. Effective sizes (Rao & Scott 1981, first order) keep it honest where rows
    share a request: 94 seeds and 66,609 rows of 16,653 requests. None where a side has no rows.
    """
    if not a[name].n or not b[name].n:
        return None
    grid = _grid(a, b, name)
    counts = sum(_spread(grid, side[name].values, side.counts(name)) for side in (a, b))
    source = np.asarray(counts) / np.sum(counts)
    rng = np.random.default_rng([seed, 1])
    sizes = [max(1, round(side.size(name))) for side in (a, b)]
    one, other = (rng.multinomial(size, source, size=_CHANCE_DRAWS) / size for size in sizes)
    distance = _total_variation if measure == "total_variation" else _jensen_shannon
    return float(np.mean(distance(one, other)))


def _apart(
    a: Resamples,
    b: Resamples,
    name: str,
    kind: Literal["labels", "numbers"],
    measured: Callable[[NDArray[Any], Floats, Floats], float],
) -> Apart:
    if not a[name].n or not b[name].n:
        return Apart(NotApplicable("a sample is empty"))
    grid, p, q = _aligned(a, b, name)
    value, n = measured(grid, p, q), a[name].n + b[name].n
    fewest = min(a.clusters(name), b.clusters(name))
    if fewest < 2:
        return Apart(Value(value, n=n, note=_NO_INTERVAL))
    between = _between(a, b, name, kind, grid, (p, q))
    low, high = between.interval()
    freed = between.corrected()
    notes = [f"{freed:.3g} when freed of what chance adds, {between.chance(0.5):.3g} where nothing differs"]
    if fewest < FEW_CLUSTERS:
        notes.append(f"only {fewest} clusters")
    return Apart(Value(value, min(low, value), max(high, value), n=n, note="; ".join(notes)), freed)


def _between(
    a: Resamples,
    b: Resamples,
    name: str,
    kind: Literal["labels", "numbers"],
    grid: NDArray[Any],
    shares: tuple[Floats, Floats],
) -> Contrast:
    sides = []
    for side, own in zip((a, b), shares, strict=True):
        places, parts = side.parts(name)
        values = [side[name].values[place] for place in places]
        sides.append(Side(own, _spread(grid, values, parts), side.clusters(name)))
    rng = np.random.default_rng([*a.stream, b.stream[1]])
    return contrast(kind, grid, sides[0], sides[1], rng, draws=min(a.draws, b.draws))


def _grid(a: Resamples, b: Resamples, name: str) -> NDArray[Any]:
    return np.union1d(np.asarray(a[name].values), np.asarray(b[name].values))


def _spread(grid: NDArray[Any], values: list[Any], own: Floats) -> Floats:
    """What is told of `values` (the last axis of `own`) over all values of `grid`."""
    wide = np.zeros((*own.shape[:-1], len(grid)))
    wide[..., np.searchsorted(grid, np.asarray(values))] = own
    return wide


def _aligned(a: Resamples, b: Resamples, name: str) -> tuple[NDArray[Any], Floats, Floats]:
    """All values of either side, and both sides' shares over them."""
    grid = _grid(a, b, name)
    p, q = (_spread(grid, side[name].values, side.counts(name)) / side[name].n for side in (a, b))
    return grid, p, q


def _wasserstein(grid: NDArray[Any], p: Floats, q: Floats) -> float:
    return float((np.abs((p - q).cumsum())[:-1] * np.diff(grid)).sum())


def _total_variation(p: Floats, q: Floats) -> Floats:
    distance: Floats = np.abs(p - q).sum(axis=-1) / 2
    return distance


def _jensen_shannon(p: Floats, q: Floats) -> Floats:
    middle = (p + q) / 2
    total = np.zeros(p.shape[:-1])
    for side in (p, q):
        ratio = np.divide(side, middle, out=np.ones_like(side), where=side > 0)
        total += (side * np.log2(ratio)).sum(axis=-1)
    return np.clip(total / 2, 0, 1)
