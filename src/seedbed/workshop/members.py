"""Who takes part, in which group and role: the fold of the stream `workshop`.

    member.join   subject person  {cmd, group, role}
    member.move   subject person  {cmd, group}
    member.remove subject person  {cmd}
    group.add     subject group   {cmd}

Collections: `people/<person>` {group, role, removed, at} and `groups/<group>` {at}. Names of people are not here: they
stand in identity.db alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from seedbed.workshop.applied import Change, Fold, State
from seedbed.workshop.places import WORKSHOP, parse_place
from seedbed.workshop.roles import Member

__all__ = ["Members"]


class Members(Fold):
    """The people and groups of a workshop, from its first event on. `groups` exist from the start."""

    def __init__(self, groups: Iterable[str] = (), *, activities: Iterable[str] = ("questions", "triples")) -> None:
        super().__init__({"people": {}, "groups": {group: {"at": None} for group in groups}})
        self.activities = tuple(activities)

    @property
    def doc(self) -> str:
        return WORKSHOP

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self._state["groups"])

    @property
    def people(self) -> Mapping[str, Mapping[str, Any]]:
        """Everyone who ever joined, by person id."""
        return self._state["people"]

    def member(self, person: str) -> Member | None:
        """The person as they stand now; None for someone who never joined."""
        found = self.people.get(person)
        return Member(person, found["role"], found["group"], found["removed"]) if found else None

    def boards(self) -> list[str]:
        """Every board there is, by group and activity."""
        return [f"board/{group}/{activity}" for group in self.groups for activity in self.activities]

    def has_board(self, doc: str) -> bool:
        place = parse_place(doc)
        return place is not None and place.group in self._state["groups"] and place.activity.name in self.activities

    def snapshot(self, viewer: str | None = None) -> State:
        """{collection: {id: value}}; the same for everyone who may read it. Values are never changed later."""
        return {collection: dict(items) for collection, items in self._state.items()}

    def _changes(self, at: str, actor: str, kind: str, subject: str, data: dict[str, Any]) -> list[Change]:
        match kind:
            case "member.join":
                since = self.people[subject]["at"] if subject in self.people else at
                joined = {"group": data["group"], "role": data["role"], "removed": False, "at": since}
                return [("people", subject, joined)]
            case "member.move":
                return [("people", subject, {**self.people[subject], "group": data["group"]})]
            case "member.remove":
                return [("people", subject, {**self.people[subject], "removed": True})]
            case "group.add":
                return [] if subject in self._state["groups"] else [("groups", subject, {"at": at})]
        return []
