"""What raters are shown of a task, and what they send. Nothing here tells where a row of a blind task comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, StringConstraints

from seedbed.server.review.schemas import Kind, ScaleShown, Value
from seedbed.server.shapes import Asked, Said

__all__ = ["MyTask", "RateAsked", "RatedRow", "RatedRows", "Rating", "RatingTask", "TakeBack"]

# 4,000 characters are 16 kB at most: a body has room for 64
_Words = Annotated[str, StringConstraints(max_length=4000)]
_Item = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Scale = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_Label = Annotated[StrictStr, StringConstraints(max_length=200)]
_Answer = _Label | StrictInt | StrictFloat | Annotated[list[_Label], Field(max_length=250)]


class Progress(Said):
    """`done` of `assigned` places are complete, `begun` are not, `skipped` are among those done."""

    assigned: int
    done: int
    begun: int
    skipped: int


class MyTask(Said):
    """A task that one may rate."""

    name: str
    title: str
    kind: Kind
    progress: Progress


class ItemShown(Said):
    """A row as its raters see it. `item` names it in requests, and means nothing in a blind task. `place` is where it
    stands among one's own, from 0; `again`: it comes a second time. `source` is where it comes from, None if blind.
    `language` is "" where it would tell."""

    item: str
    place: int
    again: bool
    kind: Kind
    texts: dict[str, str]
    topic: str | None
    question_type: str | None
    values: list[str]
    language: str
    source: str | None = None


class RatingTask(Said):
    """What one needs to rate: `items` are the next that are not done."""

    name: str
    title: str
    kind: Kind
    instructions: str
    scales: list[ScaleShown]
    blind: bool
    progress: Progress
    items: list[ItemShown]


class RateAsked(Asked):
    """What one says of `item`. What is left out of `values` is not answered; with `skipped`, nothing is ("can't
    tell"). The same `key` again is the same rating: send it until it is answered. Another rating of the item, under
    another key, is a revision. `again` is as the item came."""

    item: _Item
    values: Annotated[dict[_Scale, _Answer], Field(max_length=20)] = Field(default={})
    critique: _Words = ""
    note: _Words = ""
    seconds: Annotated[float, Field(ge=0, le=1e6)] | None = None
    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    again: StrictBool = False
    skipped: StrictBool = False


class TakeBack(Asked):
    """One's own newest rating of the item, first or second time; what one said before stands again."""

    item: _Item
    again: StrictBool = False


class Opinion(Said):
    """What somebody else says of the same row; no name stands beside it."""

    values: dict[str, Value | list[str]]
    critique: str


class RatedRow(Said):
    """What one said of a row. `others` is what others say of it: in tasks that are not blind, and once nothing more
    is asked of oneself about it."""

    item: ItemShown
    state: Literal["done", "begun"]
    values: dict[str, Value | list[str]]
    critique: str
    note: str
    seconds: float | None
    skipped: bool
    at: str
    others: list[Opinion]


class Rating(Said):
    """`rated` is what stands of the row now; None where nothing does."""

    progress: Progress
    rated: RatedRow | None


class RatedRows(Said):
    """What one rated, the newest first. `next` is `offset` of the next page; None at the end."""

    rows: list[RatedRow]
    total: int
    next: int | None
