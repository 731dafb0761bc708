"""T8: what a filter moved, step by step, apart from what the model wrote."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.student import t_quantile
from seedbed.propagate.testing.description import few
from seedbed.propagate.testing.distances import DRAWS, Contrast, project, residuals, sampling_noise
from seedbed.propagate.testing.document import Number, Outcome
from seedbed.propagate.testing.samples import Sample, grid_of

__all__ = ["filter_steps", "moved_by_filter"]


def filter_steps(
    sample: Sample, steps: Sequence[tuple[str, NDArray[np.bool_]]], *, draws: int = DRAWS, rng_seed: int = 0
) -> tuple[tuple[str, Outcome], ...]:
    """What each of a chain of filters moved, then under "all" what they moved together.

    `steps` are (name, marks): a true for each row given to the sample that is still there after the filter, so each
    mark implies the one before. Signed differences of flags and numbers add up to that under "all"; distances of
    labels do not. Raises ValueError where a row comes back. See `moved_by_filter`.
    """
    rows = int(sample.rows.max(initial=-1)) + 1 + sample.missing
    everything = np.ones(max([rows, *(len(marks) for _, marks in steps)], default=0), dtype=np.bool_)
    chain = [("", everything), *steps]
    answers: list[tuple[str, Outcome]] = []
    for (before_name, before), (name, after) in pairwise(chain):
        if (after & ~before[: len(after)]).any():
            raise ValueError(f"rows that {before_name} turned away are there again after {name}")
        answers.append((name, moved_by_filter(sample, before, after, draws=draws, rng_seed=rng_seed)))
    answers.append(("all", moved_by_filter(sample, everything, chain[-1][1], draws=draws, rng_seed=rng_seed)))
    return tuple(answers)


def moved_by_filter(
    sample: Sample,
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    *,
    draws: int = DRAWS,
    rng_seed: int = 0,
) -> Outcome:
    """The feature among the rows after a filter less that among the rows before, of which they are a part.

    Flags and numbers: difference of shares or means, 95 % interval by the linear part of that difference a cluster
    (Student's t), so that what both share falls out. Labels: total variation, freed of what chance adds
    (`distances`), with noise of the same parts. What a plan or a balancing step does, which acts before a text
    exists, needs a run without it: compare the two by `describe`. Source: method of seedbed, T8.

    Traps: a filter on one feature moves all that hang on it. A small move of a large set is well shown and may not
    matter. Where the filter let everything pass, the difference is 0 by construction.
    """
    first, second = sample.where(before), sample.where(after)
    sizes = (("before", first.n), ("after", second.n))
    name = (
        "total variation" if sample.kind == "labels" else f"{'rate' if sample.kind == 'flags' else 'mean'} difference"
    )
    refusal = few(**{"rows before the filter": first})
    if refusal is None and not second.n:
        refusal = NotApplicable("the filter let no row with a value pass")
    if refusal:
        return Outcome(name, refusal, n=sizes)
    clusters = len(np.unique(first.cluster))
    if clusters < 3:
        reason = f"the rows come from {clusters} clusters: how far the difference varies cannot be seen"
        return Outcome(name, NotApplicable(reason), n=sizes)
    estimate: Number
    if sample.kind == "labels":
        grid = grid_of(sample)
        parts = residuals(second.counts(grid)) - residuals(first.counts(grid))
        noise = sampling_noise(project("labels", grid, parts), clusters, draws, np.random.default_rng(rng_seed))
        vector = project("labels", grid, second.shares(grid) - first.shares(grid))
        between = Contrast(vector, noise, np.zeros_like(noise), shares=True)
        low, high = between.interval()
        estimate = Value(between.corrected(), low, high, n=first.n, note=f"{between.observed:.3g} as measured")
    else:
        gap = second.mean - first.mean
        scores = _scores(second) - _scores(first)
        half = t_quantile(0.975, clusters - 1) * float(np.sqrt((scores**2).sum() * clusters / (clusters - 1)))
        estimate = Value(
            gap, gap - half, gap + half, n=first.n, note=f"{first.mean:.3g} before, {second.mean:.3g} after"
        )
    return Outcome(name, estimate, n=sizes)


def _scores(sample: Sample) -> NDArray[np.float64]:
    """What each cluster adds to the error of the mean."""
    errors = sample.values.astype(np.float64) - sample.mean
    scores: NDArray[np.float64] = np.bincount(sample.cluster, weights=errors, minlength=sample.clusters) / sample.n
    return scores
