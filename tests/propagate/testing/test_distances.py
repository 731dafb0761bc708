from __future__ import annotations

import numpy as np
import pytest

from seedbed.measures.definition import Value
from seedbed.measures.statistics import total_variation, wasserstein1
from seedbed.propagate.testing import Sample, distance
from seedbed.propagate.testing.distances import contrast
from tests.propagate.testing.worlds import holds, labels, lengths, most, number, rate

EVEN = (0.25, 0.25, 0.25, 0.25)


def test_the_observed_distance_is_the_measures_own() -> None:
    rng = np.random.default_rng(0)
    a, b = labels(rng, EVEN, 40), labels(rng, (0.5, 0.3, 0.1, 0.1), 200, size=4)
    grid = list("abcd")
    shares = [dict(zip(grid, s.shares(np.array(grid)).tolist(), strict=True)) for s in (a, b)]
    expected = total_variation(*shares)
    assert isinstance(expected, Value)
    assert contrast(a, b, rng, draws=10).observed == pytest.approx(expected.value, abs=1e-12)
    x, y = lengths(rng, 30, 40), lengths(rng, 40, 200)
    apart = wasserstein1(x.values, y.values)
    assert isinstance(apart, Value)
    assert contrast(x, y, rng, draws=10).observed == pytest.approx(apart.value, abs=1e-9)


def test_noise_has_the_variance_of_whole_clusters() -> None:
    rng = np.random.default_rng(0)
    alone, together = (labels(rng, EVEN, 1_000, size=10, alike=alike) for alike in (0.0, 1.0))
    spreads = [contrast(sample, sample, rng, draws=2_000).first.std() for sample in (alone, together)]
    assert spreads[1] / spreads[0] == pytest.approx(np.sqrt(10), rel=0.15)


def test_two_samples_of_one_source_are_at_distance_0_as_measured_they_never_are() -> None:
    apart = 0

    def claims(rng: np.random.Generator) -> bool:
        nonlocal apart
        outcome = distance(labels(rng, [0.1] * 10, 33), labels(rng, [0.1] * 10, 300, size=3), draws=300)
        apart += outcome.note == "" and "as measured" in number(outcome).note
        return not holds(outcome, 0.0)

    # only the lower end can miss 0: 2.5 %
    assert rate(claims, 200) <= most(200, 0.025)
    assert apart == 200


@pytest.mark.parametrize(
    ("seeds", "rows"),
    [
        ((0.5, 0.3, 0.2), (0.3, 0.4, 0.3)),
        ((0.2,) * 5, (0.4, 0.15, 0.15, 0.15, 0.15)),
        ((0.1,) * 10, (0.14,) * 5 + (0.06,) * 5),
    ],
)
def test_intervals_of_total_variation_hold_the_truth(seeds: tuple[float, ...], rows: tuple[float, ...]) -> None:
    truth = sum(abs(p - q) for p, q in zip(seeds, rows, strict=True)) / 2
    corrected = []

    def misses(rng: np.random.Generator) -> bool:
        outcome = distance(labels(rng, seeds, 40), labels(rng, rows, 300, size=3, alike=0.2), draws=300)
        corrected.append(number(outcome).value)
        return not holds(outcome, truth)

    # 150 samples: 7.5 expected, 15 allowed
    assert rate(misses, 150) <= most(150)
    assert np.median(corrected) == pytest.approx(truth, abs=0.05)


def test_the_interval_of_a_shift_in_length_holds_it_nearly_as_often() -> None:
    # known to miss in up to 8 % with 33 seeds; 100 samples: 8 expected then, 16 allowed
    def misses(rng: np.random.Generator) -> bool:
        seeds, rows = (np.rint(rng.gamma(4, 2.5, n) * 4) for n in (33, 300))
        return not holds(distance(Sample.numbers(seeds), Sample.numbers(rows + 10), draws=150), 10.0)

    assert rate(misses, 100) <= most(100, 0.08)


def test_what_no_seed_showed_may_still_be_there() -> None:
    outcome = distance(Sample.labels(["open"] * 20), Sample.labels(["open"] * 5_000))
    value = number(outcome)
    assert (value.value, value.low) == (0, 0)
    assert value.high == pytest.approx(1 - 0.025 ** (1 / 20))


def test_no_two_tables_of_shares_are_said_to_be_farther_apart_than_1() -> None:
    for few in ("aab", "abcc", "bbbb", "cdcd"):
        found = distance(Sample.labels(list("abcda")), Sample.labels(list(few)))
        assert isinstance(found.estimate, Value)
        assert found.estimate.high is not None
        assert found.estimate.high <= 1
