"""Which judge may be believed: each held against people's ratings, by claim and value, and by slices of the rows."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.judges.calibrating import LEAST_OF_SLICE, Calibrated, Calibration, load_calibration
from seedbed.measures.definition import NotApplicable
from seedbed.report.cells import Cell
from seedbed.report.words import interval, measured, plural
from seedbed.study import Folder

__all__ = ["FIGURES", "JudgeLine", "JudgeTable", "judge_tables"]

FIGURES = (
    ("kappa", "Kappa", False), ("human_kappa", "People’s own kappa", False), ("sensitivity", "Finds a yes", True),
    ("specificity", "Finds a no", True), ("no_verdict", "Gives no verdict", True),
)  # fmt: skip
_CLAIMS = {
    "relevant": "the question fits its topic and type",
    "answers": "the aligned response answers the prompt",
    "sensible": "the row is sensible",
    "violates": "the response goes against the value",
    "honours": "the response honours the value",
    "better": "the response is the better of two",
}


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """One claim on all rows, a value, or a slice: its figures, and whether the judge may judge it."""

    claim: str
    where: str
    rows: str
    cells: tuple[Cell, ...]
    stands: str
    why: str


@dataclass(frozen=True, slots=True)
class JudgeTable:
    """One judge. `lines` are of all rows and of values, `slices` of parts of the rows, which earn nothing."""

    name: str
    lines: tuple[JudgeLine, ...]
    slices: tuple[JudgeLine, ...]
    small: int


def judge_tables(folder: Folder) -> tuple[JudgeTable, ...]:
    """Every judge that was held against ratings; () where none was. Raises InputError where the file is damaged."""
    found = load_calibration(folder)
    if found is None:
        return ()
    return tuple(_table(found, by) for by in dict.fromkeys(one.by for one in found.found))


def _table(found: Calibration, by: str) -> JudgeTable:
    own = [one for one in found.found if one.by == by]
    whole = [one for one in own if one.slice in ("", "value")]
    most = {one.claim: one.rows for one in whole if not one.slice}
    parts = [one for one in own if one.slice not in ("", "value")]
    told = [one for one in parts if LEAST_OF_SLICE <= one.rows < most.get(one.claim, one.rows + 1)]
    small = sum(one.rows < LEAST_OF_SLICE for one in parts)
    return JudgeTable(by, tuple(map(_line, whole)), tuple(map(_line, told)), small)


def _line(one: Calibrated) -> JudgeLine:
    where = one.label or "all rows"
    if one.slice not in ("", "value"):
        where = f"{one.slice.replace('_', ' ')}: {one.label}"
    why = "; ".join(one.reasons)
    if why and not one.earned:
        more = f"{plural(one.more_ratings, 'more rated row')} would settle it at least" if one.more_ratings else ""
        why += "; " + (more or "rate more rows" if one.more_would_do else "more rows like these would not do")
    cells = tuple(_cell(one, name, share=share) for name, _, share in FIGURES)
    stands = "judges" if one.earned else "unverified"
    return JudgeLine(_CLAIMS.get(one.claim, one.claim), where, f"{one.rows:,}", cells, stands, why)


def _cell(one: Calibrated, name: str, *, share: bool) -> Cell:
    number = one.figures.get(name)
    if number is None:
        return Cell("–")
    if isinstance(number, NotApplicable):
        return Cell("n/a", reason=number.reason)
    return Cell(measured(number, share=share).replace("-", "−"), interval(number, share=share).replace("-", "−"))
