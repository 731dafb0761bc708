"""Labels that participants add, and the values and risks that they name for a row.

    label.add    subject label {cmd, of} and the texts `label`, `definition`
    label.review subject label {cmd, state, as}
    tag.set      subject row   {cmd, of, on, tag}; when set also the text `name`

Collections: `labels/<id>` {of, label, definition, person, at, state, as} and `tags/<row>:<of>:<name>`
{row, of, name, person, at, id}. A tag is taken away by its id and not by its name, so that a removal holds nobody's
words and outlasts the erasing of whoever asked for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedbed.taxonomy.labels import normalise
from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands import LabelAdd, LabelReview, TagSet
from seedbed.workshop.families.asking import Asked, added, standing

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS"]

COLLECTIONS = ("labels", "tags")


def _label_added(board: Board, event: Happened) -> list[Change]:
    of, text, definition = event.data["of"], event.data["label"], event.data["definition"] or ""
    label = {"of": of, "label": text, "definition": definition, "at": event.at, "state": "proposed", "as": None}
    return added(board, event, "labels", label) if text else []


def _label_reviewed(board: Board, event: Happened) -> list[Change]:
    reviewed = {"state": event.data["state"], "as": event.data["as"]}
    return [("labels", event.subject, {**board.items("labels")[event.subject], **reviewed})]


def _tag_set(board: Board, event: Happened) -> list[Change]:
    row, of, id = event.subject, event.data["of"], event.data["tag"]
    tags = board.items("tags")
    if not event.data["on"]:
        return [("tags", key, None) for key, tag in tags.items() if tag["id"] == id and tag["row"] == row]
    name = event.data["name"]
    key = f"{row}:{of}:{name}"
    if not name or row not in board.rows or key in tags:
        return []
    return [("tags", key, {"row": row, "of": of, "name": name, "person": event.actor, "at": event.at, "id": id})]


CHANGES = {"label.add": _label_added, "label.review": _label_reviewed, "tag.set": _tag_set}


def _label_add(board: Board, asked: Asked, command: LabelAdd) -> Decided:
    name = _bare(command.label)
    labels = board.items("labels")
    if any(label["of"] == command.of and _bare(label["label"]) == name for label in labels.values()):
        return Refusal("already_there")
    detail = {"of": command.of, "label": command.label, "definition": command.definition}
    return asked.add(board, command, "labels", detail)


def _bare(label: str) -> str:
    return normalise(label) or label  # a label of signs alone is its signs


def _label_review(board: Board, asked: Asked, command: LabelReview) -> Decided:
    if command.label not in board.items("labels"):
        return Refusal("unknown_item")
    return done(command, command.label, {"state": command.state, "as": command.into})


def _tag(board: Board, asked: Asked, command: TagSet) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    tags = board.items("tags")
    stands = tags.get(f"{command.row}:{command.of}:{command.name}")
    if not command.on:
        if stands is None:
            return Refusal("unknown_item")
        return done(command, command.row, {"of": command.of, "on": False, "tag": stands["id"]})
    if stands is None and (full := asked.full(board, "tags")):
        return full
    # a second voice for a tag shares its id: when the first is erased the tag stands by the second
    id = stands["id"] if stands else asked.fresh
    if not id or (stands is None and any(tag["id"] == id for tag in tags.values())):
        raise ValueError("a new tag needs a fresh id")
    return done(command, command.row, {"of": command.of, "on": True, "tag": id, "name": command.name})


DECISIONS = {LabelAdd: _label_add, LabelReview: _label_review, TagSet: _tag}
