"""Whether somebody could be known again from what a release tells of people.

Two questions. *Singled out*: how few people share a value, a pair of values, all values together; five attributes
together are a fingerprint of nearly everyone, which is why `people` tells one at a time. *Subtracted*: whether the
counts of this release less those of one before come to a number below k; then who knows who left knows what they were.

For the second, let S be values of an attribute whose people one release has counted, and T such values of another
release, all of S among them. The count of T less that of S may be 0, or k and more in size. All such pairs of sets are
looked at, by way of the sums that can be reached. Where one is too small, that attribute is not told. Where that is
not enough, because fewer than k people came or went in all, nothing new is told: the counts of the last release are
told again, as of then, for the same number twice comes to nothing.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seedbed.records import Person
from seedbed.release.people import ATTRIBUTES, NOT_STATED, Margin, cross, margin

__all__ = ["Reidentification", "Risk", "Told", "counted", "reidentification", "risks", "subtracted"]

_CROSSED = ("role", "group")


@dataclass(frozen=True, slots=True)
class Told:
    """Counts of people as one release tells them. `total` is None where fewer than k took part; then nothing is told.

    `tables` has each attribute of `ATTRIBUTES`; `both` are people by role and group, None where withheld. `version` is
    the release that told them, "" before it has one.
    """

    total: int | None
    tables: Mapping[str, Margin]
    both: Mapping[tuple[str, str], int] | None = None
    version: str = ""

    @property
    def counts(self) -> tuple[int, ...]:
        """Every count of people in it that is not 0."""
        shown = (count for table in self.tables.values() for _, count in table.shown)
        rest = (table.others for table in self.tables.values())
        return tuple(n for n in (self.total, *shown, *rest, *(self.both or {}).values()) if n)

    def same(self, other: Told) -> bool:
        """Whether both tell the very same numbers."""
        return (self.total, dict(self.tables), self.both) == (other.total, dict(other.tables), other.both)


@dataclass(frozen=True, slots=True)
class Risk:
    """People by some attributes together: how many different combinations there are, the people of the rarest, and how
    many people share theirs with fewer than k. For the organiser's eyes: such numbers are what is not released."""

    attributes: tuple[str, ...]
    cells: int
    smallest: int
    below: int


@dataclass(frozen=True, slots=True)
class Reidentification:
    """`told` is what the release tells of people; `as_of` the earlier release whose counts it repeats, "" where it has
    its own. `risks` are every attribute, every pair, and all together. `against` names the releases for whose sake
    something is not told, or told again: counts of theirs less new ones would have been too small."""

    k: int
    told: Told
    as_of: str = ""
    against: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()

    @property
    def single_out(self) -> tuple[tuple[str, ...], ...]:
        """The attributes, alone or together, by which fewer than k people could be told apart. No numbers."""
        return tuple(risk.attributes for risk in self.risks if risk.below)


def reidentification(people: Sequence[Person], k: int, earlier: Sequence[Told] = ()) -> Reidentification:
    """What may be told of `people`, with what was told in `earlier` releases, oldest first.

    The result's counts are each 0 or at least `k`, and so is in size every count of it less one of an earlier release.
    """
    fresh = counted(people, k)
    known = [one for one in earlier if one.counts]
    found = risks(people, k)
    if any(not fresh.same(one) for one in known):
        fresh = _single(fresh, crossed=any(one.both is not None for one in known))
    near = {one.version: subtracted(one, fresh, k) for one in known}
    against = tuple(version for version, names in near.items() if names)
    if withheld := ATTRIBUTES.keys() & {name for names in near.values() for name in names}:
        hidden = dict.fromkeys(withheld, Margin((), fresh.total))
        fresh = Told(fresh.total, {**fresh.tables, **hidden}, fresh.both)
    if not any(subtracted(one, fresh, k) for one in known):
        return Reidentification(k, fresh, "", against, found)
    last = known[-1]
    if min(last.counts) >= k and not any(subtracted(one, last, k) for one in known[:-1]):
        return Reidentification(k, last, last.version, against, found)
    return Reidentification(k, _nothing(), "", against, found)


def counted(people: Sequence[Person], k: int) -> Told:
    """What `people` come to by the rule of `release.people`, without a look at other releases."""
    if len(people) < k:
        return _nothing(None if people else 0)
    tables = {name: margin([getattr(person, name) for person in people], k) for name in ATTRIBUTES}
    return Told(len(people), tables, cross(people, *_CROSSED, k))


def risks(people: Sequence[Person], k: int) -> tuple[Risk, ...]:
    """How far each attribute, each pair, and all together single people out."""
    names = tuple(ATTRIBUTES)
    wanted = [(name,) for name in names] + list(itertools.combinations(names, 2)) + [names]
    return tuple(_risk(people, attributes, k) for attributes in wanted) if people else ()


def subtracted(old: Told, new: Told, k: int) -> tuple[str, ...]:
    """The attributes of which a count of one release less one of the other may come to a number below `k` that is not 0
    in size; "total" where it is the number of people itself."""
    if not old.total or not new.total or old.same(new):
        return ()
    found = [] if _far(new.total - old.total, k) else ["total"]
    for name in ATTRIBUTES:
        one, other = _blocks(old.tables.get(name), old.total), _blocks(new.tables.get(name), new.total)
        sums = {*_nested(one, other), *_nested(other, one)}
        if not all(_far(value, k) for value in sums):
            found.append(name)
    for crossed, other_told in ((old, new), (new, old)):
        if crossed.both is not None and not _apart(crossed, other_told, k):
            found.append("role and group")
    return tuple(dict.fromkeys(found))


def _single(told: Told, *, crossed: bool) -> Told:
    """`told` without two attributes at a time; where an earlier release told those, without either of them too: its
    cells and the margins of another day could be subtracted in more ways than are looked at."""
    if not crossed or not told.total:
        return Told(told.total, told.tables)
    return Told(told.total, {**told.tables, **dict.fromkeys(_CROSSED, Margin((), told.total))})


def _apart(crossed: Told, other: Told, k: int) -> bool:
    """Whether the cells of the one and what the other tells of the same attributes, the total alone, stay apart."""
    if other.both is not None or any(other.tables[name].shown for name in _CROSSED if name in other.tables):
        return False
    cells = {"\x1f".join(cell): count for cell, count in (crossed.both or {}).items()}
    one, whole = (cells, 0), (dict[str, int](), other.total or 0)
    return all(_far(value, k) for value in (*_nested(one, whole), *_nested(whole, one)))


def _far(value: int, k: int) -> bool:
    return value == 0 or abs(value) >= k


def _blocks(table: Margin | None, total: int) -> tuple[dict[str, int], int]:
    """The values counted by themselves, and the count of all others together."""
    if table is None or not table.shown:
        return {}, total
    return dict(table.shown), table.others or 0


def _nested(small: tuple[dict[str, int], int], large: tuple[dict[str, int], int]) -> set[int]:
    """Every count of `large` less a count of `small` where the values of the second are among those of the first.

    A value that both tell may stand in neither set, in both, or in the larger alone. One that only `small` tells stands
    in `large` under its others; one that only `large` tells stands in `small` under its. Memory: as many sums as there
    are people, twice.
    """
    (ours, rest), (theirs, remaining) = small, large
    common = [{0, theirs[name], theirs[name] - ours[name]} for name in ours.keys() & theirs.keys()]
    only_ours = [{0, -ours[name]} for name in ours.keys() - theirs.keys()]
    only_theirs = [{0, theirs[name]} for name in theirs.keys() - ours.keys()]
    without = _sums([*common, *only_theirs])
    beside = {remaining + value for value in _sums([*common, *only_ours, *only_theirs])}
    forced = sum(theirs[name] for name in theirs.keys() - ours.keys())
    whole = {remaining - rest + forced + value for value in _sums([*common, *only_ours])}
    return without | beside | whole


def _sums(options: Iterable[set[int]]) -> set[int]:
    found = {0}
    for each in options:
        found = {value + more for value in found for more in each}
    return found


def _nothing(total: int | None = None) -> Told:
    return Told(total, {})


def _risk(people: Sequence[Person], attributes: tuple[str, ...], k: int) -> Risk:
    cells = Counter(tuple(getattr(person, name) or NOT_STATED for name in attributes) for person in people)
    below = sum(count for count in cells.values() if count < k)
    return Risk(attributes, len(cells), min(cells.values()), below)
