"""What travels over HTTP of people's own pages and of the queue of offers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from seedbed.server.guide.schemas import ItemName, LabelShown, ValueShown
from seedbed.server.shapes import Asked, Said
from seedbed.workshop.template import ConsentItem

__all__ = [
    "AcrossAsked", "CommentShown", "ConsentChange", "Decided", "DecisionAsked", "Entered", "EntryAsked", "ErasureShown",
    "ErasureWaiting", "ExampleShown", "Fate", "Grown", "Mine", "MineLabels", "MyOffer", "MyRow", "NoteShown",
    "OfferAsked", "OfferShown", "Offers", "PersonalLinkMade", "PersonalLinkShown", "RowAsked",
]  # fmt: skip

_Board = Annotated[str, StringConstraints(pattern=r"^board/[A-Za-z0-9][A-Za-z0-9_-]{0,31}/[a-z]{1,32}$")]
_Row = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,16}$")]
Form = Literal["question", "triple"]
State = Literal["open", "accepted", "declined", "withdrawn"]


# -- coming in -------------------------------------------------------------------------------------------------------


class EntryAsked(Asked):
    code: Annotated[str, StringConstraints(max_length=100)]


class Entered(Said):
    """`erased` is when all words of the link's owner were erased: there is no page any more. Then nobody is let in."""

    study: str
    title: str
    erased: str | None = None


class PersonalLinkShown(Said):
    """`used` is when somebody last came by it; times are ISO 8601 UTC."""

    id: str
    made_by: Literal["organiser", "person"]
    created: str
    used: str | None
    revoked: str | None


class PersonalLinkMade(PersonalLinkShown):
    """The only time that the link's address is told. `qr` is the same as an SVG drawing."""

    url: str
    qr: str


# -- one's own page --------------------------------------------------------------------------------------------------


class Fate(Said):
    """What became of a row or an offer as a seed.

    `held`: it is no seed, and `why` is a code (unfinished, no_consent, not_asked, taken_back); `waiting`: nobody has
    decided yet, or `why` names the rule that holds it; `returned`: its group was asked to change it; `left_out` and
    `included` by the rule `why`, with the `reason` in words. `example`: it is among those that models are shown.
    """

    state: Literal["held", "waiting", "returned", "left_out", "included"]
    why: str = ""
    reason: str = ""
    example: bool = False


class MyRow(Said):
    """A row in which the person wrote: its texts as they stand, by name. `together`: others wrote in it too."""

    board: str
    row: str
    group: str
    activity: str
    texts: dict[str, str]
    together: bool
    removed: bool
    stopped: str | None
    seed: str
    fate: Fate | None


class NoteShown(Said):
    group: str
    at: str
    text: str


class CommentShown(Said):
    group: str
    activity: str
    at: str
    text: str


class MyOffer(Said):
    """`reason` is the curator's, to whoever offered it. `fate` is None until it was accepted."""

    id: str
    at: str
    form: Form
    question: str
    misaligned: str
    critique: str
    aligned: str
    topic: str
    question_type: str
    value: str
    state: State
    reason: str
    decided_at: str
    fate: Fate | None


class ErasureShown(Said):
    at: str


class MineLabels(Said):
    topics: list[LabelShown]
    question_types: list[LabelShown]
    values: list[ValueShown]


class Mine(Said):
    """All that the person of a page wrote. `returning`: they came by a personal link."""

    title: str
    language: str
    name: str
    role: str
    returning: bool
    contact: str
    consent: list[ConsentItem]
    given: dict[str, bool] | None
    rows: list[MyRow]
    notes: list[NoteShown]
    comments: list[CommentShown]
    offers: list[MyOffer]
    may_offer: bool
    links: list[PersonalLinkShown]
    erasure: ErasureShown | None
    labels: MineLabels


class ExampleShown(Said):
    """A generated row that grew from a seed of the person."""

    kind: Literal["question", "triple"]
    text: str


class Grown(Said):
    """What grew from the seeds of the person. `asked` counts the rows that a model was asked for with one of them in
    the prompt, whatever became of those; `questions` and `triples` those that were kept. `releases` are versions that
    hold a seed of theirs or what grew from one."""

    asked: int
    questions: int
    triples: int
    examples: list[ExampleShown]
    releases: list[str]


class ConsentChange(Asked):
    items: Annotated[dict[ItemName, StrictBool], Field(max_length=50)]


class RowAsked(Asked):
    """`stop` ends the use of the row, or allows it again."""

    board: _Board
    row: _Row
    stop: StrictBool


class AcrossAsked(Asked):
    """Whether all of one's words are to be erased."""

    erase: StrictBool


# -- offers ----------------------------------------------------------------------------------------------------------

_Words = Annotated[str, StringConstraints(max_length=8000)]
_Label = Annotated[str, StringConstraints(max_length=200)]


class OfferAsked(Asked):
    """`key` is made by the page: sent again, it is the same offer."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    form: Form
    question: _Words
    misaligned: _Words = ""
    critique: _Words = ""
    aligned: _Words = ""
    topic: _Label = ""
    question_type: _Label = ""
    value: _Label = ""


class OfferShown(Said):
    """An offer as curators see it. `agrees`: its author lets it be used; it becomes a seed only then."""

    id: str
    by: str
    name: str
    group: str
    at: str
    form: Form
    question: str
    misaligned: str
    critique: str
    aligned: str
    topic: str
    question_type: str
    value: str
    state: State
    reason: str
    decided_by: str
    decided_at: str
    agrees: bool
    seed: str


class Offers(Said):
    """Those of one state, oldest first where they wait, else newest first; and how many there are of each."""

    offers: list[OfferShown]
    counts: dict[State, int]
    taking: int
    """How many contribution links work now."""


class DecisionAsked(Asked):
    """`seen` is the state that the page showed."""

    state: Literal["open", "accepted", "declined"]
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""
    seen: State | None = None


class Decided(Said):
    offer: OfferShown
    counts: dict[State, int]


class ErasureWaiting(Said):
    """Somebody asked to have all their words erased."""

    person: str
    name: str
    at: str
