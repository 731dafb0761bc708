"""What comes of a command: an act to append, a refusal, or the event it already led to.

Pure: the same state, member and command give the same answer. New ids come from the caller. Whoever is asked decides
and appends within one turn of the event loop, so that no other event comes between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from seedbed.study.entries import Act
from seedbed.workshop.applied import Applied
from seedbed.workshop.board import Board
from seedbed.workshop.commands import (
    Command,
    GroupAdd,
    MemberJoin,
    MemberMove,
    MemberRemove,
    ModelUse,
    PasteDeclare,
    PhaseClose,
    PhaseOpen,
    RowAdd,
    RowRemove,
    RowRestore,
    RowSet,
)
from seedbed.workshop.members import Members
from seedbed.workshop.permissions import can
from seedbed.workshop.roles import Member

__all__ = ["Already", "Decided", "Refusal", "decide", "issued", "model_called"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and why."""

    code: str


@dataclass(frozen=True, slots=True)
class Already:
    """This person's command was carried out before, by this event. Its changes are not told again: see `Commands`."""

    event: Applied


Decided: TypeAlias = Act | Refusal | Already


def decide(state: Board | Members, member: Member, command: Command, *, fresh: str = "", client: int = 0) -> Decided:
    """What comes of `command` when `member` gives it to the document that `state` is the fold of.

    `fresh` is the id of the row that `row.add` makes. `client` is a client id not yet issued, for `model.use`: with its
    act belong `issued(member.id, client, call)` before and the insertion of `state.reply(call)` between, all in one
    submission to the log.
    """
    if isinstance(state, Members):
        return _of_workshop(state, member, command)
    if (refused := can(member, state.doc, "read")) is not None:
        return Refusal(refused)
    # before the phase is looked at: what was done stays done, and its sender must hear so
    if (event := state.commands.find(member.id, command.id)) is not None:
        return Already(event)
    if (refused := can(member, state.doc, command.kind, state.phase)) is not None:
        return Refusal(refused)
    return _of_board(state, member, command, fresh, client)


def _of_board(board: Board, member: Member, command: Command, fresh: str, client: int) -> Decided:
    match command:
        case RowAdd():
            if command.after and command.after not in board.rows:
                return Refusal("unknown_row")
            # removed rows are kept, so each person's count too: nobody can fill a board for everybody and for ever
            standing = sum(not row["removed"] for row in board.rows.values())
            own = sum(row["by"] == member.id for row in board.rows.values())
            if standing >= board.most_rows or own >= board.most_rows:
                return Refusal("document_full")
            if not fresh or fresh in board.rows:
                raise ValueError("row.add needs a fresh id")
            return _act(command, fresh, {"after": command.after})
        case RowSet():
            if command.row not in board.rows:
                return Refusal("unknown_row")
            if command.field not in board.place.activity.fields:
                return Refusal("bad_command")
            # the words are people's own: apart, so that erasing them is one place
            return _act(command, command.row, {"field": command.field}, {"value": command.value})
        case RowRemove() | RowRestore():
            return _act(command, command.row) if command.row in board.rows else Refusal("unknown_row")
        case PasteDeclare():
            return _paste(board, member, command)
        case ModelUse():
            return _use(board, member, command, client)
        case PhaseOpen() | PhaseClose():
            return _act(command, "")
    return Refusal("bad_command")


def _paste(board: Board, member: Member, command: PasteDeclare) -> Decided:
    if command.text not in board.names:
        return Refusal("unknown_row")
    if not board.may_write(member.id, command.client):
        return Refusal("not_yours")
    detail = {
        "client": command.client,
        "from": command.start,
        "to": command.end,
        "chars": command.chars,
        "origin": command.origin,
    }
    return _act(command, command.text, detail)


def _use(board: Board, member: Member, command: ModelUse, client: int) -> Decided:
    if command.text not in board.names or board.rows[command.text.partition(":")[2]]["removed"]:
        return Refusal("unknown_row")
    call = board.call(command.call)
    if call is None or call["person"] != member.id:
        return Refusal("not_yours")  # the same for both, so that nobody learns of another's call
    if not board.reply(command.call):
        return Refusal("bad_command")
    if not client or client in board.clients:
        raise ValueError("model.use needs a fresh client id")
    return _act(command, command.call, {"client": client, "text": command.text})


def _of_workshop(members: Members, member: Member, command: Command) -> Decided:
    known = members.member(member.id)
    if isinstance(command, MemberJoin) and command.person == member.id:
        return _join(members, member, known, command)
    if (refused := can(known or member, members.doc, "read")) is not None:
        return Refusal(refused)
    if (event := members.commands.find(member.id, command.id)) is not None:
        return Already(event)
    if (refused := can(known or member, members.doc, command.kind)) is not None:
        return Refusal(refused)
    if isinstance(command, GroupAdd):
        taken = {group.casefold() for group in members.groups}  # a folder or a spreadsheet may not tell a from A
        return Refusal("bad_command") if command.group.casefold() in taken else _act(command, command.group)
    if isinstance(command, MemberJoin):
        if command.group is not None and command.group not in members.groups:
            return Refusal("bad_command")
        return _act(command, command.person, {"group": command.group, "role": command.role})
    if not isinstance(command, MemberMove | MemberRemove):
        return Refusal("bad_command")
    whom = members.member(command.person)
    if whom is None:
        return Refusal("bad_command")
    if member.role != "organiser" and whom.role not in ("participant", "observer"):
        return Refusal("not_yours")
    if isinstance(command, MemberRemove):
        return _act(command, command.person)
    return (
        _act(command, command.person, {"group": command.group})
        if command.group in members.groups
        else Refusal("bad_command")
    )


def _join(members: Members, member: Member, known: Member | None, command: MemberJoin) -> Decided:
    """Someone's own first arrival: as what the server says they are, which is what their link says."""
    if (event := members.commands.find(member.id, command.id)) is not None and known and not known.removed:
        return Already(event)
    if known is not None:
        # who was moved or removed since does not undo that by coming in again
        return Refusal("removed") if known.removed else Refusal("bad_command")
    if (command.role, command.group) != (member.role, member.group) or member.removed:
        return Refusal("not_yours")
    if command.group is not None and command.group not in members.groups:
        return Refusal("bad_command")
    return _act(command, command.person, {"group": command.group, "role": command.role})


def _act(
    command: Command, subject: str, data: Mapping[str, Any] | None = None, texts: Mapping[str, str] | None = None
) -> Act:
    return Act(command.kind, subject, {"cmd": command.id, **(data or {})}, texts or {})


# --- what the server does of itself ----------------------------------------------------------------------------------


def issued(person: str, client: int, call: str | None = None) -> Act:
    """The client id `client` now stands for this person typing, or for one model call of theirs."""
    return Act("client.issued", person, {"client": client} if call is None else {"client": client, "call": call})


def model_called(call: str, *, endpoint: str, model: str, reply: str) -> Act:
    """A model replied to the actor. The reply is the actor's own until they use it."""
    return Act("model.called", call, {"endpoint": endpoint, "model": model}, {"reply": reply})
