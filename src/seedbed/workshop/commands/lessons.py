"""Lessons of a workshop: what is to be otherwise next time, and the change of the template that follows from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from seedbed.workshop.commands.agenda import LONGEST
from seedbed.workshop.commands.base import CommandModel, Item, Message, Passage

__all__ = ["SOURCE", "LessonAdd", "LessonChange", "LessonDecide", "LessonRemove", "LessonSet", "Sources"]

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
# of other rooms, so only their form is looked at; ids and numbers alone, never words
SOURCE = (
    rf"(topic:{_ID}/{_ID}|note:{_ID}/[a-z]{{1,32}}/[a-z0-9]{{1,16}}|source:{_ID}:[0-9]{{1,9}}-[0-9]{{1,9}}"
    rf"|(intervention|checkin|question):[a-z0-9]{{1,16}}|figure:{_ID})"
)
Sources = Annotated[list[Annotated[str, StringConstraints(pattern=rf"^{SOURCE}$")]], Field(max_length=30)]
_Lesson = Annotated[Message, Field(max_length=2000)]


class LessonAdd(CommandModel):
    """Something learnt. `from` says from what: a kept topic of a debrief (`topic:DEBRIEF/ID`), a note of a board
    (`note:GROUP/ACTIVITY/ROW`), a passage (`source:ID:START-END`), an intervention, a check-in, a question, or a figure
    of the report (`figure:NAME`)."""

    kind: Literal["lesson.add"]
    text: _Lesson
    sources: Sources = Field(default=[], alias="from")


class LessonSet(CommandModel):
    """Other words for it, or another origin."""

    kind: Literal["lesson.set"]
    lesson: Item
    text: _Lesson
    sources: Sources = Field(default=[], alias="from")


class LessonChange(CommandModel):
    """What a section of the next template is to be, as a whole; `value` is JSON. null: as it is."""

    kind: Literal["lesson.change"]
    lesson: Item
    section: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
    value: Annotated[str, Field(max_length=LONGEST)] | None


class LessonDecide(CommandModel):
    """Whether it enters the next template, and why; null: that is open again."""

    kind: Literal["lesson.decide"]
    lesson: Item
    accepted: bool | None
    reason: Annotated[Passage, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _says_why(self) -> LessonDecide:
        if self.accepted is not None and not self.reason.strip():
            raise ValueError("a decision has a reason")
        return self


class LessonRemove(CommandModel):
    kind: Literal["lesson.remove"]
    lesson: Item
