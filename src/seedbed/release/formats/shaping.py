"""What a format is, and what the formats share: a triple as a row of a release, and what was judged of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from seedbed.release.fields import Column

__all__ = ["NOTHING", "Format", "Judged", "Said", "Triple", "completion", "prompt_of", "same_response"]

Triple: TypeAlias = Mapping[str, Any]
"""A row of the configuration `triples`."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged of one response: `honours` the value or not, None where that is undecided or nobody was asked.

    `by` is people, judge, or "" for nobody. `soft` is the mean of people's votes (1 aligned, 0 misaligned, .5 neither),
    of `ratings` people; None where nobody voted.
    """

    honours: bool | None = None
    by: Literal["", "people", "judge"] = ""
    soft: float | None = None
    ratings: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What was judged of a triple's two responses."""

    misaligned: Judged = Judged()
    aligned: Judged = Judged()


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Format:
    """One configuration: its columns, what it is for, and the rows that it makes of a triple."""

    columns: tuple[Column, ...]
    purpose: str
    rows: Callable[[Triple, Said], Iterator[dict[str, Any]]]


def prompt_of(triple: Triple) -> str:
    return str(triple["prompt"]).strip()


def completion(text: str) -> str:
    """A response as TRL's standard format has it: one space, then the text. The trainer ends it with its own token."""
    return " " + text.strip()


def same_response(triple: Triple) -> bool:
    """Whether there is nothing between the two responses to prefer."""
    return bool(triple["aligned"].strip() == triple["misaligned"].strip())
