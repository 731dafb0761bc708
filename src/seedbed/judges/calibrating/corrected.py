"""The share of rows of which a claim holds, put right for the errors of the judge that said so.

Rogan & Gladen (1978): p = (q + specificity - 1) / (sensitivity + specificity - 1), with q the share of which the judge
says yes. Here specificity is P(judge does not say yes | no): for a share of yes it is of no matter whether the judge
says no or nothing. Needs labelled rows of both kinds, in any mixture: the errors are those within each kind.

Prediction-powered inference (Angelopoulos et al. 2023; tuned: PPI++, Angelopoulos, Duchi & Zrnic 2023):
p = λ·mean(judge on all) + mean(people - λ·judge, on the labelled). Needs labelled rows that were drawn at random from
those it speaks of; and then it is right whatever the judge is worth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from seedbed.judges.calibrating.tables import Counts
from seedbed.measures.bootstrap import DRAWS, FEW_CLUSTERS, PERCENTILES, redraw
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.intervals import Z95

__all__ = ["prediction_powered", "rogan_gladen"]


def rogan_gladen(
    accepted: Sequence[bool | None],
    said: Sequence[bool | None],
    truth: Sequence[float],
    *,
    clusters: Sequence[str] | None = None,
    clusters_labelled: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """The corrected share, with a 95 % interval by resampling both samples, each by its clusters.

    `accepted` is what the judge says of every row, `said` what it says of the labelled ones (True, False, or None for
    no verdict), `truth` the share of each labelled row's raters who say yes. NotApplicable where there is no labelled
    row of one of the two kinds, and where sensitivity + specificity is 1 or less, or may be by its interval: a judge
    that says the same of both kinds tells nothing. Raises ValueError where lengths differ.
    """
    if not len(accepted):
        return NotApplicable("the judge was asked of no row")
    every = _summed(np.array([[one is True, 1.0] for one in accepted]), clusters)
    weights = np.array([[t * (v is True), t, (1 - t) * (v is True), 1 - t] for v, t in zip(said, truth, strict=True)])
    labelled = _summed(weights.reshape(-1, 4), clusters_labelled)
    totals = labelled.sum(axis=0)
    if totals[1] <= 0 or totals[3] <= 0:
        return NotApplicable(f"no labelled row of which people say {'yes' if totals[1] <= 0 else 'no'}")
    value, gap = _corrected(every.sum(axis=0)[None], totals[None])
    if gap[0] <= 0:
        return NotApplicable(
            f"sensitivity and specificity add up to {1 + gap[0]:.2f}: the judge tells nothing, and no share can be "
            "corrected by it"
        )
    fewest = min(len(every), len(labelled))
    if fewest < 2:
        return Value(_within(float(value[0])), n=len(accepted), note="one cluster only: no interval")
    rng = np.random.default_rng(seed)
    shares, gaps = _corrected(redraw(every, draws, rng), redraw(labelled, draws, rng))
    # a draw without labelled rows of one kind has no gap: it cannot tell either
    if float((~(gaps > 0)).mean()) > 0.025:
        return NotApplicable(
            f"too few labelled rows ({len(said)}): sensitivity and specificity may add up to 1 or less, and then no "
            "share can be corrected"
        )
    low, high = np.percentile(shares[gaps > 0], PERCENTILES)
    note = f"the judge says {every[:, 0].sum() / every[:, 1].sum():.3f}, corrected by {len(said)} labelled rows"
    if fewest < FEW_CLUSTERS:
        note += f"; only {fewest} clusters: the interval is too narrow"
    return Value(_within(float(value[0])), _within(float(low)), _within(float(high)), n=len(accepted), note=note)


def prediction_powered(
    predicted: Sequence[float],
    predicted_labelled: Sequence[float],
    labels: Sequence[float],
    *,
    clusters: Sequence[str] | None = None,
    clusters_labelled: Sequence[str] | None = None,
    tuned: bool = True,
) -> Measured[float]:
    """The mean of what people would say of all rows, with a 95 % normal interval.

    `predicted` are the judge's words on the rows without labels (1, 0, or a share; no verdict is 0), the other two on
    the labelled rows the judge's words and the people's. `tuned` chooses λ so that the interval is the narrowest,
    between 0 (the judge is not used) and 1. Under 10 labelled clusters there is no answer. Raises ValueError where
    lengths differ.
    """
    all_of_them, judged, people = (np.asarray(x, dtype=float) for x in (predicted, predicted_labelled, labels))
    if len(judged) != len(people):
        raise ValueError(f"{len(judged)} predictions for {len(people)} labels")
    names = [str(row) for row in range(len(people))] if clusters_labelled is None else clusters_labelled
    if len(set(names)) < FEW_CLUSTERS or not len(all_of_them):
        return NotApplicable(f"fewer than {FEW_CLUSTERS} labelled rows that stand apart, or none without a label")
    n, rest = len(people), len(all_of_them)
    if not (np.isfinite(all_of_them).all() and np.isfinite(judged).all() and np.isfinite(people).all()):
        return NotApplicable("a prediction or a label is no number")
    spread = float(np.var(np.concatenate([all_of_them, judged])))
    weight = 1.0
    if tuned:
        shared = float(np.mean((judged - judged.mean()) * (people - people.mean())))
        weight = min(1.0, max(0.0, shared / ((1 + n / rest) * spread))) if spread > 0 else 0.0
    errors = people - weight * judged
    value = weight * float(all_of_them.mean()) + float(errors.mean())
    variance = weight**2 * _variance(all_of_them, clusters) + _variance(errors, names)
    half = Z95 * math.sqrt(variance)
    return Value(
        _within(value), _within(value - half), _within(value + half), n=n + rest,
        note=f"λ = {weight:.2f}; people alone give {float(people.mean()):.3f}",
    )  # fmt: skip


def _corrected(every: Counts, labelled: Counts) -> tuple[Counts, Counts]:
    """(corrected share, sensitivity + specificity - 1) of each pair of rows of sums."""
    with np.errstate(invalid="ignore", divide="ignore"):
        said = every[:, 0] / every[:, 1]
        hits, false = labelled[:, 0] / labelled[:, 1], labelled[:, 2] / labelled[:, 3]
        gap = hits - false
        return (said - false) / gap, gap


def _summed(weights: Counts, clusters: Sequence[str] | None) -> Counts:
    if clusters is None:
        return weights
    if len(clusters) != len(weights):
        raise ValueError(f"{len(weights)} items have {len(clusters)} cluster labels")
    at = {label: row for row, label in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(at), weights.shape[1]))
    np.add.at(sums, [at[label] for label in clusters], weights)
    return sums


def _variance(values: Counts, clusters: Sequence[str] | None) -> float:
    """The variance of the mean, by whole clusters."""
    residuals = values - values.mean()
    sums = _summed(residuals[:, None], clusters)[:, 0]
    count = len(sums)
    return float((sums**2).sum()) * count / (count - 1) / len(values) ** 2 if count > 1 else 0.0


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))
