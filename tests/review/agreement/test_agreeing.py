"""Agreement as it is told: with its interval, beside its marginals, and with a reason where it has no meaning."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.review.agreement import Table, agree, agree_groups, cohen_pairs

Rows = list[tuple[str, str, str]]


def rows(**given: str) -> Rows:
    """Each rater's letters, one an item; a dot is no rating."""
    return [
        (f"i{n}", rater, letter)
        for rater, letters in given.items()
        for n, letter in enumerate(letters)
        if letter != "."
    ]


def value(found: Measured[float]) -> float:
    assert isinstance(found, Value)
    return found.value


def reason(found: Measured[float]) -> str:
    assert isinstance(found, NotApplicable)
    return found.reason


def test_by_hand() -> None:
    # 10 items, 7 agreed; p(yes) is 5/10 for ann and 6/10 for ben, so pe = .5·.6 + .5·.4 = .5
    found = agree(Table.of(rows(ann="yyyyynnnnn", ben="yyyynyynnn")))
    assert value(found.raw) == pytest.approx(0.7)
    assert value(found.cohen) == pytest.approx((0.7 - 0.5) / 0.5)
    assert found.marginals == {"n": 9, "y": 11}
    assert found.by_rater == {"ann": {"n": 5, "y": 5}, "ben": {"n": 4, "y": 6}}
    # pi(yes) = 11/20: AC1's pe = 2 · (11/20) · (9/20)
    assert value(found.ac1) == pytest.approx((0.7 - 0.495) / (1 - 0.495))
    assert (found.n_items, found.n_pairable, found.n_raters, found.n_ratings) == (10, 10, 2, 20)


def test_prevalence_makes_them_part_ways() -> None:
    found = agree(Table.of(rows(ann="y" * 47 + "yyn", ben="y" * 47 + "nny")))
    assert value(found.raw) == pytest.approx(0.94)
    assert value(found.cohen) < 0
    assert value(found.alpha) < 0 < 0.9 < value(found.ac1)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Two raters who each copy the truth in 80 % of the cases: alpha of the population is 0.64."""
    hits, trials = 0, 120
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        truth = rng.integers(2, size=80)
        given = [np.where(rng.random(80) < 0.8, truth, rng.integers(2, size=80)) for _ in range(2)]
        table = Table.of((f"i{n}", f"r{r}", int(v)) for r, values in enumerate(given) for n, v in enumerate(values))
        alpha = agree(table, draws=300, seed=seed).alpha
        assert isinstance(alpha, Value)
        assert alpha.low is not None
        assert alpha.high is not None
        hits += alpha.low <= 0.64 <= alpha.high
    assert 0.88 <= hits / trials <= 1


def test_the_same_seed_gives_the_same_interval() -> None:
    table = Table.of(rows(ann="yyyyynnnnn", ben="yyyynyynnn", cy="yynnyynnyy"))
    assert agree(table, seed=3) == agree(table, seed=3)
    assert agree(table, seed=3).alpha != agree(table, seed=4).alpha


def test_the_order_of_rows_changes_no_coefficient() -> None:
    given = rows(ann="abcabc", ben="abccba", cy="a.cab.")
    one, other = (agree(Table.of(each), draws=2) for each in (given, given[::-1]))
    for name, found in one.coefficients().items():
        if isinstance(found, Value):
            assert value(other.coefficients()[name]) == pytest.approx(found.value)


def test_a_graded_scale_forgives_the_neighbour() -> None:
    near = agree(Table.of(rows(ann="12345543", ben="21345434")), "ordinal", draws=2)
    far = agree(Table.of(rows(ann="12345543", ben="51345133")), "ordinal", draws=2)
    assert value(near.alpha) > 0.8 > value(far.alpha)
    assert value(near.ac2) > value(near.ac1)
    nominal = agree(Table.of(rows(ann="12345543", ben="21345434")), draws=2)
    assert value(nominal.alpha) < value(near.alpha)
    assert "nominal" in reason(nominal.ac2)
    assert "nominal" in reason(nominal.cohen_weighted)


def test_the_order_of_words_is_the_scales() -> None:
    scale = ("low", "middle", "high")
    pairs = [("low", "high"), ("low", "high"), ("high", "high"), ("middle", "low")]
    given = [
        (f"i{n}", who, word) for n, pair in enumerate(pairs) for who, word in zip(("ann", "ben"), pair, strict=True)
    ]
    as_said = agree(Table.of(given, scale), "ordinal", draws=2)
    as_sorted = agree(Table.of(given), "ordinal", draws=2)
    assert value(as_said.ac2) < value(as_sorted.ac2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "two people"),
        (rows(ann="yn"), "two people"),
        (rows(ann="yn..", ben="..yn"), "two people"),
        (rows(ann="yyy", ben="yyy"), "every rating is the same"),
    ],
)
def test_where_there_is_nothing_to_tell_the_reason_stands(given: Rows, said: str) -> None:
    found = agree(Table.of(given))
    assert said in reason(found.alpha)
    for measured in found.coefficients().values():
        assert isinstance(measured, NotApplicable) or not math.isnan(measured.value)


def test_all_the_same_on_a_scale_of_two_is_full_agreement_to_ac1_alone() -> None:
    found = agree(Table.of(rows(ann="yyy", ben="yyy"), categories=("n", "y")))
    assert value(found.raw) == value(found.ac1) == 1
    assert reason(found.cohen) == reason(found.fleiss) == reason(found.alpha)
    assert isinstance(found.raw, Value)
    assert "says nothing" in found.raw.note


def test_one_item_has_no_interval() -> None:
    found = agree(Table.of(rows(ann="y", ben="n")))
    assert isinstance(found.raw, Value)
    assert (found.raw.value, found.raw.low, found.raw.note) == (0, None, "one item only: no interval")


def test_resamples_that_show_one_category_are_counted() -> None:
    alpha = agree(Table.of(rows(ann="yyyyn", ben="yyyyn"))).alpha
    assert isinstance(alpha, Value)
    assert "undefined in" in alpha.note
    assert "only 5 items" in alpha.note


def test_cohen_is_for_two() -> None:
    found = agree(Table.of(rows(ann="yyn", ben="ynn", cy="ynn")))
    assert "for two raters, and there are 3" in reason(found.cohen)


def test_numbers_of_many_values_have_alpha_alone() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=300)
    given = [(f"i{n}", f"r{r}", float(v + rng.normal(0, 0.1))) for n, v in enumerate(truth) for r in range(2)]
    found = agree(Table.of(given), "interval", draws=20)
    assert value(found.alpha) > 0.9
    assert "different values" in reason(found.raw)
    assert "different values" in reason(found.cohen)


@pytest.mark.parametrize(
    ("given", "level", "said"),
    [
        ([("i1", "ann", "y"), ("i1", "ann", "n")], "nominal", "'i1' has two ratings by 'ann'"),
        ([("i1", "ann", "y"), ("i1", "ben", 2)], "nominal", "some are words"),
        ([("i1", "ann", "y"), ("i1", "ben", "n")], "interval", "is no number"),
        ([("i1", "ann", "y"), ("i1", "ben", "n")], "ratio", "No level 'ratio'"),
    ],
)
def test_ratings_that_are_no_table_are_refused(given: Rows, level: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        agree(Table.of(given), level)  # type: ignore[arg-type]


def test_a_value_outside_the_scale_is_refused() -> None:
    with pytest.raises(InputError, match="'q' from 'ann', which is not on the scale"):
        Table.of([("i1", "ann", "q")], categories=("y", "n"))


def test_a_category_that_nobody_chose_counts_for_ac1() -> None:
    given = rows(ann="yyyyynnnnn", ben="yyyynyynnn")
    two, three = (agree(Table.of(given, categories=known), draws=2) for known in ("ny", "nyu"))
    assert value(three.ac1) != value(two.ac1)
    assert value(three.alpha) == value(two.alpha)
    assert three.marginals["u"] == 0


# --- groups of people -------------------------------------------------------------------------------------------

TWO_MINDS = rows(a1="yyyynnnn", a2="yyyynnny", b1="nnnnyyyy", b2="nnnnyyyn")
GROUPS = {"a1": "A", "a2": "A", "b1": "B", "b2": "B"}


def test_two_groups_of_two_minds() -> None:
    found = agree_groups(Table.of(TWO_MINDS), GROUPS)
    assert value(found.within["A"].alpha) > 0.7
    assert value(found.within["B"].alpha) > 0.7
    (between,) = found.between
    assert (between.a, between.b, between.n_items) == ("A", "B", 8)
    assert value(between.raw) < 0.2
    assert value(between.kappa) < -0.5


def test_between_two_people_it_is_cohens_kappa() -> None:
    table = Table.of(rows(ann="yyyyynnnnn", ben="yyyynyynnn"))
    (between,) = agree_groups(table, {"ann": "A", "ben": "B"}).between
    alone = agree(table)
    assert value(between.kappa) == pytest.approx(value(alone.cohen))
    assert value(between.raw) == pytest.approx(value(alone.raw))


@pytest.mark.parametrize("seed", range(5))
def test_between_groups_with_holes_by_the_formula(seed: int) -> None:
    """Each item's mean distance, weighing as many as it has ratings; by chance, the distance of any two ratings."""
    rng = np.random.default_rng(seed)
    given = {
        who: [(item, int(rng.integers(3))) for item in range(20) for _ in range(3) if rng.random() < 0.5]
        for who in "AB"
    }
    shared = {item for item, _ in given["A"]} & {item for item, _ in given["B"]}
    x, y = ([(item, grade) for item, grade in given[who] if item in shared] for who in "AB")
    observed = 0.0
    for item in shared:
        left, right = ([grade for other, grade in side if other == item] for side in (x, y))
        differing = sum(a != b for a in left for b in right) / (len(left) * len(right))
        observed += differing * (len(left) + len(right)) / (len(x) + len(y))
    expected = sum(a != b for _, a in x for _, b in y) / (len(x) * len(y))
    table = Table.of((f"i{item}", f"{who}{n}", grade) for who in "AB" for n, (item, grade) in enumerate(given[who]))
    (between,) = agree_groups(table, {rater: rater[0] for rater in table.raters}, draws=2).between
    assert value(between.raw) == pytest.approx(1 - observed)
    assert value(between.kappa) == pytest.approx(1 - observed / expected)
    assert between.n_items == len(shared)


def test_small_groups_are_left_out_and_named() -> None:
    found = agree_groups(Table.of(TWO_MINDS + rows(c1="yyyyyyyy")), {**GROUPS, "c1": "C"}, least=2)
    assert set(found.within) == {"A", "B"}
    assert found.left_out == {"C": 1}
    assert len(found.between) == 1


def test_groups_that_share_no_item() -> None:
    (between,) = agree_groups(Table.of(rows(ann="yn..", ben="..yn")), {"ann": "A", "ben": "B"}).between
    assert between.n_items == 0
    assert "both groups" in reason(between.kappa)


def test_who_is_in_no_group_counts_nowhere() -> None:
    known = agree_groups(Table.of(TWO_MINDS), GROUPS)
    more = agree_groups(Table.of(TWO_MINDS + rows(x="ynynynyn")), GROUPS)
    assert dataclasses.asdict(known) == dataclasses.asdict(more)


# --- every pair ------------------------------------------------------------------------------


def test_pairs_with_too_little_in_common_are_not_listed() -> None:
    table = Table.of(rows(ann="yyyyynnnnnyn", ben="yyyynyynnn..", cy="..........yn"))
    assert [(pair.a, pair.b, pair.n) for pair in cohen_pairs(table)] == [("ann", "ben", 10)]
    assert [(pair.a, pair.b) for pair in cohen_pairs(table, least=2)] == [("ann", "ben"), ("ann", "cy")]
    (same,) = cohen_pairs(Table.of(rows(ann="yy", ben="yy")), least=1)
    assert reason(same.kappa)
