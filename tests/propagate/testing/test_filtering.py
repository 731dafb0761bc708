from __future__ import annotations

import numpy as np
import pytest

from seedbed.measures.definition import NotApplicable
from seedbed.propagate.testing import Sample, filter_steps, moved_by_filter
from tests.propagate.testing.worlds import flags, holds, labels, lengths, most, number, rate

N = 300
ALL = np.ones(N, dtype=bool)


def test_a_filter_that_likes_question_marks_moves_them() -> None:
    # share .7; kept with .9 where true and .5 where false: .63 / .78 = .8077 after, .1077 more
    def misses(rng: np.random.Generator) -> bool:
        sample = flags(rng, 0.7, N, size=3, alike=0.5)
        kept = rng.random(N) < np.where(sample.values > 0, 0.9, 0.5)
        return not holds(moved_by_filter(sample, ALL, kept), 0.63 / 0.78 - 0.7)

    # 300 runs: 15 expected, 26 allowed
    assert rate(misses, 300) <= most(300)


def test_what_both_sides_share_falls_out() -> None:
    sample = flags(np.random.default_rng(0), 0.5, N)
    value = number(moved_by_filter(sample, ALL, np.arange(N) < N - 3))
    assert value.low is not None
    # three rows of 300 can move a share by .01 at most, however little is known of the share itself (± .057)
    assert value.value - value.low < 0.02


@pytest.mark.parametrize("make", [lambda rng: labels(rng, (0.5, 0.3, 0.2), N, 3), lambda rng: lengths(rng, 30, N, 3)])
def test_a_filter_that_does_not_look_moves_nothing(make: object) -> None:
    assert callable(make)

    def claims(rng: np.random.Generator) -> bool:
        return not holds(moved_by_filter(make(rng), ALL, rng.random(N) < 0.6, draws=200), 0.0)

    assert rate(claims, 150) <= most(150)


def test_labels_that_a_filter_takes_away() -> None:
    rng = np.random.default_rng(0)
    sample = labels(rng, (0.5, 0.3, 0.2), N)
    outcome = moved_by_filter(sample, ALL, sample.values != "c")
    value = number(outcome)
    assert value.value == pytest.approx(0.2, abs=0.07)
    assert value.low is not None
    assert value.low > 0.1


def test_steps_add_up_to_the_whole() -> None:
    rng = np.random.default_rng(1)
    sample = flags(rng, 0.6, N)
    first = (rng.random(N) < 0.8) | (sample.values > 0)
    second = first & (rng.random(N) < 0.7)
    steps = dict(filter_steps(sample, [("form", first), ("novelty", second)]))
    assert list(steps) == ["form", "novelty", "all"]
    parts = number(steps["form"]).value + number(steps["novelty"]).value
    assert parts == pytest.approx(number(steps["all"]).value, abs=1e-12)
    with pytest.raises(ValueError, match="there again after form"):
        filter_steps(sample, [("novelty", second), ("form", first)])


def test_marks_are_of_the_rows_given_also_where_some_have_no_value() -> None:
    sample = Sample.flags([None, True, False, True, None, False])
    kept = np.array([True, True, False, True, False, False])
    outcome = moved_by_filter(sample, np.ones(6, dtype=bool), kept)
    assert number(outcome).value == pytest.approx(0.5)
    assert outcome.n == (("before", 4), ("after", 2))
    nothing = moved_by_filter(sample, np.ones(6, dtype=bool), np.zeros(6, dtype=bool))
    assert isinstance(nothing.estimate, NotApplicable)
