"""Topics of a debrief that are kept: what lessons and coding start from.

    topic.keep subject topic {cmd} and the text `name`
    topic.drop subject topic {cmd}

Collection: `topics/<id>` {name, person, at}. A note has its topic in its field `cluster`; one name is kept once,
however it is typed. To keep a topic anew gives it another name and leaves it its id. Of an erased
person no name stands.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands import TopicDrop, TopicKeep
from seedbed.workshop.families.asking import Asked, gone
from seedbed.workshop.places import DEBRIEF

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS", "one_name"]

COLLECTIONS = ("topics",)


def one_name(name: str) -> str:
    """What two spellings of one topic have in common."""
    return " ".join(name.split()).casefold()


def _kept(board: Board, event: Happened) -> list[Change]:
    id, name = event.subject, event.data["name"]
    if not id or not name:
        return []
    before = board.items("topics").get(id)
    first = before or {"person": event.actor, "at": event.at}
    return [("topics", id, {"name": name, "person": first["person"], "at": first["at"]})]


CHANGES = {"topic.keep": _kept, "topic.drop": partial(gone, "topics")}


def _keep(board: Board, asked: Asked, command: TopicKeep) -> Decided:
    topics = board.items("topics")
    if board.place.activity.name != DEBRIEF:
        return Refusal("bad_command")
    if command.topic is not None and command.topic not in topics:
        return Refusal("unknown_item")
    same = next((id for id, topic in topics.items() if one_name(topic["name"]) == one_name(command.name)), None)
    if same is not None and same != command.topic:
        return Refusal("already_there")
    if command.topic is not None:
        return done(command, command.topic, {"name": command.name})
    return asked.add(board, command, "topics", {"name": command.name})


def _drop(board: Board, asked: Asked, command: TopicDrop) -> Decided:
    known = command.topic in board.items("topics")
    return done(command, command.topic) if known else Refusal("unknown_item")


DECISIONS = {TopicKeep: _keep, TopicDrop: _drop}
