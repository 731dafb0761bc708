"""Replaceable words, spans of a text, and each person's ratings.

    slot.add    subject slot {cmd, row, of} and the text `text`
    slot.remove subject slot {cmd}
    span.add    subject span {cmd, row, text, start, end} and the texts `risk`, `note`
    span.remove subject span {cmd}
    rating.set  subject row  {cmd, scale, value}

Collections: `slots/<id>` {row, kind, text, person}, `spans/<id>` {row, text, start, end, risk, note, person, at},
`ratings/<row>:<scale>:<person>` {row, scale, person, value, at}. Slots and spans of an erased person are gone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands import Position, RatingSet, SlotAdd, SlotRemove, SpanAdd, SpanRemove
from seedbed.workshop.families.asking import Asked, added, gone, standing

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS"]

COLLECTIONS = ("slots", "spans", "ratings")


def _slot_added(board: Board, event: Happened) -> list[Change]:
    row, of, text = event.data["row"], event.data["of"], event.data["text"]
    return added(board, event, "slots", {"row": row, "kind": of, "text": text}) if text else []


def _span_added(board: Board, event: Happened) -> list[Change]:
    span = {name: event.data[name] for name in ("row", "text", "start", "end", "risk", "note")}
    erased = span["risk"] is None or span["note"] is None
    return [] if erased else added(board, event, "spans", {**span, "at": event.at})


def _rated(board: Board, event: Happened) -> list[Change]:
    row, scale, value = event.subject, event.data["scale"], event.data["value"]
    if row not in board.rows:
        return []
    rating = {"row": row, "scale": scale, "person": event.actor, "value": value, "at": event.at}
    return [("ratings", f"{row}:{scale}:{event.actor}", rating if value is not None else None)]


CHANGES = {
    "slot.add": _slot_added,
    "slot.remove": partial(gone, "slots"),
    "span.add": _span_added,
    "span.remove": partial(gone, "spans"),
    "rating.set": _rated,
}


def _slot_add(board: Board, asked: Asked, command: SlotAdd) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    same = (command.row, command.of, command.text)
    if any((slot["row"], slot["kind"], slot["text"]) == same for slot in board.items("slots").values()):
        return Refusal("already_there")
    detail = {"row": command.row, "of": command.of, "text": command.text}
    return asked.add(board, command, "slots", detail)


def _slot_remove(board: Board, asked: Asked, command: SlotRemove) -> Decided:
    return done(command, command.slot) if command.slot in board.items("slots") else Refusal("unknown_item")


def _span_add(board: Board, asked: Asked, command: SpanAdd) -> Decided:
    if not standing(board, command.row) or command.text not in board.names:
        return Refusal("unknown_row")
    detail = {
        "row": command.row,
        "text": command.text,
        "start": _place(command.start),
        "end": _place(command.end),
        "risk": command.risk,
        "note": command.note,
    }
    return asked.add(board, command, "spans", detail)


def _place(position: Position) -> dict[str, Any]:
    return position.model_dump(exclude_none=True)


def _span_remove(board: Board, asked: Asked, command: SpanRemove) -> Decided:
    return asked.remove(board, command, "spans", command.span)


def _rate(board: Board, asked: Asked, command: RatingSet) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    text, _, of_text = command.scale.partition(".")
    if of_text and text not in board.place.activity.texts:
        return Refusal("bad_command")
    place = f"{command.row}:{command.scale}:{asked.member.id}"
    full = None if command.value is None else asked.full(board, "ratings", place)
    return full or done(command, command.row, {"scale": command.scale, "value": command.value})


DECISIONS = {
    SlotAdd: _slot_add,
    SlotRemove: _slot_remove,
    SpanAdd: _span_add,
    SpanRemove: _span_remove,
    RatingSet: _rate,
}
