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


def test_what_always_fails_is_drawn_apart_from_what_fails_once() -> None:
    plan = FaultPlan(shares={Fault("500"): 0.5}, always={Fault("fence"): 0.5})
    first, second = ([plan.next(k, name) for k, name in enumerate(NAMES)] for _ in range(2))
    assert set(second) == {None, Fault("fence")}  # what happens once has happened
    both = sum(one == Fault("500") and other is not None for one, other in zip(first, second, strict=True))
    assert 0.2 < both / len(NAMES) < 0.3


def test_another_salt_strikes_other_bodies() -> None:
    def failing(salt: str) -> set[str]:
        plan = FaultPlan(always={Fault("500"): 0.3}, salt=salt)
        return {name for k, name in enumerate(NAMES) if plan.next(k, name)}

    assert failing("a") == failing("a")
    assert 0.06 < len(failing("a") & failing("b")) / len(NAMES) < 0.12


def test_poison_is_in_the_body() -> None:
    plan = FaultPlan(poison={'"seed": 7,': Fault("500"), "Rome": Fault("reset")})
    bodies = (b'{"seed": 7, "a": 1}', b'{"seed": 71, "a": 1}', b"all roads lead to Rome")
    assert [plan.poisoned(body) for body in bodies] == [Fault("500"), None, Fault("reset")]


@pytest.mark.parametrize("text", ["500:3", "trickle:long", "usage:{", "429:date+soon"])
def test_a_value_that_a_fault_cannot_have_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=text.partition(":")[2].replace("+", r"\+")):
        Fault.parse(text)


def test_a_fault_is_written_as_it_is_read() -> None:
    for text in ("reset", "429", "429:date+2", "trickle:1.5", 'usage:"many"', "usage:-7"):
        assert str(Fault.parse(text)) == text
