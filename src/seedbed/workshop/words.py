"""Which parts of an event are a person's words: they stand in its texts, apart from its data, and can be erased.

By kind of event. Everything else of an event is ids, codes, numbers and times.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from seedbed.study.entries import Act
from seedbed.workshop.commands.people import PROFILE

__all__ = ["WORDS", "act", "spoken"]

WORDS: Mapping[str, tuple[str, ...]] = {
    "row.set": ("value",),
    "model.called": ("reply", "prompt"),
    "row.return": ("note",),
    "comment.add": ("text",),
    "version.keep": ("note",),
    "topic.keep": ("name",),
    "slot.add": ("text",),
    "tag.set": ("name",),
    "span.add": ("risk", "note"),
    "label.add": ("label", "definition"),
    "prompt.give": ("text", "topic", "question_type"),
    "prompt.swap": ("text", "topic", "question_type"),
    "profile.set": PROFILE,
    "template.set": ("value",),
    "announcement.add": ("text",),
    "lesson.add": ("text",),
    "lesson.set": ("text",),
    "lesson.change": ("value",),
    "lesson.decide": ("reason",),
    "question.ask": ("text",),
    "question.answer": ("text",),
    "message.add": ("text",),
    "note.set": ("text",),
    "checkin.answer": ("values",),
    "intervention.add": ("text",),
    "neutrality.rate": ("text",),
    "offer.add": ("question", "misaligned", "critique", "aligned", "topic", "question_type", "value"),
    "offer.decide": ("reason",),
    "source.add": ("title",),
    "source.words": ("words",),
}


def act(kind: str, subject: str = "", data: Mapping[str, Any] | None = None, person: str = "") -> Act:
    """An act with the words of `data` in its texts. `person` is whose they are; the actor's unless named."""
    words = WORDS.get(kind, ())
    given = data or {}
    return Act(
        kind,
        subject,
        {name: value for name, value in given.items() if name not in words},
        {name: given[name] for name in words if name in given},
        person,
    )


def spoken(act: Act) -> Iterator[str]:
    """The words of an act, as it was made or as it comes back from the disk; what was erased is left out."""
    for name in WORDS.get(act.kind, ()):
        said = act.texts.get(name, act.data.get(name))
        if isinstance(said, str) and said:
            yield from _new_in(said) if act.kind == "lesson.change" else (said,)


def _new_in(edits: str) -> Iterator[str]:
    """The words that edits of a section bring: what stands around them is alike in the edits of any two people."""
    try:
        waiting = [edit.get("now") for edit in json.loads(edits)]
    except (ValueError, TypeError, AttributeError):  # of another version: then all of it counts as words
        waiting = [edits]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, str) and value:
            yield value
        elif isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
