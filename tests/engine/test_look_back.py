from __future__ import annotations

import random

import pytest

from seedbed.engine import Stop, Wait
from seedbed.engine.look_back import LookBack
from seedbed.records import Ask, State, Verdict
from tests.engine.fakes import make_ask


class Noting:
    """Plans asks of one to four slots, at times waits for one more, and notes what it was shown."""

    def __init__(self, seed: int, slots: int) -> None:
        self.random, self.slots = random.Random(seed), slots
        self.shown: list[int] = []
        self.planned: list[int] = []
        self.adopted: list[Ask] = []

    def observe(self, verdict: Verdict) -> None:
        self.shown.append(verdict.slot)

    def plan(self, slot: int) -> Ask | Wait | Stop:
        if slot >= self.slots:
            return Stop()
        if len(self.shown) < len(self.planned) and self.random.random() < 0.1:
            return Wait()
        ask = make_ask(slot, slot, self.random.randint(1, 4))
        self.planned += ask.slots
        return ask

    def adopt(self, ask: Ask) -> None:
        self.adopted.append(ask)
        self.planned += ask.slots

    take_up = adopt


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("seed", range(5))
def test_the_plan_of_a_slot_was_shown_exactly_the_verdicts_that_far_back(size: int, seed: int) -> None:
    planner, chance = Noting(seed, 300), random.Random(seed + 100)
    look_back, waiting = LookBack(planner, size), []
    while not look_back.ended:
        if look_back.may_plan and (not waiting or chance.random() < 0.5):
            slot, before = look_back.slot, list(planner.planned)
            if isinstance(step := look_back.plan(), Ask):
                waiting += step.slots
            assert planner.shown == [each for each in before if each < slot - size]
        else:
            assert waiting  # never is there neither a slot to plan nor a verdict to come
            look_back.judged(Verdict(waiting.pop(0), State.KEPT))
    for slot in waiting:
        look_back.judged(Verdict(slot, State.KEPT))
    assert look_back.cursor == planner.planned[-1] + 1
    look_back.show_all()
    assert planner.shown == planner.planned


def test_asks_that_were_paid_for_stand_in_the_plan_where_they_were() -> None:
    planner = Noting(0, 30)
    planner.random = random.Random(3)
    look_back, asked = LookBack(planner, 100), [make_ask(7, 0, 2), make_ask(8, 10, 3)]
    look_back.adopt(iter(asked))
    assert [look_back.plan(), look_back.plan()] == planner.adopted == asked
    step = look_back.plan()
    assert isinstance(step, Ask)
    assert step.first == 13
