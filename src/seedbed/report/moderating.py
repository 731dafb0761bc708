"""What came of the groups that each moderator led: counts, and the reasons why they say nothing about a moderator.

Groups are few, and each differs in its people, its value and its hour. So no difference is tested here, and nobody is
named: moderators are numbered in the order of their groups.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seedbed.measures.intervals import wilson
from seedbed.records import Question, Triple
from seedbed.report.cells import Cell
from seedbed.report.words import interval, measured, rounded
from seedbed.study import Folder
from seedbed.workshop.facilitation import FEW, Facilitation
from seedbed.workshop.places import FACILITATION

if TYPE_CHECKING:
    from seedbed.curate import Curation
    from seedbed.seeds import Seeds

__all__ = ["Moderated", "moderated"]

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Moderated:
    """The groups of one moderator, or of those who led a group together; of groups with none on record `name` is "".

    `written` and `included` are questions and pairs of the groups, all and those that curation did not set aside;
    `returned` how many of them went back to the group. `interventions` and `asked` are "–" where nothing of the kind is
    on record for any group. `neutral` is the mean of at least three ratings, 1 to 5.
    """

    name: str
    groups: tuple[str, ...]
    people: int
    written: int
    included: int
    share: Cell
    returned: int
    interventions: str
    asked: str
    neutral: str


def moderated(folder: Folder, people: Seeds, curation: Curation) -> tuple[Moderated, ...]:
    """One line for every moderator whose groups wrote something; () where no group has a moderator on record.

    A group's moderator is who has that group and the role in the table of people, and else who put interventions in
    that group on record.
    """
    told = _facilitation(folder)
    leaders = _leaders(people, told)
    groups = sorted({seed.group for seed in _seeds(people) if seed.group}, key=_natural)
    if not any(leaders.get(group) for group in groups):
        return ()
    of: dict[frozenset[str], list[str]] = defaultdict(list)
    for group in groups:
        of[leaders.get(group, frozenset())].append(group)
    lines, number = [], 0
    for who, led in sorted(of.items(), key=lambda item: (not item[0], _natural(item[1][0]))):
        name = ""
        if who:
            first, number = number + 1, number + len(who)
            name = f"Moderator {first}" if len(who) == 1 else f"Moderators {first} to {number}"
        lines.append(_line(name, who, led, people, curation, told))
    return tuple(lines)


def _line(
    name: str, who: frozenset[str], groups: list[str], people: Seeds, curation: Curation, told: Facilitation
) -> Moderated:
    theirs = [seed for seed in _seeds(people) if seed.group in groups]
    included = sum(seed.id not in curation.excluded for seed in theirs)
    share = wilson(included, len(theirs))
    ratings = [one["score"] for one in told.items("neutrality").values() if one["of"] in who]
    return Moderated(
        name, tuple(groups),
        sum(person.group in groups and person.role.casefold() == "participant" for person in people.people),
        len(theirs), included, Cell(measured(share), interval(share)),
        sum(seed.id in curation.returned for seed in theirs),
        _count(told.items("interventions"), groups), _count(told.items("questions"), groups),
        rounded(sum(ratings) / len(ratings)) if len(ratings) >= FEW else "–",
    )  # fmt: skip


def _seeds(people: Seeds) -> tuple[Question | Triple, ...]:
    return (*people.questions, *people.triples)


def _count(items: Mapping[str, Mapping[str, Any]], groups: Iterable[str]) -> str:
    if not items:
        return "–"
    return f"{sum(one['group'] in groups for one in items.values()):,}"


def _leaders(people: Seeds, told: Facilitation) -> dict[str, frozenset[str]]:
    named: dict[str, set[str]] = defaultdict(set)
    for person in people.people:
        if person.role.casefold() == "moderator" and person.group:
            named[person.group].add(person.id)
    seen: dict[str, set[str]] = defaultdict(set)
    for one in told.items("interventions").values():
        if one["group"]:
            seen[one["group"]].add(one["by"])
    return {group: frozenset(who) for group, who in {**seen, **named}.items()}


def _facilitation(folder: Folder) -> Facilitation:
    from seedbed.study.events import EventStore

    told = Facilitation()
    if folder.has_people:
        with EventStore.of(folder) as store:
            told.after(store.read(FACILITATION))
    return told


def _natural(group: str) -> list[tuple[int, str]]:
    """Group 2 before group 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in _DIGITS.split(group)]
