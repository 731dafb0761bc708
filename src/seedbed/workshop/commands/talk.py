"""What a group says about a row beside its text: comments, votes, reactions, marks of a version."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from seedbed.workshop.commands.base import CommandModel, Item, Line, Message, Row

__all__ = [
    "EMOJI", "CommentAdd", "CommentRemove", "CommentResolve", "Emoji", "ReactionSet", "VersionKeep", "VoteSet",
]  # fmt: skip

Emoji = Literal["thumbs_up", "heart", "laugh", "idea", "question", "surprise", "sad", "celebrate"]
EMOJI: tuple[Emoji, ...] = get_args(Emoji)


class CommentAdd(CommandModel):
    kind: Literal["comment.add"]
    row: Row
    text: Annotated[Message, Field(max_length=2000)]


class CommentResolve(CommandModel):
    kind: Literal["comment.resolve"]
    comment: Item
    resolved: bool


class CommentRemove(CommandModel):
    """Take a comment away: one's own, or as a facilitator any."""

    kind: Literal["comment.remove"]
    comment: Item


class VoteSet(CommandModel):
    """One's own vote for a row, given or taken back."""

    kind: Literal["vote.set"]
    row: Row
    on: bool


class ReactionSet(CommandModel):
    """One's own reaction to a row, given or taken back. A row may have several of one person's."""

    kind: Literal["reaction.set"]
    row: Row
    emoji: Emoji
    on: bool


class VersionKeep(CommandModel):
    """Mark a row as it stands now. No text is copied: the number of the event is the moment to replay."""

    kind: Literal["version.keep"]
    row: Row
    note: Annotated[Line, Field(max_length=200)] = ""
