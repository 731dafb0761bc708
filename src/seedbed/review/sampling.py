"""Drawing the rows of a task. The same rows, the same seed: the same draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from seedbed.errors import UsageError
from seedbed.review.material import Item
from seedbed.review.shuffling import shuffled
from seedbed.review.spec import By, Sample

__all__ = ["draw", "stratum"]


def draw(items: Sequence[Item], sample: Sample) -> list[Item]:
    """`sample.size` of `items` in a mixed order, as `sample.method` says; all where there are not so many.

    Several sources give the same number each, as far as they reach. "random": every row with the same chance.
    "stratified": the strata in turn, so that rare ones come as often as common ones, by chance within each.
    "near-threshold": the smallest margins first, kept and rejected rows in turn. "disagreement": the rows over which
    those who judged were furthest apart; rows without any disagreement are never drawn.

    Raises UsageError where nothing can be drawn.
    """
    by_id = {item.id: item for item in items}
    sources: dict[str, list[str]] = defaultdict(list)
    for item in by_id.values():
        sources[item.source].append(item.id)
    ranked = [_ranked([by_id[id] for id in ids], sample) for ids in sources.values()]
    found = _in_turn(ranked, sample.size)
    if not found:
        raise UsageError(
            {
                "near-threshold": "No row of the sample has a measured value near a cut",
                "disagreement": "Over no row of the sample do judges, gates, people or raters disagree",
            }.get(sample.method, "There is nothing to draw from"),
            hint="Draw in another way: random or stratified.",
        )
    return [by_id[id] for id in shuffled(found, "mix", sample.seed)]


def _ranked(items: Sequence[Item], sample: Sample) -> list[str]:
    """The ids in the order in which they are drawn from one source."""
    by_chance = shuffled([item.id for item in items], "draw", sample.seed)
    at = {item.id: item for item in items}
    match sample.method:
        case "stratified":
            strata: dict[str, list[str]] = defaultdict(list)
            for id in by_chance:
                strata[stratum(at[id], sample.by)].append(id)
            return _in_turn([strata[name] for name in shuffled(strata, "strata", sample.seed)], None)
        case "near-threshold":
            near = _sorted([id for id in by_chance if at[id].margin is not None], lambda id: at[id].margin or 0.0)
            return _in_turn([[id for id in near if at[id].kept is kept] for kept in (True, False)], None)
        case "disagreement":
            return _sorted([id for id in by_chance if at[id].doubt > 0], lambda id: -at[id].doubt)
    return by_chance


def stratum(item: Item, by: By) -> str:
    """The name of the stratum that an item is in; rows without the label share one."""
    match by:
        case "topic":
            return item.topic or ""
        case "question_type":
            return item.question_type or ""
        case "value":
            return ", ".join(item.values)
        case "group":
            return item.group
    return f"{item.topic or ''} / {item.question_type or ''}"


def _sorted(ids: list[str], key: Callable[[str], float]) -> list[str]:
    return sorted(ids, key=key)  # stable: equal ones stay in their order by chance


def _in_turn(rows: Sequence[Sequence[str]], size: int | None) -> list[str]:
    """One of each row after the other until `size` are there or all are empty."""
    found: list[str] = []
    longest = max(map(len, rows), default=0)
    for n in range(longest):
        for row in rows:
            if n < len(row):
                found.append(row[n])
                if len(found) == size:
                    return found
    return found
