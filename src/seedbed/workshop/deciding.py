"""What comes of a command: an act to append, a refusal, or the event it already led to.

Pure: the same state, member and command give the same answer. New ids come from the caller. Whoever is asked decides
and appends within one turn of the event loop, so that no other event comes between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seedbed.study.entries import Act
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.agenda import decide as of_agenda
from seedbed.workshop.answers import Already, Decided, Refusal
from seedbed.workshop.board import Board
from seedbed.workshop.commands import Command
from seedbed.workshop.facilitation import Facilitation
from seedbed.workshop.families import FAMILIES
from seedbed.workshop.families.asking import Asked
from seedbed.workshop.joining import decide as of_workshop
from seedbed.workshop.leading import decide as of_facilitation
from seedbed.workshop.members import Members
from seedbed.workshop.permissions import can
from seedbed.workshop.roles import Member
from seedbed.workshop.words import act

__all__ = ["Already", "Decided", "Refusal", "decide", "issued", "model_called"]

_DECISIONS: Mapping[type, Callable[[Board, Asked, Any], Decided]] = {
    command: decision for family in FAMILIES for command, decision in family.DECISIONS.items()
}


def decide(
    state: Board | Members | Agenda | Facilitation,
    member: Member,
    command: Command,
    *,
    fresh: str = "",
    client: int = 0,
    taxonomy: int = 1,
) -> Decided:
    """What comes of `command` when `member` gives it to the document that `state` is the fold of.

    `fresh` is an id for whatever the command makes: a row, a comment, a label, a span, a question. `taxonomy` is the
    version of the labels now. `client` is a client id not yet issued, for `model.use`: with its act belong
    `issued(member.id, client, call)` before and the insertion of `state.reply(call)` between, all in one submission to
    the log.
    """
    if isinstance(state, Members):
        return of_workshop(state, member, command)
    if (refused := can(member, state.doc, "read")) is not None:
        return Refusal(refused)
    # before the phase is looked at: what was done stays done, and its sender must hear so
    if (event := state.commands.find(member.id, command.id)) is not None:
        return Already(event)
    if (refused := can(member, state.doc, command.kind, state.phase)) is not None:
        return Refusal(refused)
    if isinstance(state, Agenda):
        return of_agenda(state, member, command, fresh)
    if isinstance(state, Facilitation):
        return of_facilitation(state, member, command, fresh)
    decision = _DECISIONS.get(type(command))
    asked = Asked(member, fresh, client, taxonomy)
    return decision(state, asked, command) if decision else Refusal("bad_command")


# --- what the server does of itself ----------------------------------------------------------------------------------


def issued(person: str, client: int, call: str | None = None) -> Act:
    """The client id `client` now stands for this person typing, or for one model call of theirs."""
    return act("client.issued", person, {"client": client} if call is None else {"client": client, "call": call})


def model_called(
    call: str,
    *,
    endpoint: str,
    model: str,
    reply: str,
    prompt: str = "",
    purpose: str = "free",
    batch: str = "",
    part: str = "",
    temperature: float | None = None,
    max_tokens: int | None = None,
    row: str = "",
) -> Act:
    """A model replied to the actor. The reply, and the prompt it was asked with, are the actor's own until used.

    `purpose` says what was asked for; `batch` binds the calls of one proposal together, of which each is a `part`;
    `row` is the row it was asked for.
    """
    asked = {"purpose": purpose, "batch": batch, "part": part, "temperature": temperature, "max_tokens": max_tokens,
             "row": row}  # fmt: skip
    return act("model.called", call, {"endpoint": endpoint, "model": model, **asked, "reply": reply, "prompt": prompt})
