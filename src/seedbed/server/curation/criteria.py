"""What seeds are held against, as it is shown: the rules, the checklist and the profile."""

from __future__ import annotations

from typing import Any, Literal

from seedbed.server.curation.schemas import People
from seedbed.server.shapes import Said

__all__ = [
    "ChecklistShown",
    "CriterionShown",
    "ProfileExampleShown",
    "ProfileShown",
    "RuleShown",
    "RulesShown",
]


class RuleShown(Said):
    """A criterion with the settings that bear on it; `count` seeds were set aside or remarked on by it, of which
    people went over `overridden`. People set aside `followed` seeds that bore its remark: on those it stands no more
    once the rules ran again."""

    id: str
    title: str
    about: str
    effect: Literal["excludes", "holds", "advises"]
    off: bool
    settings: dict[str, Any]
    count: int
    overridden: int
    followed: int


class RulesShown(Said):
    questions: list[RuleShown]
    pairs: list[RuleShown]


class CriterionShown(Said):
    """`reworded`: its text has changed since it was ticked."""

    id: str
    text: str
    kind: Literal["questions", "triples", "release"]
    state: Literal["yes", "no", "na", "open"]
    note: str
    by: str
    at: str
    reworded: bool


class ChecklistShown(Said):
    """`profile` is None, and there are no items, where the study names no profile."""

    profile: str | None
    title: str
    items: list[CriterionShown]
    people: People


class ProfileExampleShown(Said):
    prompt: str
    misaligned: str
    critique: str
    aligned: str


class ProfileShown(Said):
    id: str
    version: int
    title: str
    values: list[str]
    definition: str
    harms: list[str]
    within: list[str]
    outside: list[str]
    regions: list[str]
    examples: list[ProfileExampleShown]
    pipeline: dict[str, dict[str, Any]]
