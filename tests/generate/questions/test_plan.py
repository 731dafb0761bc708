from __future__ import annotations

import dataclasses
import itertools
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.acts import Study
from seedbed.generate.questions.plan import Cells, QuestionPlan, TriplePlan
from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy
from tests.generate.made import small_taxonomy

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 25))
Seeds = list[Example]


@st.composite
def seeds(draw: st.DrawFn, topics: int = 4, types: int = 5) -> Seeds:
    made = draw(st.lists(st.tuples(st.integers(0, topics - 1), st.integers(0, types - 1)), min_size=1, max_size=14))
    return [Example(f"s{i:02d}", f"Text {i}?", f"topic{a}", f"type{b}") for i, (a, b) in enumerate(made)]


def make(of: Seeds, taxonomy: Taxonomy | None = None, **more: Any) -> QuestionPlan:
    given = {"asks": 60, "per_ask": 4, "shown": 3, "mode": "uniform", "lead_ins": True, "seed": 1}
    return QuestionPlan(taxonomy or small_taxonomy(4, 5), of, **{**given, **more})


def first_asks(plan: QuestionPlan, count: int, per_ask: int = 4) -> list[Ask]:
    return [plan.plan(index, index * per_ask) for index in range(count)]


def spread(counts: Counter[Any], of: Any) -> int:
    return max(counts[item] for item in of) - min(counts[item] for item in of)


@given(SIZES)
def test_every_prefix_is_balanced_and_each_cell_comes_once_a_round(sizes: tuple[int, int]) -> None:
    cells = Cells(tuple(f"t{i}" for i in range(sizes[0])), tuple(f"k{i}" for i in range(sizes[1])))
    cells_a_round = len(cells.topics) * len(cells.types)
    topics: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for index in range(2 * cells_a_round):
        topic, type_ = cells.uniform(index)
        topics[topic] += 1
        types[type_] += 1
        assert spread(topics, cells.topics) <= 1
        assert spread(types, cells.types) <= 1
    for start in (0, cells_a_round):
        assert len({cells.uniform(index) for index in range(start, start + cells_a_round)}) == cells_a_round


@given(seeds(), st.integers(0, 40), st.integers(0, 10_000), st.sampled_from(["uniform", "proportional"]))
def test_a_plan_is_a_function_of_the_index(of: Seeds, index: int, first: int, mode: str) -> None:
    alone = make(of, mode=mode).plan(index, first)
    plan = make(of, mode=mode)
    order = list(range(41))
    random.Random(index).shuffle(order)
    for other in order:
        plan.plan(other, 4 * other)
    assert plan.plan(index, first) == alone
    again = plan.plan(index, first + 4)  # an ask made anew: the same but for its place and its random numbers
    assert again.seed != alone.seed
    assert dataclasses.replace(again, id=alone.id, first=first, seed=alone.seed) == alone


def test_another_run_seed_is_another_plan() -> None:
    of = [Example(f"s{i}", "Text?", f"topic{i % 4}", f"type{i % 5}") for i in range(10)]
    one, two = first_asks(make(of, seed=1), 20), first_asks(make(of, seed=2), 20)
    assert [ask.topic for ask in one] != [ask.topic for ask in two]
    assert not {ask.seed for ask in one} & {ask.seed for ask in two}


@given(seeds(), st.integers(1, 6))
def test_examples_are_of_the_same_type_and_then_of_another_topic(of: Seeds, shown: int) -> None:
    by_id = {seed.id: seed for seed in of}
    for ask in first_asks(make(of, shown=shown), 20):
        chosen = [by_id[id] for id in ask.examples]
        assert len(chosen) == len(set(ask.examples)) == min(shown, len(of))
        kinds = [(seed.question_type == ask.question_type, seed.topic != ask.topic) for seed in chosen]
        assert kinds == sorted(kinds)  # the best fit last, next to the turn that asks
        best = sorted(((s.question_type == ask.question_type, s.topic != ask.topic) for s in of), reverse=True)
        assert sorted(kinds, reverse=True) == best[: len(kinds)]


def test_seeds_that_fit_alike_are_shown_in_turn() -> None:
    of = [Example(f"s{i}", "Text?", "elsewhere", "other") for i in range(10)]
    used: Counter[str] = Counter()
    for ask in first_asks(make(of), 60):
        used.update(ask.examples)
        assert spread(used, [seed.id for seed in of]) <= 1


@given(seeds())
def test_cells_subtopics_and_lead_ins_come_in_turn(of: Seeds) -> None:
    asks = first_asks(make(of), 60)
    for name, options in (("topic", "subtopic"), ("question_type", "lead_in")):
        counts = Counter((getattr(ask, name), getattr(ask, options)) for ask in asks)
        for label in {key for key, _ in counts}:
            shown = [count for (key, option), count in counts.items() if key == label]
            assert max(shown) - min(shown) <= 1
            assert len(shown) == (2 if options == "subtopic" else 3)


def test_without_lead_ins_nothing_else_changes() -> None:
    of = [Example(f"s{i}", "Text?", f"topic{i % 4}", f"type{i % 5}") for i in range(10)]
    led, bare = first_asks(make(of), 30), first_asks(make(of, lead_ins=False), 30)
    assert all(ask.lead_in for ask in led)
    assert [dataclasses.replace(ask, lead_in="") for ask in led] == bare


@given(seeds(), st.integers(1, 3))
def test_proportional_cells_come_as_often_as_their_seeds(of: Seeds, rounds: int) -> None:
    asks = first_asks(make(of, mode="proportional", asks=rounds * len(of)), rounds * len(of))
    want = Counter((seed.topic, seed.question_type) for seed in of)
    assert Counter((ask.topic, ask.question_type) for ask in asks) == Counter(
        {cell: count * rounds for cell, count in want.items()}
    )


@pytest.mark.parametrize("unlabelled", [[], [Example("s1", "Text?"), Example("s2", "Text?", topic="topic1")]])
def test_proportional_without_labels_is_uniform(unlabelled: Seeds) -> None:
    wanted = [(ask.topic, ask.question_type) for ask in first_asks(make([]), 20)]
    found = first_asks(make(unlabelled, mode="proportional"), 20)
    assert [(ask.topic, ask.question_type) for ask in found] == wanted


@settings(max_examples=40)
@given(st.integers(1, 3), st.lists(st.integers(0, 66_609), min_size=2, max_size=40, unique=True))
def test_no_two_requests_draw_the_same_numbers(run: int, slots: list[int]) -> None:
    """Choice i of a request draws from seed + i, and a triple's requests from up to seed + 501."""
    drawn = sorted(make([], seed=run).plan(0, first).seed for first in slots)
    assert all(later - earlier >= 1024 for earlier, later in itertools.pairwise(drawn))
    assert drawn[0] >= 0
    assert drawn[-1] + 1024 < 2**31


class TestOnTheSample:
    @pytest.fixture(scope="class")
    def taxonomy(self, curated: Path) -> Taxonomy:
        made: Taxonomy = Study.open(curated)._taxonomy()
        return made

    @pytest.fixture(scope="class")
    def chosen(self, curated: Path) -> Seeds:
        curation = Study.open(curated).curation()
        found = [curation.question(id) for id in curation.selected_questions]
        return [Example(seed.id, seed.text, seed.topic, seed.question_type) for seed in found]

    @pytest.mark.parametrize("mode", ["uniform", "proportional"])
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_seeds_are_shown_about_equally_often(self, taxonomy: Taxonomy, chosen: Seeds, mode: str, seed: int) -> None:
        plan = make(chosen, taxonomy, mode=mode, seed=seed, asks=200)
        used: Counter[str] = Counter()
        for ask in first_asks(plan, 200):
            used.update(ask.examples)
            assert spread(used, [example.id for example in chosen]) <= 5
        assert min(used.values()) >= 0.75 * max(used.values())

    def test_topics_and_types_of_participants_take_part(self, taxonomy: Taxonomy, chosen: Seeds) -> None:
        asks = first_asks(make(chosen, taxonomy), len(taxonomy.topics) * len(taxonomy.question_types))
        theirs = {label.id for label in (*taxonomy.topics, *taxonomy.question_types) if label.origin == "participants"}
        assert len(theirs) >= 3
        assert theirs <= {ask.topic for ask in asks} | {ask.question_type for ask in asks}


PAIRS = [Example(f"p{i}", "Why?", misaligned="m" * (i * 7 % 5), aligned="a") for i in range(5)]


def triples(**more: Any) -> TriplePlan:
    given = {"value": "fairness", "shown": 2, "seed": 1, "short_first": False}
    return TriplePlan(more.pop("prompts", ["q1", "q2", "q3"]), more.pop("pairs", PAIRS), **{**given, **more})


def test_triples_answer_every_prompt_in_turn() -> None:
    asks = [triples().plan(index, index) for index in range(7)]
    assert [ask.prompt_id for ask in asks] == ["q1", "q2", "q3", "q1", "q2", "q3", "q1"]
    assert [(ask.first, ask.count, ask.value) for ask in asks] == [(i, 1, "fairness") for i in range(7)]
    assert len({ask.seed for ask in asks}) == 7


def test_pairs_rotate_evenly() -> None:
    plan = triples()
    used: Counter[str] = Counter()
    for index in range(20):
        used.update(plan.plan(index, index).examples)
        assert spread(used, [pair.id for pair in PAIRS]) <= 1
    assert triples().plan(13, 13) == plan.plan(13, 13)


def test_a_small_model_sees_the_shortest_pairs_always() -> None:
    plan = triples(short_first=True, shown=3)
    assert {plan.plan(index, index).examples for index in range(6)} == {("p0", "p3", "p1")}


def test_more_pairs_than_there_are_cannot_be_shown_and_none_may() -> None:
    assert sorted(triples(shown=9).plan(0, 0).examples) == [pair.id for pair in PAIRS]
    assert triples(shown=0).plan(4, 4).examples == ()
    assert triples(pairs=[]).plan(4, 4).examples == ()
