"""Stratified choice: random within the cells of topic and question type (triples: within their values).

Each stratum's seeds are put in an order that the seed of the settings draws, and the n-th of a stratum of m comes at
(n - u) / m, u drawn once for the stratum (systematic sampling; Cochran 1977, section 8). So every beginning of the
order holds each stratum in its share, up to one seed, and every seed is as likely to be in as every other. A seed that
comes later moves those of its own stratum alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from seedbed.curate.choosing.balanced import Choice, Pull
from seedbed.curate.choosing.labels import cell_of
from seedbed.curate.pools import drawn
from seedbed.records import Question, Triple

__all__ = ["rank_stratified", "stratum_of"]

_DRAWS = 1 << 32


def stratum_of(item: Question | Triple) -> str:
    """The cell of a question, the values of a triple; "" where a label is missing."""
    return cell_of(item) if isinstance(item, Question) else ";".join(sorted(item.values))


def rank_stratified(
    candidates: Sequence[Question | Triple], seed: int, depth: int | None = None, pull: Pull | None = None
) -> list[Choice]:
    """The first `depth` candidates (or all) in the order of choice. Of `pull`, tiers and families count.

    `before` says how many of the stratum came earlier.
    """
    pull = pull or Pull()
    strata: dict[str, list[str]] = defaultdict(list)
    of: dict[str, str] = {}
    for item in candidates:
        of[item.id] = stratum_of(item)
        strata[of[item.id]].append(item.id)
    places: list[tuple[int, float, str, str]] = []
    for name, ids in strata.items():
        start = int(drawn(seed, "stratum", name)[:8], 16) / _DRAWS
        ids.sort(key=lambda id: drawn(seed, "stratified", id))
        places += [
            (pull.tiers.get(id, 0), (n - start) / len(ids), drawn(seed, "stratified", id), id)
            for n, id in enumerate(ids, 1)
        ]
    taken: set[str] = set()
    before: Counter[str] = Counter()
    order: list[Choice] = []
    for _, _, _, id in sorted(places):
        family = pull.families.get(id, id)
        if family in taken:
            continue
        taken.add(family)
        order.append(Choice(id, len(order) + 1, before={"stratum": before[of[id]]}))
        before[of[id]] += 1
        if depth is not None and len(order) == depth:
            break
    return order
