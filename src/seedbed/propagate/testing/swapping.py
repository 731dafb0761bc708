"""T3: over K sets of seeds, does each run go where its own seeds are?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing.distances import project
from seedbed.propagate.testing.document import Outcome
from seedbed.propagate.testing.samples import Sample, common_kind, grid_of

__all__ = ["swap_slope"]

_ALL_UP_TO = 8  # 40,320 permutations
_SAMPLED = 20_000
_CHUNK = 5_000
_ROUNDING = 1e-12  # of the greatest sum: no difference


def swap_slope(sets: Sequence[tuple[Sample, Sample]], *, rng_seed: int = 0) -> Outcome:
    """Slope b of a run's share on the share in its seeds, over K pairs (seeds, run): 1 full transfer, 0 none.

    b = Σ_i <x_i - x̄, y_i> / Σ_i |x_i - x̄|², x_i the shares in set i's seeds, y_i those in its run: of flags the
    share of true, of labels all categories at once, of numbers the mean. Which set was shown to which run is permuted:
    all K! ways for K ≤ 8, else 20,000 drawn. `p` is one-sided: the share of permutations in which Σ_i D(seeds_i,
    run_i) is no larger than observed (absolute rate difference, total variation, Wasserstein-1); no smaller than
    1/K!, and `smallest_p` says what these sets allow. The 95 % interval holds every b₀ at which the permutations of
    y - b₀·x do not refuse b₀ (two-sided; Pitman 1937, Fisher): it counts what varies between sets and not only
    between requests, and has no end where K is too small. Source: method of seedbed, T3.

    Traps: sets must have the same size and be drawn before anything is seen; K ≥ 6 to be worth its calls (with 4, p
    cannot be under 1/24). The shares of the seeds are those of the very seeds shown: no sampling error on x. The mean
    of a length follows its longest texts.
    """
    kind = common_kind(*(sample for pair in sets for sample in pair)) if sets else "flags"
    k = len(sets)
    sizes = (("sets", k), ("seeds", sum(a.n for a, _ in sets)), ("synthetic", sum(b.n for _, b in sets)))
    if k < 3:
        return Outcome("swap slope", NotApplicable(f"{k} sets of seeds: a slope needs at least 3"), n=sizes)
    if not all(sample.n for pair in sets for sample in pair):
        return Outcome("swap slope", NotApplicable("a set has no row with a value"), n=sizes)
    grid = grid_of(*(sample for pair in sets for sample in pair))
    x, y = (_levels([pair[side] for pair in sets], grid) for side in (0, 1))
    points = tuple(zip(x[:, 0].tolist(), y[:, 0].tolist(), strict=True)) if kind != "labels" else ()
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    spread = float((x * x).sum())
    if spread <= 1e-12:
        reason = "the sets of seeds do not differ in this feature: no slope can be seen"
        return Outcome("swap slope", NotApplicable(reason), n=sizes)
    far = _distances([a.shares(grid) for a, _ in sets], [b.shares(grid) for _, b in sets], kind, grid)
    moved, turned, total = [], [], []
    rows = np.arange(k)
    for order in _permutations(k, rng_seed):
        moved.append((x @ y.T)[rows, order].sum(axis=1))
        turned.append((x @ x.T)[rows, order].sum(axis=1))
        total.append(far[rows, order].sum(axis=1))
    a, b, d = (np.concatenate(parts) for parts in (moved, turned, total))  # the first permutation is the identity
    slope = float(a[0] / b[0])
    low, high = _interval(a, b, math.sqrt(b[0] * max(b[0], float((y * y).sum()))))
    as_near = int((d <= d[0] + 1e-12).sum())
    null = np.quantile(a / b[0], [0.025, 0.975])
    note = f"Σ D(seeds, run) = {d[0]:.3g}; {as_near} of {len(d):,} permutations are no farther"
    if low is None or high is None:
        note += "; too few sets for an interval"
    return Outcome(
        "swap slope",
        Value(slope, low, high, n=k, note=note),
        p=as_near / len(d),
        smallest_p=int((b >= b[0] - 1e-12 * b[0]).sum()) / len(b),
        null=(float(null[0]), float(null[1])),
        n=sizes,
        points=points,
    )


def _levels(samples: Sequence[Sample], grid: NDArray[Any]) -> NDArray[np.float64]:
    """Share of true, shares of all categories, or mean, one row a sample."""
    if samples[0].kind == "labels":
        return np.array([sample.shares(grid) for sample in samples])
    return np.array([[sample.mean] for sample in samples])


def _distances(
    seeds: Sequence[NDArray[np.float64]], runs: Sequence[NDArray[np.float64]], kind: Any, grid: NDArray[Any]
) -> NDArray[np.float64]:
    """D of each set's seeds (rows) to each run (columns)."""
    one, other = (np.array([project(kind, grid, shares) for shares in side]) for side in (seeds, runs))
    distances: NDArray[np.float64] = np.abs(one[:, None, :] - other[None, :, :]).sum(axis=2)
    return distances


def _permutations(k: int, rng_seed: int) -> Iterator[NDArray[np.intp]]:
    """Chunks of permutations, one a row, the identity first: all of them, or a sample."""
    if k > _ALL_UP_TO:
        rng = np.random.default_rng(rng_seed)
        yield np.arange(k, dtype=np.intp)[None]
        yield rng.permuted(np.tile(np.arange(k, dtype=np.intp), (_SAMPLED, 1)), axis=1)
        return
    orders = itertools.permutations(range(k))
    while chunk := list(itertools.islice(orders, _CHUNK)):
        yield np.array(chunk, dtype=np.intp)


def _interval(a: NDArray[np.float64], b: NDArray[np.float64], most: float) -> tuple[float | None, float | None]:
    """All b₀ with |A_σ - b₀·B_σ| ≥ |A - b₀·B| in over 5 % of the permutations σ; None for an end at infinity.

    For each σ these b₀ are an interval around A/B, between the roots of the two signs, as |B_σ| ≤ B. So an end of the
    answer is a quantile of the ends. `most` is what an A could be at most: sets with equal shares can change places at
    no difference, which rounding must not turn into one (it gave ends to sets that allow none).
    """

    def exact(sums: NDArray[np.float64], greatest: float) -> NDArray[np.float64]:
        return np.where(np.abs(sums) <= _ROUNDING * greatest, 0.0, sums)

    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.stack([exact(a[0] + sign * a, most) / exact(b[0] + sign * b, b[0]) for sign in (-1, 1)])
    everywhere = np.isnan(roots).any(axis=0)
    lows = np.sort(np.where(everywhere, -np.inf, roots.min(axis=0)))
    highs = np.sort(np.where(everywhere, np.inf, roots.max(axis=0)))[::-1]
    last = math.floor(0.05 * len(a))  # the first b₀ that more than 5 % of the permutations hold
    ends = float(lows[last]), float(highs[last])
    return (
        ends[0] if math.isfinite(ends[0]) else None,
        ends[1] if math.isfinite(ends[1]) else None,
    )
