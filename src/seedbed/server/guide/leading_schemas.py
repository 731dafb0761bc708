"""What travels over HTTP to those who lead a workshop: how the groups are getting on, and who came of those wanted."""

from __future__ import annotations

from typing import Literal

from seedbed.server.shapes import Said

__all__ = [
    "Coverage", "GroupProgress", "Manager", "Pace", "PersonProgress", "RecruitedValue", "Recruitment", "RowsProgress",
    "WorkshopProgress",
]  # fmt: skip


class Pace(Said):
    """`over_time`: the step, meant for `limit` minutes, is `minutes` over. `no_break`: people have worked for `minutes`
    without a break, in `tasks` tasks, where `limit` is what the session allows."""

    kind: Literal["over_time", "no_break"]
    step: str | None
    minutes: float
    limit: float
    tasks: int


class RowsProgress(Said):
    """Rows that are written: with a question, a misaligned and an aligned reply, or a note. `goal` 0 is none."""

    activity: str
    rows: int
    goal: int


class Coverage(Said):
    """Topics and question types of the taxonomy that a written question has, of how many there are; labels of the
    group's own do not count. `pairs` are combinations of both."""

    topics: int
    of_topics: int
    question_types: int
    of_question_types: int
    pairs: int


class PersonProgress(Said):
    """One person in their group, on all its boards. `characters` are what they typed, deleted or not. `last_seen` is ""
    for who has done nothing yet; `here` says whether a page of theirs is open at one of the boards."""

    person: str
    name: str
    rows: int
    characters: int
    comments: int
    votes: int
    last_seen: str
    here: bool


class GroupProgress(Said):
    """`waiting` counts questions of the group without an answer. `share_of_most` is the share, 0 to 1, of who typed
    most in all that the group's participants typed; None for a group of one, and before anybody typed."""

    group: str
    activities: list[RowsProgress]
    coverage: Coverage
    waiting: int
    people: list[PersonProgress]
    share_of_most: float | None


class WorkshopProgress(Said):
    """`waiting` counts questions without an answer, those for no group too; `open_checkins` are ids."""

    warnings: list[Pace]
    waiting: int
    open_checkins: list[str]
    groups: list[GroupProgress]


class RecruitedValue(Said):
    """`gap` is how many are lacking, below 0 for more than planned. `share_gap` is the share of those who came, among
    whom the field is known of, less the share in the deployment."""

    field: Literal["role", "position", "background", "place"]
    value: str
    planned: int
    actual: int
    gap: int
    share: float | None
    deployment_share: float | None
    share_gap: float | None


class Manager(Said):
    group: str
    person: str
    name: str
    position: str


class Recruitment(Said):
    """`unsaid` counts by field who told nothing, or did not agree to be counted by it; `other` whose words match no
    value of the plan."""

    total: int
    values: list[RecruitedValue]
    unsaid: dict[str, int]
    other: dict[str, int]
    managers: list[Manager]
