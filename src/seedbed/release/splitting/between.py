"""Leaks between the pools: what of the evaluation pool a model may have been taught by the alignment pool.

Of the two rows of a leak one would have to go. A row that a model wrote goes before a row of people: it is cheap, and
the evaluation row is somebody's work. Of two rows of people the one for evaluation goes: whatever grew from the other
is in the alignment pool still, so that an evaluation by it would be none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from seedbed.measures.contamination import Pool as Side
from seedbed.measures.contamination import Rule, contamination
from seedbed.records import Pool
from seedbed.release.splitting.compared import MEANING, Asked, Texts, Vectors, texts_of
from seedbed.release.splitting.items import Item

__all__ = ["Between", "Leak", "between"]


@dataclass(frozen=True, slots=True)
class Leak:
    """A row of each pool that one rule links, with how like they are, and which of them `goes`.

    `value` is 1 for `exact`, the number of runs or seeds in common for `ngrams` and `lineage`, else the likeness. Of
    several rows that a row is linked to by one rule the most like is named.
    """

    rule: Rule
    kind: str
    evaluation: str
    alignment: str
    value: float
    goes: str


@dataclass(frozen=True, slots=True)
class Between:
    """What was found between `alignment` and `evaluation` rows. `compared` counts texts by kind, those of each pool.

    `unread` counts
    texts by kind that have no vector: they are in a language that the embedder does not know.
    """

    alignment: int
    evaluation: int
    rules: tuple[Rule, ...]
    compared: dict[str, tuple[int, int]]
    unread: dict[str, int]
    leaks: tuple[Leak, ...]

    @property
    def going(self) -> frozenset[str]:
        """The rows without which no leak stands."""
        return frozenset(leak.goes for leak in self.leaks)


def between(items: Sequence[Item], asked: Asked, vectors: Vectors) -> Between:
    """Every leak between the pools of `items`. `vectors` is called only where both pools have such texts."""
    alignment = [item for item in items if item.pool is Pool.ALIGNMENT]
    evaluation = [item for item in items if item.pool is Pool.EVALUATION]
    leaks: list[Leak] = []
    compared: dict[str, tuple[int, int]] = {}
    unread: dict[str, int] = {}
    for left, right in zip(texts_of(alignment, asked), texts_of(evaluation, asked), strict=True):
        compared[left.kind] = len(left), len(right)
        if not len(left) or not len(right):
            continue
        words: list[Rule] = [rule for rule in left.rules if rule != "cosine"]
        leaks += _both(left, left.pool(seeds=True), right.pool(seeds=True), words, asked)
        if "cosine" in left.rules:
            (read, near), (other, far) = left.embedded(vectors), right.embedded(vectors)
            unread[left.kind] = len(left) - len(read) + len(right) - len(other)
            leaks += _both(read, near, far, MEANING, asked)
    order = {rule: number for number, rule in enumerate(asked.rules)}
    leaks.sort(key=lambda leak: (order[leak.rule], leak.kind, leak.evaluation, leak.alignment))
    return Between(len(alignment), len(evaluation), asked.rules, compared, unread, tuple(leaks))


def _both(texts: Texts, left: Side, right: Side, rules: Collection[Rule], asked: Asked) -> Iterator[Leak]:
    """Leaks of the alignment texts `left`, whose rows `texts` knows: those of models from their side, those of people
    from the other, so that each row that has to go is met."""
    people = [n for n, owner in enumerate(texts.owners) if texts.items[owner].by_people]
    of_people = frozenset(people)
    models = [n for n in range(len(texts)) if n not in of_people]
    for finding in contamination(_rows(left, models), right, rules, asked.cuts, None).findings:
        for hit in finding.hits:
            yield Leak(finding.rule, texts.kind, hit.right, hit.left, hit.value, hit.left)
    for finding in contamination(right, _rows(left, people), rules, asked.cuts, None).findings:
        for hit in finding.hits:
            yield Leak(finding.rule, texts.kind, hit.left, hit.right, hit.value, hit.left)


def _rows(side: Side, kept: Sequence[int]) -> Side:
    if len(kept) == len(side.ids):
        return side
    return Side(
        [side.ids[n] for n in kept],
        [side.texts[n] for n in kept],
        None if side.vectors is None else side.vectors[list(kept)],
        None if side.seeds is None else [side.seeds[n] for n in kept],
        side.ngram,
    )
