"""What several people's ratings of one item come to, with nothing averaged away.

The soft label is the share of raters for each value; entropy in bits says how mixed it is (0: all alike); the hard
label is the value that most gave, and a tie is said, not broken (Uma et al. 2021).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.review.distances import answers, apart
from seedbed.review.fold import Rated, TaskState
from seedbed.review.scales import Scalar, Scale

__all__ = ["Disputed", "Spread", "by_item", "disputed", "entropy_of", "spread", "spreads"]


@dataclass(frozen=True, slots=True)
class Spread:
    """One item on one scale. `soft` maps each value that was given to its share of the `n` raters, in their order.

    Of a scale that takes several labels `soft` is the share of raters who gave each of its labels: shares need not add
    up to 1, `entropy` is the mean over the labels, and `hard` holds those that more than half gave. `tied` are values
    (or labels that just half gave) between which no majority decides. `mean`, `sd` (with n − 1) and range are those of
    ordinal and interval scales; None elsewhere, and of too few ratings. `apart` says how far two raters are apart.
    """

    n: int
    soft: Mapping[Scalar, float] = field(default_factory=dict)
    entropy: float = 0.0
    hard: tuple[Scalar, ...] = ()
    tied: tuple[Scalar, ...] = ()
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    apart: float = 0.0


@dataclass(frozen=True, slots=True)
class Disputed:
    """An item to talk through: how far its raters are apart on the scale on which they are most so."""

    item: str
    scale: str
    apart: float
    n: int


def by_item(state: TaskState, *, again: bool = False) -> dict[str, list[Rated]]:
    """What stands of each item, in the task's order; second times (`again`) apart from first ones."""
    found: dict[str, list[Rated]] = {item: [] for item in state.task.items}
    for rated in state.standing():
        if rated.again == again:
            found[rated.item].append(rated)
    return found


def spread(scale: Scale, values: list[Any]) -> Spread:
    """What `values`, one of each rater, come to."""
    n = len(values)
    if not n:
        return Spread(0)
    if scale.several:
        given = Counter(label for value in values for label in value)
        shares: dict[Scalar, float] = {label: given[str(label)] / n for label in scale.values}
        entropies = [entropy_of([share, 1 - share]) for share in shares.values()]
        return Spread(
            n, shares, sum(entropies) / len(entropies),
            hard=tuple(label for label, share in shares.items() if share > 0.5),
            tied=tuple(label for label, share in shares.items() if share == 0.5), apart=apart(scale, values),
        )  # fmt: skip
    counts = Counter(values)
    order: Iterable[Scalar] = [value for value in scale.values if value in counts] or sorted(counts)
    soft = {value: counts[value] / n for value in order}
    most = max(soft.values())
    modes = tuple(value for value, share in soft.items() if share == most)
    hard, tied = (modes, ()) if len(modes) == 1 else ((), modes)
    if scale.level == "nominal":
        return Spread(n, soft, entropy_of(soft.values()), hard, tied, apart=apart(scale, values))
    numbers = [float(value) for value in values]
    mean = sum(numbers) / n
    sd = math.sqrt(sum((number - mean) ** 2 for number in numbers) / (n - 1)) if n > 1 else None
    return Spread(
        n, soft, entropy_of(soft.values()), hard, tied, mean, sd, min(numbers), max(numbers), apart(scale, values)
    )


def spreads(state: TaskState, scale: str) -> dict[str, Spread]:
    """The spread of each item that somebody rated on `scale`. Raises InputError for an unknown scale."""
    asked = state.task.scale(scale)
    values: dict[str, list[Any]] = defaultdict(list)
    for rated in state.standing():
        if not rated.again and scale in rated.values:
            values[rated.item].append(rated.values[scale])
    return {item: spread(asked, values[item]) for item in state.task.items if item in values}


def disputed(state: TaskState) -> tuple[Disputed, ...]:
    """The items over which raters differ, the furthest apart first; items without a difference are not in it."""
    worst: dict[str, Disputed] = {}
    for (item, scale), given in answers(state).items():
        if len(given) > 1 and (by := apart(state.task.scale(scale), given)) > 0:
            found = Disputed(item, scale, round(by, 4), len(given))
            if item not in worst or found.apart > worst[item].apart:
                worst[item] = found
    return tuple(sorted(worst.values(), key=lambda one: (-one.apart, -one.n, one.item)))


def entropy_of(shares: Iterable[float]) -> float:
    """In bits; 0 where one share is all."""
    return -sum(share * math.log2(share) for share in shares if share > 0) + 0.0
