"""Which prompt goes to which group. Pure: the same offers and groups give the same choice.

Groups take turns, so that none is left with what the others did not want. In its turn a group takes the offer that is

1. grown from seeds, before a seed as it stands: a seed only fills what growing did not bring;
2. of a request of which nobody has a prompt yet: what one request brought is alike;
3. for a grown prompt, grown from a seed of the group's own: people see what became of what they wrote. For a seed the
   other way round, somebody else's before the group's own: its authors know what they meant and have talked it over,
   and what a wording leaves open shows to those who read it for the first time;
4. of the topic and the type that the group has least of;
5. from seeds of the groups that it has least from;
6. wanted least by the others, by rule 3, so that they find their own when their turn comes.

No prompt goes to two groups, nor the same words twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Choice", "Offer", "Taken", "choose"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A prompt that may be given. `groups` are those whose seeds it grew from, or whose seed it is; `request` is what
    it came from together with others."""

    id: str
    source: Literal["grown", "seed"]
    text: str
    run: str = ""
    parents: tuple[str, ...] = ()
    topic: str | None = None
    question_type: str | None = None
    groups: frozenset[str] = frozenset()
    request: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A prompt that a group has, or had before it was exchanged for another (`current` is then False)."""

    id: str
    text: str = ""
    topic: str | None = None
    question_type: str | None = None
    current: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """`given` by group, in the order of choice; `spare` in the order of the offers; `lacking` counts by group."""

    given: dict[str, tuple[Offer, ...]] = field(default_factory=dict)
    spare: tuple[Offer, ...] = ()
    lacking: dict[str, int] = field(default_factory=dict)


def choose(
    offers: Iterable[Offer], wanted: Mapping[str, int], *, taken: Mapping[str, Sequence[Taken]] | None = None
) -> Choice:
    """Up to `wanted[group]` more offers for each group, beside what stands in `taken`."""
    had = taken or {}
    ids = {one.id for each in had.values() for one in each}
    words = {_folded(one.text) for each in had.values() for one in each if one.text}
    left: dict[str, Offer] = {}
    for offer in offers:
        if offer.id not in ids and offer.id not in left and _folded(offer.text) not in words:
            words.add(_folded(offer.text))
            left[offer.id] = offer
    groups = sorted(wanted)
    tables = {group: _Table(group, had.get(group, ())) for group in groups}
    due = {group: max(0, wanted[group]) for group in groups}
    requests: Counter[str] = Counter()
    first = 0
    while left and any(due.values()):
        for group in (*groups[first:], *groups[:first]):
            if due[group] and left:
                others = [other for other in groups if other != group and due[other]]
                found = tables[group].best(left.values(), others, requests)
                tables[group].take(found)
                requests[found.request] += bool(found.request)
                del left[found.id]
                due[group] -= 1
        first = (first + 1) % len(groups)  # who chose first chooses last in the next round
    return Choice(
        {group: tuple(table.given) for group, table in tables.items()},
        tuple(left.values()),
        {group: number for group, number in due.items() if number},
    )


class _Table:
    """What one group has so far."""

    def __init__(self, group: str, had: Sequence[Taken]) -> None:
        self.group = group
        self.given: list[Offer] = []
        current = [one for one in had if one.current]
        self._topics = Counter(one.topic for one in current)
        self._types = Counter(one.question_type for one in current)
        self._from: Counter[str] = Counter()
        self._cells = Counter((one.topic, one.question_type) for one in current)

    def best(self, offers: Iterable[Offer], others: Sequence[str], requests: Mapping[str, int]) -> Offer:
        """The first of those that fit best."""
        return min(offers, key=lambda offer: self._key(offer, others, requests))

    def _key(self, offer: Offer, others: Sequence[str], requests: Mapping[str, int]) -> tuple[int, ...]:
        return (
            offer.source != "grown",
            requests.get(offer.request, 0),
            not _near(offer, self.group),
            self._cells[offer.topic, offer.question_type],
            self._topics[offer.topic] + self._types[offer.question_type],
            max((self._from[group] for group in offer.groups - {self.group}), default=0),
            sum(_near(offer, other) for other in others),
        )

    def take(self, offer: Offer) -> None:
        self.given.append(offer)
        self._topics[offer.topic] += 1
        self._types[offer.question_type] += 1
        self._cells[offer.topic, offer.question_type] += 1
        self._from.update(offer.groups)


def _near(offer: Offer, group: str) -> bool:
    return (group in offer.groups) == (offer.source == "grown")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
