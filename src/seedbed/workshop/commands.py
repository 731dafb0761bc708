"""What people ask for besides typing: a closed set of commands.

A command names no actor and no time: those are the server's. Its id is made by the page that sends it and belongs
to the person who sends it; the same id again asks for nothing new.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from seedbed.sync.update import MAX_CLOCK
from seedbed.workshop.places import GROUP, ROW

__all__ = [
    "BoardCommand",
    "Command",
    "CommandRefused",
    "GroupAdd",
    "ItemId",
    "MemberJoin",
    "MemberMove",
    "MemberRemove",
    "ModelUse",
    "PasteDeclare",
    "PhaseClose",
    "PhaseOpen",
    "Position",
    "RowAdd",
    "RowRemove",
    "RowRestore",
    "RowSet",
    "WorkshopCommand",
    "parse_command",
]

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("is one line of text")
    return text


_Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
_Row = Annotated[str, StringConstraints(pattern=rf"^{ROW}$")]
_Group = Annotated[str, StringConstraints(pattern=rf"^{GROUP}$")]
_Person = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Name = Annotated[str, StringConstraints(pattern=rf"^[a-z_]{{1,32}}:{ROW}$")]
_Clock = Annotated[int, Field(ge=0, le=MAX_CLOCK)]
_Client = Annotated[int, Field(ge=0, lt=2**32)]


class CommandRefused(Exception):
    """A command that is none. `code` is what the page turns into a sentence."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class _Command(BaseModel):
    # strict: "5" is no number, and 1 no text
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    id: _Id


class RowAdd(_Command):
    """A new row: after the row `after`, at the top for "", at the end when nothing is named."""

    kind: Literal["row.add"]
    after: _Row | Literal[""] | None = None


class RowSet(_Command):
    """One field of a row, as a whole; an empty value clears it."""

    kind: Literal["row.set"]
    row: _Row
    field: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
    value: Annotated[str, StringConstraints(max_length=1000), AfterValidator(_one_line)]


class RowRemove(_Command):
    kind: Literal["row.remove"]
    row: _Row


class RowRestore(_Command):
    kind: Literal["row.restore"]
    row: _Row


class PasteDeclare(_Command):
    """Where pasted text came from: `chars` characters, the clocks `from` up to, not with, `to` of the own `client`.

    The same range again replaces what was said before ("unsaid" until the person answers).
    """

    kind: Literal["paste.declare"]
    text: _Name
    chars: Annotated[int, Field(ge=1, lt=2**31)]
    client: _Client
    start: _Clock = Field(alias="from")
    end: _Clock = Field(alias="to")
    origin: Literal["own", "colleague", "web", "document", "model", "unsaid"]

    @model_validator(mode="after")
    def _is_range(self) -> PasteDeclare:
        # a character takes one or two clocks
        if not self.chars <= self.end - self.start <= 2 * self.chars:
            raise ValueError("the range does not hold that many characters")
        return self


class ItemId(BaseModel):
    """One character: the first clock of it under its client."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    client: _Client
    clock: _Clock


class Position(BaseModel):
    """A relative position as yjs writes it in JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    type: None = None  # only texts at the root are written in, and those are named
    tname: _Name | None = None
    item: ItemId | None = None
    assoc: Annotated[int, Field(ge=-(2**31), lt=2**31)] = 0

    @model_validator(mode="after")
    def _names_a_place(self) -> Position:
        if self.item is None and self.tname is None:
            raise ValueError("names neither a text nor a character")
        return self


class ModelUse(_Command):
    """Insert the reply of a model call into a text. The server inserts it, under a client id of its own."""

    kind: Literal["model.use"]
    call: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    text: _Name
    position: Position | Literal["end"]


class PhaseOpen(_Command):
    kind: Literal["phase.open"]


class PhaseClose(_Command):
    kind: Literal["phase.close"]


class MemberJoin(_Command):
    """A person takes their place: themselves, as their link says, or by the organiser's hand."""

    kind: Literal["member.join"]
    person: _Person
    group: _Group | None
    role: Literal["moderator", "participant", "observer"]

    @model_validator(mode="after")
    def _has_a_group(self) -> MemberJoin:
        if self.group is None and self.role != "moderator":
            raise ValueError("only a moderator is bound to no group")
        return self


class MemberMove(_Command):
    kind: Literal["member.move"]
    person: _Person
    group: _Group


class MemberRemove(_Command):
    kind: Literal["member.remove"]
    person: _Person


class GroupAdd(_Command):
    kind: Literal["group.add"]
    group: _Group


BoardCommand: TypeAlias = (
    RowAdd | RowSet | RowRemove | RowRestore | PasteDeclare | ModelUse | PhaseOpen | PhaseClose
)  # fmt: skip
WorkshopCommand: TypeAlias = MemberJoin | MemberMove | MemberRemove | GroupAdd
Command: TypeAlias = BoardCommand | WorkshopCommand

_adapter: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])


def parse_command(data: Any) -> Command:
    """The command that `data` (decoded JSON) is. Raises CommandRefused("bad_command") when it is none."""
    try:
        return _adapter.validate_python(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise CommandRefused("bad_command", f"no such command: {where}") from None
