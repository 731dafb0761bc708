"""Train, validation and test inside the alignment pool, so that nothing in one is known from another.

Rows that any rule links hang together, and so do a triple and the question it answers; what hangs together goes to one
split, whole. Large components are placed first, then the others in an order that a seed decides; each goes where every
configuration comes nearest to its shares. Splits share seeds: a seed serves many prompts, and 25 prompts with 5
of 33 seeds each tie all of them into one.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seedbed.errors import InputError
from seedbed.measures.components import inside
from seedbed.measures.contamination import Rule
from seedbed.release.splitting.compared import MEANING, Asked, Vectors, texts_of
from seedbed.release.splitting.items import Item

__all__ = ["SPLIT_NAMES", "Parting", "Shares", "Spared", "part"]

SPLIT_NAMES = ("train", "validation", "test")
_LARGE = 100  # a component of more than a hundredth of the rows is placed before the others
_TOLD = 5  # components whose sizes are told


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the rows each split is to have. Fewer than `least` rows are not parted: all of them train."""

    validation: float
    test: float
    least: int = 100
    seed: int = 1

    def of(self, split: str) -> float:
        return {"validation": self.validation, "test": self.test}.get(split, 1 - self.validation - self.test)


@dataclass(frozen=True, slots=True)
class Spared:
    """Two rows in two splits that are as alike as `value` by ROUGE-L, and stand apart because both texts are short."""

    one: str
    other: str
    value: float


@dataclass(frozen=True, slots=True)
class Parting:
    """The split of each id. `largest` are the sizes of the greatest components in rows, `links` counts what tied them.

    `why` says why all rows are in one split, where they are.
    """

    split: Mapping[str, str]
    shares: Shares
    components: int = 0
    largest: tuple[int, ...] = ()
    links: Mapping[Rule, int] | None = None
    spared: tuple[Spared, ...] = ()
    unread: Mapping[str, int] | None = None
    why: str = ""

    def rows(self) -> int:
        return len(self.split)


def part(items: Sequence[Item], asked: Asked, shares: Shares, vectors: Vectors) -> Parting:
    """Part rows of one pool. The same rows in any order, with the same settings, are parted alike.

    Raises InputError where a split that is to have rows gets none.
    """
    wanted = [split for split in SPLIT_NAMES if shares.of(split) > 0]
    if len(wanted) == 1 or len(items) < shares.least:
        why = f"fewer than {shares.least} rows are not parted" if len(wanted) > 1 else "no other split was asked for"
        return Parting({item.id: wanted[0] for item in items}, shares, why=why)
    items = sorted(items, key=lambda item: (item.configuration, item.id))
    roots, links, spared, unread = _tied(items, asked, vectors)
    members: dict[int, list[int]] = defaultdict(list)
    for row in range(len(items)):
        members[_root(roots, row)].append(row)
    dealt = _deal(items, list(members.values()), shares, wanted)
    sizes = sorted(map(len, members.values()), reverse=True)
    split = {items[row].id: name for row, name in enumerate(dealt)}
    if empty := [name for name in wanted if name not in dealt]:
        raise InputError(
            f"No row is left for {' and '.join(empty)}: of {len(items):,} rows {sizes[0]:,} hang together and must not "
            "be parted",
            hint="Under [release] of study.toml set validation_share and test_share to 0, or raise short_words.",
        )
    across = tuple(
        Spared(items[one].id, items[other].id, value) for one, other, value in spared if dealt[one] != dealt[other]
    )
    return Parting(split, shares, len(members), tuple(sizes[:_TOLD]), links, across, unread)


def _tied(
    items: Sequence[Item], asked: Asked, vectors: Vectors
) -> tuple[list[int], dict[Rule, int], list[tuple[int, int, float]], dict[str, int]]:
    """The component of each row as a forest, links by rule, pairs that are short, and texts without vector by kind."""
    roots = list(range(len(items)))
    counts: Counter[Rule] = Counter()
    spared: dict[tuple[int, int], float] = {}
    unread: dict[str, int] = {}
    place = {item.id: row for row, item in enumerate(items)}
    for row, item in enumerate(items):
        if item.answers in place:
            _union(roots, row, place[item.answers])
    for texts in texts_of(items, asked):
        words = [rule for rule in texts.rules if rule not in ("cosine", "lineage")]
        for link in inside(texts.pool(), words, asked.short, asked.cuts):
            one, other = texts.owners[link.other], texts.owners[link.row]
            if one == other:
                continue
            if link.spared:
                spared[one, other] = max(link.value, spared.get((one, other), 0.0))
            else:
                counts[link.rule] += 1
                _union(roots, one, other)
        if "cosine" in texts.rules and len(texts):
            read, pool = texts.embedded(vectors)
            unread[texts.kind] = len(texts) - len(read)
            for link in inside(pool, MEANING, None, asked.cuts):
                if link.rule == "cosine" and read.owners[link.row] != read.owners[link.other]:
                    counts["cosine"] += 1
                    _union(roots, read.owners[link.row], read.owners[link.other])
    return roots, dict(counts), [(*pair, value) for pair, value in sorted(spared.items())], unread


def _deal(items: Sequence[Item], components: Sequence[list[int]], shares: Shares, wanted: Sequence[str]) -> list[str]:
    """The split of each row, whole components at a time."""
    total = Counter(item.configuration for item in items)
    dealt = [""] * len(items)
    # a large one must find room: it comes first; any order by size would give the small ones to the smaller splits
    large = [component for component in components if len(component) * _LARGE > len(items)]
    small = [component for component in components if len(component) * _LARGE <= len(items)]
    large.sort(key=lambda component: (-len(component), _draw(shares, items, component)))
    small.sort(key=lambda component: _draw(shares, items, component))
    have: Counter[tuple[str, str]] = Counter()
    for component in large:
        more = Counter(items[row].configuration for row in component)
        name = _nearest(more, {(name, of): shares.of(name) * total[of] for name in wanted for of in more}, have, total)
        have.update({(name, of): count for of, count in more.items()})
        for row in component:
            dealt[row] = name
    lacking = {(name, of): max(0.0, shares.of(name) * total[of] - have[name, of]) for name in wanted for of in total}
    left = {of: sum(lacking[name, of] for name in wanted) for of in total}
    have, seen = Counter(), Counter[str]()
    for component in small:
        # of what was dealt so far each split is to have its share: so pairs of a question and a triple, which come
        # anywhere among the many questions, do not all go where questions are lacking most
        more = Counter(items[row].configuration for row in component)
        seen.update(more)
        due = {
            (name, of): lacking[name, of] / left[of] * seen[of] if left[of] else 0.0 for name in wanted for of in more
        }
        name = _nearest(more, due, have, total)
        have.update({(name, of): count for of, count in more.items()})
        for row in component:
            dealt[row] = name
    return dealt


def _draw(shares: Shares, items: Sequence[Item], component: Sequence[int]) -> str:
    return hashlib.sha256(f"{shares.seed}\x1f{items[component[0]].id}".encode()).hexdigest()


def _nearest(
    more: Mapping[str, int],
    due: Mapping[tuple[str, str], float],
    have: Mapping[tuple[str, str], int],
    total: Mapping[str, int],
) -> str:
    """The split that comes nearest to what is due to it, in squares of rows of each configuration."""
    names = dict.fromkeys(name for name, _ in due)
    return max(
        names,
        key=lambda name: sum(
            # (due - have)^2 - (due - have - count)^2
            count * (2 * (due[name, of] - have.get((name, of), 0)) - count) / total[of]
            for of, count in more.items()
        ),
    )


def _root(roots: list[int], row: int) -> int:
    while roots[row] != row:
        roots[row] = roots[roots[row]]
        row = roots[row]
    return row


def _union(roots: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(roots, one), _root(roots, other)))
    roots[second] = first
