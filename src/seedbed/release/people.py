"""Counts of people that can be published: no count below k, none to be had by subtraction.

The rule. One table for each attribute, never two attributes in one table unless every cell of it holds k people.
In a table, values held by fewer than k people become one cell "others". If that cell holds fewer than k, the
smallest cell still shown joins it, and so on, so that the total less what is shown is never a small number. If
fewer than k people took part, not even their number is shown.

This guards one release. Two releases of a study whose people changed in between could be subtracted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seedbed.records import Person

__all__ = ["ATTRIBUTES", "Margin", "cross", "margin"]

ATTRIBUTES = {
    "role": "Role", "group": "Group", "position": "Position", "background": "Background", "location": "Location",
}  # fmt: skip
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Margin:
    """One attribute: (value, people) as shown, and how many people stand under others. None: nothing is shown."""

    shown: tuple[tuple[str, int], ...]
    others: int | None


def margin(values: Sequence[str], k: int) -> Margin:
    """The table of `values`, one a person, by the rule above. Every number is 0 or at least k."""
    if len(values) < k:
        return Margin((), None)
    counts = sorted(Counter(value or NOT_STATED for value in values).items(), key=lambda item: (-item[1], item[0]))
    shown = [item for item in counts if item[1] >= k]
    others = len(values) - sum(count for _, count in shown)
    while 0 < others < k:
        others += shown.pop()[1]
    return Margin(tuple(shown), others)


def cross(people: Sequence[Person], one: str, other: str, k: int) -> dict[tuple[str, str], int] | None:
    """People by two attributes, or None when any cell that is not empty holds fewer than k."""
    cells = Counter((getattr(p, one) or NOT_STATED, getattr(p, other) or NOT_STATED) for p in people)
    if not cells or min(cells.values()) < k:
        return None
    return dict(sorted(cells.items()))
