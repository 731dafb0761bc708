from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from seedbed.generate.topics.plan import TopicPlan, equalised
from seedbed.records import Example
from tests.generate.made import small_taxonomy
from tests.generate.topics.made import SEEDS

FOUND = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["x", "y", "z"])), st.integers(0, 7), min_size=1
).map(lambda sizes: {cell: tuple((f"{cell}{i}", f"r{i}") for i in range(size)) for cell, size in sizes.items()})
CELL = ("topic0", "type1")


def plan(worked: bool, seeds: list[Example] = SEEDS, shown: int = 2) -> TopicPlan:
    return TopicPlan(small_taxonomy(2, 3), seeds, shown=shown, worked=worked, seed=1)


@given(FOUND)
def test_equalised_types_have_as_many_topics_as_the_smallest_that_has_any(
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]],
) -> None:
    sizes: Counter[str] = Counter()
    for (_, type_), topics in found.items():
        sizes[type_] += len(topics)
    cut = equalised(found)
    assert list(cut) == list(found)
    least = min((size for size in sizes.values() if size), default=0)
    after: Counter[str] = Counter()
    for cell, topics in cut.items():
        assert topics == found[cell][: len(topics)]
        after[cell[1]] += len(topics)
    assert all(after[type_] == (least if size else 0) for type_, size in sizes.items())
    for type_ in sizes:  # from the fullest cells first
        lost = [(len(topics), len(found[cell])) for cell, topics in cut.items() if cell[1] == type_]
        most = max(kept for kept, _ in lost)
        assert all(kept == whole or kept >= most - 1 for kept, whole in lost)


def test_a_worked_turn_is_of_another_topic_and_the_same_type_first() -> None:
    by_id = {seed.id: seed for seed in SEEDS}
    for _ in range(4):
        shown = [by_id[id] for id in plan(worked=True).ask(CELL, 4, 0).examples]
        assert [seed.topic for seed in shown] == ["topic1", "topic1"]
        assert shown[-1].question_type == "type1"


def test_an_instruction_shows_seeds_of_the_topic_first_and_of_other_topics_beside() -> None:
    by_id = {seed.id: seed for seed in SEEDS}
    shown = [by_id[id] for id in plan(worked=False).ask(CELL, 4, 0).examples]
    assert [seed.topic for seed in shown] == ["topic1", "topic0"]
    assert shown[-1].question_type == "type1"


def test_seeds_without_labels_are_not_shown_and_none_need_be() -> None:
    assert plan(True, [Example("s1", "Why?"), Example("s2", "Why?", "topic1")]).ask(CELL, 4, 0).examples == ()
    assert plan(True, []).ask(CELL, 4, 0).examples == ()
    assert plan(False, shown=0).ask(CELL, 4, 0).examples == ()


def test_seeds_that_fit_alike_are_shown_in_turn_and_the_same_plan_comes_again() -> None:
    one, two = plan(worked=False, shown=1), plan(worked=False, shown=1)
    cells = [("topic0", "type9"), ("topic0", "type9"), ("topic0", "type9")] * 4
    asks = [one.ask(cell, 4, 4 * index) for index, cell in enumerate(cells)]
    assert asks == [two.ask(cell, 4, 4 * index) for index, cell in enumerate(cells)]
    used = Counter(id for ask in asks for id in ask.examples)
    assert used == Counter({seed.id: 4 for seed in SEEDS if seed.topic == "topic0"})


def test_an_ask_made_again_draws_other_numbers() -> None:
    made = plan(worked=True)
    first = made.ask(CELL, 4, 0)
    again = made.again(first, 40)
    assert (again.first, again.examples, again.topic) == (40, first.examples, first.topic)
    assert again.seed != first.seed
