"""The same question for other regions: its marked entities replaced by others of their kind, where those are allowed.

A pair of a word and a region is forbidden where the word may not stand for the region. The region of an expansion is
the one that was asked for, and every region that its text names: a medicine that is not sold in a country does not
stand beside that country, whatever the region asked for. What is checked is the finished text, persona and scenario
included, for every word that is known, marked or not.

Words are found whole and without regard to case, accents written as one sign or two, and runs of white space.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, Self

from seedbed.curate.finding import Span, folded, occurrences
from seedbed.curate.links import EXPANDED
from seedbed.curate.pools import drawn
from seedbed.errors import InputError
from seedbed.records import Question

__all__ = ["Slots", "Swap", "Word", "expand", "forbidden", "region_names", "swapped", "swaps_for"]

_TRIES = 2000  # combinations of words that are looked at for one seed and region


class WordLike(Protocol):
    @property
    def value(self) -> str: ...
    @property
    def regions(self) -> tuple[str, ...]: ...
    @property
    def forbidden(self) -> tuple[str, ...]: ...


class KindLike(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def values(self) -> Sequence[WordLike]: ...


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a kind. `regions` are where it is allowed, all when empty, but for `forbidden`."""

    kind: str
    value: str
    regions: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()

    def allowed_in(self, region: str) -> bool:
        return region not in self.forbidden and (not self.regions or region in self.regions)


@dataclass(frozen=True)
class Slots:
    """Which words may stand for each kind, region by region. Kinds are compared without regard to case."""

    regions: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()

    @classmethod
    def of(cls, regions: Iterable[str], kinds: Iterable[KindLike]) -> Self:
        """Those of a workshop's template or of a profile. A region that only a word names is one too."""
        words = tuple(
            Word(kind.kind.casefold(), value.value, frozenset(value.regions), frozenset(value.forbidden))
            for kind in kinds
            for value in kind.values
        )
        named = sorted(name for word in words for name in word.regions | word.forbidden)
        return cls(tuple(dict.fromkeys((*regions, *named))), words)

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(word.kind for word in self.words)

    def allowed(self, kind: str, region: str) -> tuple[str, ...]:
        """The words of `kind` that are allowed in `region`, each once; none where one of that name is forbidden."""
        mine = [word for word in self.words if word.kind == kind.casefold()]
        barred = {folded(word.value)[0] for word in mine if not word.allowed_in(region)}
        found = {folded(word.value)[0]: word.value for word in reversed(mine)}
        return tuple(value for folded, value in sorted(found.items()) if folded not in barred)

    def region(self, name: str) -> str:
        """The region of this name. Raises InputError that says which there are."""
        for region in self.regions:
            if region.casefold() == name.strip().casefold():
                return region
        known = ", ".join(self.regions) or "none"
        raise InputError(f"No region {name!r} among the entities", hint=f"Known regions: {known}")


@dataclass(frozen=True, slots=True)
class Swap:
    """One slot of a question replaced: which of its entities, of which kind, where it stood, and by what.

    `spans` are code points of the question's text, from `start` up to, not with, `end`.
    """

    slot: int
    kind: str
    spans: tuple[Span, ...]
    value: str


@dataclass(frozen=True, slots=True)
class _Place:
    slot: int
    kind: str
    value: str
    spans: tuple[Span, ...] = field(default=())


def expand(question: Question, slots: Slots, regions: Sequence[str], per_seed: int, seed: int) -> list[Question]:
    """At most `per_seed` other versions of `question`, spread over `regions` in turn; none holds a forbidden pair.

    Each has the id SEED~REGION-N, the question as its parent, its labels, authors and pool, and "expanded" as its
    source. N counts within a region, and what stands there follows from question, slots, region and seed alone; a text
    that another region gave already is left out. None comes of a question without marked entities, or of one that is
    expanded itself. Raises InputError for a region that the slots do not know.
    """
    ways = {name: swaps_for(question, slots, name, seed) for name in dict.fromkeys(map(slots.region, regions))}
    names = region_names(slots.regions)
    made: dict[str, Question] = {}  # by text: two regions may allow the same words
    count = dict.fromkeys(ways, 0)
    while ways and len(made) < per_seed:
        for name in list(ways):
            swaps = next(ways[name], None)
            if swaps is None:
                del ways[name]
            elif len(made) < per_seed:
                count[name] += 1
                item = swapped(question, f"{question.id}~{names[name]}-{count[name]}", swaps)
                made.setdefault(folded(item.text)[0], item)
    return list(made.values())


def swaps_for(question: Question, slots: Slots, region: str, seed: int) -> Iterator[tuple[Swap, ...]]:
    """The ways to put other words into the marked slots for `region`, each text once, in an order drawn by `seed`."""
    places = _places(question, slots)
    if not places or question.source == EXPANDED:
        return
    choices: list[list[str]] = []
    for place in places:
        allowed = slots.allowed(place.kind, region)
        choices.append(sorted(allowed, key=lambda word: drawn(seed, "entity", question.id, region, place.kind, word)))
    total = math.prod(map(len, choices))
    if not total:
        return
    seen = {folded(question.text)[0]}
    start, step = _walk(total, drawn(seed, "entities", question.id, region))
    for turn in range(min(total, _TRIES)):
        at = (start + turn * step) % total
        words: list[str] = []
        for choice in choices:
            at, own = divmod(at, len(choice))
            words.append(choice[own])
        if not _tells_apart(places, words):
            continue
        swaps = tuple(
            Swap(place.slot, place.kind, place.spans, word) for place, word in zip(places, words, strict=True)
        )
        made = swapped(question, "", swaps)
        text = folded(made.text)[0]
        if text not in seen and not forbidden(made, slots, region):
            seen.add(text)
            yield swaps


def swapped(question: Question, id: str, swaps: Iterable[Swap]) -> Question:
    """`question` with the swaps made, as the expanded question `id`. The text outside the spans stays to the letter."""
    text, entities = question.text, list(question.entities)
    cuts = sorted(((start, end, swap.value) for swap in swaps for start, end in swap.spans), reverse=True)
    for start, end, value in cuts:
        text = text[:start] + value + text[end:]
    for swap in swaps:
        if swap.slot < len(entities) and entities[swap.slot][0].casefold() == swap.kind:
            entities[swap.slot] = (entities[swap.slot][0], swap.value)
    said = folded(text)[0]
    named = tuple(dict.fromkeys((kind, value) for kind, value in entities if folded(value)[0].strip() in said))
    return replace(question, id=id, text=text, entities=named, parents=(question.id,), source=EXPANDED)


def forbidden(question: Question, slots: Slots, region: str) -> list[tuple[str, str]]:
    """Each word that the question names with a region for which it may not stand: `region`, or one it names too."""
    said = "\n".join((question.text, question.persona, question.scenario))
    marked = {folded(value)[0] for _, value in question.entities}
    here = {region, *(name for name in slots.regions if occurrences(name, said))}
    return [
        (word.value, name)
        for word in slots.words
        if folded(word.value)[0] in marked or occurrences(word.value, said)
        for name in sorted(here)
        if not word.allowed_in(name)
    ]


def _places(question: Question, slots: Slots) -> list[_Place]:
    """The marked entities of a known kind, with where they stand; of overlapping ones the longest."""
    taken: set[int] = set()
    found: list[_Place] = []
    known = [
        _Place(slot, kind.casefold(), value)
        for slot, (kind, value) in enumerate(question.entities)
        if kind.casefold() in slots.kinds
    ]
    for place in sorted(known, key=lambda place: (-len(place.value), place.slot)):
        free = tuple(
            (start, end)
            for start, end in occurrences(place.value, question.text)
            if taken.isdisjoint(range(start, end))
        )
        taken.update(point for start, end in free for point in range(start, end))
        if free:
            found.append(replace(place, spans=free))
    return sorted(found, key=lambda place: place.slot)


def _tells_apart(places: Sequence[_Place], words: Sequence[str]) -> bool:
    """Whether different entities of one kind stay different: "between X and X" asks nothing."""
    pairs = [(place.kind, folded(word)[0]) for place, word in zip(places, words, strict=True)]
    return len(set(pairs)) == len(pairs)


def _walk(total: int, draw: str) -> tuple[int, int]:
    """Where to begin, and by how much to go on, so that each of `total` numbers comes once."""
    start, step = int(draw[:12], 16) % total, int(draw[12:24], 16) % total or 1
    while math.gcd(step, total) != 1:
        step += 1
    return start, step


def region_names(regions: Collection[str]) -> dict[str, str]:
    """Each region as it stands in ids: small letters and digits; with a piece of its hash where two would be one."""
    short = {name: _slug(name) for name in regions}
    taken = list(short.values())
    return {
        name: slug if slug and taken.count(slug) == 1 else f"{slug}{hashlib.sha256(name.encode()).hexdigest()[:6]}"
        for name, slug in short.items()
    }


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
