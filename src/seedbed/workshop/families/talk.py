"""Comments, votes and kept versions.

    comment.add     subject comment {cmd, row} and the text `text`
    comment.resolve subject comment {cmd, resolved}
    comment.remove  subject comment {cmd}
    vote.set        subject row     {cmd, on}
    version.keep    subject version {cmd, row} and the text `note`

Collections: `comments/<id>` {row, person, at, text, resolved}, `votes/<row>:<person>` {row, person},
`versions/<id>` {row, person, at, seq, note}. Of an erased person no comment stands, and a version without its note.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Change, Happened
from seedbed.workshop.commands import CommentAdd, CommentRemove, CommentResolve, VersionKeep, VoteSet
from seedbed.workshop.families.asking import Asked, added, gone, standing

if TYPE_CHECKING:
    from seedbed.workshop.board import Board

__all__ = ["CHANGES", "COLLECTIONS", "DECISIONS"]

COLLECTIONS = ("comments", "votes", "versions")


def _comment_added(board: Board, event: Happened) -> list[Change]:
    row, text = event.data["row"], event.data["text"]
    comment = {"row": row, "at": event.at, "text": text, "resolved": False}
    return added(board, event, "comments", comment) if text else []


def _comment_resolved(board: Board, event: Happened) -> list[Change]:
    resolved = bool(event.data["resolved"])
    return [("comments", event.subject, {**board.items("comments")[event.subject], "resolved": resolved})]


def _vote_set(board: Board, event: Happened) -> list[Change]:
    if event.subject not in board.rows:
        return []
    vote = {"row": event.subject, "person": event.actor} if event.data["on"] else None
    return [("votes", f"{event.subject}:{event.actor}", vote)]


def _version_kept(board: Board, event: Happened) -> list[Change]:
    row, note = event.data["row"], event.data["note"] or ""
    return added(board, event, "versions", {"row": row, "at": event.at, "seq": event.seq, "note": note})


CHANGES = {
    "comment.add": _comment_added,
    "comment.resolve": _comment_resolved,
    "comment.remove": partial(gone, "comments"),
    "vote.set": _vote_set,
    "version.keep": _version_kept,
}


def _comment_add(board: Board, asked: Asked, command: CommentAdd) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    return asked.add(board, command, "comments", {"row": command.row, "text": command.text})


def _comment_resolve(board: Board, asked: Asked, command: CommentResolve) -> Decided:
    if command.comment not in board.items("comments"):
        return Refusal("unknown_item")
    return done(command, command.comment, {"resolved": command.resolved})


def _comment_remove(board: Board, asked: Asked, command: CommentRemove) -> Decided:
    return asked.remove(board, command, "comments", command.comment)


def _vote(board: Board, asked: Asked, command: VoteSet) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    full = asked.full(board, "votes", f"{command.row}:{asked.member.id}") if command.on else None
    return full or done(command, command.row, {"on": command.on})


def _version_keep(board: Board, asked: Asked, command: VersionKeep) -> Decided:
    if not standing(board, command.row):
        return Refusal("unknown_row")
    return asked.add(board, command, "versions", {"row": command.row, "note": command.note})


DECISIONS = {
    CommentAdd: _comment_add,
    CommentResolve: _comment_resolve,
    CommentRemove: _comment_remove,
    VoteSet: _vote,
    VersionKeep: _version_keep,
}
