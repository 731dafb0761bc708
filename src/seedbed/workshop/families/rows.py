"""Rows, their fields, and the phase of the board.

    row.add     subject row {cmd, after, taxonomy}
    row.set     subject row {cmd, field, taxonomy?} and the text `value`
    row.remove  subject row {cmd}
    row.restore subject row {cmd}
    phase.open, phase.close {cmd}

Collections: `board/main` {phase, activity, group, title} and `rows/<row>` {fields, removed, by, at, order, taxonomy}.
`taxonomy` is the version of the labels when the row was made, or when its topic, type or value was last set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands import PhaseClose, PhaseOpen, RowAdd, RowRemove, RowRestore, RowSet
from seedbed.workshop.families.asking import Asked

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS", "full_of_rows"]

COLLECTIONS = ("board", "rows")
_LABELLED = frozenset({"topic", "question_type", "value"})  # fields that hold a label of the taxonomy


def full_of_rows(board: Board, person: str) -> bool:
    """Whether `person` can add no more rows.

    Removed rows are kept, so each person's count too: nobody can fill a board for everybody and for ever.
    """
    standing = sum(not row["removed"] for row in board.rows.values())
    own = sum(row["by"] == person for row in board.rows.values())
    return standing >= board.most_rows or own >= board.most_rows


def _added(board: Board, event: Happened) -> list[Change]:
    return [board.new_row(event, event.data.get("after"), taxonomy=event.data.get("taxonomy", 1))]


def _set(board: Board, event: Happened) -> list[Change]:
    row = board.rows[event.subject]
    fields = {**row["fields"], event.data["field"]: event.data["value"] or ""}
    kept = {name: text for name, text in fields.items() if text}
    return [("rows", event.subject, {**row, "fields": kept, "taxonomy": event.data.get("taxonomy", row["taxonomy"])})]


def _removed(board: Board, event: Happened) -> list[Change]:
    return [("rows", event.subject, {**board.rows[event.subject], "removed": event.kind == "row.remove"})]


def _phase(board: Board, event: Happened) -> list[Change]:
    phase = "open" if event.kind == "phase.open" else "closed"
    return [("board", "main", {**board.items("board")["main"], "phase": phase})]


CHANGES = {
    "row.add": _added,
    "row.set": _set,
    "row.remove": _removed,
    "row.restore": _removed,
    "phase.open": _phase,
    "phase.close": _phase,
}


def _add(board: Board, asked: Asked, command: RowAdd) -> Decided:
    if command.after and command.after not in board.rows:
        return Refusal("unknown_row")
    if full_of_rows(board, asked.member.id):
        return Refusal("document_full")
    return done(command, asked.new_id(board, "rows"), {"after": command.after, "taxonomy": asked.taxonomy})


def _set_field(board: Board, asked: Asked, command: RowSet) -> Decided:
    if command.row not in board.rows:
        return Refusal("unknown_row")
    if command.field not in board.place.activity.fields:
        return Refusal("bad_command")
    detail = {"field": command.field, "value": command.value}
    labelled = {"taxonomy": asked.taxonomy} if command.field in _LABELLED else {}
    return done(command, command.row, detail | labelled)


def _turn(board: Board, asked: Asked, command: RowRemove | RowRestore) -> Decided:
    return done(command, command.row) if command.row in board.rows else Refusal("unknown_row")


def _set_phase(board: Board, asked: Asked, command: PhaseOpen | PhaseClose) -> Decided:
    return done(command)


DECISIONS = {
    RowAdd: _add,
    RowSet: _set_field,
    RowRemove: _turn,
    RowRestore: _turn,
    PhaseOpen: _set_phase,
    PhaseClose: _set_phase,
}
