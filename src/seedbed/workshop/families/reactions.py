"""Reactions: one sign of a closed set, given to a row or taken back.

    reaction.set subject row {cmd, emoji, on}

Collection: `reactions/<row>:<person>:<emoji>` {row, person, emoji, at}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands import ReactionSet
from seedbed.workshop.families.asking import Asked, standing

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS"]

COLLECTIONS = ("reactions",)


def _reacted(board: Board, event: Happened) -> list[Change]:
    row, emoji = event.subject, event.data["emoji"]
    if row not in board.rows or not isinstance(emoji, str):
        return []
    given = {"row": row, "person": event.actor, "emoji": emoji, "at": event.at} if event.data["on"] else None
    return [("reactions", f"{row}:{event.actor}:{emoji}", given)]


CHANGES = {"reaction.set": _reacted}


def _react(board: Board, asked: Asked, command: ReactionSet) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    place = f"{command.row}:{asked.member.id}:{command.emoji}"
    full = asked.full(board, "reactions", place) if command.on else None
    return full or done(command, command.row, {"emoji": command.emoji, "on": command.on})


DECISIONS = {ReactionSet: _react}
