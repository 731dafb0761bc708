"""What the HTTP side asks of the live side, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from seedbed.server.identity import Who
from seedbed.study.entries import Act
from seedbed.workshop import Agenda, Facilitation
from seedbed.workshop.families.returns import Return
from seedbed.workshop.tallying import Tally

__all__ = ["Listen", "LiveHub"]

Listen = Callable[[str, int, int], None]


class LiveHub(Protocol):
    """The live documents of every study served. `study` is a name in addresses; `doc` a stream of people.db.

    Everything returned is on disk. Every method raises Refusal with a code for what cannot be.
    """

    async def revoked(self, *, session: str | None = None, person: str | None = None) -> None:
        """Close at once the sockets of that session, or of that person or account."""

    def sessions(self) -> set[str]:
        """The sessions that have sockets open here."""

    async def command(self, study: str, doc: str, who: Who, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a command made over HTTP; returns its event."""

    async def agenda(self, study: str) -> Agenda:
        """The agenda as it is now; to be read only."""

    async def facilitation(self, study: str) -> Facilitation:
        """Facilitation as it is now; to be read only."""

    async def tallies(self, study: str) -> Sequence[Tally]:
        """How much is on each board and by whom."""

    async def commands(self, study: str, doc: str, who: Who, commands: Sequence[Mapping[str, Any]]) -> None:
        """Carry out several commands on one board or the agenda: nothing comes between them."""

    async def taxonomy_is(self, study: str, version: int) -> None:
        """Say that this version of the taxonomy is the study's now, where that was not said yet."""

    async def called(self, study: str, doc: str, who: Who, reply: Act) -> None:
        """Put on record what a model replied to a person (`model_called`); they may then insert it by `model.use`."""

    async def returned(self, study: str, doc: str, wanted: Mapping[str, Return]) -> None:
        """Have a board show what curators give back, by seed, and nothing else of that kind. Whoever asks sees to it
        that nobody else asks the same meanwhile."""

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

    async def redact(
        self, study: str, person: str, policy: Literal["flag", "purge"] | None = None, listen: Listen = ...
    ) -> Mapping[str, Any]:
        """Take a person's words out of the log, and withdraw what was made of them, by `policy` or the study's own:
        {rewritten, withdrawn, epoch, look_alikes}. `listen(what, done, total)` is called from a thread."""

    async def withdraw_seeds(
        self, study: str, seeds: Sequence[str], policy: Literal["flag", "purge"] | None = None, listen: Listen = ...
    ) -> Mapping[str, Any]:
        """As `redact`, of single seeds. Raises InputError for one that never was."""
