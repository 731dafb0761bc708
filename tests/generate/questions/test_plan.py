from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.acts import Study
from seedbed.errors import SettingsError
from seedbed.generate.questions.plan import QuestionPlan, cell_name, sequence, spread
from seedbed.records import Ask, Example
from seedbed.seeds import current_taxonomy
from seedbed.taxonomy import Taxonomy
from tests.generate.made import small_taxonomy

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 25))
Seeds = list[Example]


@st.composite
def seeds(draw: st.DrawFn, topics: int = 4, types: int = 5) -> Seeds:
    made = draw(st.lists(st.tuples(st.integers(0, topics - 1), st.integers(0, types - 1)), min_size=1, max_size=14))
    return [Example(f"s{i:02d}", f"Text {i}?", f"topic{a}", f"type{b}") for i, (a, b) in enumerate(made)]


def some(count: int, **more: Any) -> Seeds:
    return [Example(f"s{i}", f"Text {i}?", f"topic{i % 4}", f"type{i % 5}", **more) for i in range(count)]


def uniform(topics: int, types: int, seed: int = 1) -> list[tuple[str, str]]:
    return list(spread("uniform", small_taxonomy(topics, types), [], {}, seed))


def asks_of(
    of: Seeds, count: int, *, taxonomy: Taxonomy | None = None, mode: str = "uniform", seed: int = 1, per_ask: int = 4,
    **more: Any,
) -> list[Ask]:  # fmt: skip
    """The first asks of a run that makes a fixed number of candidates."""
    taxonomy = taxonomy or small_taxonomy(4, 5)
    plan = QuestionPlan(taxonomy, of, **{"shown": 3, "lead_ins": True, "seed": seed, **more})
    cells = sequence(spread(mode, taxonomy, of, {}, seed), count, seed)
    return [plan.ask(cell, per_ask, index * per_ask) for index, cell in enumerate(cells)]


def range_of(counts: Counter[Any], of: Iterable[Any]) -> int:
    found = [counts[item] for item in of]
    return max(found) - min(found)


# --- cells -------------------------------------------------------------------------------------------------------


@given(SIZES)
def test_every_prefix_of_a_uniform_plan_is_balanced_and_each_cell_comes_once(sizes: tuple[int, int]) -> None:
    cells = uniform(*sizes)
    assert len(cells) == len(set(cells)) == sizes[0] * sizes[1]
    topics: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for topic, type_ in cells:
        topics[topic] += 1
        types[type_] += 1
        assert range_of(topics, {cell[0] for cell in cells}) <= 1
        assert range_of(types, {cell[1] for cell in cells}) <= 1


@given(seeds(), st.integers(1, 4))
def test_proportional_cells_come_as_often_as_their_seeds(of: Seeds, rounds: int) -> None:
    want = Counter((seed.topic, seed.question_type) for seed in of)
    shares = spread("proportional", small_taxonomy(4, 5), of, {}, 1)
    assert shares == dict(want)
    found = Counter(sequence(shares, rounds * len(of), 1))
    assert found == Counter({cell: count * rounds for cell, count in want.items()})


@pytest.mark.parametrize("unlabelled", [[], [Example("s1", "Text?"), Example("s2", "Text?", topic="topic1")]])
def test_proportional_without_labels_is_uniform(unlabelled: Seeds) -> None:
    taxonomy = small_taxonomy(4, 5)
    assert list(spread("proportional", taxonomy, unlabelled, {}, 1)) == uniform(4, 5)


def test_the_most_exact_name_of_a_table_counts() -> None:
    shares = {"*/*": 1.0, "topic1/*": 2.0, "*/type2": 3.0, "topic1/type2": 5.0, "topic3/type0": 0.0}
    found = spread("table", small_taxonomy(4, 5), [], shares, 1)
    assert found["topic1", "type2"] == 5
    assert found["topic1", "type0"] == 2  # a topic stands before a type
    assert found["topic0", "type2"] == 3
    assert found["topic0", "type0"] == 1
    assert ("topic3", "type0") not in found
    assert len(found) == 19
    assert list(found) == [cell for cell in uniform(4, 5) if cell in found]


def test_a_table_gives_what_it_names_and_no_more() -> None:
    found = spread("table", small_taxonomy(4, 5), [], {"topic0/type0": 3.0, "topic1/type1": 1.0}, 1)
    assert Counter(sequence(found, 8, 1)) == Counter({("topic0", "type0"): 6, ("topic1", "type1"): 2})


@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ({"topic9/type0": 1.0}, "topic9/type0"),
        ({"topic0/type9": 1.0}, "topic0/type9"),
        ({"topic0": 1.0}, '"topic0" = 1'),
        ({"*/*": -1.0}, "= -1"),
        ({"*/*": float("inf")}, "= inf"),
        ({"topic0/*": 0.0}, "no cell a share"),
        ({}, "no cell a share"),
    ],
)
def test_a_table_that_cannot_be_is_refused(shares: dict[str, float], named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        spread("table", small_taxonomy(4, 5), [], shares, 1)
    assert named in str(caught.value)
    assert caught.value.hint


def test_cells_of_equal_shares_come_round_by_round() -> None:
    cells = uniform(3, 4)
    assert list(sequence(dict.fromkeys(cells, 1.0), 30, 1)) == list(itertools.islice(itertools.cycle(cells), 30))


@given(seeds(), st.integers(1, 99))
def test_the_same_seed_is_the_same_order_and_another_seed_another(of: Seeds, count: int) -> None:
    taxonomy = small_taxonomy(4, 5)
    for mode in ("uniform", "proportional"):
        one, two = (list(sequence(spread(mode, taxonomy, of, {}, 7), count, 7)) for _ in range(2))
        assert one == two
        assert len(one) == count
    assert uniform(6, 21, seed=1) != uniform(6, 21, seed=2)


# --- asks --------------------------------------------------------------------------------------------------------


@given(seeds(), st.sampled_from(["uniform", "proportional"]))
def test_the_same_seed_is_the_same_plan(of: Seeds, mode: str) -> None:
    assert asks_of(of, 30, mode=mode) == asks_of(of, 30, mode=mode)


def test_another_run_seed_is_another_plan() -> None:
    one, two = asks_of(some(10), 20, seed=1), asks_of(some(10), 20, seed=2)
    assert [ask.topic for ask in one] != [ask.topic for ask in two]
    assert not {ask.seed for ask in one} & {ask.seed for ask in two}


def test_an_ask_made_again_differs_in_its_place_and_its_random_numbers_alone() -> None:
    plan = QuestionPlan(small_taxonomy(4, 5), some(10), shown=3, lead_ins=True, seed=1)
    first = plan.ask(("topic0", "type1"), 4, 0)
    again = plan.again(first, 80)
    assert (again.id, again.first) == ("a0000080", 80)
    assert again.seed != first.seed
    assert dataclasses.replace(again, id=first.id, first=0, seed=first.seed) == first


@given(seeds(), st.integers(0, 6))
def test_examples_are_of_the_same_type_and_then_of_another_topic(of: Seeds, shown: int) -> None:
    by_id = {seed.id: seed for seed in of}
    for ask in asks_of(of, 20, shown=shown):
        chosen = [by_id[id] for id in ask.examples]
        assert len(chosen) == len(set(ask.examples)) == min(shown, len(of))
        kinds = [(seed.question_type == ask.question_type, seed.topic != ask.topic) for seed in chosen]
        assert kinds == sorted(kinds)  # the best fit last, next to the turn that asks
        best = sorted(((s.question_type == ask.question_type, s.topic != ask.topic) for s in of), reverse=True)
        assert sorted(kinds, reverse=True) == best[: len(kinds)]


def test_seeds_that_fit_alike_are_shown_in_turn() -> None:
    of = [Example(f"s{i}", "Text?", "elsewhere", "other") for i in range(10)]
    used: Counter[str] = Counter()
    for ask in asks_of(of, 60):
        used.update(ask.examples)
        assert range_of(used, [seed.id for seed in of]) <= 1


@given(seeds())
def test_subtopics_and_lead_ins_come_in_turn(of: Seeds) -> None:
    asks = asks_of(of, 60)
    for name, options in (("topic", "subtopic"), ("question_type", "lead_in")):
        counts = Counter((getattr(ask, name), getattr(ask, options)) for ask in asks)
        for label in {key for key, _ in counts}:
            shown = [count for (key, option), count in counts.items() if key == label]
            assert max(shown) - min(shown) <= 1
            assert len(shown) == (2 if options == "subtopic" else 3)


def test_without_lead_ins_nothing_else_changes() -> None:
    led, bare = asks_of(some(10), 30), asks_of(some(10), 30, lead_ins=False)
    assert all(ask.lead_in for ask in led)
    assert [dataclasses.replace(ask, lead_in="") for ask in led] == bare


def test_narrower_topics_take_the_place_of_subtopics_and_name_their_row() -> None:
    narrower = {("topic0", "type1"): (("Tax", "topics.000003"), ("Rent", "topics.000009"))}
    asks = asks_of(some(10), 80, narrower=narrower)
    theirs = [ask for ask in asks if (ask.topic, ask.question_type) == ("topic0", "type1")]
    assert sorted((ask.subtopic, ask.grown_from) for ask in theirs) == [
        *[("Rent", "topics.000009")] * 2, *[("Tax", "topics.000003")] * 2,
    ]  # fmt: skip
    others = [ask for ask in asks if ask not in theirs]
    assert {(ask.subtopic, ask.grown_from) for ask in others} == {(None, None)}


def test_a_persona_comes_from_a_seed_that_is_shown_and_has_one() -> None:
    asks = asks_of([*some(5), *(dataclasses.replace(seed, id=f"p{seed.id}") for seed in some(5, persona="A nurse."))],
                   40)  # fmt: skip
    for ask in asks:
        with_one = [id for id in ask.examples if id.startswith("p")]
        assert ask.persona_from in with_one if with_one else ask.persona_from is None
    alone = [Example(f"s{i}", "Text?", "elsewhere", "other", persona="A nurse.") for i in range(2)]
    taken = Counter((ask.examples[0] == ask.persona_from) for ask in asks_of(alone, 20, shown=2))
    assert set(taken) == {True, False}  # not always the one in front
    assert {ask.persona_from for ask in asks_of(some(5), 20)} == {None}
    for kind in ({"scenario": "At night."}, {"entities": (("country", "Brazil"),)}):
        assert all(ask.persona_from for ask in asks_of(some(5, **kind), 5))


@settings(max_examples=40)
@given(st.integers(1, 3), st.lists(st.integers(0, 66_609), min_size=2, max_size=40, unique=True))
def test_no_two_requests_draw_the_same_numbers(run: int, slots: list[int]) -> None:
    """Choice i of a request draws from seed + i, and a triple's requests from up to seed + 501."""
    plan = QuestionPlan(small_taxonomy(4, 5), [], shown=3, lead_ins=True, seed=run)
    drawn = sorted(plan.ask(("topic0", "type0"), 4, first).seed for first in slots)
    assert all(later - earlier >= 1024 for earlier, later in itertools.pairwise(drawn))
    assert drawn[0] >= 0
    assert drawn[-1] + 1024 < 2**31


class TestOnTheSample:
    @pytest.fixture(scope="class")
    def taxonomy(self, curated: Path) -> Taxonomy:
        return current_taxonomy(Study.open(curated).folder)

    @pytest.fixture(scope="class")
    def chosen(self, curated: Path) -> Seeds:
        curation = Study.open(curated).curation()
        found = [curation.question(id) for id in curation.selected_questions]
        return [Example(seed.id, seed.text, seed.topic, seed.question_type) for seed in found]

    @pytest.mark.parametrize("mode", ["uniform", "proportional"])
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_how_often_seeds_are_shown_evens_out(self, taxonomy: Taxonomy, chosen: Seeds, mode: str, seed: int) -> None:
        used: Counter[str] = Counter()
        for ask in asks_of(chosen, 400, taxonomy=taxonomy, mode=mode, seed=seed):
            used.update(ask.examples)
        assert set(used) == {example.id for example in chosen}
        # a seed whose labels few others share is wanted more often where the plan follows the seeds' own shares
        assert min(used.values()) >= {"uniform": 0.6, "proportional": 0.5}[mode] * max(used.values())

    @pytest.mark.parametrize("mode", ["uniform", "proportional", "table"])
    def test_topics_and_types_of_participants_take_part(self, taxonomy: Taxonomy, chosen: Seeds, mode: str) -> None:
        topics = {label.id for label in taxonomy.topics if label.origin == "participants"}
        types = {label.id for label in taxonomy.question_types if label.origin == "participants"}
        assert topics
        assert types
        named = {f"{topic}/*": 1.0 for topic in topics} | {f"*/{type_}": 1.0 for type_ in types}
        cells = list(spread(mode, taxonomy, chosen, named, 1))
        theirs = {cell for cell in cells if cell[0] in topics or cell[1] in types}
        if mode == "proportional":  # those of which a seed was chosen
            has = {(seed.topic, seed.question_type) for seed in chosen}
            assert theirs == {cell for cell in has if cell[0] in topics or cell[1] in types}
            assert theirs
        else:
            assert {cell[0] for cell in theirs} >= topics
            assert {cell[1] for cell in theirs} >= types
        plan = QuestionPlan(taxonomy, chosen, shown=2, lead_ins=True, seed=1)
        for cell in theirs:
            ask = plan.ask(cell, 1, 0)
            assert (ask.topic, ask.question_type, len(ask.examples)) == (*cell, 2)


def test_a_cell_has_one_name() -> None:
    assert cell_name("finance", "giving-advice") == "finance/giving-advice"
