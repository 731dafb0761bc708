from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import Outcome, pseudo_features, unmoved, within_run
from tests.propagate.testing.worlds import number, requests

PROMPTS, ROWS, EXAMPLES, SEEDS = 40, 3, 4, 20


def test_shuffled_labels_of_seeds_that_rows_do_follow_give_nothing() -> None:
    rng = np.random.default_rng(0)
    labels = [True] * 8 + [False] * 12
    shown = np.array([rng.choice(SEEDS, EXAMPLES, replace=False) for _ in range(PROMPTS)])
    true_share = np.repeat(np.array(labels)[shown].mean(axis=1), ROWS)
    rows = (rng.random(PROMPTS * ROWS) < true_share).astype(float)

    def test(shuffled: Sequence[bool]) -> Outcome:
        share = np.repeat(np.array(shuffled)[shown].mean(axis=1), ROWS)
        return within_run(rows, share, requests(len(rows), ROWS), draws=99)

    assert (test(labels).p or 1) <= 0.01
    # a shuffle may by chance come near the true labels, so a few more than 5 % pass
    outcome = pseudo_features(labels, test, repetitions=100)
    assert number(outcome).value < 0.15
    assert dict(outcome.n)["answered"] == 100


@pytest.mark.parametrize(("hits", "expected"), [(0, 1.0), (1, 0.8715), (5, 0.0024)])
def test_p_is_the_binomial_tail(hits: int, expected: float) -> None:
    answers = iter([0.01] * hits + [0.5] * (40 - hits))
    outcome = pseudo_features(
        [1, 2], lambda _: Outcome("slope", NotApplicable("not asked"), p=next(answers)), repetitions=40
    )
    from scipy import stats

    assert outcome.p == pytest.approx(float(stats.binom.sf(hits - 1, 40, 0.05)), abs=1e-9)
    assert number(outcome).value == hits / 40
    assert (outcome.p or 0) <= 1
    if hits == 1:
        assert outcome.p == pytest.approx(expected, abs=1e-3)


def test_equal_labels_and_silent_tests_give_a_reason() -> None:
    def silent(_: Sequence[int]) -> Outcome:
        return Outcome("slope", NotApplicable("too few rows here"))

    assert isinstance(pseudo_features([1, 1], silent).estimate, NotApplicable)
    assert isinstance(pseudo_features([1, 2], silent, repetitions=5).estimate, NotApplicable)
    assert isinstance(unmoved({}).estimate, NotApplicable)


def test_what_nobody_moved_is_judged_as_a_family() -> None:
    def outcome(p: float | None) -> Outcome:
        return Outcome("slope", NotApplicable("only its p is read"), p=p)

    quiet = unmoved({"length": outcome(0.03), "openness": outcome(0.5)})
    assert (number(quiet).value, quiet.p) == (0, pytest.approx(0.06))
    loud = unmoved({"length": outcome(0.01), "openness": outcome(0.5), "topic": outcome(None)})
    assert (number(loud).value, loud.p) == (0.5, pytest.approx(0.03))
    assert "length" in number(loud).note
