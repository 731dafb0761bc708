"""Two samples of labels: are they one distribution, how strong is the difference, what is covered, what is new?

Where rows share a prompt pass the prompts as `clusters`: whole prompts are then resampled, because rows of one prompt
are no independent evidence and the textbook p-value of 66,000 such rows is far too small.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.bootstrap import DRAWS, cluster_counts, interval, redraw
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson

__all__ = [
    "ENTRIES",
    "Homogeneity",
    "categories_covered",
    "chi_square_tail",
    "cramers_v_ci",
    "homogeneity",
    "mass_on_new",
]

LEAST_EXPECTED = 5.0

ENTRIES = (
    Measure(
        "chi_square_homogeneity", "chance of two samples of labels as unlike as these from one distribution",
        "χ² = Σ (O-E)²/E, its p from the χ² distribution; where an expected count is under 5 by shuffling rows between "
        "the samples, and where prompts are given by resampling them about their own shares: "
        "p = (1 + #{χ² drawn >= χ²}) / (1 + B)",
        "Pearson 1900; Monte Carlo after Hope 1968", "probability", "describes", ANY,
        "never argue from it at tens of thousands of rows: everything differs. Argue from TV or V and their intervals",
    ),
    Measure(
        "cramers_v_interval", "Cramér's V of two samples of labels with its bootstrap interval",
        "sqrt(χ²/n) of the 2×c table, samples or whole prompts resampled", "Cramér 1946", "0 to 1", "describes", ANY,
        "biased upwards: the note gives the V that chance alone makes at these sizes",
    ),
    Measure(
        "categories_covered", "share of the seeds' categories that occur among the synthetic rows",
        "#{categories of seeds with a synthetic row} / #{categories of seeds}", "method of seedbed", "share",
        "higher is better", ANY, "one row covers a category; grows with the number of rows",
    ),
    Measure(
        "mass_on_new", "share of synthetic rows in categories that no seed has",
        "#{synthetic rows in new categories} / m", "method of seedbed", "share", "describes", ANY,
        "a category may be new because the seeds are few",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """χ² with its degrees of freedom, and its p-value by the method that `note` names. `n` counts both samples."""

    chi_square: float
    degrees: int
    p: float
    n: int
    note: str


def homogeneity(
    a: Sequence[str | None],
    b: Sequence[str | None],
    clusters_a: Sequence[str] | None = None,
    clusters_b: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[Homogeneity]:
    """Chi-square test of homogeneity of two samples of labels; rows without a label (None) are left out.

    Where one side alone has clusters, a row of the other stands alone. Of 600 pairs of samples of one distribution p
    was under 5 % in 4.8 % (40 prompts of 10 against as many) and 7.7 % (40 rows against 40 prompts). Cost: 0.1 s,
    and 40 µs a row.
    """
    tables = _tables(a, b, clusters_a, clusters_b)
    if isinstance(tables, NotApplicable):
        return tables
    left, right, missing = tables
    counts = np.array([left.sum(axis=0), right.sum(axis=0)])
    statistic, expected = _chi_square(counts)
    degrees = counts.shape[1] - 1
    n = int(counts.sum())
    rng = np.random.default_rng(seed)
    least = f"smallest expected count {expected.min():.2g}"
    if clusters_a is not None or clusters_b is not None:
        if 1 in (len(left), len(right)):
            return NotApplicable("a sample is a single prompt: how prompts scatter cannot be seen")
        pooled = _shares(counts.sum(axis=0))
        seen = _gap(_shares(counts[0]) - _shares(counts[1]), pooled)
        null = _recentred(((left, clusters_a is not None), (right, clusters_b is not None)), pooled, draws, rng)
        p = (1 + int((null >= seen * (1 - 1e-9)).sum())) / (1 + draws)
        how = f"Monte Carlo, {draws:,} draws of whole prompts, seed {seed}; {least}"
    elif expected.min() < LEAST_EXPECTED:
        null = _shuffled(counts, draws, rng)
        # within rounding: a shuffle that gives the same table gives the same χ²
        p = (1 + int((null >= statistic * (1 - 1e-9)).sum())) / (1 + draws)
        how = f"Monte Carlo, {draws:,} shuffles of rows, seed {seed}; {least}"
    else:
        p, how = chi_square_tail(statistic, degrees), "χ² distribution"
    return Value(Homogeneity(statistic, degrees, p, n, how), n=n, note="; ".join(filter(None, [how, missing])))


def cramers_v_ci(
    a: Sequence[str | None],
    b: Sequence[str | None],
    clusters_a: Sequence[str] | None = None,
    clusters_b: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """Cramér's V of two samples with a percentile interval; there is none where V is too near 0 for one."""
    tables = _tables(a, b, clusters_a, clusters_b)
    if isinstance(tables, NotApplicable):
        return tables
    left, right, missing = tables
    rng = np.random.default_rng(seed)
    value = float(_cramers_v(left.sum(axis=0)[None], right.sum(axis=0)[None])[0])
    n = int(left.sum() + right.sum())
    fewest = min(len(left), len(right))
    if fewest < 2:
        return Value(value, n=n, note="one cluster only: no interval")
    spread = _cramers_v(redraw(left, draws, rng), redraw(right, draws, rng))
    pool = np.vstack([left, right])
    chance = _cramers_v(redraw(pool, draws, rng, len(left)), redraw(pool, draws, rng, len(right)))
    answer = interval(value, spread, n, fewest)
    if isinstance(answer, NotApplicable):
        return answer
    notes = [f"chance alone gives {chance.mean():.3f}", answer.note, missing]
    if answer.low is not None and answer.low > value:
        # resampling adds noise, so near 0 the whole interval lies above what was measured
        return Value(value, n=n, note="; ".join(filter(None, [*notes, "no interval: V is too near 0"])))
    return Value(value, answer.low, answer.high, n, note="; ".join(filter(None, notes)))


def categories_covered(seeds: Sequence[str | None], synthetic: Sequence[str | None]) -> Measured[float]:
    """Share of the seeds' categories with at least one synthetic row; the note names those without."""
    wanted, found = _categories(seeds), _categories(synthetic)
    if not wanted:
        return NotApplicable("no seed has a label")
    if not found:
        return NotApplicable("no synthetic row has a label")
    lacking = sorted(wanted - found)
    note = "without a row: " + ", ".join(lacking) if lacking else ""
    return Value(len(wanted & found) / len(wanted), n=len(wanted), note=note)


def mass_on_new(seeds: Collection[str | None], synthetic: Sequence[str | None]) -> Measured[float]:
    """Share of labelled synthetic rows whose category no seed has, with Wilson's interval."""
    known = _categories(seeds)
    if not known:
        return NotApplicable("no seed has a label")
    labels = [label for label in synthetic if label is not None]
    if not labels:
        return NotApplicable("no synthetic row has a label")
    return wilson(sum(label not in known for label in labels), len(labels))


def chi_square_tail(statistic: float, degrees: int) -> float:
    """P(χ² >= statistic), exact for whole degrees of freedom (Abramowitz & Stegun 26.4.4 and 26.4.5)."""
    if degrees < 1 or statistic < 0:
        raise ValueError(f"χ² = {statistic} with {degrees} degrees of freedom")
    half = statistic / 2
    if half == 0:
        return 1.0
    # every term is taken by its logarithm: e^-half alone is 0 beyond 745
    powers = [k + 0.5 for k in range(degrees // 2)] if degrees % 2 else list(range(degrees // 2))
    total = math.fsum(math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers)
    return min(1.0, total + (math.erfc(math.sqrt(half)) if degrees % 2 else 0.0))


def _categories(labels: Collection[str | None]) -> set[str]:
    return {label for label in labels if label is not None}


def _tables(
    a: Sequence[str | None],
    b: Sequence[str | None],
    clusters_a: Sequence[str] | None,
    clusters_b: Sequence[str] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], str] | NotApplicable:
    """Counts of shape (rows or clusters, categories) of both samples, and a note of what had no label."""
    kept_a, kept_b = _labelled(a, clusters_a), _labelled(b, clusters_b)
    if not kept_a[0] or not kept_b[0]:
        return NotApplicable("a sample has no labels")
    codes = {label: code for code, label in enumerate(sorted({*kept_a[0], *kept_b[0]}))}
    if len(codes) < 2:
        return NotApplicable("all labels are one category: there is nothing to tell apart")
    lost = len(a) + len(b) - len(kept_a[0]) - len(kept_b[0])
    note = f"{lost} rows without a label left out" if lost else ""
    return cluster_counts(*kept_a, codes), cluster_counts(*kept_b, codes), note


def _labelled(labels: Sequence[str | None], clusters: Sequence[str] | None) -> tuple[list[str], list[str] | None]:
    if clusters is not None and len(clusters) != len(labels):
        raise ValueError(f"{len(labels)} items have {len(clusters)} cluster labels")
    kept = [label for label in labels if label is not None]
    if clusters is None:
        return kept, None
    return kept, [cluster for label, cluster in zip(labels, clusters, strict=True) if label is not None]


def _chi_square(counts: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(((counts - expected) ** 2 / expected).sum()), expected


def _chi_squares(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """χ² of many 2×c tables at once, of shape (draws, c) a side; categories that neither side has count nothing."""
    columns = left + right
    whole = columns.sum(axis=1, keepdims=True)
    total = np.zeros(len(left))
    for side in (left, right):
        expected = columns * side.sum(axis=1, keepdims=True) / whole
        total += np.divide((side - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0).sum(
            axis=1
        )
    return total


def _cramers_v(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    # the smaller side of a 2×c table is 2, so V = sqrt(χ² / n)
    n = left.sum(axis=1) + right.sum(axis=1)
    association: NDArray[np.float64] = np.minimum(1.0, np.sqrt(_chi_squares(left, right) / n))
    return association


def _shuffled(counts: NDArray[np.float64], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """χ² of `draws` tables in which all rows were dealt anew to the two samples, as many to each: both margins stay."""
    columns = counts.sum(axis=0)
    dealt = rng.multivariate_hypergeometric(columns.astype(np.int64), int(counts[0].sum()), size=draws)
    return _chi_squares(dealt.astype(np.float64), columns - dealt)


def _recentred(
    sides: Sequence[tuple[NDArray[np.float64], bool]], pooled: NDArray[np.float64], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The statistic of `_gap` of `draws` pairs of samples from one distribution, prompts drawn whole.

    A side with prompts has them resampled and its own shares taken off, so that only their scatter is left (with
    √(k/(k-1)) for k prompts, by which resampling falls short); a side without is drawn row by row from the pooled
    shares. Prompts are not dealt between the sides, for those of one may be ten times as large as those of the other.
    """
    off = np.zeros((draws, len(pooled)))
    for sign, (table, clustered) in zip((1, -1), sides, strict=True):
        k = len(table)
        if clustered:
            moved = _shares(redraw(table, draws, rng)) - _shares(table.sum(axis=0))
            off += sign * moved * math.sqrt(k / max(1, k - 1))
        else:
            off += sign * (rng.multinomial(k, pooled, size=draws) / k - pooled)
    return _gap(off, pooled)


def _gap(off: NDArray[np.float64], pooled: NDArray[np.float64]) -> NDArray[np.float64]:
    """Σ (p-q)² / pooled, which is χ² but for a factor."""
    gap: NDArray[np.float64] = (off**2 / pooled).sum(axis=-1)
    return gap


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = counts / counts.sum(axis=-1, keepdims=True)
    return shares
