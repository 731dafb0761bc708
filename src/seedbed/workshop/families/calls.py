"""Pasted text and models' replies: where words came from that nobody typed.

    paste.declare subject text {cmd, client, from, to, chars, origin}
    model.called  subject call {endpoint, model, purpose, batch, part, temperature, max_tokens, row}
                               and the texts `reply`, `prompt`
    model.use     subject call {cmd, client, text}

Collections: `pastes/<client>-<from>`, `calls/<call>` {person, endpoint, model, at, used, purpose, batch, part,
temperature, max_tokens, row}, and `replies/<call>` {person, text, prompt}, which only the person who asked sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import PRIVATE, Change, Happened
from seedbed.workshop.commands import ModelUse, PasteDeclare
from seedbed.workshop.families.asking import Asked

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["ASKED", "CHANGES", "COLLECTIONS", "DECISIONS"]

COLLECTIONS = ("pastes", "calls", PRIVATE)
# what a call was asked with, and what is said of one that does not say it
ASKED: dict[str, Any] = {
    "purpose": "free", "batch": "", "part": "", "temperature": None, "max_tokens": None, "row": "",
}  # fmt: skip


def _declared(board: Board, event: Happened) -> list[Change]:
    kept = {name: event.data[name] for name in ("chars", "origin", "client", "from", "to")}
    paste = {"text": event.subject, "person": event.actor, **kept}
    return [("pastes", f"{kept['client']}-{kept['from']}", paste)]


def _called(board: Board, event: Happened) -> list[Change]:
    data, call = event.data, event.subject
    if call in board.items("calls"):
        return []  # a call is made once: else a reply could take the place of another's
    asked = {name: data.get(name, absent) for name, absent in ASKED.items()}
    made = {"person": event.actor, "endpoint": data["endpoint"], "model": data["model"], "at": event.at, "used": []}
    reply = data["reply"]
    private: list[Change] = []
    if reply:
        private = [(PRIVATE, call, {"person": event.actor, "text": reply, "prompt": data.get("prompt") or ""})]
    return [("calls", call, {**made, **asked}), *private]


def _used(board: Board, event: Happened) -> list[Change]:
    call = board.items("calls")[event.subject]
    return [("calls", event.subject, {**call, "used": [*call["used"], event.data["text"]]})]


CHANGES = {"paste.declare": _declared, "model.called": _called, "model.use": _used}


def _paste(board: Board, asked: Asked, command: PasteDeclare) -> Decided:
    if command.text not in board.names:
        return Refusal("unknown_row")
    if not board.may_write(asked.member.id, command.client):
        return Refusal("not_yours")
    detail = {
        "client": command.client,
        "from": command.start,
        "to": command.end,
        "chars": command.chars,
        "origin": command.origin,
    }
    return done(command, command.text, detail)


def _use(board: Board, asked: Asked, command: ModelUse) -> Decided:
    if command.text not in board.names or board.rows[command.text.partition(":")[2]]["removed"]:
        return Refusal("unknown_row")
    call = board.call(command.call)
    if call is None or call["person"] != asked.member.id:
        return Refusal("not_yours")  # the same for both, so that nobody learns of another's call
    if not board.reply(command.call):
        return Refusal("bad_command")
    if not asked.client or asked.client in board.clients:
        raise ValueError("model.use needs a fresh client id")
    return done(command, command.call, {"client": asked.client, "text": command.text})


DECISIONS = {PasteDeclare: _paste, ModelUse: _use}
