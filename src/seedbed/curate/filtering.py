"""Filtering rows by their values, and counting them: sets of rows are integers, one bit a row.

Ten thousand rows are 1,250 bytes, so a filter is a few `&` and `|`, and a count one `bit_count`.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from seedbed.errors import UsageError

__all__ = ["FIELDS", "Filter", "Index", "bits_of", "positions"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows: several values of one field mean any of them, several fields mean all. Empty fields ask nothing.

    `rule` are flags; `value`, `author` and `rule` are fields of which a row may have several. "" asks for rows with
    none. `pool`, `use`, `nuanced`, `chosen`, `edited` and `state` take the words that a page's facets show. `q` are
    words that a row's texts, id or labels as typed hold, in any order and case.
    """

    kind: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    question_type: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    pool: tuple[str, ...] = ()
    use: tuple[str, ...] = ()
    nuanced: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    written_by: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    q: str = ""


FIELDS = tuple(item.name for item in fields(Filter) if item.name != "q")


class Index:
    """For each field and value the rows that have it; `texts` are what `q` looks through."""

    def __init__(self, columns: dict[str, list[tuple[str, ...]]], texts: Sequence[str]) -> None:
        self.size = len(texts)
        self.all = (1 << self.size) - 1
        self._texts = list(texts)
        self.by: dict[str, dict[str, int]] = {}
        for name, column in columns.items():
            rows: dict[str, list[int]] = defaultdict(list)
            for at, values in enumerate(column):
                for value in values or ("",):
                    rows[value].append(at)
            self.by[name] = {value: bits_of(found, self.size) for value, found in rows.items()}

    def after(
        self, columns: Mapping[str, Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]]], texts: Mapping[int, str]
    ) -> Index:
        """The index with other values of some rows: by field and row, the ones before and the ones now."""
        made = copy.copy(self)
        made.by = dict(self.by)
        for name, changes in columns.items():
            left: dict[str, list[int]] = defaultdict(list)
            come: dict[str, list[int]] = defaultdict(list)
            for at, (before, now) in changes.items():
                if before != now:
                    for value in before or ("",):
                        left[value].append(at)
                    for value in now or ("",):
                        come[value].append(at)
            if left:
                rows = dict(self.by[name])
                for value, found in left.items():
                    rows[value] &= ~bits_of(found, self.size)
                for value, found in come.items():
                    rows[value] = rows.get(value, 0) | bits_of(found, self.size)
                made.by[name] = rows
        made._texts = list(self._texts)
        for at, text in texts.items():
            made._texts[at] = text
        return made

    def matching(self, wanted: Filter) -> int:
        """The rows that pass every field."""
        found = self._searched(wanted.q)
        for passed in self._fields(wanted).values():
            found &= passed
        return found

    def facets(self, wanted: Filter) -> dict[str, dict[str, int]]:
        """For each field its values with how many rows have them, as if that field alone were not asked for.

        Most frequent first. A value that was asked for and that no row has is shown with 0.
        """
        passed = self._fields(wanted)
        searched = self._searched(wanted.q)
        made: dict[str, dict[str, int]] = {}
        for name, values in self.by.items():
            others = searched
            for other, rows in passed.items():
                if other != name:
                    others &= rows
            counts = {value: (rows & others).bit_count() for value, rows in values.items()}
            asked = getattr(wanted, name)
            shown = {value: count for value, count in counts.items() if count or value in asked}
            shown |= {value: 0 for value in asked if value not in shown}
            made[name] = dict(sorted(shown.items(), key=lambda pair: (-pair[1], pair[0])))
        return made

    def _fields(self, wanted: Filter) -> dict[str, int]:
        found: dict[str, int] = {}
        for name in FIELDS:
            asked = getattr(wanted, name)
            if isinstance(asked, str):
                raise UsageError(
                    f"The filter {name} takes several values, not one text", hint=f'As in: Filter({name}=("…",))'
                )
            if asked:
                found[name] = 0
                for value in asked:
                    found[name] |= self.by[name].get(value, 0)
        return found

    def _searched(self, q: str) -> int:
        words = q.casefold().split()
        if not words:
            return self.all
        longest = max(words, key=len)
        found = [at for at, text in enumerate(self._texts) if longest in text and all(word in text for word in words)]
        return bits_of(found, self.size)


def bits_of(rows: Iterable[int], size: int) -> int:
    """The set of `rows` as an integer."""
    made = bytearray(size // 8 + 1)
    for at in rows:
        made[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(made, "little")


def positions(found: int) -> list[int]:
    """The inverse of `bits_of`, in order."""
    return [at for at, bit in enumerate(reversed(f"{found:b}")) if bit == "1"]
