"""What travels over HTTP of lessons: what was learnt, what of the template it changes, and the next template."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints

from seedbed.server.shapes import Asked, Said

__all__ = [
    "DecisionAsked", "LessonAsked", "LessonMade", "LessonShown", "Lessons", "LineShown", "PlaceShown", "ProposalAsked",
]  # fmt: skip

_Text = Annotated[str, StringConstraints(max_length=2000)]
_Sources = Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=30)]


class PlaceShown(Said):
    """A field by its name, or an item of a list, which has a title too."""

    name: str
    title: str


class LineShown(Said):
    """One change of a section: `where` is the way to it. added: `now` is the new item. removed: it `was` that. changed:
    from `was` to `now`. moved: behind the item titled `now`, which for "" is to be first. `known` is false where what
    stands there is not any more what it was when this was proposed."""

    section: str
    do: Literal["added", "removed", "changed", "moved"]
    where: list[PlaceShown]
    was: Any
    now: Any
    known: bool


class LessonShown(Said):
    """`state` look_again: it was accepted and cannot enter the next template as it is. `clash` says why, of an open one
    what would be in the way: "" for nothing, `moved` for a part that somebody changed since, `unfit` for what does not
    go together with the rest; `said` is the reason of the second. `proposed` holds each section that it changes as it
    would be now, but for sections that cannot be."""

    id: str
    text: str
    sources: list[str]
    by: str
    name: str
    at: str
    state: Literal["open", "accepted", "declined", "look_again"]
    sections: list[str]
    lines: list[LineShown]
    clash: Literal["", "moved", "unfit"]
    clash_section: str
    said: str
    reason: str
    decided_by: str
    decided_name: str
    decided_at: str
    proposed: dict[str, Any]


class Lessons(Said):
    """Every lesson, oldest first; `lines` are what the next template has otherwise than the present one."""

    lessons: list[LessonShown]
    lines: list[LineShown]
    template_version: int


class LessonMade(Said):
    id: str


class LessonAsked(Asked):
    """A lesson in words, and what it was learnt from: addresses as `workshop.commands.lessons` has them."""

    text: _Text
    sources: _Sources = Field(default=[])


class ProposalAsked(Asked):
    """A section as it is to be, null for as it is; `before` is what it was when the editing began."""

    value: Any
    before: Any = None


class DecisionAsked(Asked):
    """null: open again."""

    accepted: StrictBool | None
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""
