"""What moderators are warned of: a task that runs over its time, and work without a break. Derived, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seedbed.workshop.agenda import Agenda
from seedbed.workshop.timing import remaining, seconds

__all__ = ["PaceWarning", "warnings"]

_WITHOUT_BREAK = 60  # minutes, for a step that no session has any more


@dataclass(frozen=True, slots=True)
class PaceWarning:
    """`over_time`: the step `step`, meant for `limit` minutes, is `minutes` over. `no_break`: people have worked for
    `minutes` without a break, in `tasks` tasks, where `limit` is what the session allows."""

    kind: Literal["over_time", "no_break"]
    step: str | None
    minutes: float
    limit: float
    tasks: int = 0


def warnings(agenda: Agenda, at: str) -> list[PaceWarning]:
    """What is to be warned of at the ISO time `at`."""
    found: list[PaceWarning] = []
    now, step = agenda.now, agenda.step
    left = remaining(now, at)
    if left is not None and left < 0:
        found.append(PaceWarning("over_time", now["step"], round(-left / 60, 1), step.minutes if step else 0))
    working = now["working"]
    if working is not None:
        session = agenda.template.session_of(now["step"])
        limit = session.without_break if session else _WITHOUT_BREAK
        minutes = seconds(working["since"], at) / 60
        if limit and minutes > limit:
            found.append(PaceWarning("no_break", now["step"], round(minutes, 1), limit, working["tasks"]))
    return found
