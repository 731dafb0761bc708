"""What people ask for besides typing: a closed set of commands.

A command names no actor and no time: those are the server's. Its id is made by the page that sends it and belongs
to the person who sends it; the same id again asks for nothing new.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from seedbed.workshop.commands.agenda import (
    AnnouncementAdd,
    AnnouncementRemove,
    BreakBegin,
    BreakEnd,
    BridgeGive,
    StepGo,
    TaxonomySet,
    TemplateSet,
    TimerSet,
)
from seedbed.workshop.commands.base import ItemId, Position
from seedbed.workshop.commands.facilitation import (
    CheckinAnswer,
    CheckinClose,
    CheckinOpen,
    InterventionAdd,
    InterventionRemove,
    MessageAdd,
    MessageRemove,
    NeutralityRate,
    NoteRemove,
    NoteSet,
    QuestionAnswer,
    QuestionAsk,
    QuestionRemove,
    QuestionSame,
    TrainingConfirm,
)
from seedbed.workshop.commands.labels import LabelAdd, LabelReview
from seedbed.workshop.commands.lessons import LessonAdd, LessonChange, LessonDecide, LessonRemove, LessonSet
from seedbed.workshop.commands.marks import RatingSet, SlotAdd, SlotRemove, SpanAdd, SpanRemove, TagSet
from seedbed.workshop.commands.people import (
    ConsentGive,
    GroupAdd,
    MemberJoin,
    MemberMove,
    MemberRemove,
    ProfileSet,
    WarningAnswer,
)
from seedbed.workshop.commands.prompts import PromptGive, PromptSwap
from seedbed.workshop.commands.rows import (
    ModelUse,
    PasteDeclare,
    PhaseClose,
    PhaseOpen,
    RowAdd,
    RowRemove,
    RowRestore,
    RowSet,
)
from seedbed.workshop.commands.talk import (
    CommentAdd,
    CommentRemove,
    CommentResolve,
    ReactionSet,
    VersionKeep,
    VoteSet,
)
from seedbed.workshop.commands.topics import TopicDrop, TopicKeep

__all__ = [
    "AgendaCommand",
    "AnnouncementAdd",
    "AnnouncementRemove",
    "BoardCommand",
    "BreakBegin",
    "BreakEnd",
    "BridgeGive",
    "CheckinAnswer",
    "CheckinClose",
    "CheckinOpen",
    "Command",
    "CommandRefused",
    "CommentAdd",
    "CommentRemove",
    "CommentResolve",
    "ConsentGive",
    "FacilitationCommand",
    "GroupAdd",
    "InterventionAdd",
    "InterventionRemove",
    "ItemId",
    "LabelAdd",
    "LabelReview",
    "LessonAdd",
    "LessonChange",
    "LessonDecide",
    "LessonRemove",
    "LessonSet",
    "MemberJoin",
    "MemberMove",
    "MemberRemove",
    "MessageAdd",
    "MessageRemove",
    "ModelUse",
    "NeutralityRate",
    "NoteRemove",
    "NoteSet",
    "PasteDeclare",
    "PhaseClose",
    "PhaseOpen",
    "Position",
    "ProfileSet",
    "PromptGive",
    "PromptSwap",
    "QuestionAnswer",
    "QuestionAsk",
    "QuestionRemove",
    "QuestionSame",
    "RatingSet",
    "ReactionSet",
    "RowAdd",
    "RowRemove",
    "RowRestore",
    "RowSet",
    "SlotAdd",
    "SlotRemove",
    "SpanAdd",
    "SpanRemove",
    "StepGo",
    "TagSet",
    "TaxonomySet",
    "TemplateSet",
    "TimerSet",
    "TopicDrop",
    "TopicKeep",
    "TrainingConfirm",
    "VersionKeep",
    "VoteSet",
    "WarningAnswer",
    "WorkshopCommand",
    "parse_command",
]

BoardCommand: TypeAlias = (
    RowAdd | RowSet | RowRemove | RowRestore | PasteDeclare | ModelUse | PhaseOpen | PhaseClose
    | CommentAdd | CommentResolve | CommentRemove | VoteSet | ReactionSet | VersionKeep
    | SlotAdd | SlotRemove | TagSet | SpanAdd | SpanRemove | RatingSet
    | LabelAdd | LabelReview | PromptGive | PromptSwap | TopicKeep | TopicDrop
)  # fmt: skip
WorkshopCommand: TypeAlias = (
    MemberJoin | MemberMove | MemberRemove | GroupAdd | ConsentGive | ProfileSet | WarningAnswer
)  # fmt: skip
AgendaCommand: TypeAlias = (
    TemplateSet | StepGo | TimerSet | BreakBegin | BreakEnd | AnnouncementAdd | AnnouncementRemove | TaxonomySet
    | BridgeGive | LessonAdd | LessonSet | LessonChange | LessonDecide | LessonRemove
)  # fmt: skip
FacilitationCommand: TypeAlias = (
    QuestionAsk | QuestionAnswer | QuestionSame | QuestionRemove | MessageAdd | MessageRemove | NoteSet | NoteRemove
    | CheckinOpen | CheckinClose | CheckinAnswer | InterventionAdd | InterventionRemove | TrainingConfirm
    | NeutralityRate
)  # fmt: skip
Command: TypeAlias = BoardCommand | WorkshopCommand | AgendaCommand | FacilitationCommand

_adapter: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])


class CommandRefused(Exception):
    """A command that is none. `code` is what the page turns into a sentence."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


def parse_command(data: Any) -> Command:
    """The command that `data` (decoded JSON) is. Raises CommandRefused("bad_command") when it is none."""
    try:
        return _adapter.validate_python(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise CommandRefused("bad_command", f"no such command: {where}") from None
