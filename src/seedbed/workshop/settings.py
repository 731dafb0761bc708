"""The [workshop] section of study.toml: groups, what they write, and how much of it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from seedbed.study import SettingsModel
from seedbed.workshop.places import GROUP

__all__ = ["LimitSettings", "WorkshopSettings"]


class LimitSettings(SettingsModel):
    """Bounds on what the server takes in."""

    cell: int = Field(
        default=10_000, ge=100, le=1_000_000, description="Longest text of one cell, in UTF-16 units (an emoji has 2)."
    )
    document: int = Field(
        default=1_000_000,
        ge=1000,
        le=50_000_000,
        description="Longest text of one board, all cells together, in UTF-16 units.",
    )
    update: int = Field(
        default=131_072,
        ge=1024,
        le=8_388_608,
        description="Largest single change that a browser may send, in bytes. A long time offline comes as one change.",
    )
    rows: int = Field(
        default=500,
        ge=1,
        le=10_000,
        description="Most rows that stand on one board, and most that one person may add to it, removed ones included.",
    )


class WorkshopSettings(SettingsModel):
    """The Datathon."""

    groups: tuple[str, ...] = Field(
        default=("A", "B"),
        min_length=1,
        description="Groups that exist from the start; more can be added while it runs.",
    )
    activities: tuple[Literal["questions", "triples"], ...] = Field(
        default=("questions", "triples"),
        min_length=1,
        description="What each group has a board for, besides the one to look back on.",
    )
    language: Literal["en", "pt"] = Field(
        default="en", description="Language in which the pages greet people; each person can choose another."
    )
    limits: LimitSettings = Field(default=LimitSettings(), description="Bounds on what the server takes in.")

    @field_validator("groups")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not re.fullmatch(GROUP, name):
                raise ValueError(f"has {name!r}: a group's name is 1 to 32 letters, digits, - and _, no - or _ first")
        if len({name.casefold() for name in names}) < len(names):
            raise ValueError("names a group twice")
        return names

    @field_validator("activities")
    @classmethod
    def _are_distinct(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            raise ValueError("names an activity twice")
        return names
