from __future__ import annotations

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import Sample, dose_response
from seedbed.propagate.testing.dosing import _SHUFFLED_UNDER, jonckheere
from tests.propagate.testing.worlds import flags, holds, lengths, most, number, rate

DOSES = (0.0, 0.25, 0.5, 0.75, 1.0)


def runs_of(rng: np.random.Generator, weight: float) -> list[Sample]:
    return [flags(rng, weight * dose + (1 - weight) * 0.7, 60, size=3, alike=0.5) for dose in DOSES]


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_the_slope_is_the_weight(weight: float) -> None:
    slopes, misses, claims = [], 0, 0
    for index in range(300):
        outcome = dose_response(DOSES, runs_of(np.random.default_rng([3, index]), weight))
        slopes.append(number(outcome).value)
        misses += not holds(outcome, weight)
        claims += outcome.p is not None and outcome.p <= 0.05
    assert np.mean(slopes) == pytest.approx(weight, abs=0.02)
    # 300 studies: 15 expected, 26 allowed
    assert misses <= most(300)
    assert claims <= most(300) if not weight else claims > 295


def test_the_trend_is_kendalls_with_ties_in_both() -> None:
    from scipy import stats

    rng = np.random.default_rng(0)
    levels, values = rng.integers(0, 5, 80).astype(float), rng.integers(0, 6, 80).astype(float)
    expected = stats.kendalltau(levels, values, method="asymptotic").pvalue
    assert jonckheere(levels, values) == pytest.approx(expected, rel=1e-9)
    assert jonckheere(levels, np.zeros(80)) == 1


def test_few_clusters_are_shuffled() -> None:
    def claims(rng: np.random.Generator) -> bool:
        return jonckheere(np.repeat([0.0, 1, 2], 5), rng.integers(0, 3, 15).astype(float)) <= 0.05

    assert _SHUFFLED_UNDER > 15
    assert rate(claims, 60) <= most(60)
    levels = np.repeat([0.0, 1, 2], 5)
    assert jonckheere(levels, levels + np.linspace(0, 0.5, 15)) == pytest.approx(1 / 5_001)


def test_lengths_have_a_slope_labels_want_one_category_and_points_are_ordered() -> None:
    rng = np.random.default_rng(1)
    outcome = dose_response([40, 20, 80], [lengths(rng, 40, 150), lengths(rng, 20, 150), lengths(rng, 80, 150)])
    assert number(outcome).value == pytest.approx(1.08, abs=0.15)  # the mean of a log-normal is 1.08 medians
    assert [dose for dose, _ in outcome.points] == [20, 40, 80]
    from scipy import stats

    runs = [Sample.numbers([3, 5, 5, 9]), Sample.numbers([5, 7, 1, 9])]
    rho = stats.spearmanr([0] * 4 + [1] * 4, [3, 5, 5, 9, 5, 7, 1, 9]).statistic
    assert f"means {rho:.3g}" in number(dose_response([0, 1], runs)).note
    words = dose_response([0, 1], [Sample.labels(["a", "b"]), Sample.labels(["a", "b"])])
    assert isinstance(words.estimate, NotApplicable)
    assert "one category" in words.estimate.reason
    with pytest.raises(ValueError, match="1 runs have 2 doses"):
        dose_response([0, 1], [Sample.flags([1])])
