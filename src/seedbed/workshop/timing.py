"""The time of a step as data: how much was left at which moment, and whether it runs. Pure: whoever asks says when.

`timer` is {left_s, running, at}: seconds left as of `at`, below 0 for time that was overrun. `break` is {at, minutes,
by, resumes}; `resumes` says whether the timer runs again afterwards. `working` is {since, tasks}: work without a break
since then, in so many tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

__all__ = ["TASKS", "after_break", "at_step", "in_break", "remaining", "set_timer", "worked"]

# steps in which people work with their heads; of the others a break is rest, and the rest is neither
TASKS = frozenset({"questions", "refine", "bridge", "triples", "reflection"})
_AT_REST = frozenset({"", "break", "close"})


def seconds(since: str, at: str) -> float:
    """From one ISO time to another; 0 for a clock that was set back. Raises ValueError for what is no time."""
    return max(0.0, (datetime.fromisoformat(at) - datetime.fromisoformat(since)).total_seconds())


def remaining(now: Mapping[str, Any], at: str) -> float | None:
    """Seconds left at `at` of the step that `now` (`now/main` of the agenda) says; None where it has no time."""
    timer = now["timer"]
    if timer is None:
        return None
    gone = seconds(timer["at"], at) if timer["running"] else 0.0
    return round(float(timer["left_s"]) - gone, 3)


def at_step(kind: str, minutes: int, before: Mapping[str, Any], at: str) -> dict[str, Any]:
    """What a step of this kind brings along: its own time, running; no break."""
    timer = {"left_s": 60 * minutes, "running": True, "at": at} if minutes else None
    return {"timer": timer, "break": None, "working": worked(kind, before["working"], at)}


def worked(kind: str, before: Mapping[str, Any] | None, at: str) -> dict[str, Any] | None:
    """The work without a break, once a step of this kind begins; "" is no step."""
    if kind in _AT_REST:
        return None
    since, tasks = (before["since"], before["tasks"]) if before else (at, 0)
    return {"since": since, "tasks": tasks + (kind in TASKS)}


def set_timer(now: Mapping[str, Any], action: str, minutes: int | None, at: str) -> dict[str, Any]:
    """`now` with its timer set. In a break it stands, and what is asked of it holds from the end of the break."""
    timer, pause, left = now["timer"], now["break"], remaining(now, at)
    if action == "add":
        more = 60 * (minutes or 0)
        had = left or 0.0
        # taking minutes away ends a step at once, at worst
        left = had + more if more > 0 else max(min(had, 0.0), had + more)
        running = timer["running"] if timer else pause is None
        return {**now, "timer": {"left_s": left, "running": running, "at": at}}
    if timer is None:
        return dict(now)
    starts = action == "start"
    if pause is not None:
        return {**now, "break": {**pause, "resumes": starts}}
    return {**now, "timer": {"left_s": left, "running": starts, "at": at}}


def in_break(now: Mapping[str, Any], minutes: int, at: str, by: str) -> dict[str, Any]:
    """`now` in a break that begins, the timer standing."""
    timer, pause, left = now["timer"], now["break"], remaining(now, at)
    resumes = pause["resumes"] if pause else bool(timer and timer["running"])
    stands = {"left_s": left, "running": False, "at": at} if timer else None
    return {
        **now, "timer": stands, "break": {"at": at, "minutes": minutes, "by": by, "resumes": resumes}, "working": None,
    }  # fmt: skip


def after_break(now: Mapping[str, Any], kind: str, at: str) -> dict[str, Any]:
    """`now` after its break, at a step of this kind."""
    timer, resumes = now["timer"], now["break"]["resumes"]
    runs = {**timer, "running": resumes, "at": at} if timer else None
    return {**now, "timer": runs, "break": None, "working": worked(kind, None, at)}
