"""Who rates what, and in which order: a pure function of the task and the rater."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from seedbed.review.fold import Task
from seedbed.review.shuffling import chance, shuffled

__all__ = ["Place", "assigned", "assignment", "handle", "handles"]

_GAP = 10
"""At least so many other items lie between an item and its second time, where a rater has so many."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a rater's row of items. `again`: the item comes a second time, for test-retest."""

    item: str
    again: bool = False


def assignment(task: Task, rater: str) -> tuple[Place, ...]:
    """What `rater` is to rate, in order, those asked again among them; nothing for somebody who is not to rate.

    The order of each rater is another, unless the task's is fixed. Of named raters with `per_item`, each item goes to
    so many, and everybody's share is the same but for one item. The items that come again are drawn by the rater too,
    and stand at least ten places (or half of a short row) after their first time.
    """
    items = _items(task, rater)
    if task.order == "random":
        items = shuffled(items, "order", task.seed, rater)
    count, gap = _again(task, len(items)), _gap(len(items))
    if not count:
        return tuple(Place(item) for item in items)
    early = items[: len(items) - gap]
    at = {item: float(n) for n, item in enumerate(items)}
    keyed = [(at[item], 0, Place(item)) for item in items]
    for item in shuffled(early, "again", task.seed, rater)[:count]:
        first = at[item] + gap
        later = first + chance("where", task.seed, rater, item) * (len(items) - first)
        keyed.append((later, 1, Place(item, again=True)))
    return tuple(place for _, _, place in sorted(keyed, key=lambda one: (one[0], one[1], one[2].item)))


def assigned(task: Task, rater: str) -> int:
    """The length of the rater's `assignment`, without drawing it."""
    n, people = len(task.items), len(task.raters)
    if people and rater not in task.raters:
        return 0
    if task.per_item is not None and people:
        mine, k = shuffled(task.raters, "raters", task.seed).index(rater), task.per_item
        # once round the circle everybody gets k items
        n = n // people * k + sum((mine - row * k) % people < k for row in range(n % people))
    elif task.each:
        n = min(n, task.each)
    return n + _again(task, n)


def _gap(n: int) -> int:
    return min(_GAP, n // 2)


def _again(task: Task, n: int) -> int:
    """How many of `n` items come again: those at the end of the row cannot, nothing would lie between."""
    return min(round(task.retest * n), n - _gap(n))


def _items(task: Task, rater: str) -> list[str]:
    if task.raters and rater not in task.raters:
        return []
    if task.per_item is not None and task.raters:
        # item n goes to the raters n·k, n·k + 1, … of the circle: all shares are equal but for one item
        circle = shuffled(task.raters, "raters", task.seed)
        mine, n = circle.index(rater), len(circle)
        chosen = {
            item
            for row, item in enumerate(shuffled(task.items, "shares", task.seed))
            if (mine - row * task.per_item) % n < task.per_item
        }
        return [item for item in task.items if item in chosen]
    if task.each:
        chosen = set(shuffled(task.items, "each", task.seed, rater)[: task.each])
        return [item for item in task.items if item in chosen]
    return list(task.items)


def handle(task: Task, item: str) -> str:
    """A name for an item of a blind task that tells nobody where the item comes from; 12 hex digits."""
    return hashlib.blake2b(item.encode(), key=task.salt.encode(), digest_size=6).hexdigest()


def handles(task: Task) -> dict[str, str]:
    """Every item of the task by its handle."""
    return {handle(task, item): item for item in task.items}
