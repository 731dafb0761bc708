"""Why a seed is among the examples or not, seen from the whole choice, whichever strategy made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedbed.curate.choosing.labels import Tally
from seedbed.curate.vectors import Space
from seedbed.records import Question, Triple

if TYPE_CHECKING:
    from seedbed.curate.vectors import Vectors

__all__ = ["Why", "explain"]


@dataclass(frozen=True, slots=True)
class Why:
    """A seed beside the chosen ones.

    `order` is its place in the order of choice, None where it has none; `reason` the words on record. `others` says for
    each aspect how many other chosen seeds have its label, `burden` what that weighs: nothing where the seed brings
    what no other brings. `nearest` is the other chosen seed of the greatest cosine, with that cosine.
    """

    id: str
    chosen: bool
    order: int | None = None
    reason: str = ""
    others: dict[str, int] = field(default_factory=dict)
    burden: dict[str, int] = field(default_factory=dict)
    nearest: tuple[str, float] | None = None

    @property
    def new(self) -> tuple[str, ...]:
        """The aspects in which no other chosen seed has its label."""
        return tuple(aspect for aspect, count in self.others.items() if not count)


def explain(
    seeds: Sequence[Question | Triple],
    ranking: Sequence[str],
    places: int,
    aspects: Mapping[str, int],
    *,
    reasons: Mapping[str, str] | None = None,
    vectors: Vectors | None = None,
    diversity: int = 0,
) -> dict[str, Why]:
    """For each seed, by id, where it stands to the first `places` of `ranking`."""
    import numpy as np

    ids = [item.id for item in seeds]
    at = {id: row for row, id in enumerate(ids)}
    chosen = [at[id] for id in ranking[:places] if id in at]
    tally = Tally(seeds, aspects)
    for row in chosen:
        tally.add(row)
    counts = tally.counts()
    counts[:, chosen] = np.maximum(counts[:, chosen] - 1, 0)
    burdens = tally.burdens(counts)
    nearest = _nearest(ids, chosen, vectors)
    order = {id: place for place, id in enumerate(ranking, 1)}
    inside = set(ranking[:places])
    found: dict[str, Why] = {}
    for row, id in enumerate(ids):
        near = nearest.get(row)
        burden = {aspect: int(part) for aspect, part in zip(tally.aspects, burdens[:, row], strict=True)}
        if near is not None and diversity:
            burden["diversity"] = diversity * max(0, round(100 * near[1]))
        others = {aspect: int(count) for aspect, count in zip(tally.aspects, counts[:, row], strict=True)}
        found[id] = Why(id, id in inside, order.get(id), (reasons or {}).get(id, ""), others, burden, near)
    return found


def _nearest(ids: Sequence[str], chosen: Sequence[int], vectors: Vectors | None) -> dict[int, tuple[str, float]]:
    import numpy as np

    if not vectors or not chosen:
        return {}
    space = Space(ids, vectors)
    best = np.full(len(ids), -np.inf)
    rival = np.full(len(ids), -1, dtype=np.intp)
    for row in chosen:
        if space.known[row]:
            cosines = np.where(space.known, space.cosines(row), -np.inf)
            cosines[row] = -np.inf
            nearer = cosines > best
            best, rival = np.where(nearer, cosines, best), np.where(nearer, row, rival)
    return {int(row): (ids[rival[row]], round(float(best[row]), 4)) for row in np.flatnonzero(rival >= 0)}
