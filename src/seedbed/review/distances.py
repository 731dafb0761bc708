"""How far two answers to one question are apart, and the raters of an item."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from seedbed.review.fold import TaskState
from seedbed.review.scales import Scale

__all__ = ["answers", "apart", "distance", "earlier_doubts"]


def answers(state: TaskState) -> dict[tuple[str, str], list[Any]]:
    """By item and scale the values that stand, one of each rater; second times are not among them."""
    values: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for rated in state.standing():
        if not rated.again:
            for scale, value in rated.values.items():
                values[rated.item, scale].append(value)
    return values


def earlier_doubts(state: TaskState) -> dict[str, float]:
    """For each item that several people rated, how far they were apart on the scale on which they were most so."""
    found: dict[str, float] = {}
    for (item, scale), given in answers(state).items():
        found[item] = max(found.get(item, 0.0), apart(state.task.scale(scale), given))
    return found


def distance(scale: Scale, a: Any, b: Any) -> float:
    """How far two values are apart, 0 to 1.

    Nominal: whether they differ. Ordinal and interval: their distance by the width of the scale. Several labels: one
    less the labels in common by those of either (Jaccard); two empty answers agree.
    """
    if a == b:
        return 0.0
    if scale.several:
        return 1 - len({*a} & {*b}) / len({*a} | {*b})
    if scale.level == "nominal":
        return 1.0
    ends = [float(value) for value in scale.values] or [scale.low or 0.0, scale.high or 0.0]
    return abs(float(a) - float(b)) / ((max(ends) - min(ends)) or 1.0)


def apart(scale: Scale, values: Iterable[Any]) -> float:
    """How far ratings of one item are apart: the mean `distance` between two raters; of fewer than two 0."""
    # by value and not by pair: 262 raters of one item are 34,000 pairs, and five values
    counts = list(Counter(values).items())
    n = sum(count for _, count in counts)
    if n < 2:
        return 0.0
    found = sum(
        one * other * distance(scale, a, b) for k, (a, one) in enumerate(counts) for b, other in counts[k + 1 :]
    )
    return found / (n * (n - 1) / 2)
