"""Who takes part, in which group and role: the fold of the stream `workshop`.

    member.join    subject person  {cmd, group, role, anonymous}
    member.move    subject person  {cmd, group}
    member.remove  subject person  {cmd}
    group.add      subject group   {cmd}
    consent.give   subject person  {cmd, items, version}
    warning.answer subject person  {cmd, choice}
    profile.set    subject person  {cmd} and the texts `position`, `background`, `place`, `positionality`

Collections: `people/<person>` {group, role, removed, at, anonymous, consent, misaligned}, `groups/<group>` {at} and
`profiles/<person>` {position, background, place, positionality, at}. `consent` is {items, version, at} or None,
`misaligned` "write", "opt_out" or None. Names of people are not here: they stand in identity.db alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from seedbed.workshop.applied import Change, Fold, Happened
from seedbed.workshop.commands.people import PROFILE
from seedbed.workshop.places import REFLECTION, WORKSHOP, parse_place
from seedbed.workshop.roles import Member

__all__ = ["Members"]


class Members(Fold):
    """The people and groups of a workshop, from its first event on. `groups` exist from the start.

    Each has a board for every one of `activities`, and one to look back on.
    """

    doc = WORKSHOP

    def __init__(self, groups: Iterable[str] = (), *, activities: Iterable[str] = ("questions", "triples")) -> None:
        super().__init__({"people": {}, "groups": {group: {"at": None} for group in groups}, "profiles": {}})
        self.activities = tuple(dict.fromkeys((*activities, REFLECTION)))

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

    def is_anonymous(self, person: str) -> bool:
        """Whether the others of the group are to see no name."""
        found = self.people.get(person)
        return found is not None and bool(found["anonymous"])

    def consents(self, person: str, item: str) -> bool:
        """Whether the person agreed to this item of the consent. Who was not asked, or did not answer, did not."""
        found = self.people.get(person)
        given = found["consent"] if found else None
        return given is not None and given["items"].get(item) is True

    def profile(self, person: str) -> Mapping[str, Any] | None:
        """What the person said of themselves; None where they said nothing, or it was erased."""
        return self._state["profiles"].get(person)

    def boards(self) -> list[str]:
        """Every board there is, by group and activity."""
        return [f"board/{group}/{activity}" for group in self.groups for activity in self.activities]

    def has_board(self, doc: str) -> bool:
        place = parse_place(doc)
        return place is not None and place.group in self._state["groups"] and place.activity.name in self.activities

    def _changes(self, event: Happened) -> list[Change]:
        subject, data = event.subject, event.data
        match event.kind:
            case "member.join":
                return [("people", subject, self._joined(event))]
            case "member.move":
                return [self._person(subject, group=data["group"])]
            case "member.remove":
                return [self._person(subject, removed=True)]
            case "group.add":
                return [] if subject in self._state["groups"] else [("groups", subject, {"at": event.at})]
            case "consent.give":
                given = {"items": dict(data["items"]), "version": data["version"], "at": event.at}
                return [self._person(subject, consent=given)]
            case "warning.answer":
                return [self._person(subject, misaligned=data["choice"])]
            case "profile.set":
                said = {name: data.get(name) or "" for name in PROFILE}
                return [("profiles", subject, {**said, "at": event.at} if any(said.values()) else None)]
        return []

    def _joined(self, event: Happened) -> dict[str, Any]:
        """Who was here before keeps what they answered then."""
        new = {
            "at": event.at,
            "anonymous": bool(event.data.get("anonymous", False)),
            "consent": None,
            "misaligned": None,
        }
        before = self.people.get(event.subject)
        kept = {name: before[name] for name in new} if before else new
        return {"group": event.data["group"], "role": event.data["role"], "removed": False, **kept}

    def _person(self, person: str, **changed: Any) -> Change:
        return ("people", person, {**self.people[person], **changed})
