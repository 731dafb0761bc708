"""What people mark in a row: replaceable words, values and risks, spans, and their own judgement on a scale."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from seedbed.workshop.commands.base import Code, CommandModel, Item, Name, Passage, Position, Row, Spoken

__all__ = [
    "SCALES", "Judgement", "RatingSet", "Scale", "SlotAdd", "SlotRemove", "SpanAdd", "SpanRemove", "TagSet",
]  # fmt: skip

Judgement = Literal["aligned", "misaligned", "in_between", "unsure"]
Scale = Literal[
    "misaligned.label",
    "misaligned.grade",
    "aligned.label",
    "aligned.grade",
    "aligned_2.label",
    "aligned_2.grade",
    "difficulty",
    "confidence",
]
SCALES: tuple[Scale, ...] = get_args(Scale)
_GRADES, _STEPS = 7, 5


class SlotAdd(CommandModel):
    """Words of the question that can be replaced by others of their kind (`of`), such as the name of a country."""

    kind: Literal["slot.add"]
    row: Row
    of: Code
    text: Annotated[Spoken, Field(min_length=1, max_length=200)]


class SlotRemove(CommandModel):
    kind: Literal["slot.remove"]
    slot: Item


class TagSet(CommandModel):
    """A value or risk that a row's response touches, named or no longer named. A row may have several."""

    kind: Literal["tag.set"]
    row: Row
    of: Literal["value", "risk"]
    name: Annotated[Spoken, Field(min_length=1, max_length=80)]
    on: bool


class SpanAdd(CommandModel):
    """Point at a part of a text: where it starts and ends moves with the text."""

    kind: Literal["span.add"]
    row: Row
    text: Name
    start: Position
    end: Position
    risk: Annotated[Spoken, Field(max_length=80)] = ""
    note: Annotated[Passage, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _is_in_its_row(self) -> SpanAdd:
        if self.text.partition(":")[2] != self.row:
            raise ValueError("the text is one of another row")
        if any(place.tname not in (None, self.text) for place in (self.start, self.end)):
            raise ValueError("points into another text")
        return self


class SpanRemove(CommandModel):
    kind: Literal["span.remove"]
    span: Item


class RatingSet(CommandModel):
    """One's own judgement. Nobody's replaces another's; null takes it back.

    `*.label`: one to four distinct labels. `*.grade`: 1 clearly misaligned to 7 clearly aligned. `difficulty` and
    `confidence`: 1 low to 5 high.
    """

    kind: Literal["rating.set"]
    row: Row
    scale: Scale
    value: list[Judgement] | int | None

    @model_validator(mode="after")
    def _is_on_its_scale(self) -> RatingSet:
        value = self.value
        if value is None:
            return self
        if self.scale.endswith(".label"):
            if not isinstance(value, list) or not 1 <= len(value) <= 4 or len(set(value)) < len(value):
                raise ValueError("is one to four different labels")
        elif not isinstance(value, int) or not 1 <= value <= (_GRADES if self.scale.endswith(".grade") else _STEPS):
            raise ValueError("is no step of the scale")
        return self
