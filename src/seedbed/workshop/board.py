"""A board as the fold of its events.

What it holds is told by the modules of `families`: rows and the phase, pastes and model calls, comments, votes and
versions, reactions, labels and tags, slots, spans and ratings, prompts, what curators return, topics that are kept.
Here besides: `clients/<client>` {person, call}, by

    client.issued subject person {client, call?}

What is typed is not here: it is text, named by `names`.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from seedbed.workshop.applied import PRIVATE, Change, Fold, Happened
from seedbed.workshop.families import FAMILIES
from seedbed.workshop.order import between
from seedbed.workshop.places import Place
from seedbed.workshop.roles import Member

__all__ = ["Board"]

_COLLECTIONS = ("clients", *(collection for family in FAMILIES for collection in family.COLLECTIONS))
_CHANGES: Mapping[str, Callable[[Board, Happened], list[Change]]] = {
    kind: changes for family in FAMILIES for kind, changes in family.CHANGES.items()
}


class Board(Fold):
    """One board, from its first event on. `apply` in the order of the stream; nothing else changes it."""

    GUARDED = frozenset({PRIVATE})

    def __init__(self, place: Place, *, title: str = "", rows: int = 500) -> None:
        super().__init__({collection: {} for collection in _COLLECTIONS})
        self.place = place
        self.names: set[str] = set()
        """Every text that may be written: of removed rows too, so that a change under way is not lost."""
        self.most_rows = rows
        main = {"phase": "open", "activity": place.activity.name, "group": place.group, "title": title}
        self._state["board"]["main"] = main
        self._clients: dict[int, tuple[str, str | None]] = {}
        self._keys: list[str] = []  # the order keys of all rows, sorted

    # --- what it says ---------------------------------------------------------------------------------------------

    @property
    def doc(self) -> str:
        return self.place.stream

    @property
    def phase(self) -> str:
        phase: str = self._state["board"]["main"]["phase"]
        return phase

    @property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """Every row, removed ones too, by id."""
        return self._state["rows"]

    @property
    def clients(self) -> Mapping[int, tuple[str, str | None]]:
        """Client id → (person, model call or None): whose text it is, and whether a model wrote it."""
        return MappingProxyType(self._clients)

    def ordered(self) -> list[str]:
        """The ids of the rows that are not removed, from top to bottom."""
        rows = [(row["order"], id) for id, row in self.rows.items() if not row["removed"]]
        return [id for _, id in sorted(rows)]

    def may_write(self, person: str, client: int) -> bool:
        """Whether `client` was issued to this person to type under. Never true of a model call's client id."""
        return self._clients.get(client) == (person, None)

    def call(self, call: str) -> Mapping[str, Any] | None:
        """Who asked which model, when, for what, and where the reply was used; None when there is no such call."""
        return self._state["calls"].get(call)

    def reply(self, call: str) -> str | None:
        """The reply of a model call; None where it was erased or is not known."""
        found = self._state[PRIVATE].get(call)
        text: str | None = found["text"] if found else None
        return text

    def shown(self, viewer: Member, collection: str, id: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return value if value["person"] == viewer.id else None

    # --- what changes it ------------------------------------------------------------------------------------------

    def new_row(
        self, event: Happened, after: str | None, *, fields: Mapping[str, str] | None = None, taxonomy: int
    ) -> Change:
        """The change that brings the row `event.subject` in its place. For the families; it counts as happened.

        Raises ValueError for a row that is there already.
        """
        row = event.subject
        if row in self.rows or not row:
            raise ValueError("a row is added once")
        keys = self._keys
        if after == "":
            at_index = 0
        elif after is None or after not in self.rows:
            at_index = len(keys)
        else:
            at_index = bisect.bisect_right(keys, self.rows[after]["order"])
        low, high = keys[at_index - 1] if at_index else "", keys[at_index] if at_index < len(keys) else ""
        key = between(low, high)
        keys.insert(at_index, key)
        self.names.update(self.place.activity.names(row))
        value = {"fields": dict(fields or {}), "removed": False, "by": event.actor, "at": event.at, "order": key,
                 "taxonomy": taxonomy}  # fmt: skip
        return ("rows", row, value)

    def _changes(self, event: Happened) -> list[Change]:
        if event.kind == "client.issued":
            return [self._issued(event.actor, int(event.data["client"]), event.data.get("call"))]
        changes = _CHANGES.get(event.kind)
        return changes(self, event) if changes else []

    def _issued(self, person: str, client: int, call: str | None) -> Change:
        if client in self._clients:
            raise ValueError("a client id is issued once")  # the first one stands: whose text it is never changes
        self._clients[client] = (person, call)
        return ("clients", str(client), {"person": person, "call": call})
