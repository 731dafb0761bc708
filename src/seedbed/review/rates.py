"""What was said of which kind of rows, and by which kind of people: shares of each value, with intervals.

Ratings of one item are alike, so whole items are drawn anew for the intervals (percentile bootstrap at 95 %, Efron &
Tibshirani 1993). Every rating counts once: an item that more people rated weighs more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seedbed.measures.definition import Measured, Value
from seedbed.review.fold import Rated, TaskState
from seedbed.review.scales import Scalar, Scale

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KindRates", "rates_by_people", "rates_by_source"]

_DRAWS = 2_000
_FEW_ITEMS = 10


@dataclass(frozen=True, slots=True)
class KindRates:
    """One kind of rows or people: the share of ratings with each value (of a scale of several labels: that hold the
    label), and the mean on ordinal and interval scales. A kind of too few raters has neither.
    """

    n_ratings: int
    n_items: int
    n_raters: int
    shares: Mapping[Scalar, Measured[float]] = field(default_factory=dict)
    mean: Measured[float] | None = None


def rates_by_people(
    state: TaskState, scale: str, people: Mapping[str, str], *, least: int = 1, draws: int = _DRAWS, seed: int = 0
) -> dict[str, KindRates]:
    """By the kind of the rater; who is in none counts nowhere. Of a kind with fewer than `least` raters only the
    numbers are told. Raises InputError for an unknown scale.
    """
    return _rates(state, scale, lambda rated: people.get(rated.rater), least, draws, seed)


def rates_by_source(state: TaskState, scale: str, *, draws: int = _DRAWS, seed: int = 0) -> dict[str, KindRates]:
    """By where the items come from: "seeds", or the run. Raises InputError for an unknown scale."""
    sources = dict(zip(state.task.items, state.task.sources, strict=True))
    return _rates(state, scale, lambda rated: sources[rated.item], 1, draws, seed)


def _rates(
    state: TaskState, scale: str, kind: Callable[[Rated], str | None], least: int, draws: int, seed: int
) -> dict[str, KindRates]:
    asked = state.task.scale(scale)
    found: dict[str, list[Rated]] = defaultdict(list)
    for rated in state.standing():
        if not rated.again and scale in rated.values and (name := kind(rated)):
            found[name].append(rated)
    return {name: _of_kind(asked, found[name], least, draws, seed) for name in sorted(found)}


def _of_kind(scale: Scale, rated: list[Rated], least: int, draws: int, seed: int) -> KindRates:
    import numpy as np

    items = list(dict.fromkeys(one.item for one in rated))
    raters = {one.rater for one in rated}
    counts = len(rated), len(items), len(raters)
    if len(raters) < least:
        return KindRates(*counts)
    values: list[Any] = list(scale.values) or sorted({one.values[scale.id] for one in rated})
    column, row = {value: n for n, value in enumerate(values)}, {item: n for n, item in enumerate(items)}
    made = np.zeros((len(items), len(values) + 1))  # the last column counts the ratings
    for one in rated:
        given = one.values[scale.id]
        for value in given if isinstance(given, tuple) else (given,):
            made[row[one.item], column[value]] += 1
        made[row[one.item], -1] += 1
    drawn = _redrawn(made, draws, np.random.default_rng(seed))
    note = f"only {len(items)} items: the interval is too narrow" if len(items) < _FEW_ITEMS else ""

    def measured(weights: NDArray[np.float64]) -> Measured[float]:
        total = made.sum(axis=0)
        value = float(total[:-1] @ weights / total[-1])
        if len(items) < 2:
            return Value(value, n=len(rated), note="one item only: no interval")
        low, high = np.percentile(drawn[:, :-1] @ weights / drawn[:, -1], (2.5, 97.5))
        return Value(value, float(low), float(high), n=len(rated), note=note)

    shown = {value: measured(np.eye(len(values))[n]) for value, n in column.items()} if scale.options else {}
    if scale.level == "nominal":
        return KindRates(*counts, shares=shown)
    return KindRates(*counts, shares=shown, mean=measured(np.array(values, dtype=float)))


def _redrawn(counts: NDArray[np.float64], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """`draws` resamples of the items, each summed. Items with the same counts are drawn as one kind: there are few."""
    import numpy as np

    kinds, often = np.unique(counts, axis=0, return_counts=True)
    drawn: NDArray[np.float64] = rng.multinomial(len(counts), often / len(counts), size=draws) @ kinds
    return drawn
