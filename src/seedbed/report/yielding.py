"""Seed yield, from propagation/yield.json: what each seed and author gave, what to do, and what to ask for next."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from seedbed.errors import InputError
from seedbed.measures.definition import NotApplicable
from seedbed.measures.written import refuse_wild_numbers
from seedbed.propagate.yields import SCHEMA, Cell, Number, Part, Yields
from seedbed.report.evidence import capital
from seedbed.report.gates import gate_words
from seedbed.report.words import interval, join, measured
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["AskedCell", "YieldPage", "YieldRow", "load_yields", "yield_page"]


@dataclass(frozen=True, slots=True)
class YieldRow:
    """A seed or an author. `near` is the mean likeness of its rows to it, `nearest` the greatest."""

    name: str
    prompts: int
    rows: int
    kept: int
    share: str
    interval: str
    near: str
    nearest: str
    most: str
    advice: str
    why: str


@dataclass(frozen=True, slots=True)
class AskedCell:
    """A topic and type for the next workshop."""

    topic: str
    question_type: str
    seeds: int
    rows: int
    kept: int
    wanted: int
    why: str


@dataclass(frozen=True, slots=True)
class YieldPage:
    """What the page shows; `in_words` says it in a sentence."""

    run: str
    fingerprint: str
    in_words: str
    seeds: tuple[YieldRow, ...]
    authors: tuple[YieldRow, ...]
    ask_for: tuple[AskedCell, ...]
    remarks: tuple[str, ...]


@functools.cache
def _adapter() -> TypeAdapter[Yields]:
    return TypeAdapter(Yields)


def load_yields(folder: Folder) -> Yields | None:
    """What was counted last, or None. Raises InputError where the file is damaged."""
    path = folder.propagation / "yield.json"
    anew = f"Make it anew: seedbed propagate {folder.root} --yield"
    try:
        data = path.read_bytes()
        found = _adapter().validate_json(data)
        refuse_wild_numbers(data)
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"{path} is damaged or was written by another version: {where}: {first['msg']}", hint=anew
        ) from None
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}", hint=anew) from None
    if found.schema != SCHEMA:
        raise InputError(f"{path} was written by another version of Seedbed ({found.schema})", hint=anew)
    return found


def yield_page(found: Yields, taxonomy: Taxonomy, words: Mapping[str, str]) -> YieldPage:
    """`words` are the beginnings of seeds by their ids, of those that may be shown."""
    labels = {label.id: label.label for label in (*taxonomy.topics, *taxonomy.question_types)}
    seeds = [part for part in found.parts if part.kind == "seed"]
    return YieldPage(
        found.run,
        found.fingerprint,
        _in_words(seeds, found),
        tuple(_row(part, words) for part in seeds),
        tuple(_row(part, {}) for part in found.parts if part.kind == "author"),
        tuple(_cell(cell, labels) for cell in found.ask_for),
        found.remarks,
    )


def _in_words(seeds: Sequence[Part], found: Yields) -> str:
    by: dict[str, list[str]] = {}
    for part in seeds:
        if part.advice:
            by.setdefault(part.advice, []).append(part.id)
    told = [f"{advice}: {join(ids)}" for advice, ids in by.items()]
    told = told or ["nothing is advised of any seed"]
    if found.cells:
        told.append(f"{len(found.ask_for):,} of {found.cells:,} cells of topic and question type want more seeds")
    return capital("; ".join(told)) + "."


def _row(part: Part, words: Mapping[str, str]) -> YieldRow:
    most = next(iter(part.rejected.items()), None)
    return YieldRow(
        f"{part.id}: {words[part.id]}" if part.id in words else part.id,
        part.requests,
        part.rows,
        part.accepted,
        measured(part.share),
        interval(part.share),
        _likeness(part.mean_likeness),
        "–" if part.nearest is None else f"{part.nearest:.2f}",
        f"{gate_words(most[0])} ({most[1]:,})" if most else "–",
        part.advice,
        part.why,
    )


def _likeness(number: Number) -> str:
    return "–" if isinstance(number, NotApplicable) else f"{number.value:.2f}"


def _cell(cell: Cell, labels: Mapping[str, str]) -> AskedCell:
    topic, kind = labels.get(cell.topic, cell.topic), labels.get(cell.question_type, cell.question_type)
    return AskedCell(topic, kind, cell.seeds, cell.rows, cell.accepted, cell.wanted, cell.why)
