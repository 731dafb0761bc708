"""T4: when one feature of the seeds is turned up step by step, does the run's go with it?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.student import two_sided_p
from seedbed.propagate.testing.description import compare_sizes
from seedbed.propagate.testing.document import Outcome
from seedbed.propagate.testing.regression import clustered_slope
from seedbed.propagate.testing.samples import Sample, common_kind

__all__ = ["dose_response", "jonckheere"]

_SHUFFLED_UNDER = 30  # clusters: below, p comes from shuffles and not from the normal
_SHUFFLES = 5_000


def dose_response(doses: Sequence[float], runs: Sequence[Sample], *, rng_seed: int = 0) -> Outcome:
    """Slope of the feature on the dose over runs that differ by the dose alone, and the Jonckheere-Terpstra trend.

    `doses[i]` is what run i was given: the share of its seeds that have the feature (then 1 is full transfer), or
    their median length. The slope is least squares over the rows, with cluster-robust 95 % interval (Student's t).
    `p` is the two-sided Jonckheere-Terpstra test over the clusters' means, with ties (Terpstra 1952, Jonckheere 1954;
    variance of Kendall's S with ties in both, Kendall 1970): normal from 30 clusters, else by 5,000 shuffles. The
    note has Spearman's rho of the same means. Source: method of seedbed, T4.

    Traps: topics and types of the seeds must be matched across doses. One run a dose: what two runs of the same dose
    would differ by, beyond their requests, is not in the interval. A trend may be bent: look at the points.
    """
    if len(doses) != len(runs):
        raise ValueError(f"{len(runs)} runs have {len(doses)} doses")
    kept = [(float(dose), run) for dose, run in zip(doses, runs, strict=True) if run.n]
    sizes = (("doses", len({dose for dose, _ in kept})), *_sizes(runs))
    if kept and common_kind(*(run for _, run in kept)) == "labels":
        reason = "a dose moves one category: give flags of that category"
        return Outcome("dose slope", NotApplicable(reason), n=sizes)
    if len({dose for dose, _ in kept}) < 2:
        return Outcome("dose slope", NotApplicable("fewer than two doses have rows with a value"), n=sizes)
    levels = np.concatenate([np.full(run.clusters, dose) for dose, run in kept])
    means = np.concatenate([run.cluster_means() for _, run in kept])
    starts = np.cumsum([0, *(run.clusters for _, run in kept)])
    cluster = np.concatenate([run.cluster + start for (_, run), start in zip(kept, starts[:-1], strict=True)])
    values = np.concatenate([run.values.astype(np.float64) for _, run in kept])
    slope = clustered_slope(levels[cluster], values, cluster) if len(levels) > 3 else None
    if slope is None:
        return Outcome("dose slope", NotApplicable("the doses have fewer than four clusters"), n=sizes)
    p = jonckheere(levels, means, rng_seed=rng_seed)
    note = f"Spearman's rho of the clusters' means {_spearman(levels, means):.3g}"
    points = tuple((dose, run.mean) for dose, run in sorted(kept, key=lambda pair: pair[0]))
    estimate = Value(slope.value, slope.low, slope.high, n=len(values), note=note)
    return Outcome("dose slope", estimate, p=p, n=sizes, points=points)


def jonckheere(levels: NDArray[np.float64], values: NDArray[np.float64], *, rng_seed: int = 0) -> float:
    """Two-sided p of the Jonckheere-Terpstra trend of independent `values` (n,) over ordered groups `levels` (n,).

    1 where all levels or all values are equal.
    """
    n = len(values)
    level, value = (np.unique(side, return_inverse=True)[1] for side in (levels, values))
    if not n or not level.max() or not value.max():
        return 1.0
    if n < _SHUFFLED_UNDER:
        signs = np.sign(value[:, None] - value[None, :])
        order = np.sign(level[:, None] - level[None, :])
        rng = np.random.default_rng(rng_seed)
        observed = abs(int((signs * order).sum()))
        shuffles = rng.permuted(np.tile(np.arange(n), (_SHUFFLES, 1)), axis=1)
        drawn = np.abs(np.einsum("ij,sij->s", signs, order[shuffles[:, :, None], shuffles[:, None, :]]))
        return float((1 + (drawn >= observed).sum()) / (1 + _SHUFFLES))
    table = np.zeros((level.max() + 1, value.max() + 1))
    np.add.at(table, (level, value), 1.0)
    return two_sided_p(_kendall_s(table) / math.sqrt(_variance(table.sum(axis=1), table.sum(axis=0))))


def _kendall_s(table: NDArray[np.float64]) -> float:
    """Concordant less discordant pairs of a table of counts, ordered both ways: twice Jonckheere's sum, centred."""
    above = table[::-1].cumsum(axis=0)[::-1]
    above = np.vstack([above[1:], np.zeros((1, table.shape[1]))])  # rows of higher level
    upto = above.cumsum(axis=1)
    lower = upto - above
    higher = upto[:, -1:] - upto
    return float((table * (higher - lower)).sum())


def _variance(rows: NDArray[np.float64], columns: NDArray[np.float64]) -> float:
    """Of Kendall's S where the groups have `rows` and the tied values `columns` members."""
    n = rows.sum()
    twos = [float((t * (t - 1)).sum()) for t in (rows, columns)]
    threes = [float((t * (t - 1) * (t - 2)).sum()) for t in (rows, columns)]
    fives = [float((t * (t - 1) * (2 * t + 5)).sum()) for t in (rows, columns)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(fives)) / 18
    variance += twos[0] * twos[1] / (2 * n * (n - 1))
    return float(variance + threes[0] * threes[1] / (9 * n * (n - 1) * (n - 2)))


def _spearman(levels: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    ranks = []
    for side in (levels, values):
        _, place, often = np.unique(side, return_inverse=True, return_counts=True)
        ranks.append((often.cumsum() - (often - 1) / 2)[place])
    one, other = (rank - rank.mean() for rank in ranks)
    size = math.sqrt(float((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / size if size else 0.0


def _sizes(runs: Sequence[Sample]) -> tuple[tuple[str, int], ...]:
    counted: dict[str, int] = {}
    for run in runs:
        for name, count in compare_sizes(synthetic=run):
            counted[name] = counted.get(name, 0) + count
    return tuple(counted.items())
