"""What a file of another program claims: who said what of which item. Nothing is believed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NONE", "Claim", "Imported", "Reading", "Refused"]

NONE = "none-of-these"
"""The label that says of a scale with several labels that none holds. Other programs cannot tell it from no answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One rating in a file. `row` is where it stands there, `rater` the person's name there. Values are as written.

    `fault` says why it cannot be one. With `in_order` a later claim on the same item is a revision; without it is a
    contradiction.
    """

    row: str
    item: str
    rater: str
    values: Mapping[str, Any] = field(default_factory=dict)
    critique: str = ""
    note: str = ""
    seconds: float | None = None
    again: bool = False
    skipped: bool = False
    fault: str = ""
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as claims. `rows` counts what stands in it, `unanswered` the items without any rating.

    `scales` are those that the file speaks of, `unknown` its names that are no scale of the task.
    """

    format: str
    rows: int
    claims: tuple[Claim, ...]
    scales: frozenset[str]
    unknown: tuple[str, ...] = ()
    unanswered: int = 0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, and why."""

    row: str
    item: str
    rater: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. Each of its `ratings` is `taken` (of which `revised` replace an earlier import's), or was
    there `already`, or is `refused`.

    `written` is False where nothing was recorded: a dry run, or rows were refused and not allowed for. `raters` maps
    people whom the study does not know, as the file names them, to the pseudonym under which their ratings stand.
    `missing` are scales of the task that the file does not speak of.
    """

    format: str
    path: str
    rows: int
    ratings: int
    taken: int
    revised: int
    already: int
    refused: tuple[Refused, ...] = ()
    raters: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unanswered: int = 0
    remarks: tuple[str, ...] = ()
    written: bool = False
