"""T2: does the run lie nearer to its seeds than the same run without them?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing.description import compare_sizes, few
from seedbed.propagate.testing.distances import DRAWS, Contrast, contrast, project
from seedbed.propagate.testing.document import Outcome
from seedbed.propagate.testing.samples import Counts, Sample, common_kind, grid_of

__all__ = ["follow_index"]

_NOISE_LEVEL = 0.975
_HELD = 4_000_000  # marks held at once: 16 MB
_GRID = np.concatenate([np.linspace(0, 2, 41), np.linspace(2.25, 10, 32)])


def follow_index(
    seed: Sample,
    synth: Sample,
    control: Sample,
    *,
    resample_seeds: bool = False,
    draws: int = DRAWS,
    rng_seed: int = 0,
) -> Outcome:
    """F = 1 - D(seed, synth) / D(seed, control): 1 where the run shows the seeds' shares, 0 where seeds do nothing.

    D is the absolute rate difference, total variation or Wasserstein-1, corrected for what chance adds; the note
    gives F of the distances as they are. The 95 % interval is by cluster bootstrap of both sets (normal multipliers),
    of the seeds too where `resample_seeds`: by default the question is whether the run followed *these* seeds. `p` is
    one-sided, from a permutation of the requests between run and control of D(seed, control) - D(seed, synth), exact
    where the seeds do nothing. Undefined where D(seed, control) is within noise: no larger than the 97.5th percentile
    of the distances that a control drawn from the seeds' own distribution would show. Source: method of seedbed, T2.

    Traps: F is a ratio, unstable where the control is near; F < 0 says that the run lies farther off than its
    control. The control must differ by its examples only, and be measured before the gates. A run may overshoot its
    seeds: F sees the distance, not the direction.
    """
    common_kind(seed, synth, control)
    sizes = compare_sizes(seeds=seed, synthetic=synth, control=control)
    if refusal := few(seeds=seed, synthetic=synth, control=control):
        return Outcome("follow index", refusal, n=sizes)
    rng = np.random.default_rng(rng_seed)
    grid = grid_of(seed, synth, control)
    to_synth = contrast(seed, synth, rng, draws=draws, resample_first=resample_seeds, grid=grid)
    to_control = contrast(seed, control, rng, draws=draws, resample_first=resample_seeds, grid=grid)
    noise = to_control.chance(_NOISE_LEVEL)
    if to_control.observed <= noise:
        reason = (
            f"undefined: the control lies {to_control.observed:.3g} from the seeds, and chance alone gives up to "
            f"{noise:.3g}; there is nothing for the seeds to have moved"
        )
        return Outcome("follow index", NotApplicable(reason), n=sizes)
    if resample_seeds:  # one draw of the seeds for both distances
        to_control = replace(to_control, first=to_synth.first)
    value, low, high = _ratio(to_synth, to_control)
    p = _exchange(seed, synth, control, grid, draws, rng)
    raw = 1 - to_synth.observed / to_control.observed
    note = f"{raw:.3g} from the distances as measured, {to_synth.observed:.3g} and {to_control.observed:.3g}"
    estimate = Value(value, low, high, n=synth.n + control.n, note=note)
    return Outcome("follow index", estimate, p=p, smallest_p=1 / (draws + 1), n=sizes)


def _ratio(to_synth: Contrast, to_control: Contrast) -> tuple[float, float | None, float | None]:
    """F of the corrected distances, with the percentiles of F drawn anew around them and corrected alike."""
    corrected, drawn = [], []
    for between in (to_synth, to_control):
        expected = between.planned(1.0, 1.0)
        # the median distance that each true one would show, over a grid of true ones: its inverse corrects
        medians = np.array([np.median(np.abs(g * between.vector + between.noise).sum(axis=1)) for g in _GRID])
        medians = np.maximum.accumulate(medians) + 1e-12 * np.arange(len(_GRID))
        corrected.append(between.corrected())
        again = np.abs(expected.vector + expected.noise).sum(axis=1)
        drawn.append(np.interp(again, medians, _GRID * between.observed))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread: NDArray[np.float64] = 1 - drawn[0] / drawn[1]
    spread = np.nan_to_num(spread, nan=-np.inf, neginf=-np.inf, posinf=np.inf)
    low, high = np.quantile(spread, [0.025, 0.975], method="closest_observation")
    return (
        1 - corrected[0] / corrected[1],
        float(low) if np.isfinite(low) else None,
        float(high) if np.isfinite(high) else None,
    )


def _exchange(
    seed: Sample, synth: Sample, control: Sample, grid: NDArray[Any], draws: int, rng: np.random.Generator
) -> float:
    """One-sided p of D(seed, control) - D(seed, synth) over redistributions of all requests to the two sets."""
    target = project(seed.kind, grid, seed.shares(grid))
    pool = np.vstack([synth.counts(grid), control.counts(grid)])
    total = pool.sum(axis=0)

    def lead(first: Counts) -> NDArray[np.float64]:
        far = []
        for counts in (total - first, first):
            shares = counts / counts.sum(axis=1, keepdims=True)
            far.append(np.abs(project(seed.kind, grid, shares) - target).sum(axis=1))
        difference: NDArray[np.float64] = far[0] - far[1]
        return difference

    observed = float(lead(pool[: synth.clusters].sum(axis=0)[None])[0])
    marks = (np.arange(len(pool)) < synth.clusters).astype(np.float32)
    step = max(1, _HELD // len(pool))
    reached = 0
    for start in range(0, draws, step):
        order = rng.permuted(np.tile(marks, (min(step, draws - start), 1)), axis=1)
        reached += int((lead(order @ pool) >= observed - 1e-12).sum())
    return (1 + reached) / (1 + draws)
