"""Rows, phases, where pasted text came from, and a model's reply put into a text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from seedbed.workshop.commands.base import CallId, Client, Clock, CommandModel, Line, Name, Position, Row

__all__ = ["ModelUse", "PasteDeclare", "PhaseClose", "PhaseOpen", "RowAdd", "RowRemove", "RowRestore", "RowSet"]


class RowAdd(CommandModel):
    """A new row: after the row `after`, at the top for "", at the end when nothing is named."""

    kind: Literal["row.add"]
    after: Row | Literal[""] | None = None


class RowSet(CommandModel):
    """One field of a row, as a whole; an empty value clears it."""

    kind: Literal["row.set"]
    row: Row
    field: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    value: Annotated[Line, Field(max_length=2000)]


class RowRemove(CommandModel):
    kind: Literal["row.remove"]
    row: Row


class RowRestore(CommandModel):
    kind: Literal["row.restore"]
    row: Row


class PasteDeclare(CommandModel):
    """Where pasted text came from: `chars` characters, the clocks `from` up to, not with, `to` of the own `client`.

    The same range again replaces what was said before ("unsaid" until the person answers).
    """

    kind: Literal["paste.declare"]
    text: Name
    chars: Annotated[int, Field(ge=1, lt=2**31)]
    client: Client
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    origin: Literal["own", "colleague", "web", "document", "model", "unsaid"]

    @model_validator(mode="after")
    def _is_range(self) -> PasteDeclare:
        # a character takes one or two clocks
        if not self.chars <= self.end - self.start <= 2 * self.chars:
            raise ValueError("the range does not hold that many characters")
        return self


class ModelUse(CommandModel):
    """Insert the reply of a model call into a text. The server inserts it, under a client id of its own."""

    kind: Literal["model.use"]
    call: CallId
    text: Name
    position: Position | Literal["end"]


class PhaseOpen(CommandModel):
    kind: Literal["phase.open"]


class PhaseClose(CommandModel):
    kind: Literal["phase.close"]
