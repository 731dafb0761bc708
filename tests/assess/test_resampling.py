from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.assess.distances import (
    chance_distance,
    jensen_shannon,
    median,
    ratio_of_medians,
    total_variation,
    wasserstein,
)
from seedbed.assess.resampling import Resamples
from seedbed.measures import statistics
from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate.testing import Sample, describe

lengths = st.lists(st.integers(0, 60), min_size=1, max_size=40)
labels = st.lists(st.sampled_from(["x", "y", "z", "w", None]), min_size=1, max_size=40)


def of(
    rows: Sequence[int | str | None],
    clusters: list[str] | None = None,
    key: str = "a",
    seed: int = 0,
    draws: int = 500,
) -> Resamples:
    return Resamples(key, clusters or [str(n) for n in range(len(rows))], {"x": rows}, draws=draws, seed=seed)


def held(found: Value[float]) -> bool:
    """Whether the interval holds its value; a distance with one cluster on a side has none."""
    return found.low is None or bounds(found)[0] <= found.value <= bounds(found)[1]


def bounds(found: Value[float]) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def value(number: object) -> Value[float]:
    assert isinstance(number, Value)
    return number


@given(lengths)
@settings(max_examples=60, deadline=None)
def test_median_is_numpys_and_its_interval_holds_it(sample: list[int]) -> None:
    found = value(median(of(sample), "x"))
    assert found.value == float(np.median(sample))
    assert held(found)


@given(lengths, lengths)
@settings(max_examples=60, deadline=None)
def test_the_interval_of_a_ratio_holds_it(a: list[int], b: list[int]) -> None:
    found = ratio_of_medians(of(a), of(b, key="b"), "x")
    assert isinstance(found, NotApplicable) or held(found)


@given(lengths, lengths)
@settings(max_examples=40, deadline=None)
def test_wasserstein_is_the_measures_and_its_interval_holds_it(a: list[int], b: list[int]) -> None:
    expected = value(statistics.wasserstein1(a, b)).value
    found = value(wasserstein(of(a), of(b, key="b"), "x").value)
    assert found.value == pytest.approx(expected)
    assert held(found)


@given(labels, labels, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_total_variation_is_the_measures_and_its_interval_holds_it(
    a: list[str | None], b: list[str | None], together: int
) -> None:
    """Whatever the labels and however many rows a request has; what is freed of chance lies inside as well."""
    clusters = [str(n // together) for n in range(len(b))]
    one, other = of(a), of(b, clusters, key="b")
    found = total_variation(one, other, "x")
    shares = [Counter(label for label in side if label is not None) for side in (a, b)]
    if not all(shares):
        assert isinstance(found.value, NotApplicable)
        return
    assert value(found.value).value == pytest.approx(value(statistics.total_variation(*shares)).value)
    assert held(value(found.value))
    divergence = value(jensen_shannon(one, other, "x"))
    assert divergence.value == pytest.approx(value(statistics.jensen_shannon(*shares)).value)
    assert divergence.low is None
    if found.chance_freed is not None:
        low, high = bounds(value(found.value))
        assert low <= found.chance_freed <= high


def test_few_seeds_that_all_agree_keep_their_uncertainty() -> None:
    """20 seeds, all of them open, and 20,000 rows: a resample of the seeds never moves, and yet they are but 20."""
    rows = ["open"] * 16_500 + ["closed"] * 2_200 + ["other"] * 1_300
    low, high = bounds(value(total_variation(of(["open"] * 20), of(rows, key="b"), "x").value))
    assert low < 0.05
    assert high > 0.28


@pytest.mark.parametrize("kind", ["labels", "numbers"])
def test_it_is_the_interval_by_which_propagation_describes(kind: str) -> None:
    draw = np.random.default_rng(8)
    seeds, rows = [int(n) for n in draw.integers(5, 40, 33)], [int(n) for n in draw.integers(8, 60, 400)]
    clusters = [str(n // 4) for n in range(400)]
    if kind == "labels":
        some, more = [str(n % 4) for n in seeds], [str(n % 5) for n in rows]
        found, told = total_variation, describe(Sample.labels(some), Sample.labels(more, clusters))[0]
        apart = found(of(some, draws=4000), of(more, clusters, key="b", draws=4000), "x")
    else:
        found, told = wasserstein, describe(Sample.numbers(seeds), Sample.numbers(rows, clusters))[0]
        apart = found(of(seeds, draws=4000), of(rows, clusters, key="b", draws=4000), "x")
    theirs = value(told.estimate)
    assert bounds(value(apart.value)) == pytest.approx(bounds(theirs), abs=0.02 * value(apart.value).value + 0.01)
    assert apart.chance_freed == pytest.approx(theirs.value, abs=0.02 * value(apart.value).value + 0.01)


@pytest.mark.parametrize("apart", [0.0, 0.3])
def test_the_interval_covers_the_true_distance(apart: float) -> None:
    """30 seeds and 100 requests of 4 alike rows, 60 times: at 95 % one expects 57; 52 or fewer has a chance of 1 in 70.
    The upper end is on the safe side, so more is to be expected."""
    draw = np.random.default_rng(9)
    covered = 0
    for trial in range(60):
        seeds = draw.choice(4, 30, p=[0.4, 0.3, 0.2, 0.1]).astype(str)
        shares = np.array([0.4 - apart, 0.3, 0.2, 0.1 + apart])
        # half of a request's rows are copies of its first, so that they are alike and the shares stay what they are
        first = draw.choice(4, 100, p=shares)
        rows = np.where(draw.random((100, 4)) < 0.5, first[:, None], draw.choice(4, (100, 4), p=shares))
        clusters = [str(n // 4) for n in range(400)]
        sides = of(list(seeds), seed=trial), of(list(rows.ravel().astype(str)), clusters, key="b", seed=trial)
        low, high = bounds(value(total_variation(*sides, "x").value))
        covered += low <= apart <= high
    assert covered >= 53


def test_the_parts_are_the_variance_of_a_bootstrap_over_requests() -> None:
    """Many and few values, requests of 4 and of 1: trace of the covariance as 4,000 resamples show it, to 7 %."""
    draw = np.random.default_rng(5)
    for together, values in ((4, 3), (4, 90), (1, 5)):
        first = draw.integers(0, values, 800 // together)
        rows = np.where(draw.random(800) < 0.4, np.repeat(first, together), draw.integers(0, values, 800))
        made = of([int(n) for n in rows], [str(n // together) for n in range(800)])
        places, parts = made.parts("x")
        requests = 800 // together
        by_request = np.zeros((requests, values))
        np.add.at(by_request, (np.arange(800) // together, rows), 1)
        weights = draw.multinomial(requests, np.full(requests, 1 / requests), size=4000)
        resampled = weights @ by_request / 800
        assert len(places) == values
        assert float((parts**2).sum()) == pytest.approx(float(resampled.var(axis=0).sum()), rel=0.07)


def test_lengths_of_a_thousand_values_are_kept_at_512_places() -> None:
    found = of(list(range(0, 3000, 2)))
    places, parts = found.parts("x")
    assert len(places) == 512
    assert parts.shape[1] == 512
    shifted = wasserstein(found, of(list(range(10, 3010, 2)), key="b"), "x")
    assert value(shifted.value).value == pytest.approx(10)
    assert held(value(shifted.value))


def test_rows_of_one_prompt_widen_the_interval() -> None:
    draw = np.random.default_rng(3)
    sample = [int(n) for n in draw.integers(5, 50, 40) for _ in range(5)]
    alone = bounds(value(median(of(sample), "x")))
    together = bounds(value(median(of(sample, [str(n // 5) for n in range(200)]), "x")))
    assert together[1] - together[0] > alone[1] - alone[0]


def test_the_effective_size_counts_prompts_that_repeat_themselves_once() -> None:
    draw = np.random.default_rng(4)
    labels = [str(n) for n in draw.integers(0, 4, 300)]
    clusters = [str(n // 4) for n in range(1200)]
    assert of([label for label in labels for _ in range(4)], clusters).size("x") == pytest.approx(300, rel=0.15)
    alone = [str(n) for n in draw.integers(0, 4, 1200)]
    assert of(alone, clusters).size("x") == pytest.approx(1200, rel=0.15)
    assert of(alone).size("x") == 1200
    assert of(["same"] * 8, [str(n // 4) for n in range(8)]).size("x") == 2


def test_chance_is_the_mean_distance_of_two_samples_of_one_source() -> None:
    """200 pairs of samples, 40 and 400 rows of four categories: their mean total variation is what `chance` says.

    The mean over pairs has a standard error of about .03 / sqrt(200) = .002.
    """
    draw = np.random.default_rng(6)
    pairs = [(draw.integers(0, 4, 40).astype(str), draw.integers(0, 4, 400).astype(str)) for _ in range(200)]
    sides = [(of(list(a)), of(list(b), key="b")) for a, b in pairs]
    seen = np.mean([value(total_variation(a, b, "x").value).value for a, b in sides])
    said = np.mean([chance_distance(a, b, "x", "total_variation", 0) for a, b in sides[:20]])
    assert said == pytest.approx(seen, abs=0.012)


def test_the_same_seed_gives_the_same_interval() -> None:
    a, b = [3, 9, 4, 7], [5, 5, 8]
    assert wasserstein(of(a), of(b, key="b"), "x") == wasserstein(of(a), of(b, key="b"), "x")
    assert wasserstein(of(a), of(b, key="b"), "x") != wasserstein(of(a, seed=8), of(b, key="b", seed=8), "x")


def test_two_sets_are_drawn_apart() -> None:
    """Drawn by the same numbers two equal sets would move together, and their distance would seem to be 0 for sure."""
    rows = [1, 5, 9, 20, 30]
    assert bounds(value(wasserstein(of(rows), of(rows, key="b"), "x").value))[1] > 0


def test_one_cluster_has_no_interval() -> None:
    found = value(median(of([4, 5, 6], ["a", "a", "a"]), "x"))
    assert (found.value, found.low, found.high) == (5, None, None)


def test_few_clusters_are_told() -> None:
    assert "only 3 clusters" in value(wasserstein(of([4, 5, 6]), of([1, 2, 3], key="b"), "x").value).note


def test_nothing_has_no_length() -> None:
    empty, full = of([]), of([3], key="b")
    assert isinstance(median(empty, "x"), NotApplicable)
    assert isinstance(wasserstein(empty, full, "x").value, NotApplicable)
    assert isinstance(ratio_of_medians(full, empty, "x"), NotApplicable)
    assert chance_distance(empty, full, "x", "total_variation", 0) is None


def test_empty_texts_have_no_ratio() -> None:
    assert isinstance(ratio_of_medians(of([0, 4]), of([3], key="b"), "x"), NotApplicable)


def test_rows_without_the_feature_count_for_nothing() -> None:
    found, alone = of(["x", None, None, None, "y"]), of(["x", "y"])
    assert (found.clusters("x"), found.size("x")) == (2, 2)
    assert np.allclose(found.parts("x")[1], alone.parts("x")[1])
