"""What the HTTP side asks of the live side, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal

__all__ = ["LiveHub", "Refusal"]


class LiveHub(Protocol):
    """The live documents of every study served. `study` is a name in addresses; `doc` a stream of people.db.

    Everything returned is on disk. Every method raises Refusal with a code for what cannot be.
    """

    async def revoked(self, *, session: str | None = None, person: str | None = None) -> None:
        """Close at once the sockets of that session, or of that person or account."""

    async def command(self, study: str, doc: str, who: Who, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a command made over HTTP; returns its event."""

    async def snapshot(self, study: str, doc: str) -> Mapping[str, Mapping[str, Any]]:
        """The state of a document: {collection: {id: value}}."""

    def barred(self, study: str, who: Who, doc: str) -> str | None:
        """Why `who` may not open the document now, by what is on record; None when they may."""

    async def boards(self, study: str, wanted: Callable[[str], bool]) -> Sequence[Mapping[str, Any]]:
        """[{doc, group, activity, phase, rows}] of the wanted documents."""

    async def history(self, study: str, doc: str, before: int | None, limit: int) -> Sequence[Mapping[str, Any]]:
        """The moments of a document, newest first, with a seq below `before`."""

    async def at(self, study: str, doc: str, seq: int) -> Mapping[str, Any]:
        """The document as it was after `seq`: {state, texts}."""

    async def redact(self, study: str, person: str) -> Mapping[str, Any]:
        """Take a person's words out of the log: {rewritten, epoch, look_alikes}."""
