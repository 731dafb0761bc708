"""Every number of an assessment that no other part of the page knows by name.

An assessment may come to hold a measure that this page was not written for: it is drawn all the same, by the name and
the words that the catalogue of measures has for it. So nothing that was measured is left out without a word.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seedbed.assess.document import Assessment, Distribution, Lengths, Likenesses, Measurement
from seedbed.measures.catalogue import CHAPTERS, MEASURES
from seedbed.measures.definition import Measure, NotApplicable, Value
from seedbed.report.cells import Cell
from seedbed.report.evidence import capital
from seedbed.report.view import Arm, Arms
from seedbed.report.words import interval, measured, rounded

__all__ = ["FurtherRow", "FurtherTable", "chapter_of", "further", "is_share", "named_numbers", "words_of"]

_SECTIONS = {
    "diversity": "Variety",
    "misaligned_diversity": "Variety of misaligned responses",
    "aligned_diversity": "Variety of aligned responses",
    "beside_seeds": "Place among the seeds",
    "novelty": "Novelty",
}
_SHARES = ("share", "probability")


@dataclass(frozen=True, slots=True)
class FurtherRow:
    """A measure at one sample over all sets; `note` says what it is and which way is better."""

    name: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class FurtherTable:
    heading: str
    columns: tuple[Arm, ...]
    rows: tuple[FurtherRow, ...]


def further(assessment: Assessment, arms: Arms, *, without: str = "") -> tuple[FurtherTable, ...]:
    """One table for each list of measures in the figures of these sets, but for those at the sample `without`."""
    columns = tuple(arms.all())
    every = [assessment.of(arm.key) or assessment.responses_of(arm.key) for arm in columns]
    made = []
    for name in dict.fromkeys(field.name for one in every if one is not None for field in dataclasses.fields(one)):
        found = [{(what, at): number for what, at, number in _listed(getattr(one, name, ()))} for one in every]
        keys = [key for key in dict.fromkeys(key for one in found for key in one) if key[1] != without]
        rows = tuple(
            FurtherRow(*words_of(what, at), tuple(_cell(what, one.get((what, at))) for one in found))
            for what, at in keys
        )
        if rows:
            made.append(FurtherTable(_SECTIONS.get(name, _plain(name)), columns, rows))
    return tuple(made)


def named_numbers(figures: Any) -> Iterator[tuple[str, Value[float] | NotApplicable]]:
    """("sensibility.sensible", its number) of all single numbers in a set's figures, but not those of a distribution
    or of lengths, which have figures of their own."""
    for field in dataclasses.fields(figures):
        one = getattr(figures, field.name)
        if isinstance(one, Value | NotApplicable):
            yield field.name, one
        elif dataclasses.is_dataclass(one) and not isinstance(one, Distribution | Lengths):
            yield from ((f"{field.name}.{name}", number) for name, number in named_numbers(one))


def words_of(measure: str, sample: str = "") -> tuple[str, str]:
    """(name, note) of a measure: the catalogue's words, or its own name where it is in none."""
    entry = _catalogue().get(measure)
    at = {"whole": "of the whole set", "equal texts": "at equal numbers of texts", "equal words": "at equal words"}
    notes = [at.get(sample, sample)]
    if entry is None:
        return _plain(measure), "; ".join(filter(None, notes))
    notes.insert(0, "" if entry.direction == "describes" else entry.direction)
    return capital(entry.summary), "; ".join(filter(None, [*notes, entry.unit]))


def chapter_of(measure: str) -> str:
    """The chapter of the catalogue that has the measure, or ""."""
    return next((chapter for chapter, found in CHAPTERS.items() if any(one.name == measure for one in found)), "")


def is_share(measure: str) -> bool:
    """Whether the measure is a share by its catalogue entry, and is written as one."""
    entry = _catalogue().get(measure)
    return entry is not None and entry.unit in _SHARES


@functools.cache
def _catalogue() -> dict[str, Measure]:
    return {entry.name: entry for entry in MEASURES}


def _listed(found: Any) -> Iterator[tuple[str, str, Value[float] | NotApplicable]]:
    """(measure, sample, number) of a field that is a list of measurements; nothing of any other."""
    for one in found if isinstance(found, tuple) else ():
        if isinstance(one, Measurement):
            yield one.measure, one.sample, one.value
        elif isinstance(one, Likenesses):
            # a yes or no of each row, or the share of rows at a cut
            yield one.measure, f"share of rows at {one.cut:g} or above" if one.curve else "share of rows", one.over


def _cell(measure: str, number: Value[float] | NotApplicable | None) -> Cell:
    if number is None:
        return Cell("–")
    if isinstance(number, NotApplicable):
        return Cell("n/a", reason=number.reason)
    if is_share(measure):
        return Cell(measured(number), interval(number), reason=number.note)
    return Cell(rounded(number.value), interval(number, share=False), reason=number.note)


def _plain(name: str) -> str:
    return capital(name.replace("_", " "))
