"""The topics of a debrief: names under which its notes were put together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seedbed.workshop.commands.base import CommandModel, Item, Spoken

__all__ = ["TopicDrop", "TopicKeep"]


class TopicKeep(CommandModel):
    """Notes agree on this topic: it is kept for lessons and for coding. Another name of one that is kept: `topic`."""

    kind: Literal["topic.keep"]
    name: Annotated[Spoken, Field(min_length=1, max_length=200)]
    topic: Item | None = None


class TopicDrop(CommandModel):
    """It is not kept any more."""

    kind: Literal["topic.drop"]
    topic: Item
