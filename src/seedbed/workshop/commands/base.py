"""What all commands share: their base, and the shapes of the names and places in them."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from seedbed.sync.update import MAX_CLOCK
from seedbed.workshop.places import GROUP, ROW

__all__ = [
    "CallId",
    "Client",
    "Clock",
    "Code",
    "CommandModel",
    "Group",
    "Id",
    "Item",
    "ItemId",
    "Line",
    "Message",
    "Name",
    "Passage",
    "Person",
    "Position",
    "Row",
    "Spoken",
    "TemplateId",
]

# half of a pair (\ud800 to \udfff) is no character, and no file takes it
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("is one line of text")
    return text


def _lines(text: str) -> str:
    if _CONTROL_BUT_BREAKS.search(text):
        raise ValueError("holds a control character")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


def _trimmed(text: object) -> object:
    """White space as one space each: a name that differs by it alone is the same name."""
    return " ".join(text.split()) if isinstance(text, str) else text


Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Row = Annotated[str, StringConstraints(pattern=rf"^{ROW}$")]
Item: TypeAlias = Row  # ids of comments, spans and the like have the form of a row's
Group = Annotated[str, StringConstraints(pattern=rf"^{GROUP}$")]
Person = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
CallId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
TemplateId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]  # of a step, a card, a task
Name = Annotated[str, StringConstraints(pattern=rf"^[a-z][a-z0-9_]{{0,31}}:{ROW}$")]
Clock = Annotated[int, Field(ge=0, le=MAX_CLOCK)]
Client = Annotated[int, Field(ge=0, lt=2**32)]

Line: TypeAlias = Annotated[str, AfterValidator(_one_line)]  # give it a length
Passage: TypeAlias = Annotated[str, AfterValidator(_lines)]  # with line breaks and tabs
Message: TypeAlias = Annotated[Passage, AfterValidator(_not_blank)]
Spoken: TypeAlias = Annotated[str, BeforeValidator(_trimmed), AfterValidator(_one_line)]  # a name people type


class CommandModel(BaseModel):
    # strict: "5" is no number, and 1 no text
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, validate_by_alias=True
    )

    id: Id


class ItemId(BaseModel):
    """One character: the first clock of it under its client."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    client: Client
    clock: Clock


class Position(BaseModel):
    """A relative position as yjs writes it in JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    type: None = None  # only texts at the root are written in, and those are named
    tname: Name | None = None
    item: ItemId | None = None
    assoc: Annotated[int, Field(ge=-(2**31), lt=2**31)] = 0

    @model_validator(mode="after")
    def _names_a_place(self) -> Position:
        if self.item is None and self.tname is None:
            raise ValueError("names neither a text nor a character")
        return self
