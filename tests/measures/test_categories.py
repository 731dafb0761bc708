from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from seedbed.measures.categories import (
    Homogeneity,
    categories_covered,
    chi_square_tail,
    cramers_v_ci,
    homogeneity,
    mass_on_new,
)
from seedbed.measures.definition import Measured, NotApplicable, Value


def outcome(answer: Measured[Homogeneity]) -> Homogeneity:
    assert isinstance(answer, Value), answer
    return answer.value


@pytest.mark.parametrize("degrees", [1, 2, 3, 8, 23])
@pytest.mark.parametrize("statistic", [0.0, 0.3, 5.0, 60.0, 900.0])
def test_the_tail_equals_scipy(statistic: float, degrees: int) -> None:
    expected = stats.chi2.sf(statistic, degrees)
    assert chi_square_tail(statistic, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_large_counts_use_the_distribution_and_equal_scipy() -> None:
    a, b = ["x"] * 30 + ["y"] * 20 + ["z"] * 50, ["x"] * 200 + ["y"] * 300 + ["z"] * 400
    found = outcome(homogeneity(a, b))
    expected = stats.chi2_contingency([[30, 20, 50], [200, 300, 400]], correction=False)
    assert (found.chi_square, found.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    assert (found.degrees, found.n, found.note) == (2, 1_000, "χ² distribution")


def test_small_counts_are_shuffled_and_near_the_exact_test() -> None:
    # of a 2×2 table with given margins χ² orders as Fisher's test does
    a, b = ["x"] * 5 + ["y"] * 1, ["x"] * 2 + ["y"] * 6
    found = outcome(homogeneity(a, b, draws=20_000, seed=1))
    exact = stats.fisher_exact([[5, 1], [2, 6]]).pvalue
    # standard error of 20,000 draws at p = .1 is .002
    assert found.p == pytest.approx(exact, abs=0.01)
    assert "Monte Carlo, 20,000 shuffles of rows, seed 1" in found.note
    assert homogeneity(a, b, seed=1) == homogeneity(a, b, seed=1)


@pytest.mark.parametrize("seeds_are_clustered", [True, False])
def test_rows_of_one_prompt_are_not_independent_evidence(seeds_are_clustered: bool) -> None:
    # both sides from one distribution; 40 prompts of 10 rows that are mostly alike against prompts or single rows
    rng = np.random.default_rng(11)
    prompts = [str(row // 10) for row in range(400)]

    def side(clustered: bool) -> list[str]:
        lead = np.repeat(rng.choice(["x", "y", "z"], size=40, p=[0.5, 0.3, 0.2]), 10)
        own = rng.choice(["x", "y", "z"], size=400, p=[0.5, 0.3, 0.2])
        return list(np.where(rng.random(400) < 0.7, lead, own) if clustered else own[:40])

    naive = fair = 0
    for trial in range(100):
        a, b = side(seeds_are_clustered), side(True)
        naive += outcome(homogeneity(a, b)).p < 0.05
        fair += outcome(homogeneity(a, b, prompts if seeds_are_clustered else None, prompts, 200, trial)).p < 0.05
    # at 5 % of 100 one expects 5; more than 12 has a chance of 1 in 700
    assert fair <= 12
    assert naive >= (30 if seeds_are_clustered else fair)


def test_cramers_v_has_an_interval_or_says_why_not() -> None:
    apart = cramers_v_ci(["x"] * 80 + ["y"] * 20, ["x"] * 200 + ["y"] * 800)
    assert isinstance(apart, Value)
    expected = stats.contingency.association(np.array([[80, 20], [200, 800]]), method="cramer")
    assert apart.value == pytest.approx(expected, abs=1e-9)
    assert apart.low is not None
    assert apart.high is not None
    assert apart.low < apart.value < apart.high
    assert "chance alone gives 0.02" in apart.note
    same = cramers_v_ci(["x", "y"] * 50, ["x", "y"] * 500)
    assert isinstance(same, Value)
    assert (same.value, same.low) == (pytest.approx(0, abs=1e-9), None)
    assert "too near 0" in same.note


def test_coverage_and_new_mass() -> None:
    seeds, rows = ["a", "a", "b", None, "c"], ["a", "d", "d", None, "b"]
    covered, new = categories_covered(seeds, rows), mass_on_new(seeds, rows)
    assert isinstance(covered, Value)
    assert isinstance(new, Value)
    assert (covered.value, covered.n, covered.note) == (pytest.approx(2 / 3), 3, "without a row: c")
    assert (new.value, new.n) == (0.5, 4)
    for measure in (categories_covered, mass_on_new):
        assert isinstance(measure([], rows), NotApplicable)
        assert isinstance(measure(seeds, [None]), NotApplicable)


def test_limits() -> None:
    assert isinstance(homogeneity([], ["a"]), NotApplicable)
    assert "one category" in homogeneity(["a"], ["a", "a"]).reason  # type: ignore[union-attr]
    answer = homogeneity(["a", None, "b"], ["a", "b"])
    assert isinstance(answer, Value)
    assert "1 rows without a label" in answer.note
    with pytest.raises(ValueError, match="cluster labels"):
        homogeneity(["a", "b"], ["a"], ["p"])
