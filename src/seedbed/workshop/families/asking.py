"""What a decision knows besides the board and the command, and what families do alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.bounds import is_full
from seedbed.workshop.commands import Command
from seedbed.workshop.roles import FACILITATORS, Member

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["Asked", "added", "gone", "standing"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and what the server brings along.

    `fresh` is an id not yet given out, `client` a client id not yet issued, `taxonomy` the version of the labels now.
    """

    member: Member
    fresh: str = ""
    client: int = 0
    taxonomy: int = 1

    def full(self, board: Board, collection: str, place: str = "") -> Refusal | None:
        """The refusal where the member can add no more to the collection. What stands at `place` already needs none."""
        items = board.items(collection)
        full = place not in items and is_full(collection, items, self.member.id)
        return Refusal("document_full") if full else None

    def new_id(self, board: Board, collection: str) -> str:
        """The fresh id. Raises ValueError where the caller brought none, or a used one."""
        if not self.fresh or self.fresh in board.items(collection):
            raise ValueError(f"a new item of {collection} needs a fresh id")
        return self.fresh

    def add(self, board: Board, command: Command, collection: str, detail: Mapping[str, Any]) -> Decided:
        """A new item of the collection, where there is room."""
        return self.full(board, collection) or done(command, self.new_id(board, collection), detail)

    def remove(self, board: Board, command: Command, collection: str, id: str) -> Decided:
        """The item goes: one's own, or for who runs the workshop any."""
        if (item := board.items(collection).get(id)) is None:
            return Refusal("unknown_item")
        own = item["person"] == self.member.id or self.member.role in FACILITATORS
        return done(command, id) if own else Refusal("not_yours")


def added(board: Board, event: Happened, collection: str, item: Mapping[str, Any]) -> list[Change]:
    """The new item `event.subject`, its person with it; nothing where it is there already, or its row is not there."""
    id = event.subject
    if not id or id in board.items(collection) or ("row" in item and item["row"] not in board.rows):
        return []
    return [(collection, id, {**item, "person": event.actor})]


def gone(collection: str, board: Board, event: Happened) -> list[Change]:
    """The item `event.subject` is there no more."""
    return [(collection, event.subject, None)] if event.subject in board.items(collection) else []


def standing(board: Board, row: str) -> bool:
    """Whether the row is there and not removed."""
    found = board.rows.get(row)
    return found is not None and not found["removed"]
