"""What travels over HTTP about a release before it is made, and about what one has otherwise than another."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from seedbed.server.shapes import Asked, Said

__all__ = [
    "FileShown",
    "PrepareAsked",
    "ReleaseForm",
    "ReleasePrepared",
    "ReleaseShown",
]

_Line = Annotated[str, StringConstraints(max_length=500)]
_Text = Annotated[str, StringConstraints(max_length=10_000)]


class ReleaseForm(Asked):
    """The keys of [release], [release.splits] and [release.scope] that a page offers, by their names there. What each
    may be, the settings say; here they are only bounded."""

    pretty_name: _Line
    description: _Text
    license: _Line
    creator: _Line
    contact: _Line
    url: _Line
    languages: Annotated[tuple[Annotated[str, StringConstraints(max_length=40)], ...], Field(max_length=50)]
    k: Annotated[int, Field(ge=-(10**6), le=10**6)]
    include_human_pairs: bool
    include_human_questions: bool
    include_surplus: bool
    include_reasons: bool
    formats: Annotated[tuple[Literal["jsonl", "parquet"], ...], Field(max_length=4)]
    validation: Annotated[float, Field(ge=-1, le=2)]
    test: Annotated[float, Field(ge=-1, le=2)]
    foundation: _Text
    subfloor: _Text
    surface: _Text


class PrepareAsked(Asked):
    """`before` is that of the form that was changed."""

    before: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    form: ReleaseForm


class ReleasePrepared(Said):
    """`title` stands for a `pretty_name` that is empty. `fixed` are the fields that the study's profile sets, `taken`
    the versions that were made, also those that are gone; `next` is free."""

    before: str
    title: str
    form: ReleaseForm
    profile: str
    fixed: list[str]
    licences: tuple[str, ...]
    taken: list[str]
    next: str


class FileShown(Said):
    """`path` goes behind the address of the release."""

    path: str
    bytes: int


class ReleaseShown(Said):
    version: str
    made_at: str
    rows: dict[str, int]
    bytes: int
    files: list[FileShown]
