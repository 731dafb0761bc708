"""What travels between a page and the model helper. An answer is a stream of lines, each one JSON object."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, RootModel, StringConstraints

from seedbed.server.shapes import Asked, Said
from seedbed.workshop.places import ROW

__all__ = [
    "MOST_PROMPT",
    "MOST_TEXT",
    "MOST_TOKENS",
    "HelpAsked",
    "HelpBegun",
    "HelpDone",
    "HelpEnded",
    "HelpFailed",
    "HelpLine",
    "HelpText",
    "HelpWaiting",
    "HelperEndpoint",
    "HelperShown",
    "HintsAsked",
    "HintsShown",
    "RowHints",
]

MOST_PROMPT = 4000  # characters; the embedded model reads some 1,500 words at once
MOST_TEXT = 10_000
MOST_TOKENS = 1000  # of one reply; more where the organiser's template says so
_MOST_HINTED = 600  # a question; what is longer is no question
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _plain(text: str) -> str:
    """Words and their lines: nothing that a terminal obeys, that turns writing round, or that has no UTF-8 form."""
    if _FORBIDDEN.search(text):
        raise ValueError("holds characters that no text needs")
    return text


_Row = Annotated[str, StringConstraints(pattern=rf"^{ROW}$")]
_Words = Annotated[str, StringConstraints(max_length=MOST_PROMPT), AfterValidator(_plain)]
_Text = Annotated[str, StringConstraints(max_length=MOST_TEXT), AfterValidator(_plain)]
_Hinted = Annotated[str, StringConstraints(max_length=_MOST_HINTED), AfterValidator(_plain)]


class HelperEndpoint(Said):
    """A model that may be asked: the name it goes by here, and the model's own."""

    name: str
    model: str


class HelperShown(Said):
    """`temperature` and `max_tokens` are what is taken when nothing else is said; `left` are requests this hour."""

    enabled: bool
    endpoints: list[HelperEndpoint]
    temperature: float
    max_tokens: int
    most_tokens: int
    per_hour: int
    left: int


class HelpAsked(Asked):
    """What is wanted of a model.

    free: an answer to `prompt`. proposals: misaligned, critique and aligned for the question of `row`, n of them (8).
    questions: n ideas (4) for the topic and type of `row`, or for what `prompt` says. shorten: `text` in fewer words.
    """

    purpose: Literal["free", "proposals", "questions", "shorten"]
    prompt: _Words = ""
    row: _Row | None = None
    text: _Text = ""
    endpoint: Annotated[str, StringConstraints(max_length=100)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    max_tokens: Annotated[int, Field(ge=8, le=8192)] | None = None
    n: Annotated[int, Field(ge=1, le=8)] | None = None


class HelpWaiting(Said):
    """`waiting` is the place in the queue: 1 is next. Said again when it changes."""

    waiting: int


class _Begun(Said):
    n: int
    call: str
    batch: str
    part: str


class HelpBegun(Said):
    """A reply begins. `n` counts proposals or ideas from 1; the parts of a proposal have its `n` and its `batch`.

    `part` is misaligned, critique or aligned for proposals, else empty.
    """

    begin: _Begun


class HelpText(Said):
    """More of the reply of `call`."""

    text: str
    call: str


class _Ended(Said):
    call: str
    part: str
    reply: str
    finished: bool


class HelpEnded(Said):
    """The whole reply, on record by now. `finished` is false where the model was cut off."""

    end: _Ended


class _Done(Said):
    calls: int
    tokens: int


class HelpDone(Said):
    """Nothing more comes. `tokens` are those that the model wrote, also of what was not shown."""

    done: _Done


class HelpFailed(Said):
    """It ended early, with the code of a refusal. What has its `end` stands."""

    error: str


class HelpLine(RootModel[HelpWaiting | HelpBegun | HelpText | HelpEnded | HelpDone | HelpFailed]):
    """One line of an answer. An empty line says nothing: it keeps the connection open."""


class HintsAsked(Asked):
    """Questions by their rows."""

    texts: Annotated[dict[_Row, _Hinted], Field(max_length=50)]


class RowHints(Said):
    """`verb_noun`: whether a verb takes a noun in it ("book a room"); null where that cannot be told."""

    verb_noun: bool | None


class HintsShown(Said):
    rows: dict[str, RowHints]
