from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from seedbed.measures.clusters import Clusters, clustered_mean, clustered_rate, codes_of, rate_difference
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.measures.medians import clustered_median, ratio_of_clustered_medians


def ends(found: Measured[float]) -> tuple[float, float]:
    assert isinstance(found, Value)
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


@pytest.mark.parametrize("clusters", [4, 6, 12, 40])
def test_rates_means_and_medians_hold_the_truth_with_few_clusters_of_rows_that_are_alike(clusters: int) -> None:
    # 600 samples: 30 misses expected, 45 are 2.8 standard errors over; the normal's ends missed 70 with 6 clusters
    names = np.repeat(np.arange(clusters), 10)
    rows = Clusters(names)
    missed = {"rate": 0, "mean": 0, "median": 0}
    for index in range(600):
        rng = np.random.default_rng([clusters, index])
        flags: NDArray[np.bool_] = rng.random(len(names)) < rng.beta(2.4, 0.6, clusters).repeat(10)
        numbers = rng.normal(size=clusters).repeat(10) + rng.normal(size=len(names))
        for name, found, truth in (
            ("rate", rows.rate(flags), 0.8),
            ("mean", rows.mean(numbers), 0.0),
            ("median", clustered_median(numbers, names), 0.0),
        ):
            low, high = ends(found)
            missed[name] += not low <= truth <= high
    assert max(missed.values()) <= 45, missed


def test_the_error_of_a_mean_is_the_sandwich_of_whole_clusters() -> None:
    import statsmodels.api as sm
    from scipy import stats

    rng = np.random.default_rng(0)
    names = np.repeat(np.arange(9), [2, 3, 4, 5, 6, 7, 8, 9, 10])
    numbers = rng.normal(size=9)[names] + rng.normal(size=len(names))
    fit = sm.OLS(numbers, np.ones(len(numbers))).fit(
        cov_type="cluster", cov_kwds={"groups": names, "use_correction": False}
    )
    half = stats.t.ppf(0.975, 8) * float(fit.bse[0]) * math.sqrt(9 / 8)
    low, high = ends(Clusters(names).mean(numbers))
    assert (low, high) == pytest.approx((numbers.mean() - half, numbers.mean() + half))


def test_rows_that_stand_alone_have_wilsons_interval_and_equal_ones_count_once_a_cluster() -> None:
    flags = [True, False, True, True, False]
    assert clustered_rate(flags, list("abcde")) == wilson(3, 5)
    low, _ = ends(clustered_rate([True] * 4_000, [str(row % 400) for row in range(4_000)]))
    alone, _ = ends(wilson(400, 400))
    assert low == pytest.approx(alone, abs=1e-4)
    assert ends(clustered_rate([False] * 20, ["one"] * 20))[1] > 0.7


def test_nothing_and_one_cluster_and_what_does_not_fit() -> None:
    assert isinstance(clustered_rate([], []), NotApplicable)
    assert isinstance(clustered_mean([math.nan], ["a"]), NotApplicable)
    single = clustered_mean([1.0, 3.0], ["a", "a"])
    assert isinstance(single, Value)
    assert (single.value, single.low) == (2.0, None)
    with pytest.raises(ValueError, match="1 items have 2 cluster labels"):
        Clusters(["a", "b"]).rate([True])
    assert codes_of(["b", "a", "b"]).tolist() == [0, 1, 0]


def test_a_difference_is_newcombes() -> None:
    # Newcombe 1998, table II, method 10: 56/70 - 48/80 has .0524 to .3339
    low, high = ends(rate_difference(wilson(48, 80), wilson(56, 70)))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_a_ratio_of_medians_has_no_end_where_a_median_may_be_0() -> None:
    some, zero = clustered_median([4, 5, 6, 7, 8, 9], list("abcdef")), clustered_median([0, 0, 3, 4, 5], list("abcde"))
    low, high = ends(ratio_of_clustered_medians(some, some))
    assert low < 1 < high
    found = ratio_of_clustered_medians(zero, some)
    assert isinstance(found, Value)
    assert (found.low, found.high) == (None, None)
