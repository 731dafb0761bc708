"""The rows of the record's table of lessons: what was learnt, what was to be changed, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seedbed.study.entries import Event
from seedbed.workshop.applied import Happened
from seedbed.workshop.lessons.folding import changes

__all__ = ["of_lessons"]


def of_lessons(events: Iterable[Event]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every lesson, removed ones too, from the events of the agenda; one row a section that it would change."""
    lessons: dict[str, Mapping[str, Any]] = {}
    removed: set[str] = set()
    for event in events:
        if event.kind == "lesson.remove":
            removed.add(event.subject)
        elif event.kind.startswith("lesson."):
            happened = Happened(event.seq, event.at, event.actor, event.kind, event.subject, event.data)
            try:
                lessons.update({id: value for _, id, value in changes(lessons, happened) if value is not None})
            except (KeyError, TypeError, ValueError):
                continue  # of a later version
    for id, lesson in lessons.items():
        decision = lesson["decision"] or {"accepted": None, "reason": "", "by": "", "at": None}
        row = {
            "lesson": id, "person": lesson["by"], "at": lesson["at"], "text": lesson["text"],
            "from": ";".join(lesson["from"]), "removed": id in removed, "accepted": decision["accepted"],
            "reason": decision["reason"], "decided_by": decision["by"], "decided_at": decision["at"],
        }  # fmt: skip
        yield "lessons", row
        for section, change in lesson["changes"].items():
            yield "lesson_changes", {
                "lesson": id, "section": section, "person": change["by"], "at": change["at"], "edits": change["edits"],
            }  # fmt: skip
