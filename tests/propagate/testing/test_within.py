from __future__ import annotations

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import one_hot, within_run
from tests.propagate.testing.worlds import holds, most, number, requests

PROMPTS, ROWS, EXAMPLES = 60, 3, 5
N = PROMPTS * ROWS


def shares(rng: np.random.Generator, mean: float = 0.5) -> np.ndarray:
    """The share among 5 examples of each prompt, a value a row."""
    return np.repeat(rng.binomial(EXAMPLES, mean, PROMPTS) / EXAMPLES, ROWS)


def feature(rng: np.random.Generator, x: np.ndarray, weight: float) -> np.ndarray:
    """Rows that follow their prompt's share with `weight`; prompts differ by themselves as well."""
    own = np.repeat(rng.uniform(0.2, 0.8, PROMPTS), ROWS)
    return (rng.random(N) < weight * x + (1 - weight) * own).astype(float)


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_the_slope_is_the_weight(weight: float) -> None:
    slopes, misses, claims = [], 0, 0
    for index in range(300):
        rng = np.random.default_rng([4, index])
        x = shares(rng)
        outcome = within_run(feature(rng, x, weight), x, requests(N, ROWS), draws=199)
        slopes.append(number(outcome).value)
        misses += not holds(outcome, weight)
        claims += outcome.p is not None and outcome.p <= 0.05
    assert np.mean(slopes) == pytest.approx(weight, abs=0.03)
    # 300 runs: 15 expected, 26 allowed
    assert misses <= most(300)
    assert claims <= most(300) if not weight else claims > 240


def test_the_slope_against_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    x = shares(rng)
    y = feature(rng, x, 0.5)
    fit = sm.OLS(y, sm.add_constant(x)).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(N) // ROWS, "use_correction": False}
    )
    value = number(within_run(y, x, requests(N, ROWS), draws=1_999))
    assert value.value == pytest.approx(fit.params[1], abs=1e-12)
    assert value.high is not None
    # the shuffles' quantile is that of Student's t where flags are even and prompts are many
    assert value.high - value.value == pytest.approx(2.001 * fit.bse[1], rel=0.08)


def rare(rng: np.random.Generator, prompts: int, rows: int, weight: float) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Three labels, of which one is rare: two of 33 seeds in each prompt, and rows that follow them with `weight`."""
    seeds = rng.choice(3, size=33, p=[0.8, 0.15, 0.05])
    x = np.stack([np.bincount(seeds[rng.choice(33, 2, replace=False)], minlength=3) / 2 for _ in range(prompts)])
    own = rng.dirichlet([4.5, 0.35, 0.15], prompts)
    chance = np.repeat(weight * x + (1 - weight) * own, rows, axis=0)
    drawn = (rng.random((len(chance), 1)) > chance.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    return np.eye(3)[drawn], np.repeat(x, rows, axis=0), requests(len(chance), rows)


@pytest.mark.parametrize(("prompts", "rows"), [(12, 3), (20, 4), (60, 2)])
@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_interval_and_p_say_the_same_of_zero(prompts: int, rows: int, weight: float) -> None:
    """Whatever the sample: 0 is in the interval if and only if p is over .05. At weight 0 both err in 5 % at most."""
    answered = claims = 0
    for index in range(80):
        rng = np.random.default_rng([prompts, index])
        y, x, names = rare(rng, prompts, rows, weight)
        if index % 3 == 0:  # one flag
            y, x = y[:, 1], x[:, 1]
        if index % 4 == 1:  # where nothing is left over there is no error
            y = x.copy()
        strata = [str(int(name.split()[1]) % 2) for name in names] if index % 2 else None
        outcome = within_run(y, x, names, strata=strata, draws=(99, 199, 219)[index % 3], rng_seed=index)
        if isinstance(outcome.estimate, NotApplicable):
            continue
        assert outcome.p is not None
        assert holds(outcome, 0.0) == (outcome.p > 0.05), (index, outcome)
        if index % 4 != 1:
            answered += 1
            claims += outcome.p <= 0.05
    assert answered > 40
    assert weight or claims <= most(answered)


def test_an_interval_without_an_end_is_said() -> None:
    # of ten prompts one alone shows the label, and its rows alone have it: any other deal of the lists says the same
    x = np.repeat(np.eye(10)[0], 2)
    outcome = within_run(x.copy(), x, requests(20, 2), draws=199)
    value = number(outcome)
    assert value.value == 1
    assert outcome.p is not None
    assert outcome.p > 0.05
    assert (value.low, value.high) == (None, None)


def test_a_request_that_ties_examples_to_rows_is_no_effect_of_examples_within_strata() -> None:
    claims = [0, 0]
    for index in range(60):
        rng = np.random.default_rng([5, index])
        asked = rng.integers(0, 2, PROMPTS)  # the plan asks, and picks examples that fit what it asks
        x = np.repeat(rng.binomial(EXAMPLES, 0.2 + 0.6 * asked) / EXAMPLES, ROWS)
        cell = np.repeat(asked, ROWS)
        y = (rng.random(N) < 0.2 + 0.6 * cell).astype(float)
        for place, strata in enumerate((None, [f"cell {c}" for c in cell])):
            outcome = within_run(y, x, requests(N, ROWS), strata=strata, draws=99)
            claims[place] += outcome.p is not None and outcome.p <= 0.05
    assert claims[0] > 55
    assert claims[1] <= most(60)


def test_shuffles_leave_each_list_in_its_stratum() -> None:
    # one stratum has no choice of examples: whatever its rows are, the null is that of the other
    rng = np.random.default_rng(6)
    x = shares(rng)
    strata = np.repeat(np.arange(PROMPTS) % 2, ROWS)
    x[strata == 0] = 0.4
    y = feature(rng, x, 0.5)
    other = y.copy()
    other[strata == 0] = rng.random(int((strata == 0).sum()))
    names, cells = requests(N, ROWS), [str(c) for c in strata]
    one, two = (within_run(values, x, names, strata=cells, draws=99) for values in (y, other))
    assert (number(one).value, one.null, one.p) == (pytest.approx(number(two).value), pytest.approx(two.null), two.p)


def test_labels_by_all_their_categories_and_rows_without_a_value() -> None:
    rng = np.random.default_rng(7)
    x = np.repeat(rng.multinomial(EXAMPLES, [0.5, 0.3, 0.2], PROMPTS) / EXAMPLES, ROWS, axis=0)
    words: list[str | None] = [str(rng.choice(list("abc"), p=row)) for row in x]
    words[:10] = [None] * 10
    outcome = within_run(one_hot(words, list("abc")), x, requests(N, ROWS), draws=199)
    assert number(outcome).value == pytest.approx(1, abs=0.3)
    assert dict(outcome.n) == {"rows": N - 10, "prompts": PROMPTS - 3, "without a value": 10}
    assert outcome.p == outcome.smallest_p == 1 / 200


def test_rows_that_cannot_tell_give_no_slope() -> None:
    rng = np.random.default_rng(5)
    shares = rng.integers(0, 4, 40) / 3
    prompts = [str(number) for number in range(40)]
    alike = within_run(np.ones(40), shares, prompts, draws=200)
    # rows have the first two categories, examples the last two
    labels = one_hot(["a", "b"] * 20, ["a", "b", "c", "d"])
    apart = within_run(labels, np.stack([0 * shares, 0 * shares, shares, 1 - shares], axis=1), prompts, draws=200)
    for outcome in (alike, apart):
        assert isinstance(outcome.estimate, NotApplicable)
        assert "cannot tell" in outcome.estimate.reason
        assert outcome.p is None


def test_what_does_not_fit_is_refused() -> None:
    y, x = np.zeros(N), np.linspace(0, 1, N)
    with pytest.raises(ValueError, match="share its examples"):
        within_run(y, x, requests(N, ROWS))
    with pytest.raises(ValueError, match="do not fit"):
        within_run(y, x[:-1], requests(N, ROWS))
    same = within_run(y, np.full(N, 0.4), requests(N, ROWS))
    assert isinstance(same.estimate, NotApplicable)
    assert "same share" in same.estimate.reason
