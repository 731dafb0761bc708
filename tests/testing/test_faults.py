from __future__ import annotations

import random
import statistics

import pytest

from seedbed.errors import UsageError
from seedbed.testing import Fault, FaultPlan, Latency
from seedbed.testing.replies import digest

NAMES = [digest(str(k).encode()) for k in range(2000)]


def test_a_script_goes_by_arrival() -> None:
    plan = FaultPlan(script={1: Fault("reset"), 2: Fault.parse("429:2")})
    assert [plan.next(k, NAMES[0]) for k in range(4)] == [None, Fault("reset"), Fault("429", "2"), None]


def test_shares_go_by_body_whatever_the_order() -> None:
    def failing(order: list[str]) -> set[str]:
        plan = FaultPlan(shares={Fault("500"): 0.1, Fault("reset"): 0.05})
        return {name for k, name in enumerate(order) if plan.next(k, name)}

    shuffled = NAMES.copy()
    random.Random(1).shuffle(shuffled)
    assert failing(NAMES) == failing(shuffled)
    assert 0.12 < len(failing(NAMES)) / len(NAMES) < 0.18


@pytest.mark.parametrize(("times", "fails"), [(1, [True, False, False]), (2, [True, True, False]), (None, [True] * 3)])
def test_a_body_fails_as_often_as_told(times: int | None, fails: list[bool]) -> None:
    plan = FaultPlan(shares={Fault("500"): 1.0}, times=times)
    assert [plan.next(k, NAMES[0]) is not None for k in range(3)] == fails


def test_what_is_no_fault_is_refused() -> None:
    with pytest.raises(UsageError, match="teapot"):
        Fault.parse("teapot")
    with pytest.raises(UsageError, match="shares"):
        FaultPlan(shares={Fault("500"): 0.7, Fault("reset"): 0.7})


def test_latency_is_repeatable_and_has_a_tail() -> None:
    def draw(seed: int) -> list[float]:
        latency = Latency(0.2, seed=seed, tail=0.05)
        return [latency.next() for _ in range(2000)]

    assert draw(1) == draw(1) != draw(2)
    assert 0.18 < statistics.median(draw(1)) < 0.23
    assert max(draw(1)) > 1.6
    constant = Latency(0.2, sigma=0, tail=0)
    assert {round(constant.next(), 9) for _ in range(50)} == {0.2}
