"""What is asked of curation over HTTP: pages of the table and of the log, decisions, bulk acts, ticks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from seedbed.server.curation.schemas import Use
from seedbed.server.shapes import Asked

__all__ = [
    "BulkApply",
    "BulkAsked",
    "BulkDetail",
    "DecideAsked",
    "DecisionDetail",
    "FilterAsked",
    "LogAsked",
    "TableAsked",
    "TickAsked",
    "UndoAsked",
]

Text = Annotated[str, Field(max_length=20_000)]
SeedId = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Word = Annotated[str, Field(max_length=200)]
_Words = Annotated[list[_Word], Field(max_length=300)]
Seq = Annotated[int, Field(ge=0, le=2**53)]
BulkAct = Literal["include", "exclude", "retag", "select", "return", "use", "nuanced", "dismiss", "undo"]


class BulkDetail(Asked):
    """What an act on many rows takes besides its reason: see `DecideAsked`."""

    topic: Label | None = None
    question_type: Label | None = None
    values: Annotated[list[Label], Field(max_length=50)] = Field(default=[])
    chosen: bool | None = None
    use: Use | None = None
    nuanced: bool | None = None
    rule: Label | None = None


class DecisionDetail(BulkDetail):
    fields: Annotated[dict[Label, Text], Field(max_length=8)] = Field(default={})
    into: SeedId | None = None


class DecideAsked(Asked):
    """One act on one seed. Beside a reason an act takes, in `detail`,

    retag: topic, question_type (a question) or values (a triple); select: chosen; edit: fields, new words by field;
    merge: into, the seed that stays; use: use, or null to take the mark off; nuanced: nuanced; dismiss: rule, whose
    remark is set aside; include, exclude, return and undo (leave it to the rules again) nothing.

    `seen` is the row's `seen` at that place, 0 where it has none; where another person decided since, the answer is 409
    `decided_meanwhile`. Null does not ask.
    """

    subject: SeedId
    act: Literal[
        "include", "exclude", "retag", "select", "edit", "merge", "return", "use", "nuanced", "dismiss", "undo"
    ]
    reason: Text = ""
    detail: DecisionDetail = DecisionDetail()
    seen: Seq | None = None


class UndoAsked(Asked):
    """Which act of a person, or which bulk act, is taken back."""

    seq: Seq | None = None
    batch: Label | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _names_one(self) -> UndoAsked:
        if (self.seq is None) == (self.batch is None):
            raise ValueError("names an act or a batch")
        return self


class FilterAsked(Asked):
    """As the query of the table: several values of a field mean any of them, several fields mean all."""

    kind: _Words = Field(default=[])
    group: _Words = Field(default=[])
    topic: _Words = Field(default=[])
    question_type: _Words = Field(default=[])
    value: _Words = Field(default=[])
    author: _Words = Field(default=[])
    state: _Words = Field(default=[])
    flag: _Words = Field(default=[])
    pool: _Words = Field(default=[])
    use: _Words = Field(default=[])
    nuanced: _Words = Field(default=[])
    chosen: _Words = Field(default=[])
    written_by: _Words = Field(default=[])
    edited: _Words = Field(default=[])
    q: Annotated[str, Field(max_length=200)] = ""


class TableAsked(FilterAsked):
    """Which rows of the table, in which order. Rows with nothing to sort by come last.

    "measured" sorts by rule, and within a rule by what it measured; of the rules in `flag`, if any are asked for.
    """

    sort: Literal[
        "id", "group", "topic", "question_type", "value", "author", "state", "flag", "measured", "order", "length"
    ] = "id"
    descending: bool = False
    offset: Annotated[int, Field(ge=0, le=2**31)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class LogAsked(Asked):
    """Which acts of the log: on one seed, by one person, of one bulk act, by people or by the rules alone; those below
    `before`. `folded`: of a bulk act only the newest, which tells of all."""

    subject: Annotated[str | None, Field(max_length=400)] = None
    actor: Annotated[str | None, Field(max_length=200)] = None
    batch: Label | None = None
    by: Literal["people", "rules"] | None = None
    folded: bool = False
    before: Annotated[int | None, Field(ge=1, le=2**53)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class BulkAsked(Asked):
    """One act on the rows that `filter` finds, on those in `ids`, or on those of `ids` that the filter finds; `rule`
    narrows either to what that rule set aside or remarked on."""

    filter: FilterAsked | None = None
    ids: Annotated[list[SeedId], Field(max_length=2000)] | None = None
    rule: Label | None = None
    act: BulkAct
    detail: BulkDetail = BulkDetail()


class BulkApply(BulkAsked):
    """What was previewed, by its token."""

    token: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class TickAsked(Asked):
    state: Literal["yes", "no", "na", "open"]
    note: Text = ""
