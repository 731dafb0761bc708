"""How a task goes, against figures worked out by hand; rows in are rows out."""

from __future__ import annotations

import math

import pytest

from seedbed.measures.definition import NotApplicable, Value
from seedbed.review import (
    Given,
    Option,
    Sample,
    Scale,
    agreement_of,
    disputed,
    load,
    pairs_of,
    people_of,
    rate,
    rates_by_people,
    rates_by_source,
    ratings,
    spreads,
    summary,
    undo,
)
from seedbed.review.distances import apart
from seedbed.review.people import least_of
from seedbed.review.spread import spread
from seedbed.study import Folder
from tests.cli.command import call
from tests.review.made import given, make_task, rate_all

TAGS = Scale("tags", "Tags", "nominal", options=(Option("a"), Option("b")), several=True)
FIVE = Scale("five", "Five", "ordinal", options=tuple(Option(n) for n in range(1, 6)))
KIND = Scale("kind", "Kind", "nominal", options=(Option("x"), Option("y"), Option("z")))


def test_progress_and_times(folder: Folder) -> None:
    task = make_task(folder, raters=("ana", "bo"), retest=0.4)
    for item, seconds in zip(task.items, (10, 20, 30, 40, 601), strict=False):
        rate(folder, "first", "ana", item, given(seconds=seconds))
    rate(folder, "first", "bo", task.items[0], given(sensibility=None))
    found = summary(load(folder, "first"))
    ana, bo = found.raters
    assert (ana.assigned, ana.done, bo.done, bo.begun) == (8, 5, 0, 1)
    assert (found.items, found.rated, found.places, found.done) == (6, 5, 16, 5)
    assert found.by_raters == {0: 1, 1: 4, 2: 1}
    assert (ana.times.n, ana.times.median, ana.times.low, ana.times.high, ana.times.idle) == (4, 25, 17.5, 32.5, 1)
    assert ana.given["relevance"] == {3: 5}


def test_severity_and_closeness_are_against_the_others_on_the_same_items(folder: Folder) -> None:
    task = make_task(folder)
    rate_all(folder, task, {"ana": [5, 5], "bo": [3, 1], "clo": [1, 3]})
    lines = {line.rater: line for line in summary(load(folder, "first")).raters}
    severity = lines["ana"].severity["relevance"]
    assert isinstance(severity, Value)
    assert (severity.value, severity.n) == (3.0, 2)  # 5 against the mean 2, twice
    close = lines["bo"].with_others["relevance"]
    assert isinstance(close, Value)
    # item 1: 3 against 5 and 1: 1 - .5; item 2: 1 against 5 and 3: (0 + .5) / 2
    assert close.value == pytest.approx((0.5 + 0.25) / 2)
    alone = make_task(folder, "alone")
    rate(folder, "alone", "ana", alone.items[0], given())
    assert isinstance(summary(load(folder, "alone")).raters[0].severity["relevance"], NotApplicable)


def test_said_twice(folder: Folder) -> None:
    task = make_task(folder, retest=1.0)
    for item, (first, again) in zip(task.items, [(1, 1), (2, 2), (3, 5)], strict=False):
        rate(folder, "first", "ana", item, given(first))
        rate(folder, "first", "ana", item, given(again, again=True))
    state = load(folder, "first")
    retest = summary(state).retest["relevance"]
    assert isinstance(retest.same, Value)
    assert (retest.n, retest.same.value) == (3, pytest.approx(2 / 3))
    assert retest.apart == pytest.approx(0.5 / 3, abs=1e-4)
    made = agreement_of(state, "relevance", draws=50)
    (pairs,) = made.retest.values()
    assert (pairs.n_pairable, pairs.n_raters) == (3, 2)
    assert isinstance(pairs.raw, Value)
    assert pairs.raw.value == pytest.approx(2 / 3)
    assert made.overall[""].n_raters == 1  # second times are no second rater


def test_soft_and_hard_labels() -> None:
    one = spread(FIVE, [1, 1, 2, 5])
    assert one.soft == {1: 0.5, 2: 0.25, 5: 0.25}
    assert one.entropy == pytest.approx(1.5)
    assert (one.hard, one.tied, one.mean, one.low, one.high) == ((1,), (), 2.25, 1, 5)
    assert one.sd == pytest.approx(math.sqrt(((1.25**2) * 2 + 0.25**2 + 2.75**2) / 3))
    assert one.apart == pytest.approx((0 + 1 + 4 + 1 + 4 + 3) / 6 / 4)
    tie = spread(KIND, ["x", "y"])
    assert (tie.hard, tie.tied, tie.entropy, tie.mean) == ((), ("x", "y"), 1.0, None)
    several = spread(TAGS, [("a", "b"), ("a",), (), ("a", "b")])
    assert several.soft == {"a": 0.75, "b": 0.5}
    assert (several.hard, several.tied) == (("a",), ("b",))
    assert several.entropy == pytest.approx((-(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)) + 1) / 2)
    alike = spread(TAGS, [(), ()])
    assert (alike.entropy, alike.apart, alike.hard) == (0.0, 0.0, ())
    assert (spread(FIVE, [4]).sd, spread(FIVE, []).n) == (None, 0)


def test_how_far_apart() -> None:
    assert apart(FIVE, [1, 5]) == 1.0
    assert apart(FIVE, [3]) == apart(FIVE, []) == apart(KIND, ["x", "x"]) == 0.0
    assert apart(KIND, ["x", "y", "x"]) == pytest.approx(2 / 3)
    assert apart(TAGS, [("a", "b"), ("a",)]) == 0.5
    assert apart(TAGS, [(), ("a",)]) == 1.0


def test_disagreements_are_listed_the_worst_first(folder: Folder) -> None:
    task = make_task(folder)
    rate_all(folder, task, {"ana": [1, 3, 3, 2], "bo": [5, 3, 4, 2], "clo": [5, 3]})
    found = disputed(load(folder, "first"))
    assert [one.item for one in found] == [task.items[0], task.items[2]]
    assert [one.apart for one in found] == [pytest.approx(2 / 3, abs=1e-4), 0.25]
    assert summary(load(folder, "first")).disputed == found
    soft = spreads(load(folder, "first"), "relevance")
    assert list(soft) == list(task.items[:4])
    assert sum(one.apart > 0 for one in soft.values()) == len(found)  # items with disagreement in = out


def test_rows_in_are_rows_out(folder: Folder) -> None:
    task = make_task(folder)
    rate_all(folder, task, {"ana": [1, 2, 3], "bo": [2, 2, 2]})
    rate(folder, "first", "ana", task.items[0], given(4))
    rate(folder, "first", "bo", task.items[0], given(4))
    undo(folder, "first", "bo", task.items[1])
    state = load(folder, "first")
    rows = summary(state).rows
    assert (rows.recorded, rows.standing, rows.replaced, rows.taken_back) == (8, 5, 2, 1)
    assert rows.holds
    assert len(ratings(state)) == 2 * rows.standing


def test_agreement_within_and_between_groups(folder: Folder) -> None:
    task = make_task(folder)
    kinds = people_of(folder, "group")
    one, two = ([person for person, kind in kinds.items() if kind == group][:2] for group in ("1", "2"))
    rows = {one[0]: [1, 2, 3, 4, 5], one[1]: [1, 2, 3, 4, 5], two[0]: [5, 4, 3, 2, 1], two[1]: [5, 4, 3, 2, 1]}
    rate_all(folder, task, rows)
    state = load(folder, "first")
    made = agreement_of(state, "relevance", kinds, draws=50)
    assert made.people is not None
    groups = made.people[""]
    assert [one.alpha.value for one in groups.within.values() if isinstance(one.alpha, Value)] == [1.0, 1.0]
    between = groups.between[0].kappa
    assert isinstance(between, Value)
    assert between.value < 0
    means = rates_by_people(state, "relevance", kinds, draws=50)
    assert {group: rates.n_raters for group, rates in means.items()} == {"1": 2, "2": 2}
    profiles = people_of(folder, "background")
    assert least_of("background") == 5
    hidden = rates_by_people(state, "relevance", profiles, least=5)
    assert all(not rates.shares and rates.mean is None for rates in hidden.values())


def test_rates_by_origin_have_intervals_by_item(folder: Folder) -> None:
    task = make_task(folder, sample=Sample(of=("seeds", "questions"), size=20))
    for item, source in zip(task.items, task.sources, strict=True):
        for rater in ("ana", "bo"):
            rate(folder, "first", rater, item, given(5 if source == "seeds" else 2))
    found = rates_by_source(load(folder, "first"), "relevance", draws=200)
    assert (found["seeds"].n_ratings, found["seeds"].n_items) == (20, 10)
    mean, share = found["questions"].mean, found["questions"].shares[2]
    assert isinstance(mean, Value)
    assert isinstance(share, Value)
    assert (mean.value, mean.low, share.value) == (2.0, 2.0, 1.0)
    same = rates_by_source(load(folder, "first"), "relevance", draws=200)
    assert same == found


def test_an_interval_counts_items_and_not_ratings(folder: Folder) -> None:
    """Raters who agree on each item say no more of the rows than one of them does."""
    widths = []
    for name, raters in (("one", 1), ("many", 3)):
        made = make_task(folder, name, sample=Sample(size=12))
        for n, item in enumerate(made.items):
            for rater in range(raters):
                rate(folder, name, f"r{rater}", item, given(1 if n % 2 else 5))
        mean = rates_by_source(load(folder, name), "relevance")["seeds"].mean
        assert isinstance(mean, Value)
        widths.append((mean.high or 0) - (mean.low or 0))
    assert widths[0] == pytest.approx(widths[1], rel=0.1)


def test_several_labels_are_a_judgement_each(folder: Folder) -> None:
    task = make_task(folder, scales=(TAGS,))
    for rater, labels in (("ana", ["a"]), ("bo", ["a", "b"])):
        for item in task.items:
            rate(folder, "first", rater, item, Given({"tags": labels}))
    made = agreement_of(load(folder, "first"), "tags", draws=50)
    assert {label: one.raw.value for label, one in made.overall.items() if isinstance(one.raw, Value)} == {
        "a": 1,
        "b": 0,
    }


def test_pairs_of_raters_who_agree_least_come_first(folder: Folder) -> None:
    task = make_task(folder, sample=Sample(size=12))
    steady = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    rate_all(folder, task, {"ana": steady, "bo": [*steady[:11], 5], "cy": steady[::-1], "di": steady[:9]})
    state = load(folder, "first")
    (pairs,) = pairs_of(state, "relevance").values()
    assert [(one.a, one.b) for one in pairs] == [("ana", "cy"), ("bo", "cy"), ("ana", "bo")]  # di has only nine rows
    kappas = [one.kappa.value for one in pairs if isinstance(one.kappa, Value)]
    assert kappas == sorted(kappas)
    told = call("review", folder.root, "agreement", "first", "--scale", "relevance")
    assert "relevance : ana with cy, Cohen's kappa" not in told.err
    assert "relevance: ana with cy, Cohen's kappa" in told.err
    shown = call("review", folder.root, "agreement", "first", "--scale", "relevance", "--json").json
    assert [one["b"] for one in shown["scales"]["relevance"]["pairs"][""]] == ["cy", "cy", "bo"]


def test_an_empty_task_has_a_summary(folder: Folder) -> None:
    make_task(folder)
    state = load(folder, "first")
    found = summary(state)
    assert (found.done, found.raters, found.disputed, found.by_raters) == (0, (), (), {0: 6})
    assert isinstance(agreement_of(state, "relevance").overall[""].alpha, NotApplicable)
    assert rates_by_source(state, "relevance") == {}
