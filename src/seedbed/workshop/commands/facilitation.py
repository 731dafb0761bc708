"""What moderators and those whom they lead tell one another beside the boards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from seedbed.workshop.commands.agenda import Groups
from seedbed.workshop.commands.base import Code, CommandModel, Group, Item, Message, Passage, Person, TemplateId

__all__ = [
    "ITEMS", "CheckinAnswer", "CheckinClose", "CheckinOpen", "InterventionAdd", "InterventionRemove", "MessageAdd",
    "MessageRemove", "NeutralityRate", "NoteRemove", "NoteSet", "QuestionAnswer", "QuestionAsk", "QuestionRemove",
    "QuestionSame", "TrainingConfirm",
]  # fmt: skip

ITEMS = {
    "fatigue": (("fatigue",), 5),
    "workload": (("mental", "physical", "temporal", "performance", "effort", "frustration"), 7),
}
"""What a check-in asks, by what it is about: its items, and the highest step of their scale, which begins at 1.

The workload's six are the subscales of the NASA-TLX (Hart and Staveland 1988), unweighted ("raw TLX"), in seven steps
for its twenty-one.
"""

_Words = Annotated[Message, Field(max_length=2000)]


class QuestionAsk(CommandModel):
    """Ask those who run the workshop. A participant asks for their own group."""

    kind: Literal["question.ask"]
    text: Annotated[Message, Field(max_length=1000)]
    group: Group | None = None


class QuestionAnswer(CommandModel):
    """Answer a question, or put another answer in the place of the one it has. A public one all may read."""

    kind: Literal["question.answer"]
    question: Item
    text: _Words
    public: bool


class QuestionSame(CommandModel):
    """It was asked before, as another question: that one's answer is its answer."""

    kind: Literal["question.same"]
    question: Item
    same_as: Item = Field(alias="as")


class QuestionRemove(CommandModel):
    kind: Literal["question.remove"]
    question: Item


class MessageAdd(CommandModel):
    """For the others who run the workshop."""

    kind: Literal["message.add"]
    text: _Words


class MessageRemove(CommandModel):
    kind: Literal["message.remove"]
    message: Item


class NoteSet(CommandModel):
    """A note for oneself: a new one, or one's own `note` anew."""

    kind: Literal["note.set"]
    note: Item | None = None
    text: Annotated[Message, Field(max_length=5000)]


class NoteRemove(CommandModel):
    kind: Literal["note.remove"]
    note: Item


class CheckinOpen(CommandModel):
    """Ask everybody, or everybody of some groups, how they are."""

    kind: Literal["checkin.open"]
    about: Literal["fatigue", "workload"]
    groups: Groups = Field(default=[])


class CheckinClose(CommandModel):
    kind: Literal["checkin.close"]
    checkin: Item


class CheckinAnswer(CommandModel):
    """One's own answer: a step of the scale for every item."""

    kind: Literal["checkin.answer"]
    checkin: Item
    values: Annotated[dict[Code, Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=6)]


class InterventionAdd(CommandModel):
    """What a moderator did in a group, or for all: on record, because it may have changed what was written."""

    kind: Literal["intervention.add"]
    group: Group | None
    what: Literal["explain", "encourage", "redirect", "restore", "technical", "other"]
    text: Annotated[Passage, Field(max_length=1000)] = ""


class InterventionRemove(CommandModel):
    kind: Literal["intervention.remove"]
    intervention: Item


class TrainingConfirm(CommandModel):
    """Whoever says so has read the script of that version, and was shown how to lead by it."""

    kind: Literal["training.confirm"]
    version: Annotated[int, Field(ge=0, lt=2**31)]


class NeutralityRate(CommandModel):
    """How neutrally somebody led a session, oneself or another: 1 not at all to 5 entirely; null takes it back."""

    kind: Literal["neutrality.rate"]
    of: Person
    session: TemplateId
    score: Annotated[int, Field(ge=1, le=5)] | None
    text: Annotated[Passage, Field(max_length=1000)] = ""
