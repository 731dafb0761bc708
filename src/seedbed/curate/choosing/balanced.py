"""Balanced choice: one by one, each time the seed whose labels and meaning are least represented so far.

A seed's burden is the sum over its topic, question type, their cell, group and author of

    weight · chosen with this label · number of labels of that kind

that is, weight times how many even shares the label has already; and, where there are vectors, of

    diversity weight · hundredths of the cosine to the nearest chosen seed     (farthest first: Gonzalez 1985)

so that a tenth of cosine weighs as much as one more use of a label of which there are ten. A nuanced seed is
relieved of ten times the nuanced weight: one use of such a label. The least burden is chosen next; ties go by a hash
that the seed of the settings decides. All in integers, so the order is the same on every machine with those vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedbed.curate.choosing.labels import Tally
from seedbed.curate.pools import drawn
from seedbed.curate.vectors import Space
from seedbed.records import Question, Triple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seedbed.curate.vectors import Vectors

__all__ = ["Choice", "Pull", "rank"]

_NUANCED = 10
_TIER = 1 << 50  # above every burden: weights to 1000, labels and choices to 10,000


@dataclass(frozen=True, slots=True)
class Choice:
    """A seed in the order of choice.

    `burden` is what it weighed when it was chosen, None where nothing was weighed; `by` is how much of that came from
    each aspect, and `before` how often its labels had been chosen. `nearest` is the chosen seed of the greatest cosine
    then, with that cosine.
    """

    id: str
    order: int
    burden: int | None = None
    before: dict[str, int] = field(default_factory=dict)
    by: dict[str, int] = field(default_factory=dict)
    nearest: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """What draws or delays a choice beyond its labels.

    `tiers` numbers those that come before (-1) or after (1) all others; `families` names what only one may be chosen
    of, for those that have kin.
    """

    vectors: Vectors | None = None
    diversity: int = 0
    nuanced: Collection[str] = ()
    nuanced_weight: int = 0
    tiers: Mapping[str, int] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)


def rank(
    candidates: Sequence[Question | Triple],
    aspects: Mapping[str, int],
    seed: int,
    depth: int | None = None,
    pull: Pull | None = None,
) -> list[Choice]:
    """The first `depth` candidates (or all) as they are chosen; the order they come in does not matter.

    Of several labels in one aspect (two authors) the most represented counts. A candidate whose family has one chosen
    gets no place. Work: depth · candidates · length of a vector.
    """
    import numpy as np

    pull = pull or Pull()
    items = sorted(candidates, key=lambda item: (drawn(seed, "select", item.id), item.id))  # the first of equals wins
    ids = [item.id for item in items]
    tally = Tally(items, aspects)
    nearness = _Nearness(ids, pull)
    relief = np.array([_NUANCED * pull.nuanced_weight * (id in pull.nuanced) for id in ids], dtype=np.int64)
    tiers = np.array([pull.tiers.get(id, 0) for id in ids], dtype=np.int64) * _TIER
    kin: dict[str, list[int]] = {}
    for row, id in enumerate(ids):
        kin.setdefault(pull.families.get(id, id), []).append(row)
    open_ = np.ones(len(ids), dtype=np.bool_)
    order: list[Choice] = []
    while open_.any() and (depth is None or len(order) < depth):
        counts = tally.counts()
        burdens = tally.burdens(counts)
        spread = nearness.burdens(open_)
        total = burdens.sum(axis=0) + spread - relief
        row = int(np.argmin(np.where(open_, total + tiers, np.iinfo(np.int64).max)))
        by = {aspect: int(part) for aspect, part in zip(tally.aspects, burdens[:, row], strict=True)}
        by |= {"diversity": int(spread[row])} if pull.diversity and nearness.there else {}
        by |= {"nuanced": -int(relief[row])} if relief[row] else {}
        before = {aspect: int(count) for aspect, count in zip(tally.aspects, counts[:, row], strict=True)}
        order.append(Choice(ids[row], len(order) + 1, int(total[row]), before, by, nearness.of(row)))
        open_[kin[pull.families.get(ids[row], ids[row])]] = False
        tally.add(row)
        nearness.add(row)
    return order


class _Nearness:
    """The cosine of every candidate to the nearest chosen one.

    One without a vector takes its turn among the others: where it stands in the drawn order, at that share of theirs.
    """

    def __init__(self, ids: Sequence[str], pull: Pull) -> None:
        import numpy as np

        self._ids, self._weight = ids, pull.diversity
        self._space = Space(ids, pull.vectors) if pull.vectors else None
        self.there = self._space is not None and bool(self._space.known.any())
        self._cosine = np.zeros(len(ids))
        self._rival = np.full(len(ids), -1, dtype=np.intp)

    def burdens(self, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Shape (candidates,); of those that are still `open_`, the others' being of no use."""
        import numpy as np

        if self._space is None or not self.there or not self._weight:
            return np.zeros(len(self._ids), dtype=np.int64)
        hundredths = np.rint(100 * np.maximum(self._cosine, 0)).astype(np.int64)
        known, without = self._space.known & open_, np.flatnonzero(~self._space.known)
        if without.size and known.any():
            theirs = np.sort(hundredths[known])
            hundredths[without] = theirs[without * len(theirs) // len(self._ids)]
        found: NDArray[np.int64] = self._weight * hundredths
        return found

    def add(self, row: int) -> None:
        import numpy as np

        if self._space is None or not self._space.known[row]:
            return
        cosines = self._space.cosines(row)
        nearer = self._space.known & ((cosines > self._cosine) | (self._rival < 0))
        self._cosine = np.where(nearer, cosines, self._cosine)
        self._rival[nearer] = row

    def of(self, row: int) -> tuple[str, float] | None:
        rival = int(self._rival[row])
        return None if rival < 0 else (self._ids[rival], round(float(self._cosine[row]), 4))
