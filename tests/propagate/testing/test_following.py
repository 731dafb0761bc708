from __future__ import annotations

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import Sample, follow_index
from tests.propagate.testing.worlds import LABELS, flags, holds, labels, lengths, most, number, rate

PRIOR = np.array([0.2] * 5)


def world(rng: np.random.Generator, weight: float) -> tuple[Sample, Sample, Sample, float]:
    """33 seeds, a run that mixes their shares with the prior's, a run that has only the prior, and the true F."""
    counts = rng.multinomial(33, [0.5, 0.2, 0.1, 0.1, 0.1])
    shown = counts / 33
    mixed = weight * shown + (1 - weight) * PRIOR
    truth = 1 - np.abs(shown - mixed).sum() / np.abs(shown - PRIOR).sum()
    seeds = Sample.labels(np.repeat(LABELS[:5], counts))
    run, control = labels(rng, mixed.tolist(), 200, size=4), labels(rng, PRIOR.tolist(), 200, size=4)
    return seeds, run, control, float(truth)


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_f_is_the_weight_of_the_seeds(weight: float) -> None:
    values, claims, misses, asked = [], 0, 0, 120
    for index in range(asked):
        *sets, truth = world(np.random.default_rng([7, index]), weight)
        outcome = follow_index(*sets, draws=199)
        if isinstance(outcome.estimate, NotApplicable):
            continue
        values.append(outcome.estimate.value)
        misses += not holds(outcome, truth)
        claims += outcome.p is not None and outcome.p <= 0.05
    assert len(values) > 110
    assert np.median(values) == pytest.approx(weight, abs=0.07)
    # 120 samples: 6 expected, 13 allowed; and the same for wrong claims where the seeds do nothing
    assert misses <= most(len(values))
    assert claims <= most(len(values)) if not weight else claims > 0.9 * len(values)


def test_a_control_that_matches_leaves_nothing_to_follow() -> None:
    # a control drawn from the seeds' shares is beyond its 97.5th percentile in 2.5 %: 5 of 200, 11.8 allowed
    def defined(rng: np.random.Generator) -> bool:
        counts = rng.multinomial(60, [0.4, 0.3, 0.1, 0.1, 0.1])
        shares = (counts / 60).tolist()
        seeds = Sample.labels(np.repeat(LABELS[:5], counts))
        outcome = follow_index(seeds, labels(rng, shares, 200), labels(rng, shares, 200), draws=199)
        if isinstance(outcome.estimate, NotApplicable):
            assert outcome.estimate.reason.startswith("undefined: the control lies")
            return False
        return True

    assert rate(defined, 200) <= most(200, 0.025)


def test_flags_and_lengths_are_followed_too_and_seeds_may_be_a_sample() -> None:
    rng = np.random.default_rng(3)
    marks = follow_index(flags(rng, 0.9, 33), flags(rng, 0.8, 300), flags(rng, 0.5, 300), draws=300)
    assert 0.5 < number(marks).value <= 1
    far = follow_index(lengths(rng, 20, 33), lengths(rng, 60, 300), lengths(rng, 40, 300), draws=300)
    assert number(far).value < -0.5
    assert far.p is not None
    assert far.p > 0.9
    sets = lengths(rng, 20, 33), lengths(rng, 30, 300), lengths(rng, 60, 300)
    fixed, drawn = (number(follow_index(*sets, resample_seeds=again, draws=500)) for again in (False, True))
    assert drawn.high is not None
    assert drawn.low is not None
    assert fixed.high is not None
    assert fixed.low is not None
    assert drawn.high - drawn.low > fixed.high - fixed.low
