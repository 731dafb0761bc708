"""What travels over HTTP about withdrawals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints, model_validator

from seedbed.server.afterwards.schemas import ErasureWaiting
from seedbed.server.shapes import Asked, Said

__all__ = [
    "DueAsked", "Foreseen", "ForeseenLine", "HeldShown", "WaitingShown", "WithdrawalAsked", "WithdrawalDone",
    "WithdrawalLine", "WithdrawalsShown",
]  # fmt: skip

Policy = Literal["flag", "purge"]
What = Literal["recordings", "boards", "identity"]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class WithdrawalAsked(Asked):
    """A person, or single seeds. Without `policy`, by the study's own."""

    person: _Id | None = None
    seeds: Annotated[list[_Id], Field(default=[], max_length=500)]
    policy: Policy | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> WithdrawalAsked:
        if (self.person is None) == (not self.seeds):
            raise ValueError("a person, or seeds")
        return self


class DueShown(Said):
    """`count` transcripts, people whose words stand on boards, or names. `since`: a date."""

    what: What
    count: int
    since: str


class DueAsked(Asked):
    """What was due when somebody decided that it goes."""

    what: Annotated[list[What], Field(min_length=1, max_length=3)]
    counts: Annotated[list[Annotated[int, Field(ge=0, le=2**31)]], Field(min_length=1, max_length=3)]


class RetentionShown(Said):
    """Days after the workshop's end; null keeps for ever."""

    recordings: int | None
    boards: int | None
    identity: int | None


class RowsOfRun(Said):
    run: str
    rows: int


class WithdrawnShown(Said):
    """A withdrawal on record, which never says whose. `done`: whether it came to its end."""

    at: str
    policy: Policy
    rows: int
    kept: int
    runs: list[RowsOfRun]
    done: bool


class PlaceShown(Said):
    """Where a copy of a release was published. `replaced`: another version was published there since."""

    place: str
    at: str
    replaced: bool


class HeldShown(Said):
    """A release that holds, or held, withdrawn rows since `at`. `later` is a release made since, which holds none of
    them, or ""."""

    version: str
    rows: int
    at: str
    removed: bool
    later: str
    places: list[PlaceShown]


class WithdrawalsShown(Said):
    policy: Policy
    asked: list[ErasureWaiting]
    retention: RetentionShown
    due: list[DueShown]
    withdrawn: list[WithdrawnShown]
    releases: list[HeldShown]


class WaitingShown(Said):
    """How much there is to do: people who asked, kinds of things that are due, withdrawals that broke off, and releases
    that hold withdrawn rows while no later one was made."""

    asked: int
    due: int
    unfinished: int
    releases: int


class ForeseenRun(Said):
    """`why` by reason: shown, persona, answers, grown, compared, repeats."""

    name: str
    stage: str
    rows: int
    kept: int
    replies: int
    why: dict[str, int]


class ForeseenRelease(Said):
    version: str
    rows: int
    places: list[str]


class ForeseenBackup(Said):
    name: str
    made: str


class Foreseen(Said):
    """What would go. `seeds` are the first of `of_seeds`; `made_again` are files and folders of the study."""

    policy: Policy
    own_policy: Policy
    seeds: list[str]
    of_seeds: int
    rows: int
    runs: list[ForeseenRun]
    releases: list[ForeseenRelease]
    made_again: list[str]
    backups: list[ForeseenBackup]


class Alike(Said):
    """A text of somebody else that repeats what was erased: for a person to decide."""

    doc: str
    text: str
    excerpt: str
    author: str


class WithdrawalDone(Said):
    """`rewritten` counts entries of the log. `releases` were removed by "purge", and are marked by "flag"."""

    rewritten: int
    rows: int
    runs: int
    releases: list[str]
    policy: Policy
    backups: int
    look_alikes: list[Alike]


class WithdrawalStep(Said):
    """`total` is 0 where it is not known."""

    what: str
    done: int
    total: int


class LineProgress(Said):
    progress: WithdrawalStep


class LineFailed(Said):
    """A code of the server's refusals; `detail` in English where there is more to say."""

    error: str
    detail: str = ""


class LineForeseen(Said):
    foreseen: Foreseen


class LineDone(Said):
    done: WithdrawalDone


class ForeseenLine(RootModel[LineProgress | LineForeseen | LineFailed]):
    """One line of an answer. An empty line says nothing: it keeps the connection open."""


class WithdrawalLine(RootModel[LineProgress | LineDone | LineFailed]):
    """One line of an answer. An empty line says nothing: it keeps the connection open."""
