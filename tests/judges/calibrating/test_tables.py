"""Agreement figures: against a reference, by hand, and how often their intervals hold."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.judges.calibrating.tables import FIGURES, agreement_figures, counts_of
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.intervals import wilson


def _names(n: int) -> list[str]:
    return [str(row) for row in range(n)]


def _value(answer: object) -> float:
    assert isinstance(answer, Value)
    return float(answer.value)


def test_kappa_is_the_reference_s_where_one_rater_saw_each_item() -> None:
    from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]

    draw = random.Random(1)
    for none in (0.0, 0.2):
        truth = [draw.random() < 0.3 for _ in range(200)]
        said = [None if draw.random() < none else t if draw.random() < 0.8 else not t for t in truth]
        found = agreement_figures(counts_of(said, [[t] for t in truth]), _names(200), draws=50)
        reference = cohen_kappa_score([str(s) for s in said], [str(t) for t in truth])
        assert _value(found["kappa"]) == pytest.approx(reference, abs=1e-9)


def test_by_hand() -> None:
    # four people say yes, two no; the judge: three yes (one of them wrong), two no, once nothing
    said = [True, True, False, None, True, False]
    truth = [True, True, True, True, False, False]
    found = agreement_figures(counts_of(said, [[t] for t in truth]), _names(6), draws=50)
    assert _value(found["sensitivity"]) == 2 / 4
    assert _value(found["specificity"]) == 1 / 2
    assert _value(found["no_verdict"]) == 1 / 6
    assert _value(found["agreement"]) == 3 / 6
    chance = (3 * 4 + 2 * 2) / 36
    assert _value(found["kappa"]) == pytest.approx((3 / 6 - chance) / (1 - chance))
    assert found["sensitivity"] == wilson(2, 4)


def test_no_disagreement_among_raters_is_dropped_and_none_is_broken() -> None:
    # 2 : 1 counts two thirds a yes
    table = counts_of([True], [[True, True, False]])
    assert table[0, :2] == pytest.approx([2 / 3, 1 / 3])
    # six ordered pairs of raters: two agree on yes, four do not agree
    assert table[0, 6:10] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    found = agreement_figures(counts_of([True, False], [[True, False], [False, True]]), ["a", "b"], draws=20)
    assert _value(found["agreement"]) == 0.5
    assert _value(found["human_kappa"]) == -1


def test_raters_who_err_alike_agree_no_better_than_chance_allows() -> None:
    draw = random.Random(2)
    truth = [draw.random() < 0.5 for _ in range(3000)]
    raters = [[t != (draw.random() < 0.1) for _ in range(3)] for t in truth]
    found = agreement_figures(counts_of(truth, raters), _names(3000), draws=50)
    # two raters agree in .9² + .1² = .82, and by chance in ½: kappa .64; the judge who knows agrees in .9: .8
    assert _value(found["human_kappa"]) == pytest.approx(0.64, abs=0.04)
    assert _value(found["kappa"]) == pytest.approx(0.8, abs=0.03)
    assert _value(found["behind"]) < 0


@pytest.mark.parametrize(
    ("said", "truth", "lacking"),
    [
        ([True, True, False], [True, True, True], {"kappa", "specificity"}),
        ([True, True], [False, False], {"kappa", "sensitivity"}),
        ([None, None], [True, False], set()),
    ],
)
def test_what_has_no_meaning_is_not_a_number(said: list[bool | None], truth: list[bool], lacking: set[str]) -> None:
    found = agreement_figures(counts_of(said, [[t] for t in truth]), _names(len(said)), draws=50)
    absent = {name for name in FIGURES if isinstance(found[name], NotApplicable)}
    assert absent == lacking | {"human_kappa", "behind", "over_length"}


def test_no_item_and_one_item() -> None:
    nothing = agreement_figures(counts_of([], []), [])
    assert all(isinstance(found, NotApplicable) for found in nothing.values())
    one = agreement_figures(counts_of([True], [[True]]), ["a"])
    assert one["agreement"] == wilson(1, 1)
    assert isinstance(one["kappa"], NotApplicable)


def test_a_judge_without_an_error_is_not_certain() -> None:
    truth = [row % 2 == 0 for row in range(40)]
    found = agreement_figures(counts_of(truth, [[t] for t in truth]), _names(40), draws=100)["kappa"]
    assert isinstance(found, Value)
    assert found.value == 1
    assert found.low is not None
    assert 0.7 < found.low < 0.9  # Wilson's bound of 40 in 40 is .912, and kappa 2 · .912 - 1


def test_rows_that_hang_together_are_drawn_together() -> None:
    draw = random.Random(3)
    truth = [draw.random() < 0.5 for _ in range(40) for _ in range(5)]
    wrong = [draw.random() < 0.2 for _ in range(40)]
    said = [t != wrong[row // 5] for row, t in enumerate(truth)]  # a prompt is misjudged whole, or not at all
    table = counts_of(said, [[t] for t in truth])
    alone = agreement_figures(table, _names(200), draws=400)
    together = agreement_figures(table, [str(row // 5) for row in range(200)], draws=400)
    for name in ("kappa", "sensitivity", "agreement"):
        narrow, wide = alone[name], together[name]
        assert isinstance(narrow, Value)
        assert isinstance(wide, Value)
        assert narrow.value == wide.value
        assert (wide.high or 0) - (wide.low or 0) > 1.5 * ((narrow.high or 0) - (narrow.low or 0))


def test_the_interval_of_kappa_holds_the_truth_as_often_as_it_says() -> None:
    # 300 samples of 150 rows: at a true coverage of .95 fewer than 272 hits have a chance of 3 in 1,000
    rng = np.random.default_rng(5)
    hits = 0
    for seed in range(300):
        truth = rng.random(150) < 0.5
        said = np.where(rng.random(150) < 0.8, truth, ~truth)
        table = counts_of([bool(s) for s in said], [[bool(t)] for t in truth])
        found = agreement_figures(table, _names(150), draws=400, seed=seed)["kappa"]
        assert isinstance(found, Value)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.6 <= found.high  # agreement .8 with both labels alike frequent
    assert hits >= 272


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.lists(st.booleans(), min_size=1, max_size=4))))
def test_figures_stay_within_their_bounds(items: list[tuple[bool | None, list[bool]]]) -> None:
    table = counts_of([said for said, _ in items], [people for _, people in items])
    for name, found in agreement_figures(table, _names(len(items)), draws=20).items():
        if isinstance(found, Value):
            low = -2 if name in ("behind", "over_length") else -1 if name in ("kappa", "human_kappa") else 0
            assert low <= found.value <= (2 if name in ("behind", "over_length") else 1)
            if found.low is not None and found.high is not None:
                assert low - 1e-9 <= found.low <= found.high <= 2 + 1e-9
