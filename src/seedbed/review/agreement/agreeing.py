"""All coefficients of one table of ratings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from seedbed.errors import InputError
from seedbed.measures.definition import Measured, NotApplicable
from seedbed.review.agreement.coefficients import Coefficient, ac, cohen, fleiss, identity, krippendorff, quadratic, raw
from seedbed.review.agreement.resampling import DRAWS, measured
from seedbed.review.agreement.table import MISSING, Category, Level, Table

__all__ = ["Agreement", "agree"]

_MOST_CATEGORIES = 200  # beyond, a value is a measurement: agreement on exactly the same one says nothing
_ORDERED = "its weights need categories in an order: the scale is nominal"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the raters of one scale agree. `n_pairable` items have two ratings or more: only these say anything.

    raw                 share of pairs of raters who gave the same, an item's mean, then the mean over items
    cohen               Cohen's kappa: two raters alone; `cohen_weighted` with quadratic weights on an ordered scale
    fleiss              Fleiss' kappa: any number of raters
    alpha               Krippendorff's alpha at the scale's level
    ac1, ac2            Gwet's; `ac2` with quadratic weights on an ordered scale

    Each is a Value with a 95 % interval (bootstrap by item), or NotApplicable with the reason; never nan. `marginals`
    is how often each category was given, `by_rater` by whom.
    """

    level: Level
    n_items: int
    n_pairable: int
    n_raters: int
    n_ratings: int
    raw: Measured[float]
    cohen: Measured[float]
    cohen_weighted: Measured[float]
    fleiss: Measured[float]
    alpha: Measured[float]
    ac1: Measured[float]
    ac2: Measured[float]
    marginals: dict[Category, int] = field(default_factory=dict)
    by_rater: dict[str, dict[Category, int]] = field(default_factory=dict)

    def coefficients(self) -> dict[str, Measured[float]]:
        """The coefficients by name, in the order in which they are shown."""
        names = ("raw", "cohen", "cohen_weighted", "fleiss", "alpha", "ac1", "ac2")
        return {name: getattr(self, name) for name in names}


def agree(table: Table, level: Level = "nominal", *, draws: int = DRAWS, seed: int = 0) -> Agreement:
    """Every coefficient of `table`, read as `level`. The same seed gives the same intervals.

    Items that nobody rated count for nothing. Raises InputError when the level is "interval" and a category is no
    number, or the level is unknown.
    """
    if level not in ("nominal", "ordinal", "interval"):
        raise InputError(f"No level {level!r}", hint="Levels: nominal, ordinal, interval")
    numbers = table.numbers(level)
    rated = (table.codes != MISSING).any(axis=1)
    if not rated.all():
        table = table.of_raters(set(table.raters))
    counts = table.counts()
    r = counts.sum(axis=1)
    pairable = int((r >= 2).sum())
    found: dict[str, Measured[float]] = {}
    wanted: dict[str, Coefficient] = {}
    same, near = identity(len(table.categories)), quadratic(numbers) if len(numbers) else identity(0)
    if pairable:
        wanted["alpha"] = krippendorff(counts, level, numbers)
        if len(table.categories) <= _MOST_CATEGORIES:
            wanted |= {"raw": raw(counts, same), "fleiss": fleiss(counts), "ac1": ac(counts, same)}
            if level != "nominal":
                wanted["ac2"] = ac(counts, near)
            if len(table.raters) == 2:
                wanted["cohen"] = cohen(table, same)
                if level != "nominal":
                    wanted["cohen_weighted"] = cohen(table, near)
        found = measured(wanted, len(table.items), draws=draws, seed=seed)

    def standing(name: str, *, ordered: bool = False, two: bool = False) -> Measured[float]:
        if name in found:
            return found[name]
        if not pairable:
            return NotApplicable("no item was rated by two people")
        if ordered and level == "nominal":
            return NotApplicable(_ORDERED)
        if two and len(table.raters) != 2:
            return NotApplicable(f"for two raters, and there are {len(table.raters)}: see Fleiss' kappa and alpha")
        return NotApplicable(f"more than {_MOST_CATEGORIES} different values: see alpha")

    return Agreement(
        level, len(table.items), pairable, len(table.raters), table.n_ratings,
        raw=standing("raw"), cohen=standing("cohen", two=True),
        cohen_weighted=standing("cohen_weighted", ordered=True, two=True), fleiss=standing("fleiss"),
        alpha=standing("alpha"), ac1=standing("ac1"), ac2=standing("ac2", ordered=True),
        marginals=_named(table, counts.sum(axis=0)),
        by_rater={rater: _named(table, _given(table, column)) for column, rater in enumerate(table.raters)},
    )  # fmt: skip


def _given(table: Table, column: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    codes = table.codes[:, column]
    return np.bincount(codes[codes != MISSING], minlength=len(table.categories))


def _named(table: Table, counts: np.ndarray[tuple[int, ...], np.dtype[np.float64 | np.intp]]) -> dict[Category, int]:
    return {category: int(count) for category, count in zip(table.categories, counts, strict=True)}
