"""Which kind of people the raters are: their group, their role, and what they told of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from seedbed.errors import UsageError
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop.members import Members
from seedbed.workshop.places import WORKSHOP

__all__ = ["PeopleBy", "kinds_of", "known_people", "least_of", "people_of"]

PeopleBy = Literal["group", "role", "position", "background", "location"]
_SHARED = 5
"""What is told of a kind of people by their profile is told from so many raters on (k-anonymity, Sweeney 2002)."""


def least_of(by: PeopleBy) -> int:
    """How many raters a kind must have before figures of it are shown: profiles are not known to all, as groups are."""
    return 1 if by in ("group", "role") else _SHARED


def kinds_of(folder: Folder, by: str) -> tuple[dict[str, str], int]:
    """`people_of` and `least_of` for a word that somebody gave. Raises UsageError where it is none of `PeopleBy`."""
    found: PeopleBy = by  # type: ignore[assignment]  # people_of refuses what is none
    return people_of(folder, found), least_of(found)


def people_of(folder: Folder, by: PeopleBy) -> dict[str, str]:
    """The kind of each person of the study by `by`; who has none is not in it. Raises UsageError.

    Profiles are those that people agreed to have used, as seeds hold them; groups and roles come from the workshop too.
    """
    if by not in get_args(PeopleBy):
        raise UsageError(f"People are not told apart by {by!r}", hint=f"One of: {', '.join(get_args(PeopleBy))}")
    found = {person.id: str(getattr(person, by)).strip() for person in load_seeds(folder).people}
    if by in ("group", "role") and folder.has_people:
        found |= {id: str(member[by] or "") for id, member in _members(folder).items()}
    return {id: kind for id, kind in found.items() if kind}


def _members(folder: Folder) -> Mapping[str, Mapping[str, object]]:
    members = Members()
    with EventStore.of(folder) as store:
        for event in store.read(WORKSHOP):
            members.take(event)
    return members.people


def known_people(folder: Folder) -> set[str]:
    """Everybody whom the study knows by id."""
    found = {person.id for person in load_seeds(folder).people}
    return found | set(_members(folder)) if folder.has_people else found
