"""T5: within one run, does a row take after the very examples that its own prompt showed?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing.distances import DRAWS
from seedbed.propagate.testing.document import Outcome
from seedbed.propagate.testing.regression import clustered_slope

__all__ = ["within_run"]

_FEWEST = 10
_HELD = 1_000_000  # shuffled shares held at once: 8 MB, four times over
_ONE_IN = 20  # deals outside a 95 % interval
_ROUNDING = 1e-10


def within_run(
    feature: ArrayLike,
    share_among_examples: ArrayLike,
    clusters: Sequence[str],
    *,
    strata: Sequence[str] | None = None,
    draws: int = DRAWS,
    rng_seed: int = 0,
) -> Outcome:
    """Slope of a row's feature on the share of that feature among its own examples; costs no generation.

    `feature` (n,) holds flags or numbers, or (n, categories) indicators (`one_hot`); `share_among_examples`, of the
    same shape, the mean of the same feature over the examples in the row's prompt. Rows with a NaN are left out.
    b = Σ<x̃, y> / Σ|x̃|², 1 where a row takes its examples' share, 0 where it takes nothing. The test is of |b| / se,
    se the cluster-robust error (`regression`): `p` is two-sided, and `null` the slopes drawn, by shuffling the example
    lists between the prompts of the run, with b and se worked out anew each time: exact where the examples do nothing,
    as the prompts were given them at random, and valid for large runs where they move only how much rows vary
    (DiCiccio & Romano 2017). The 95 % interval is the same test turned round, b ± q·se with q from the same shuffles,
    so it holds 0 if and only if p > .05; an end at infinity is None. With `strata` (a name a row, the same for all
    rows of a prompt; the requested topic and type), slope and shuffling are within strata. Raises ValueError for
    ill-fitting lengths. Source: method of seedbed, T5.

    Traps: examples chosen to fit the requested cell tie x to what was asked for; without `strata` the slope then
    counts the request as the examples' work. It says what the choice of examples does, and not what examples do as
    such: a run all of whose prompts show the same share, or whose rows are all alike, cannot be tested. Student's t
    in the place of q is too short where few prompts show a rare label: over rule A with 20 to 60 prompts and 33 seeds
    it left out a true 0 in 10 % of runs, of which this test calls 5 % or fewer. Cost: draws × prompts × categories.
    """
    y, x = (np.asarray(side, dtype=np.float64) for side in (feature, share_among_examples))
    if x.shape != y.shape or len(clusters) != len(y) or (strata is not None and len(strata) != len(y)):
        raise ValueError("the feature, the shares among the examples, the clusters and the strata do not fit")
    y, x = (side.reshape(len(side), -1) if len(side) else side.reshape(0, 1) for side in (y, x))
    seen = np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1)
    names, cluster = np.unique(np.asarray(clusters, dtype=np.str_)[seen], return_inverse=True)
    layers = np.zeros(len(y), dtype=np.intp)
    if strata is not None:
        layers = np.unique(np.asarray(strata, dtype=np.str_), return_inverse=True)[1].astype(np.intp)
    y, x, layers = y[seen], x[seen], layers[seen]
    sizes = (("rows", len(y)), ("prompts", len(names)), ("without a value", int((~seen).sum())))
    if len(names) < _FEWEST:
        reason = f"{len(names)} prompts have a value: a slope within a run needs at least {_FEWEST}"
        return Outcome("slope on own examples", NotApplicable(reason), n=sizes)
    prompts = _Prompts(x, y, cluster.astype(np.intp), layers, len(names))
    strata_left = len(np.unique(layers))
    slope = clustered_slope(
        prompts.centred(x, layers), prompts.centred(y, layers), cluster.astype(np.intp), strata_left
    )
    if slope is None:
        reason = "all prompts showed examples with the same share of this feature"
        if strata is not None:
            reason = "within their strata the prompts are too few, or showed examples with the same share"
        return Outcome("slope on own examples", NotApplicable(reason), n=sizes)
    error = prompts.error()
    null, ratios = prompts.shuffled(draws, np.random.default_rng(rng_seed))
    if np.ptp(null) <= 1e-9 * max(1.0, abs(slope.value)):
        # rows that do not differ, or never have what their examples have: 0 with no interval is no finding
        reason = "dealing out the examples otherwise would change nothing: the rows cannot tell"
        return Outcome("slope on own examples", NotApplicable(reason), n=sizes)
    ratio = _ratio(np.array([slope.value]), np.array([error]))[0]
    half = _half(ratios, ratio, error)
    low, high = np.quantile(null, [0.025, 0.975])
    note = f"shuffled example lists give {low:.3g} to {high:.3g} in 95 %"
    least, greatest = (None, None) if half is None else (slope.value - half, slope.value + half)
    return Outcome(
        "slope on own examples",
        Value(slope.value, least, greatest, n=len(y), note=note),
        p=(1 + int((ratios >= ratio).sum())) / (1 + draws),
        smallest_p=1 / (1 + draws),
        null=(float(low), float(high)),
        n=sizes,
    )


def _ratio(slopes: NDArray[np.float64], errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """|b| / se, rounded to 9 digits so that equal deals tie; infinite where nothing is left over."""
    exact = errors <= _ROUNDING * np.maximum(1.0, np.abs(slopes))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(exact, np.where(np.abs(slopes) <= _ROUNDING, 0.0, np.inf), np.abs(slopes) / errors)
        scale = 10.0 ** (8 - np.floor(np.log10(np.where((found > 0) & np.isfinite(found), found, 1.0))))
        rounded: NDArray[np.float64] = np.where(np.isfinite(found), np.rint(found * scale) / scale, found)
    return rounded


def _half(ratios: NDArray[np.float64], ratio: float, error: float) -> float | None:
    """Half the 95 % interval: of all slopes whose ratio would be met by more than 5 % of the deals, this one among
    them; None where that has no end."""
    last = (1 + len(ratios)) // _ONE_IN
    reach = float(np.sort(ratios)[::-1][last - 1]) if last else math.inf
    if ratio > reach and math.isinf(ratio):
        return 0.0  # every row is what its examples say, and other deals would not have been
    half = reach * error
    if not math.isfinite(half):
        return None
    # by a hair on the side on which p stands: the ratios were rounded
    return half * (1 + 1e-8) if ratio <= reach else half * (1 - 1e-8)


class _Prompts:
    """What a shuffle needs of each prompt: its rows, its examples' share, and its rows' feature; by stratum."""

    def __init__(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        cluster: NDArray[np.intp],
        layers: NDArray[np.intp],
        count: int,
    ) -> None:
        self._first = np.zeros(count, dtype=np.intp)
        self._first[cluster[::-1]] = np.arange(len(cluster), dtype=np.intp)[::-1]
        if (x != x[self._first[cluster]]).any() or (layers != layers[self._first[cluster]]).any():
            raise ValueError("the rows of one prompt share its examples and its stratum")
        # sorted by stratum, so that sums over a stratum are sums over a slice
        layer = layers[self._first]
        self._order = np.argsort(layer, kind="stable")
        self._layer = layer[self._order].astype(np.float64)
        self._starts = np.flatnonzero(np.r_[True, np.diff(self._layer) > 0])
        self._x = x[self._first][self._order]
        sizes = np.bincount(cluster, minlength=count).astype(np.float64)
        self._rows = sizes[self._order]
        centred = self.centred(y, layers)
        sums = np.stack([np.bincount(cluster, weights=column, minlength=count) for column in centred.T], axis=1)
        self._sums = sums[self._order]

    @staticmethod
    def centred(values: NDArray[np.float64], layers: NDArray[np.intp]) -> NDArray[np.float64]:
        """Values less the mean of their stratum."""
        sizes = np.maximum(1, np.bincount(layers))
        means = np.stack([np.bincount(layers, weights=column) / sizes for column in values.T], axis=1)
        return values - means[layers]

    def error(self) -> float:
        """The cluster-robust error of the slope as the prompts stand, without its factor for few clusters."""
        return float(self._fit(self._x[None])[1][0])

    def shuffled(self, draws: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Slopes (draws,) under shuffles of the example lists within strata, and their ratios to their errors."""
        count, columns = self._x.shape
        step = max(1, _HELD // (count * columns))
        found = []
        for start in range(0, draws, step):
            keys = self._layer + rng.random((min(step, draws - start), count))
            found.append(self._fit(self._x[np.argsort(keys, axis=1)]))
        slopes, errors = (np.concatenate(side) for side in zip(*found, strict=True))
        return slopes, _ratio(slopes, errors)

    def _fit(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Slope and error for each deal of the lists, x (deals, prompts, categories)."""
        totals = np.add.reduceat(self._rows, self._starts)
        means = np.add.reduceat(x * self._rows[:, None], self._starts, axis=1) / totals[:, None]
        x = x - np.repeat(means, np.diff([*self._starts, x.shape[1]]), axis=1)
        along = np.einsum("dgc,gc->dg", x, self._sums)
        spread = np.einsum("dgc,dgc,g->dg", x, x, self._rows)
        below = spread.sum(axis=1)
        below = np.where(below > 0, below, np.inf)
        slopes = along.sum(axis=1) / below
        scores = along - slopes[:, None] * spread
        return slopes, np.sqrt((scores * scores).sum(axis=1)) / below
