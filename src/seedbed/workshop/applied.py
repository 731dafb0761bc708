"""State as the fold of events, and what applying one gives: what happened, as people see it, and what it changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from seedbed.study.entries import Act

__all__ = ["PRIVATE", "Applied", "Change", "Commands", "Fold", "State", "merge", "visible"]

Change: TypeAlias = tuple[str, str, Mapping[str, Any] | None]
State: TypeAlias = dict[str, dict[str, Mapping[str, Any]]]

PRIVATE = "replies"  # the one collection whose values only the person named in them may see


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

    def to_json(self, viewer: str) -> dict[str, Any]:
        """The event for the eyes of `viewer`. Command ids are their person's own, so others do not get them."""
        return {
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "kind": self.kind,
            "subject": self.subject,
            "cmd": self.cmd if self.actor == viewer else "",
            "changes": visible(self.changes, viewer),
        }


def visible(changes: Iterable[Change], viewer: str) -> list[Change]:
    """The changes that `viewer` may see."""
    return [
        change
        for change in changes
        if change[0] != PRIVATE or change[2] is None or change[2].get("person") == viewer
    ]  # fmt: skip


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


class Fold:
    """A state made of the events of one stream. What each changes says `_changes`; nothing else changes the state."""

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
            changes = self._changes(at, actor, act.kind, act.subject, data)
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

    def _changes(self, at: str, actor: str, kind: str, subject: str, data: dict[str, Any]) -> list[Change]:
        """What an event changes. Raises KeyError, TypeError or ValueError for one that is not to be taken."""
        raise NotImplementedError
