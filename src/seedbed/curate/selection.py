"""Choosing the examples: one by one, each time the seed whose labels are least represented so far.

A seed's burden is the sum over its topic, question type, group and author of

    weight · chosen with this label · number of labels of that kind

that is, weight times how many even shares the label has already. The least burden is chosen next; ties go by a hash
that the seed of the settings decides. All in integers, so the order is the same on every machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seedbed.curate.pools import drawn
from seedbed.curate.settings import CurateSettings
from seedbed.records import Question, Triple

__all__ = ["Choice", "labels_of", "rank", "weights"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A seed in the order of choice, with its burden when it was chosen, and how often each label had been before."""

    id: str
    order: int
    burden: int
    before: dict[str, int]


def weights(settings: CurateSettings, kind: str) -> dict[str, int]:
    """The weight of each aspect, for questions or for triples (whose one label is the value)."""
    labels = (
        {"topic": settings.topic_weight, "question_type": settings.question_type_weight}
        if kind == "question"
        else {"value": settings.topic_weight}
    )
    return {**labels, "group": settings.group_weight, "author": settings.author_weight}


def labels_of(item: Question | Triple) -> dict[str, tuple[str, ...]]:
    """A seed's labels by aspect; an aspect with none burdens nothing."""
    labels: dict[str, tuple[str | None, ...]]
    if isinstance(item, Question):
        labels = {"topic": (item.topic,), "question_type": (item.question_type,)}
    else:
        labels = {"value": item.values}
    labels |= {"group": (item.group,), "author": item.authors}
    return {aspect: tuple(label for label in found if label) for aspect, found in labels.items()}


def rank(
    candidates: Sequence[Question | Triple], aspects: Mapping[str, int], seed: int, depth: int | None = None
) -> list[Choice]:
    """The first `depth` candidates (or all) as they are chosen; the order they come in does not matter.

    Of several labels in one aspect (two authors) the most represented counts. Work: depth · distinct label sets.
    """
    labels = {item.id: labels_of(item) for item in candidates}
    kinds = {aspect: len({label for found in labels.values() for label in found[aspect]}) for aspect in aspects}
    chosen: dict[str, Counter[str]] = {aspect: Counter() for aspect in aspects}
    alike: dict[tuple[tuple[str, ...], ...], list[tuple[str, str]]] = defaultdict(list)
    for id, found in labels.items():
        alike[tuple(found[aspect] for aspect in aspects)].append((drawn(seed, "select", id), id))
    for waiting in alike.values():
        waiting.sort(reverse=True)  # the next one last, where it is cheap to take

    def counts(key: tuple[tuple[str, ...], ...]) -> dict[str, int]:
        return {
            aspect: max((chosen[aspect][label] for label in own), default=0)
            for aspect, own in zip(aspects, key, strict=True)
        }

    def burden(key: tuple[tuple[str, ...], ...]) -> int:
        return sum(aspects[aspect] * count * kinds[aspect] for aspect, count in counts(key).items())

    burdens = {key: burden(key) for key in alike}
    order: list[Choice] = []
    while alike and (depth is None or len(order) < depth):
        key = min(alike, key=lambda key: (burdens[key], alike[key][-1]))
        _, id = alike[key].pop()
        order.append(Choice(id, len(order) + 1, burdens[key], counts(key)))
        if not alike[key]:
            del alike[key]
        for aspect, own in zip(aspects, key, strict=True):
            chosen[aspect].update(own)
        touched = tuple(map(frozenset, key))
        for other in alike:  # only seeds that share a label with this one have another burden now
            if not all(mine.isdisjoint(own) for mine, own in zip(touched, other, strict=True)):
                burdens[other] = burden(other)
    return order
