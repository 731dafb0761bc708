"""On random tables the coefficients are those of the packages that others use, to 1e-9."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seedbed.measures.definition import NotApplicable, Value
from seedbed.review.agreement import Agreement, Level, Table, agree, cohen_pairs

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
# items, raters, categories, share missing
SHAPES = [(12, 2, 2, 0.0), (40, 2, 5, 0.0), (30, 5, 3, 0.0), (60, 7, 5, 0.3), (200, 25, 4, 0.8), (25, 3, 9, 0.1)]


def drawn(items: int, raters: int, categories: int, missing: float, seed: int) -> NDArray[np.float64]:
    """Ratings that lean towards each item's own category; nan where there is none, and two in the first row."""
    rng = np.random.default_rng(seed)
    own = rng.integers(categories, size=(items, 1))
    values = np.where(rng.random((items, raters)) < 0.5, own, rng.integers(categories, size=(items, raters))).astype(
        float
    )
    values[rng.random(values.shape) < missing] = np.nan
    values[0, :2] = 0, categories - 1
    return values


def tabled(values: NDArray[np.float64], categories: tuple[float, ...] | None = None) -> Table:
    return Table.of(
        (
            (f"i{row:03}", f"r{column:03}", float(values[row, column]))
            for row, column in itertools.product(*map(range, values.shape))
            if not np.isnan(values[row, column])
        ),
        categories=categories,
    )


def agreement(values: NDArray[np.float64], level: Level = "nominal", **more: Any) -> Agreement:
    return agree(tabled(values, **more), level, draws=2)


def number(found: Value[float] | NotApplicable) -> float:
    assert isinstance(found, Value)
    return found.value


cases = [
    pytest.param(*shape, seed, id=f"{shape[0]}x{shape[1]}-{shape[2]}-{seed}") for shape in SHAPES for seed in range(4)
]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("items", "raters", "categories", "missing", "seed"), cases)
def test_alpha_is_that_of_krippendorff(
    items: int, raters: int, categories: int, missing: float, seed: int, level: Level
) -> None:
    import krippendorff

    # an interval scale need not be even
    values = drawn(items, raters, categories, missing, seed)
    values = values**2 - 3 if level == "interval" else values
    expected = krippendorff.alpha(reliability_data=values.T, level_of_measurement=level)
    assert number(agreement(values, level).alpha) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("items", "raters", "categories", "missing", "seed"), cases)
def test_gwet_and_fleiss_are_those_of_irrcac(
    items: int, raters: int, categories: int, missing: float, seed: int
) -> None:
    import pandas
    from irrCAC.raw import CAC
    from irrCAC.weights import Weights

    values = drawn(items, raters, categories, missing, seed)
    values = values[~np.isnan(values).all(axis=1)]
    known = sorted({*values[~np.isnan(values)]})
    found = agreement(values, "interval")

    def theirs(weights: Any, name: str) -> float:
        cac = CAC(pandas.DataFrame(values), weights=weights, categories=known, digits=15)
        return float(getattr(cac, name)()["est"]["coefficient_value"])

    assert number(found.ac1) == pytest.approx(theirs("identity", "gwet"), abs=1e-9)
    assert number(found.fleiss) == pytest.approx(theirs("identity", "fleiss"), abs=1e-9)
    assert number(found.ac2) == pytest.approx(theirs(Weights(known)["quadratic"], "gwet"), abs=1e-9)
    pa = CAC(pandas.DataFrame(values), weights="identity", categories=known, digits=15).gwet()["est"]["pa"]
    assert number(found.raw) == pytest.approx(pa, abs=1e-9)


@pytest.mark.parametrize(("items", "raters", "categories", "missing", "seed"), cases)
def test_fleiss_is_that_of_statsmodels_on_whole_tables(
    items: int, raters: int, categories: int, missing: float, seed: int
) -> None:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    values = drawn(items, raters, categories, 0.0, seed)
    expected = fleiss_kappa(aggregate_raters(values.astype(int))[0])
    assert number(agreement(values).fleiss) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_cohen_is_that_of_scikit_learn(seed: int) -> None:
    from sklearn.metrics import cohen_kappa_score

    values = drawn(40, 2, 5, 0.15, seed)
    known = tuple(map(float, range(5)))
    both = values[~np.isnan(values).any(axis=1)].astype(int)
    found = agreement(values, "ordinal", categories=known)
    labels = list(range(5))
    assert number(found.cohen) == pytest.approx(cohen_kappa_score(both[:, 0], both[:, 1]), abs=1e-9)
    weighted = cohen_kappa_score(both[:, 0], both[:, 1], labels=labels, weights="quadratic")
    assert number(found.cohen_weighted) == pytest.approx(weighted, abs=1e-9)


def test_cohen_of_every_pair_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    values = drawn(60, 7, 3, 0.3, 5)
    found = {(pair.a, pair.b): pair for pair in cohen_pairs(tabled(values), least=10)}
    assert len(found) == 21
    for a, b in itertools.combinations(range(7), 2):
        both = values[~np.isnan(values[:, [a, b]]).any(axis=1)][:, [a, b]].astype(int)
        pair = found[tuple(sorted((f"r{a:03}", f"r{b:03}"), key=tabled(values).raters.index))]  # type: ignore[index]
        assert pair.n == len(both)
        assert number(pair.kappa) == pytest.approx(cohen_kappa_score(both[:, 0], both[:, 1]), abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_resamples_are_what_the_same_items_would_give_as_a_table(level: Level) -> None:
    """A resample by weights equals the coefficient of a table in which drawn items stand as often as drawn."""
    import krippendorff

    from seedbed.review.agreement.coefficients import ac, fleiss, identity
    from seedbed.review.agreement.coefficients import krippendorff as alpha

    values = drawn(30, 5, 4, 0.2, 9)
    table = tabled(values)
    rng = np.random.default_rng(3)
    weights = rng.multinomial(30, np.full(30, 1 / 30), size=20).astype(float)
    of = alpha(table.counts(), level, table.numbers(level))(weights)
    kappa, ac1 = fleiss(table.counts())(weights), ac(table.counts(), identity(4))(weights)
    for number_of, row in enumerate(weights):
        repeated = np.repeat(values, row.astype(int), axis=0)
        expected = krippendorff.alpha(reliability_data=repeated.T, level_of_measurement=level)
        assert of[number_of] == pytest.approx(expected, abs=1e-9)
        whole = agreement(repeated, categories=(0.0, 1.0, 2.0, 3.0))
        assert kappa[number_of] == pytest.approx(number(whole.fleiss), abs=1e-9)
        assert ac1[number_of] == pytest.approx(number(whole.ac1), abs=1e-9)
