"""State as the fold of events, and what applying one gives: what happened, as people see it, and what it changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeAlias

from seedbed.study.entries import Act, Event
from seedbed.workshop.roles import Member

__all__ = ["PRIVATE", "Applied", "Change", "Commands", "Fold", "Happened", "State", "merge"]

Change: TypeAlias = tuple[str, str, Mapping[str, Any] | None]
State: TypeAlias = dict[str, dict[str, Mapping[str, Any]]]

PRIVATE = "replies"  # the collection of a board whose values only the person named in them may see


@dataclass(frozen=True, slots=True)
class Applied:
    """One event as it is sent: `cmd` is the id of its command ("" when the server made it).

    `changes` are (collection, id, value or None): merged into the state before, they give the state after.
    """

    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    cmd: str
    changes: tuple[Change, ...] = ()


def merge(state: State, changes: Iterable[Change]) -> State:
    """`state` after `changes`; what a browser does with them. The state given is left as it was."""
    found = {collection: dict(items) for collection, items in state.items()}
    for collection, id, value in changes:
        items = found.setdefault(collection, {})
        if value is None:
            items.pop(id, None)
        else:
            items[id] = value
    return found


class Commands:
    """The commands a document has seen, by person: each one's newest `BOUND`.

    A page sends a command again only while it has not heard of it, so what matters is how many a person can have
    under way at once; 1,000 is several hours of a busy facilitator, and about 250 kB when full. A command sent again
    after a thousand later ones is taken for a new one.
    """

    BOUND = 1000

    def __init__(self) -> None:
        self._seen: dict[str, OrderedDict[str, Applied]] = {}

    def remember(self, event: Applied) -> None:
        """Only the first event of a command counts, and it is kept without its changes.

        What it changed may have been changed again: to send them once more would undo that in a browser.
        """
        if not event.cmd:
            return
        of_person = self._seen.setdefault(event.actor, OrderedDict())
        if event.cmd not in of_person:
            of_person[event.cmd] = replace(event, changes=())
            if len(of_person) > self.BOUND:
                of_person.popitem(last=False)

    def find(self, person: str, cmd: str) -> Applied | None:
        """The event of the command that this person sent under this id."""
        of_person = self._seen.get(person)
        return of_person.get(cmd) if of_person else None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a fold takes it in: `data` holds its texts too, None where they were erased."""

    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    data: Mapping[str, Any]


class Fold:
    """A state made of the events of one stream. What each changes says `_changes`; nothing else changes the state.

    Who reads the stream may not see all of it: of the collections in `GUARDED` each gets what `shown` lets them see.
    What somebody was shown may change, or go; it is never taken back because they are not to see it any more.
    """

    GUARDED: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, state: State) -> None:
        self.commands = Commands()
        self.seq = 0
        self._state = state

    def apply(self, seq: int, at: str, actor: str, act: Act) -> Applied:
        """Take in the next event; what it changed comes back. It is taken as it is: `decide` is for asking.

        One of a kind that is not known here, or that lacks what its kind needs, changes nothing and breaks nothing: a
        later version may have written it.
        """
        data = {**act.data, **act.texts}  # an act that was just made has its texts apart, one from the disk in `data`
        try:
            changes = self._changes(Happened(seq, at, actor, act.kind, act.subject, data))
        except (KeyError, TypeError, ValueError):
            changes = []
        for collection, id, value in changes:
            if value is None:
                self._state[collection].pop(id, None)
            else:
                self._state[collection][id] = value
        self.seq = seq
        cmd = data.get("cmd")
        event = Applied(seq, at, actor, act.kind, act.subject, cmd if isinstance(cmd, str) else "", tuple(changes))
        self.commands.remember(event)
        return event

    def take(self, event: Event) -> Applied:
        """`apply` of an event as it is read back."""
        return self.apply(event.seq, event.at, event.actor, event.act)

    def after(self, events: Iterable[Event]) -> Self:
        """This fold, with `events` taken in."""
        for event in events:
            self.take(event)
        return self

    def items(self, collection: str) -> Mapping[str, Mapping[str, Any]]:
        """What stands in a collection, by id."""
        return self._state[collection]

    # --- who sees what --------------------------------------------------------------------------------------------

    def shown(self, viewer: Member, collection: str, id: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A value of a guarded collection for the eyes of `viewer`; None where it is not for them."""
        return value

    def sight(self, viewer: Member) -> Hashable:
        """Equal for people who are shown the same of every event that is not about one of them."""
        return None

    def snapshot(self, viewer: Member | None = None) -> State:
        """{collection: {id: value}} as `viewer` may see it; None sees everything. Values are never changed later."""
        if viewer is None or not self.GUARDED:
            return {collection: dict(items) for collection, items in self._state.items()}
        return {
            collection: dict(items) if collection not in self.GUARDED else {
                id: seen for id, value in items.items()
                if (seen := self.shown(viewer, collection, id, value)) is not None
            }
            for collection, items in self._state.items()
        }  # fmt: skip

    def misses(self, viewer: Member, collection: str, id: str) -> bool:
        """Whether `viewer` may hear that something of a guarded collection is gone. Who never saw it may, where its id
        says nothing."""
        return True

    def visible(self, changes: Iterable[Change], viewer: Member) -> list[Change]:
        """The changes that `viewer` may see."""
        found: list[Change] = []
        for collection, id, value in changes:
            if collection not in self.GUARDED:
                found.append((collection, id, value))
            elif value is None:
                found += [(collection, id, None)] if self.misses(viewer, collection, id) else []
            elif (seen := self.shown(viewer, collection, id, value)) is not None:
                found.append((collection, id, seen))
        return found

    def told(self, event: Applied, viewer: Member) -> dict[str, Any] | None:
        """The event for the eyes of `viewer`; None where all that it changed is not for them.

        Command ids are their person's own, so others do not get them.
        """
        own = event.actor == viewer.id
        changes = self.visible(event.changes, viewer)
        if event.changes and not changes and not own:
            return None
        return {
            "seq": event.seq,
            "at": event.at,
            "actor": event.actor,
            "kind": event.kind,
            "subject": event.subject,
            "cmd": event.cmd if own else "",
            "changes": changes,
        }

    def concerned(self, event: Applied) -> set[str]:
        """Whom an event is about: who may be shown it otherwise than their like."""
        found = {event.actor}
        for collection, _, value in event.changes:
            if value is not None and collection in self.GUARDED:
                found.update(person for name in ("by", "person") if isinstance(person := value.get(name), str))
        return found

    def _changes(self, event: Happened) -> list[Change]:
        """What an event changes. Raises KeyError, TypeError or ValueError for one that is not to be taken."""
        raise NotImplementedError
