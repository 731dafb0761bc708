"""What is sent about debriefs and the sources of a thematic analysis, and what is said of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field, StringConstraints

from seedbed.server.shapes import Asked, Said

__all__ = [
    "DebriefShown", "MentionShown", "PreviewOfSource", "SegmentShown", "SourceAsked", "SourceLine", "SourceShown",
    "SpeakerShown", "TopicShown",
]  # fmt: skip

_Id = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,31})?$")]
_Short = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Person = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")]


class SourceAsked(Asked):
    """A file in base64; its name's end says what it is: .vtt, .srt or .txt.

    `speakers` says of names in the file who they are: a pseudonym, or "" for nobody of the study. `plain` looks for no
    names in front of lines.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f]{1,200}$")]
    data: Annotated[Base64Bytes, Field(max_length=11_500_000)]
    title: _Short = ""
    debrief: _Id = ""
    session: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,32}$")] = ""
    group: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,31})?$")] = ""
    speakers: Annotated[dict[_Short, _Person], Field(max_length=200)] = Field(default={})
    replace_names: bool = False
    plain: bool = False


class SpeakerShown(Said):
    """A voice of a file. `name` is what the file says; it is kept nowhere. `called` is the name of the person."""

    name: str
    key: str
    person: str
    called: str
    how: Literal["name", "given", "several", "nobody", "unnamed"]
    pieces: int
    characters: int
    left_out: bool


class MentionShown(Said):
    name: str
    stands_for: str
    times: int
    lines: tuple[int, ...]


class SegmentShown(Said):
    """The code points from `start` up to, not with, `end`. `gone` says why there are no words: erased, withheld."""

    start: int
    end: int
    speaker: str
    called: str
    text: str
    start_s: float | None
    end_s: float | None
    row: str
    by_model: bool
    gone: str


class SourceLine(Said):
    """One source. `characters` are code points, `gone` how many of them were erased or are withheld."""

    id: str
    kind: Literal["transcript", "notes", "reflection", "debrief"]
    title: str
    debrief: str
    session: str
    group: str
    language: str
    at: str
    segments: int
    characters: int
    gone: int
    left_out: int
    speakers: int


class SourceShown(Said):
    """A source with a page of its segments; `after` is the number of the next, null at the end."""

    source: SourceLine
    sha256: str
    segments: list[SegmentShown]
    after: int | None


class PreviewOfSource(Said):
    """What taking a file in would come to. `unnamed` counts pieces that name no speaker."""

    source: SourceLine
    format: Literal["vtt", "srt", "txt"]
    lines: int
    speakers: list[SpeakerShown]
    mentions: list[MentionShown]
    unnamed: int
    first: list[SegmentShown]


class TopicShown(Said):
    """A topic that was kept, and how many notes have it now."""

    id: str
    name: str
    person: str
    at: str
    notes: int


class DebriefShown(Said):
    """A debrief of the template as far as it has come."""

    id: str
    title: str
    text: str
    minutes: int
    doc: str
    notes: int
    grouped: int
    topics: list[TopicShown]
    sources: int
