"""The time of a step, breaks and what is warned of: from events and a moment alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed.study.entries import Act
from seedbed.workshop import Agenda
from seedbed.workshop.pacing import PaceWarning, warnings
from seedbed.workshop.timing import remaining


def at(minute: float) -> str:
    whole = round(minute * 60)
    return f"2026-03-01T{10 + whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.000+00:00"


class Clock:
    """An agenda, and events at minutes."""

    def __init__(self) -> None:
        self.agenda, self._seq = Agenda(), 0

    def __call__(self, minute: float, kind: str, **data: Any) -> None:
        self._seq += 1
        texts = {"value": data.pop("value")} if "value" in data else {}
        self.agenda.apply(self._seq, at(minute), "p_mia", Act(kind, data.pop("subject", ""), data, texts))

    def go(self, minute: float, step: str) -> None:
        found = self.agenda.template.step(step)
        assert found
        self(minute, "step.go", step=step, step_kind=found.kind, minutes=found.minutes)

    def timer(self, minute: float, action: str, minutes: int | None = None) -> None:
        self(minute, "timer.set", action=action, minutes=minutes)

    def left(self, minute: float) -> float | None:
        seconds = remaining(self.agenda.now, at(minute))
        return None if seconds is None else seconds / 60


def test_a_step_has_its_time_and_runs() -> None:
    clock = Clock()
    assert clock.left(0) is None
    clock.go(0, "questions")
    assert [clock.left(minute) for minute in (0, 10, 30)] == [25, 15, -5]
    clock.timer(10, "pause")
    assert clock.left(20) == 15
    clock.timer(20, "pause")
    clock.timer(20, "add", 1)
    assert clock.left(25) == 16
    clock.timer(30, "start")
    clock.timer(31, "start")
    assert clock.left(32) == 14
    clock.timer(32, "add", -60)  # at once over, and no more than over
    assert clock.left(32) == 0
    assert clock.left(34) == -2
    clock.timer(34, "add", 5)
    assert clock.left(34) == 3
    clock.go(40, "refine")
    assert clock.left(40) == 12


def test_a_step_without_time_gets_one_when_minutes_are_added() -> None:
    clock = Clock()
    clock(0, "step.go", step=None, step_kind="", minutes=0)
    assert clock.left(5) is None
    clock.timer(5, "start")
    assert clock.left(5) is None
    clock.timer(5, "add", 10)
    assert clock.left(8) == 7


@pytest.mark.parametrize("ran", [True, False])
def test_a_break_stops_the_time_and_gives_it_back(ran: bool) -> None:
    clock = Clock()
    clock.go(0, "questions")
    if not ran:
        clock.timer(10, "pause")
    clock(10, "break.begin", minutes=5)
    assert clock.left(14) == 15
    clock(14, "break.begin", minutes=3)  # it goes on
    clock(18, "break.end")
    assert clock.left(20) == (13 if ran else 15)
    clock(20, "break.end")
    assert clock.left(20) == (13 if ran else 15)


def test_what_is_asked_of_the_time_in_a_break_holds_after_it() -> None:
    clock = Clock()
    clock.go(0, "questions")
    clock(10, "break.begin", minutes=5)
    clock.timer(11, "pause")
    clock.timer(12, "add", 2)
    clock(15, "break.end")
    assert clock.left(20) == 17
    clock(20, "break.begin", minutes=5)
    clock.timer(21, "start")
    assert clock.left(24) == 17
    clock(25, "break.end")
    assert clock.left(26) == 16
    clock(30, "break.begin", minutes=5)
    clock.go(31, "refine")  # ends it
    assert clock.agenda.now["break"] is None
    assert clock.left(32) == 11


def test_a_task_over_its_time_is_warned_of_with_numbers() -> None:
    clock = Clock()
    assert warnings(clock.agenda, at(0)) == []
    clock.go(0, "questions")
    assert warnings(clock.agenda, at(25)) == []
    assert warnings(clock.agenda, at(27.5)) == [PaceWarning("over_time", "questions", 2.5, 25)]
    clock.timer(28, "add", 10)
    assert warnings(clock.agenda, at(30)) == []


def test_work_without_a_break_is_warned_of_with_numbers() -> None:
    clock = Clock()
    clock.go(0, "welcome-1")
    clock.go(8, "questions")
    clock.timer(8, "add", 60)
    clock.go(50, "refine")
    clock.timer(50, "add", 60)
    assert warnings(clock.agenda, at(60)) == []
    assert warnings(clock.agenda, at(61)) == [PaceWarning("no_break", "refine", 61, 60, 2)]
    clock(61, "break.begin", minutes=5)
    assert warnings(clock.agenda, at(90)) == []
    clock(66, "break.end")
    assert warnings(clock.agenda, at(70)) == []
    assert clock.agenda.now["working"] == {"since": at(66), "tasks": 1}
    clock.go(70, "break-1")
    assert clock.agenda.now["working"] is None


@pytest.mark.parametrize(("limit", "minute", "warned"), [(20, 21, True), (0, 500, False)])
def test_how_long_without_a_break_is_the_sessions_to_say(limit: int, minute: float, warned: bool) -> None:
    clock = Clock()
    sessions = clock.agenda.template.sections()["sessions"]
    sessions[0]["without_break"] = limit
    clock(0, "template.set", subject="sessions", value=json.dumps(sessions))
    clock.go(0, "questions")
    kinds = [one.kind for one in warnings(clock.agenda, at(minute))]
    assert ("no_break" in kinds) is warned


def test_a_step_of_an_older_log_has_the_templates_time() -> None:
    clock = Clock()
    clock(0, "step.go", step="questions")
    assert clock.left(5) == 20
    assert clock.agenda.now["working"] == {"since": at(0), "tasks": 1}
