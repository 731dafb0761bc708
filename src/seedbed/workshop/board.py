"""A board as the fold of its events.

Collections: `board/main`, `rows/<row>`, `clients/<client>`, `pastes/<client>-<from>`, `calls/<call>`, and
`replies/<call>`, which only the person who asked sees. What is typed is not here: it is text, named by `names`.

    row.add       subject row     {cmd, after}
    row.set       subject row     {cmd, field} and the text `value`
    row.remove    subject row     {cmd}
    row.restore   subject row     {cmd}
    paste.declare subject text    {cmd, client, from, to, chars, origin}
    phase.open, phase.close       {cmd}
    client.issued subject person  {client, call?}
    model.called  subject call    {endpoint, model} and the text `reply`
    model.use     subject call    {cmd, client, text}
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from seedbed.workshop.applied import PRIVATE, Change, Fold, State
from seedbed.workshop.order import between
from seedbed.workshop.places import Place

__all__ = ["Board"]

_COLLECTIONS = ("board", "rows", "clients", "pastes", "calls", PRIVATE)


class Board(Fold):
    """One board, from its first event on. `apply` in the order of the stream; nothing else changes it."""

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
        """Who asked which model, when, and where the reply was used; None when there is no such call."""
        return self._state["calls"].get(call)

    def reply(self, call: str) -> str | None:
        """The reply of a model call; None where it was erased or is not known."""
        found = self._state[PRIVATE].get(call)
        text: str | None = found["text"] if found else None
        return text

    def snapshot(self, viewer: str | None) -> State:
        """{collection: {id: value}} as `viewer` may see it; None sees everything. Values are never changed later."""
        found = {collection: dict(items) for collection, items in self._state.items()}
        if viewer is not None:
            found[PRIVATE] = {id: value for id, value in found[PRIVATE].items() if value["person"] == viewer}
        return found

    # --- what changes it ------------------------------------------------------------------------------------------

    def _changes(self, at: str, actor: str, kind: str, subject: str, data: dict[str, Any]) -> list[Change]:
        match kind:
            case "client.issued":
                return [self._issued(actor, int(data["client"]), data.get("call"))]
            case "row.add":
                return self._row_added(at, actor, subject, data.get("after"))
            case "row.set":
                fields = {**self.rows[subject]["fields"], data["field"]: data["value"] or ""}
                return [self._row(subject, fields={name: text for name, text in fields.items() if text})]
            case "row.remove":
                return [self._row(subject, removed=True)]
            case "row.restore":
                return [self._row(subject, removed=False)]
            case "paste.declare":
                kept = {name: data[name] for name in ("chars", "origin", "client", "from", "to")}
                return [("pastes", f"{kept['client']}-{kept['from']}", {"text": subject, "person": actor, **kept})]
            case "model.called":
                if subject in self._state["calls"]:
                    raise ValueError("a call is made once")  # else a reply could take the place of another's
                call = {"person": actor, "endpoint": data["endpoint"], "model": data["model"], "at": at, "used": []}
                reply = data["reply"]
                private: list[Change] = [(PRIVATE, subject, {"person": actor, "text": reply})] if reply else []
                return [("calls", subject, call), *private]
            case "model.use":
                call = dict(self._state["calls"][subject])
                call["used"] = [*call["used"], data["text"]]
                return [("calls", subject, call)]
            case "phase.open" | "phase.close":
                phase = "open" if kind == "phase.open" else "closed"
                return [("board", "main", {**self._state["board"]["main"], "phase": phase})]
        return []

    def _issued(self, person: str, client: int, call: str | None) -> Change:
        if client in self._clients:
            raise ValueError("a client id is issued once")  # the first one stands: whose text it is never changes
        self._clients[client] = (person, call)
        return ("clients", str(client), {"person": person, "call": call})

    def _row(self, row: str, **changed: Any) -> Change:
        return ("rows", row, {**self.rows[row], **changed})

    def _row_added(self, at: str, actor: str, row: str, after: str | None) -> list[Change]:
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
        return [("rows", row, {"fields": {}, "removed": False, "by": actor, "at": at, "order": key})]
