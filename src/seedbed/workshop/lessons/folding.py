"""Lessons as a part of the agenda's fold.

    lesson.add     subject lesson {cmd, from} and the text `text`
    lesson.set     subject lesson {cmd, from} and the text `text`
    lesson.change  subject lesson {cmd, section} and the text `value`, which is JSON: what differs, see `edits`
    lesson.decide  subject lesson {cmd, accepted} and the text `reason`
    lesson.remove  subject lesson {cmd}

Collection: `lessons/<id>` {text, from, by, at, changes, decision}. `changes` is {section: {edits, by, at}} with edits
as JSON text, `decision` None or {accepted, reason, by, at, seq}, whose number is the order of acceptance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seedbed.errors import InputError
from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands.lessons import LessonAdd, LessonChange, LessonDecide, LessonRemove, LessonSet
from seedbed.workshop.lessons.edits import Edit, differences, from_json, to_json
from seedbed.workshop.roles import Member
from seedbed.workshop.template import Template

__all__ = ["LessonCommand", "accepted", "changes", "decide", "edits_of"]

LessonCommand = LessonAdd | LessonSet | LessonChange | LessonDecide | LessonRemove
Lessons = Mapping[str, Mapping[str, Any]]

# Everybody who leads is sent all of it.
_MOST = 200
_LONGEST_CHANGE = 100_000  # characters of the edits of one section
_LONGEST_ALL = 2_000_000


def edits_of(lesson: Mapping[str, Any], section: str) -> tuple[Edit, ...]:
    """What a lesson changes in a section."""
    change = lesson["changes"].get(section)
    return from_json(change["edits"]) if change else ()


def accepted(lessons: Lessons) -> list[str]:
    """The ids of the accepted lessons, in the order in which they were accepted."""
    decided = [(lesson["decision"]["seq"], id) for id, lesson in lessons.items() if lesson["decision"]]
    return [id for _, id in sorted(decided) if lessons[id]["decision"]["accepted"]]


def changes(lessons: Lessons, event: Happened) -> list[Change]:
    """What an event of a lesson changes. Raises KeyError, TypeError or ValueError for one that is not to be taken."""
    id, data = event.subject, event.data
    if event.kind == "lesson.add":
        if not id or id in lessons:
            return []
        # one whose words were erased stands without them: decisions were taken on it
        new = {"text": data["text"] or "", "from": list(data["from"]), "by": event.actor, "at": event.at}
        return [("lessons", id, {**new, "changes": {}, "decision": None})]
    lesson = lessons[id]
    match event.kind:
        case "lesson.set":
            return [("lessons", id, {**lesson, "text": data["text"] or lesson["text"], "from": list(data["from"])})]
        case "lesson.change":
            if data["value"] is None:
                return []  # erased: what stood before it stands
            others = {name: change for name, change in lesson["changes"].items() if name != data["section"]}
            if from_json(data["value"]):
                others[data["section"]] = {"edits": data["value"], "by": event.actor, "at": event.at}
            return [("lessons", id, {**lesson, "changes": others})]
        case "lesson.decide":
            decision = None
            if data["accepted"] is not None:
                decision = {"accepted": bool(data["accepted"]), "reason": data["reason"] or "", "by": event.actor,
                            "at": event.at, "seq": event.seq}  # fmt: skip
            return [("lessons", id, {**lesson, "decision": decision})]
        case "lesson.remove":
            return [("lessons", id, None)]
    return []


def decide(lessons: Lessons, template: Template, member: Member, command: LessonCommand, fresh: str) -> Decided:
    """What comes of a command that its sender may give. `fresh` is an id for a new lesson."""
    if isinstance(command, LessonAdd):
        if len(lessons) >= _MOST:
            return Refusal("document_full")
        if not fresh or fresh in lessons:
            raise ValueError("a lesson needs a fresh id")
        return done(command, fresh, {"text": command.text, "from": command.sources})
    lesson = lessons.get(command.lesson)
    if lesson is None:
        return Refusal("unknown_item")
    if isinstance(command, LessonDecide):
        return done(command, command.lesson, {"accepted": command.accepted, "reason": command.reason})
    if lesson["decision"] is not None:
        return Refusal("lesson_decided")  # what was decided on stays what it was; the decision can be taken back
    match command:
        case LessonChange():
            return _changed(lessons, template, command)
        case LessonSet() | LessonRemove() if member.id != lesson["by"] and member.role != "organiser":
            return Refusal("not_yours")
        case LessonSet():
            return done(command, command.lesson, {"text": command.text, "from": command.sources})
    return done(command, command.lesson)


def _changed(lessons: Lessons, template: Template, command: LessonChange) -> Decided:
    edits: tuple[Edit, ...] = ()
    if command.value is not None:
        try:
            now = Template.section(command.section, json.loads(command.value))
        except (ValueError, RecursionError, InputError):
            return Refusal("bad_template")
        edits = tuple(differences(template.sections()[command.section], now))
    text = to_json(edits)
    whole = sum(len(change["edits"]) for lesson in lessons.values() for change in lesson["changes"].values())
    if len(text) > _LONGEST_CHANGE or whole + len(text) > _LONGEST_ALL:
        return Refusal("document_full")
    return done(command, command.lesson, {"section": command.section, "value": text})
