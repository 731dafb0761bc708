"""T1: how far the synthetic rows lie from the seeds, where 33 seeds are a sample too."""

from __future__ import annotations

import math

import numpy as np

from seedbed.measures.bootstrap import FEW_CLUSTERS
from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing.distances import DRAWS, contrast
from seedbed.propagate.testing.document import Number, Outcome
from seedbed.propagate.testing.rates import Median, Rate, log_ratio, rate_difference
from seedbed.propagate.testing.samples import Kind, Sample, common_kind

__all__ = ["DISTANCE", "compare_sizes", "describe", "distance", "few", "ratio"]

DISTANCE: dict[Kind, str] = {"flags": "rate difference", "labels": "total variation", "numbers": "wasserstein1"}


def describe(seed: Sample, synth: Sample, *, draws: int = DRAWS, rng_seed: int = 0) -> tuple[Outcome, ...]:
    """Every distance that fits the feature, with 95 % intervals in which both sides vary by their clusters.

    Flags: the rate difference, synth - seed (score interval with skewness correction at the rows' effective number).
    Labels: total variation. Numbers: Wasserstein-1, in their unit, and the ratio of medians, synth / seed (Woodruff
    1952, MOVER). The two distances are freed of what chance adds (`distances`): 0 means that chance alone explains
    what was measured, which the note gives. Source: method of seedbed, T1.

    Traps: it describes, and says nothing of a cause: a model may be near the seeds by itself. With 33 seeds and 20
    topics, two samples of one source lie some .3 apart in total variation.
    """
    common_kind(seed, synth)
    first = _difference(seed, synth) if seed.kind == "flags" else distance(seed, synth, draws=draws, rng_seed=rng_seed)
    return (first,) if seed.kind != "numbers" else (first, ratio(seed, synth))


def distance(seed: Sample, synth: Sample, *, draws: int = DRAWS, rng_seed: int = 0) -> Outcome:
    """The distance of `DISTANCE` (of flags: the absolute rate difference), corrected, with its 95 % interval."""
    name = DISTANCE[common_kind(seed, synth)]
    sizes = compare_sizes(seeds=seed, synthetic=synth)
    if refusal := few(seeds=seed, synthetic=synth):
        return Outcome(name, refusal, n=sizes)
    between = contrast(seed, synth, np.random.default_rng(rng_seed), draws=draws)
    low, high = between.interval()
    note = f"{between.observed:.3g} as measured, of which chance alone gives {between.chance(0.5):.3g}"
    estimate = Value(between.corrected(), low, high, n=seed.n + synth.n, note=_with_small(note, seed, synth))
    null = (between.chance(0.025), between.chance(0.975))
    return Outcome(name, estimate, null=null, n=sizes)


def ratio(seed: Sample, synth: Sample) -> Outcome:
    """median(synth) / median(seed) with its 95 % interval."""
    sizes = compare_sizes(seeds=seed, synthetic=synth)
    refusal = few(seeds=seed, synthetic=synth) or _not_positive(seed, synth)
    if refusal:
        return Outcome("ratio of medians", refusal, n=sizes)
    ends = log_ratio(Median(seed).at(0.025), Median(synth).at(0.025))
    value, low, high = (math.exp(x) for x in (ends.value, ends.low, ends.high))
    note = _with_small("", seed, synth)
    return Outcome("ratio of medians", Value(value, low, high, n=seed.n + synth.n, note=note), n=sizes)


def few(**samples: Sample) -> NotApplicable | None:
    """Why nothing can be said of these samples: one is empty, or has a single cluster; else None."""
    for name, sample in samples.items():
        if not sample.n:
            return NotApplicable(f"no row of the {name} has a value")
        if sample.clusters < 2:
            return NotApplicable(f"the {name} are one cluster only: how far they vary cannot be seen")
    return None


def compare_sizes(**samples: Sample) -> tuple[tuple[str, int], ...]:
    """Rows, clusters and rows without a value of each sample, for `Outcome.n`."""
    counts: list[tuple[str, int]] = []
    for name, sample in samples.items():
        counts.append((name, sample.n))
        if sample.clusters != sample.n:
            counts.append((f"{name}, clusters", sample.clusters))
        if sample.missing:
            counts.append((f"{name}, without a value", sample.missing))
    return tuple(counts)


def _difference(seed: Sample, synth: Sample) -> Outcome:
    sizes = compare_sizes(seeds=seed, synthetic=synth)
    estimate: Number | None = few(seeds=seed, synthetic=synth)
    if estimate is None:
        ends = rate_difference(Rate(seed), Rate(synth), 0.025)
        note = _with_small(f"{seed.mean:.1%} of the seeds, {synth.mean:.1%} of the synthetic rows", seed, synth)
        estimate = Value(ends.value, ends.low, ends.high, n=seed.n + synth.n, note=note)
    return Outcome("rate difference", estimate, n=sizes)


def _not_positive(seed: Sample, synth: Sample) -> NotApplicable | None:
    if min(seed.values.min(), synth.values.min()) <= 0:
        return NotApplicable("a value is not above 0: a ratio of medians has no meaning")
    return None


def _with_small(note: str, *samples: Sample) -> str:
    fewest = min(sample.clusters for sample in samples)
    small = f"only {fewest} clusters on one side" if fewest < FEW_CLUSTERS else ""
    return "; ".join(filter(None, (note, small)))
