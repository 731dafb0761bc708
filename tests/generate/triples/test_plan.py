"""Which pairs a prompt shows, which questions are answered and given up, and which asks are to be sound."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.engine import Tally, TargetPlanner
from seedbed.engine.contract import Stop, Wait
from seedbed.errors import InputError
from seedbed.generate.settings import TripleSettings
from seedbed.generate.triples.plan import TriplePlan, is_sound
from seedbed.generate.triples.prompts_of_run import choose_prompts
from seedbed.generate.triples.run import _planner
from seedbed.records import OVER_TARGET, Ask, Example, Row, State, Verdict


def pairs(count: int) -> list[Example]:
    return [
        Example(f"p{i}", "Why?", misaligned="no " * (i + 1), critique="Unfair.", aligned="yes") for i in range(count)
    ]


def plan(count: int = 10, shown: int = 4, **more: object) -> TriplePlan:
    given = {"values": ("fairness",), "shown": shown, "seed": 1, "short_first": False, **more}
    return TriplePlan(pairs(count), **given)  # type: ignore[arg-type]


@given(st.integers(1, 12), st.integers(0, 6), st.integers(1, 40))
def test_pairs_are_dealt_evenly_and_never_twice_in_a_prompt(count: int, shown: int, asks: int) -> None:
    made = plan(count, shown)
    hands = [made.ask("q", first).examples for first in range(asks)]
    assert all(len(set(hand)) == len(hand) == min(shown, count) for hand in hands)
    used = Counter(id for hand in hands for id in hand)
    times = [used[f"p{i}"] for i in range(count)]
    assert max(times) - min(times) <= 1
    again = plan(count, shown)
    assert hands == [again.ask("q", first).examples for first in range(asks)]


def test_a_question_answered_again_sees_other_pairs_and_other_numbers() -> None:
    made = plan(8, 4)  # two prompts use up the pairs: a plain rotation would show the same ones for ever
    asks = [made.ask(f"q{i % 2}", i) for i in range(12)]
    for question in ("q0", "q1"):
        own = [ask for ask in asks if ask.prompt_id == question]
        assert len({ask.seed for ask in own}) == 6
        assert len({frozenset(ask.examples) for ask in own}) >= 3


def test_a_small_model_sees_the_shortest_pairs_every_time() -> None:
    made = plan(5, 2, short_first=True)
    assert [made.ask("q", i).examples for i in range(3)] == [("p0", "p1")] * 3


def test_pairs_of_all_values_come_first() -> None:
    both = ("fairness", "safety")
    having = {f"p{i}": both if i in (3, 7) else ("fairness",) for i in range(10)}
    made = plan(10, 4, values=both, pair_values=having)
    hands = [made.ask("q", i).examples for i in range(8)]
    assert all(hand[:2] == ("p3", "p7") and len(set(hand)) == 4 for hand in hands)
    assert {id for hand in hands for id in hand} == set(having)
    enough = plan(10, 2, values=both, pair_values=having)
    assert {id for i in range(4) for id in enough.ask("q", i).examples} == {"p3", "p7"}


def test_a_share_of_the_asks_is_sound_and_it_hangs_on_the_slot_alone() -> None:
    asks = [plan().ask("q", first) for first in range(2000)]
    sound = [is_sound(ask, seed=1, share=0.25) for ask in asks]
    assert 0.2 < sum(sound) / len(sound) < 0.3
    assert sound == [is_sound(ask, seed=1, share=0.25) for ask in asks]
    assert not any(is_sound(ask, seed=1, share=0.0) for ask in asks)


def walk(target: int, questions: int, patience: int, hopeless: set[str]) -> tuple[TargetPlanner, Tally, list[Ask]]:
    """A target run whose every triple is kept but those of the hopeless questions."""
    t = TripleSettings(target=target, patience=patience)
    planner, tally = _planner(t, plan(), [f"q{i}" for i in range(questions)])
    assert isinstance(planner, TargetPlanner)
    assert tally is not None
    asks, waiting = list[Ask](), list[Ask]()
    for slot in range(10_000):
        step = planner.plan(slot)
        if isinstance(step, Stop):
            break
        if isinstance(step, Wait):
            ask = waiting.pop(0)
            state = State.REJECTED if ask.prompt_id in hopeless else State.KEPT
            planner.observe(Verdict(ask.first, state))
            if state is State.KEPT:
                tally.take(ask.prompt_id or "")
        else:
            asks.append(step)
            waiting.append(step)
    else:
        raise AssertionError("the plan does not end")
    return planner, tally, asks


def test_more_triples_than_questions_answer_each_several_times() -> None:
    _, tally, asks = walk(target=30, questions=10, patience=4, hopeless=set())
    assert tally.within >= 30 or len(asks) >= 30
    per = Counter(ask.prompt_id for ask in asks)
    assert set(per) == {f"q{i}" for i in range(10)}
    assert all(count >= 3 for count in per.values())


def test_a_question_that_fails_too_often_is_given_up() -> None:
    planner, _, asks = walk(target=12, questions=6, patience=4, hopeless={"q2"})
    tried = Counter(ask.prompt_id for ask in asks)["q2"]
    assert 4 <= tried <= 12
    (short,) = planner.shortfalls()
    assert (short.cell, short.accepted) == ("q2", 0)


# --- which questions of a run ----------------------------------------------------------------------------------


def row(slot: int, topic: str, kind: str, *, state: State = State.KEPT, over: bool = False) -> Row:
    notes = {OVER_TARGET: True} if over else {}
    ask = Ask(f"a{slot:07d}", slot, 1, topic=topic, question_type=kind)
    return Row(f"r.{slot:06d}", "r", Verdict(slot, state, text=f"Question {slot}?", notes=notes), ask, "v", "m")


ROWS = [row(i, ("health", "finance", "travel")[i % 3], ("advice", "law")[i % 2]) for i in range(60)]


def test_all_kept_questions_in_their_order_without_the_surplus() -> None:
    rows = [*ROWS[:3], row(60, "health", "law", state=State.REJECTED), row(61, "health", "law", over=True)]
    assert choose_prompts(rows) == [(f"r.{i:06d}", f"Question {i}?") for i in range(3)]
    assert [id for id, _ in choose_prompts(rows, surplus=True)] == ["r.000000", "r.000001", "r.000002", "r.000061"]


def test_topics_and_types_narrow_what_is_answered() -> None:
    chosen = {id for id, _ in choose_prompts(ROWS, topics=["health"], question_types=["law"])}
    assert chosen == {row.id for row in ROWS if (row.ask.topic, row.ask.question_type) == ("health", "law")}
    with pytest.raises(InputError, match="No kept question has the topic moon") as caught:
        choose_prompts(ROWS, topics=["moon", "health"])
    assert caught.value.hint == "There are: finance, health, travel"
    with pytest.raises(InputError, match="question type moon"):
        choose_prompts(ROWS, question_types=["moon"])


@given(st.integers(1, 70), st.integers(0, 5))
def test_a_sample_is_spread_over_topic_and_type(count: int, seed: int) -> None:
    chosen = [id for id, _ in choose_prompts(ROWS, sample=count, seed=seed)]
    assert len(chosen) == min(count, 60)
    assert chosen == sorted(chosen)
    cells = Counter((row.ask.topic, row.ask.question_type) for row in ROWS if row.id in chosen)
    if count >= 6:
        assert len(cells) == 6
        assert max(cells.values()) - min(cells.values()) <= 1
    assert chosen == [id for id, _ in choose_prompts(ROWS, sample=count, seed=seed)]


def test_another_seed_draws_another_sample() -> None:
    assert choose_prompts(ROWS, sample=6, seed=1) != choose_prompts(ROWS, sample=6, seed=2)
