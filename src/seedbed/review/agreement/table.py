"""The ratings of one scale as a table: items by raters, with holes where a rater did not rate an item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError

__all__ = ["MISSING", "Category", "Level", "Table"]

Category: TypeAlias = str | int | float
Level = Literal["nominal", "ordinal", "interval"]

MISSING = -1


@dataclass(frozen=True, slots=True)
class Table:
    """Ratings of one scale. `codes` has shape (items, raters): the index into `categories`, or MISSING (-1).

    `categories` stand in their order, which ordinal measures need; a category that nobody chose may be among them.
    """

    items: tuple[str, ...]
    raters: tuple[str, ...]
    categories: tuple[Category, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, ratings: Iterable[tuple[str, str, Category]], categories: Sequence[Category] | None = None) -> Self:
        """A table of (item, rater, value). Without `categories` those that occur, sorted.

        Raises InputError when a rater has two values for one item, a value is none of the categories, or values of
        which some are numbers and some words give no order.
        """
        rows = list(ratings)
        known = tuple(categories) if categories is not None else _sorted({value for _, _, value in rows})
        code = {value: number for number, value in enumerate(known)}
        items = {item: number for number, item in enumerate(dict.fromkeys(item for item, _, _ in rows))}
        raters = {rater: number for number, rater in enumerate(dict.fromkeys(rater for _, rater, _ in rows))}
        codes = np.full((len(items), len(raters)), MISSING, dtype=np.int32)
        for item, rater, value in rows:
            if value not in code:
                raise InputError(
                    f"{item!r} has {value!r} from {rater!r}, which is not on the scale",
                    hint=f"The scale has: {', '.join(map(str, known))}",
                )
            place = items[item], raters[rater]
            if codes[place] != MISSING:
                raise InputError(
                    f"{item!r} has two ratings by {rater!r}", hint="Give the newest of them, or compare the two alone."
                )
            codes[place] = code[value]
        return cls(tuple(items), tuple(raters), known, codes)

    @property
    def n_ratings(self) -> int:
        return int((self.codes != MISSING).sum())

    def of_raters(self, raters: Collection[str]) -> Table:
        """The table of these raters alone, with the items that any of them rated."""
        chosen = [number for number, rater in enumerate(self.raters) if rater in raters]
        codes = self.codes[:, chosen]
        rated = np.flatnonzero((codes != MISSING).any(axis=1))
        return Table(
            tuple(self.items[row] for row in rated), tuple(self.raters[column] for column in chosen),
            self.categories, codes[rated],
        )  # fmt: skip

    def counts(self) -> NDArray[np.float64]:
        """How many raters gave each category, shape (items, categories)."""
        made = np.zeros((len(self.items), len(self.categories)))
        rows, columns = np.nonzero(self.codes != MISSING)
        np.add.at(made, (rows, self.codes[rows, columns]), 1)
        return made

    def numbers(self, level: Level) -> NDArray[np.float64]:
        """Where each category lies on a line: its rank (from 0), or at the level "interval" its own number.

        Raises InputError at the level "interval" when a category is no number.
        """
        if level != "interval":
            return np.arange(len(self.categories), dtype=float)
        for category in self.categories:
            if isinstance(category, str | bool) or not np.isfinite(category):
                raise InputError(
                    f"{category!r} is no number, and distances on an interval scale need numbers",
                    hint="Give the scale numbers, or call it ordinal.",
                )
        return np.array(self.categories, dtype=float)


def _sorted(found: set[Category]) -> tuple[Category, ...]:
    if len({isinstance(value, str) for value in found}) > 1:
        raise InputError("Some values are numbers and some are words", hint="Give the categories in their order.")
    return tuple(sorted(found))
