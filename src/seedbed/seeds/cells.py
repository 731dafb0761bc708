"""One cell: its text, its limits, and whether a spreadsheet would take it for a formula."""

from __future__ import annotations

import json
import re
from typing import Any

from seedbed.records import Writer

__all__ = [
    "MAX_CHARACTERS",
    "RowFault",
    "cell_text",
    "entities",
    "looks_like_formula",
    "split_values",
    "writer",
    "writers",
]

# A long participant's answer has some 2,000 characters; over ten times that it is a pasted document, or two columns
# run together by a quote that was never closed.
MAX_CHARACTERS = 20_000
# Ids and codes stand in events, where words have no place.
MAX_CODE_CHARACTERS = 100
_CODES = frozenset({"id", "subject", "prompt_id", "group", "role", "language", "reader", "rater", "scale"})

_FORMULA = re.compile(
    r"""^(?: =\s*\S                                     # =1+1, =HYPERLINK(…)
        | [-+@]\s*(?: [A-Za-z_][\w.]*\s*[(|]            # @SUM(…), +cmd|…
                    | \$?[A-Za-z]{1,3}\$?\d+\b          # +A1
                    | \d+(?:[.,]\d+)?\s*[-+*/^]\s*\S ) ) # -2+3""",
    re.VERBOSE,
)
_MANY = re.compile(r"\s*[;|\n]\s*")
_WRITERS = {
    "": Writer.UNKNOWN, "unknown": Writer.UNKNOWN,
    "human": Writer.HUMAN, "person": Writer.HUMAN, "participant": Writer.HUMAN,
    "model": Writer.MODEL, "llm": Writer.MODEL, "ai": Writer.MODEL,
    "model edited by human": Writer.EDITED, "llm edited by human": Writer.EDITED, "edited": Writer.EDITED,
    "model edited": Writer.EDITED, "llm edited": Writer.EDITED,
}  # fmt: skip


class RowFault(Exception):
    """A row cannot become a record; the message says why, without file or line."""


def cell_text(value: Any, field: str) -> str:
    """A cell as text: trimmed, line ends as LF, lists joined by ";". Raises RowFault over the limit.

    A formula is text like any other: it is never evaluated.
    """
    match value:
        case None:
            return ""
        case str():
            text = value
        case bool():
            text = "true" if value else "false"
        case int() | float():
            text = str(value)
        case list() | tuple():
            text = ";".join(cell_text(item, field) for item in value)
        case _:
            raise RowFault(f"the cell {field!r} holds {type(value).__name__} data, not text")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\0" in text:
        raise RowFault(f"the cell {field!r} holds a NUL character")
    limit = MAX_CODE_CHARACTERS if field in _CODES else MAX_CHARACTERS
    if len(text) > limit:
        raise RowFault(f"the cell {field!r} has {len(text):,} characters; the limit is {limit:,}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RowFault(f"the cell {field!r} holds half of a surrogate pair, so it is no valid text") from None
    return text


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would evaluate `text`. "- what now?" and "+55 11 5555" are no formulas, "=1+1" is."""
    return bool(_FORMULA.match(text))


def split_values(text: str, *, commas: bool = False) -> tuple[str, ...]:
    """A cell that may name several: "ana; bo" and "ana|bo" (and with `commas` "ana, bo"), in order, once each."""
    separated = text.replace(",", ";") if commas else text
    return tuple(dict.fromkeys(part for part in _MANY.split(separated.strip()) if part))


def writer(text: str) -> Writer:
    """Whose words, from what people write for it. Raises RowFault for an unknown word."""
    found = _WRITERS.get(re.sub(r"[\W_]+", " ", text).strip().casefold())
    if found is None:
        raise RowFault(f"written_by is {text!r}; known: human, model, model-edited-by-human, unknown")
    return found


def writers(value: Any, fields: tuple[str, ...], default: Writer) -> dict[str, Writer]:
    """Whose words each of `fields` holds: "human", or "aligned=model;critique=model" (the rest: `default`), or a
    JSON object. Raises RowFault for an unknown field or word.
    """
    if isinstance(value, dict):
        pairs = [(str(name), str(word)) for name, word in value.items()]
    else:
        text = cell_text(value, "written_by")
        if "=" not in text:
            return dict.fromkeys(fields, writer(text))
        split = (part.partition("=") for part in split_values(text, commas=True))
        pairs = [(name.strip(), word.strip()) for name, _, word in split]
    found = dict.fromkeys(fields, default)
    for name, word in pairs:
        if name not in fields:
            raise RowFault(f"written_by names {name!r}; known: {', '.join(fields)}")
        found[name] = writer(word)
    return found


def entities(value: Any) -> tuple[tuple[str, str], ...]:
    """The entities that a question names, as (kind, value): from "country=Brazil; medicine=dipyrone", from a JSON
    object (a value may be a list), or from such an object as text.

    Kinds come in the order of their first value, so that an object holds them without loss. Raises RowFault for a
    value without a kind.
    """
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise RowFault("entities begin as a JSON object does and are none") from None
    if isinstance(value, dict):
        pairs = [
            (str(kind), cell_text(item, "entities"))
            for kind, items in value.items()
            for item in (items if isinstance(items, list) else [items])
        ]
    else:
        pairs = []
        for part in split_values(cell_text(value, "entities")):
            kind, sign, item = part.partition("=") if "=" in part else part.partition(":")
            if not sign:
                raise RowFault(f"entities name {part!r} without its kind: write it as country={part}")
            pairs.append((kind, item))
    found: dict[str, dict[str, None]] = {}
    for kind, item in pairs:
        kind, item = " ".join(cell_text(kind, "id").split()).casefold(), " ".join(item.split())
        if not item:
            continue  # a table with one key for all rows leaves it empty where a row has none
        if not kind:
            raise RowFault(f"entities name {item!r} without its kind: write it as country={item}")
        found.setdefault(kind, {})[item] = None
    return tuple((kind, item) for kind, items in found.items() for item in items)
