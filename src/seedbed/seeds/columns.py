"""Which column of a file holds what, and which kind of file it is.

People name columns in many ways. Known names are matched without case or punctuation; where two columns fit, the
name that stands first in the list below wins, and the other is reported as unused. A mapping given by hand wins
over everything. What was decided is part of the import's report.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from seedbed.errors import InputError, UsageError

__all__ = ["KINDS", "Kind", "Mapped", "known_names", "map_columns"]

Kind = Literal["question", "triple", "people", "ratings", "labels"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_QUESTION = ("question", "prompt", "instruction", "input", "text", "query", "question prompt", "seed question")
_GROUP = ("group", "team", "group id", "breakout group", "breakout room", "table")
_AUTHORS = ("author", "authors", "participant", "participants", "writer", "contributor", "created by", "person")
_TOPIC = ("topic", "domain", "topic label", "subject area", "theme")
_TYPE = ("question type", "type", "type of question", "questiontype", "category")
_WRITTEN_BY = ("written by", "authorship", "provenance", "human or llm", "human or model")
_SOURCE = ("source", "reference", "citation", "url")
_LANGUAGE = ("language", "lang", "locale")
_READER = ("reader", "rater", "annotator", "labeller", "labeler", "coder", "person", "participant", "author")

# For each kind: each field with the names that people give its column, best first.
FIELDS: dict[Kind, dict[str, tuple[str, ...]]] = {
    "question": {
        "id": ("id", "question id", "seed id", "key"),
        "group": _GROUP,
        "author": _AUTHORS,
        "topic": _TOPIC,
        "question_type": _TYPE,
        "question": _QUESTION,
        "written_by": _WRITTEN_BY,
        "language": _LANGUAGE,
        "source": _SOURCE,
        "persona": ("persona", "profile", "asker", "asked by", "user profile", "role"),
        "scenario": ("scenario", "situation", "setting"),
        "entities": ("entities", "entity slots", "slots", "replaceable entities"),
        "origin": ("origin",),
    },
    "triple": {
        "id": ("id", "pair id", "triple id", "seed id", "key"),
        "group": _GROUP,
        "author": _AUTHORS,
        "value": ("value", "values", "value dimension", "dimension", "principle", "value label", "value labels"),
        "prompt_id": ("prompt id", "question id", "answers"),
        "question": ("question", "prompt", "instruction", "input", "query", "text"),
        "misaligned": (
            "misaligned", "misaligned response", "rejected", "response", "unaligned", "unaligned response",
            "initial response",
        ),
        "critique": (
            "critique", "problems", "problem", "corrector identify problems with response", "critic", "feedback",
        ),
        "aligned": (
            "aligned", "aligned response", "correction", "chosen", "corrected", "corrected response", "corrector",
            "rewrite", "rewritten",
        ),
        "stance": ("stance", "value stance", "aligned stance"),
        "written_by": _WRITTEN_BY,
        "language": _LANGUAGE,
        "source": _SOURCE,
        "origin": ("origin",),
    },
    "people": {
        "id": ("id", "pseudonym", "person", "person id", "participant", "participant id", "author"),
        "role": ("role", "part"),
        "group": _GROUP,
        "position": ("position", "position in the company", "job", "job title"),
        "background": ("background", "expertise", "field", "discipline"),
        "location": ("location", "workplace location", "workplace", "country", "site"),
    },
    "ratings": {
        "subject": ("subject", "subject id", "row", "row id", "item", "item id", "id", "question id", "pair id"),
        "rater": ("rater", "annotator", "reader", "reviewer", "judge", "person", "participant", "author"),
        "scale": ("scale", "criterion", "dimension", "measure"),
        "value": ("value", "rating", "score", "answer"),
        "source": _SOURCE,
    },
    "labels": {
        "id": ("question id", "id", "subject", "item", "item id", "row"),
        "reader": _READER,
        "topic": _TOPIC,
        "question_type": _TYPE,
        "source": _SOURCE,
    },
}  # fmt: skip

REQUIRED: dict[Kind, tuple[str, ...]] = {
    "question": ("question",),
    "triple": ("question", "misaligned", "aligned"),
    "people": ("id",),
    "ratings": ("subject", "rater", "scale", "value"),
    "labels": ("id", "reader"),
}
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Mapped:
    """The kind of a file, its mapping {field: column}, and the columns that nothing reads."""

    kind: Kind
    mapping: dict[str, str]
    unused: tuple[str, ...]


def plain(name: str) -> str:
    """A column's name without case and punctuation."""
    return _NOT_WORD.sub(" ", name).strip().casefold()


def known_names() -> frozenset[str]:
    """Every name of a column that some kind of file knows, plain."""
    return frozenset(name for fields in FIELDS.values() for names in fields.values() for name in names)


def map_columns(
    columns: Sequence[str], path: Path, *, kind: Kind | None = None, given: Mapping[str, str] | None = None
) -> Mapped:
    """Find the kind (unless given) and each field's column. `given` maps a field to a column and wins.

    Raises InputError where required columns are missing or where the columns fit several kinds; UsageError where
    `kind` or a field of `given` is unknown.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"There is no kind {kind!r}", hint=f"One of: {', '.join(KINDS)}")
    _refuse_same_names(columns, path)
    overrides = {_field(name, kind): _column(column, columns, path) for name, column in (given or {}).items()}
    chosen = kind or _infer(columns, overrides, path)
    for name in overrides:
        if name not in FIELDS[chosen]:
            raise UsageError(
                f"{path}: a file of kind {chosen!r} has no field {name!r}", hint=f"Fields: {', '.join(FIELDS[chosen])}"
            )
    mapping = _map(chosen, columns, overrides)
    missing = [name for name in REQUIRED[chosen] if name not in mapping]
    if missing or not _enough(chosen, mapping):
        raise _missing(chosen, missing or ["topic or question_type"], columns, mapping, path)
    used = set(mapping.values())
    return Mapped(chosen, mapping, tuple(column for column in columns if column not in used))


def _refuse_same_names(columns: Sequence[str], path: Path) -> None:
    seen: dict[str, str] = {}
    for column in filter(str.strip, columns):  # columns without a name are no one's
        if columns.count(column) > 1 or (plain(column) and seen.setdefault(plain(column), column) != column):
            raise InputError(
                f"{path}: two columns are called {column!r}", hint="Rename one of them, or delete it from the file."
            )


def _field(name: str, kind: Kind | None) -> str:
    wanted = plain(name).replace(" ", "_")
    known = sorted({field for fields in ([FIELDS[kind]] if kind else FIELDS.values()) for field in fields})
    if wanted in known:
        return wanted
    raise UsageError(f"There is no field {name!r} to give a column to", hint=f"Fields: {', '.join(known)}")


def _column(column: str, columns: Sequence[str], path: Path) -> str:
    if column in columns:
        return column
    same = [found for found in columns if plain(found) == plain(column)]
    if same:
        return same[0]
    near = difflib.get_close_matches(column, columns, n=1, cutoff=0.5)
    raise InputError(
        f"{path} has no column {column!r}",
        hint=f"Did you mean {near[0]!r}?" if near else f"Its columns: {', '.join(map(repr, columns))}",
    )


def _map(kind: Kind, columns: Sequence[str], overrides: Mapping[str, str]) -> dict[str, str]:
    by_name = {plain(column): column for column in columns}
    mapping: dict[str, str] = {}
    taken = set(overrides.values())
    for field, names in FIELDS[kind].items():
        if field in overrides:
            mapping[field] = overrides[field]
            continue
        found = next((by_name[name] for name in names if name in by_name and by_name[name] not in taken), None)
        if found is not None:
            mapping[field] = found
            taken.add(found)
    return mapping


def _enough(kind: Kind, mapping: Mapping[str, str]) -> bool:
    """What `REQUIRED` cannot say: labels need one label at least."""
    return kind != "labels" or "topic" in mapping or "question_type" in mapping


def _infer(columns: Sequence[str], overrides: Mapping[str, str], path: Path) -> Kind:
    maps = {
        kind: _map(kind, columns, {field: column for field, column in overrides.items() if field in FIELDS[kind]})
        for kind in KINDS
    }
    whole = {kind for kind in KINDS if all(name in maps[kind] for name in REQUIRED[kind]) and _enough(kind, maps[kind])}
    fits: list[Kind] = []
    if "triple" in whole:
        fits.append("triple")
    elif "question" in whole:
        fits.append("question")
        if "misaligned" in maps["triple"] or "aligned" in maps["triple"]:
            fits.append("triple")  # one of the two responses: half a triple, or a question with something beside it
    if "ratings" in whole:
        fits.append("ratings")
    elif "labels" in whole:
        # a reader's column beside a question's text is more likely its author's
        strict = {plain(column) for column in columns} & {
            "reader",
            "rater",
            "annotator",
            "labeller",
            "labeler",
            "coder",
        }
        if strict or not fits:
            fits.append("labels")
    if not fits and "people" in whole and len(maps["people"]) > 1:
        fits.append("people")
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise InputError(
            f"{path}: its columns fit {' and '.join(fits)} alike: {', '.join(map(repr, columns))}",
            hint="Say which: " + " or ".join(f"--kind {kind}" for kind in fits),
        )
    raise _missing("question", ["question"], columns, {}, path)


def _missing(
    kind: Kind, missing: Sequence[str], columns: Sequence[str], mapping: Mapping[str, str], path: Path
) -> InputError:
    free = {plain(column): column for column in columns if column not in mapping.values()}
    hints = []
    for field in missing:
        names = FIELDS[kind].get(field, (*_TOPIC, *_TYPE))
        near = next((m for name in names for m in difflib.get_close_matches(name, free, n=1, cutoff=0.7)), None)
        if near:
            hints.append(f"--column {field}={free[near]}")
    shown = ", ".join(map(repr, columns)) or "none"
    return InputError(
        f"{path}: no column for {' and '.join(missing)}, as a file of kind {kind!r} needs; its columns: {shown}",
        hint=f"Nearest: {' '.join(hints)}" if hints else f"Name it: --column {missing[0]}=COLUMN",
    )
