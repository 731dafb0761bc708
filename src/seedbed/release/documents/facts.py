"""Facts: what a document may say of a release, each with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["SCHEMA", "Fact", "Facts"]

SCHEMA = 1
"""Version of the form of facts.json; a change of what a key means raises it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `value` is a number, a text, None for what is withheld or unknown, or a table as a list of records.

    `source` is the file it was read from, in the study's folder or in the release; `query` says what was counted.
    """

    key: str
    value: Any
    source: str
    query: str


class Facts:
    """Facts by key, in the order in which they were gathered."""

    def __init__(self) -> None:
        self._facts: dict[str, Fact] = {}

    def add(self, key: str, value: Any, source: str, query: str) -> None:
        """Raises ValueError for a key that is there already."""
        if key in self._facts:
            raise ValueError(f"the fact {key!r} is there already")
        self._facts[key] = Fact(key, value, source, query)

    def __getitem__(self, key: str) -> Any:
        """The value of a fact. Raises KeyError for one that nobody gathered."""
        return self._facts[key].value

    def __contains__(self, key: str) -> bool:
        return key in self._facts

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def source(self, key: str) -> str:
        return self._facts[key].source

    def told(self, *keys: str) -> str:
        """The line under a paragraph that says where its numbers come from, in Markdown."""
        sources = dict.fromkeys(self._facts[key].source for key in keys)
        named = ", ".join(f"`{key}`" for key in keys)
        return f"*Facts: {named}. From: {'; '.join(f'`{source}`' for source in sources)}.*"

    def to_json(self) -> str:
        """facts.json."""
        return json.dumps({"schema": SCHEMA, "facts": [asdict(fact) for fact in self]}, ensure_ascii=False, indent=1)
