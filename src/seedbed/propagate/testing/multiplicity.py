"""Holm's correction for several tests at once."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["holm"]


def holm(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p-values: those at most alpha can be claimed together with a chance of alpha that any is wrong.

    Sorted p(1) ≤ … ≤ p(m): adjusted p(i) = max over j ≤ i of min(1, (m-j+1)·p(j)) (Holm 1979). Holds for any
    dependence between the tests. A test that had no answer (None) stays None and counts in m: leaving it out after
    looking would make the family smaller than what was asked. Raises ValueError for a p outside 0 to 1.
    """
    if not all(p is None or 0 <= p <= 1 for p in ps):
        raise ValueError(f"a p-value lies between 0 and 1: {ps}")
    adjusted: list[float | None] = [None] * len(ps)
    highest = 0.0
    known = sorted((p, index) for index, p in enumerate(ps) if p is not None)
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(1.0, (len(ps) - rank) * p))
        adjusted[index] = highest
    return tuple(adjusted)
