"""One study as a running server holds it: its log, its members, and the documents that people have open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any, Self, TypeVar

from seedbed.errors import Busy, SeedbedError
from seedbed.server.commits import Commits
from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.server.roll import Roll
from seedbed.server.rooms import Room
from seedbed.study import Folder
from seedbed.study.entries import Act
from seedbed.study.events import EventStore
from seedbed.study.log import Log
from seedbed.sync import Limits
from seedbed.sync.document import Document
from seedbed.workshop import WORKSHOP, Board, Member, Members, WorkshopSettings, parse_place
from seedbed.workshop.erasing import Erased, erase
from seedbed.workshop.history import moments, replay

__all__ = ["LiveStudy"]

_log = logging.getLogger(__name__)

Past = TypeVar("Past")


class LiveStudy:
    """`LiveStudy.open(…)`. Reading a document from disk happens in a thread; everything else in the event loop."""

    def __init__(self, folder: Folder, settings: WorkshopSettings, store: EventStore) -> None:
        self.folder = folder
        self.settings = settings
        self._store = store
        self._log = Log(store)
        self.commits = Commits(self._log)
        self._roll: Roll | None = None
        self._rooms: dict[str, Room] = {}
        self._used: dict[str, float] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._rewriting = asyncio.Lock()
        self._reading = asyncio.Lock()

    @classmethod
    async def open(cls, folder: Folder, settings: WorkshopSettings) -> Self:
        """Raises what the store raises."""

        def read() -> EventStore:
            store = EventStore.of(folder)
            if not store.scrubbed:
                try:
                    store.scrub()  # an erasure that a power cut, or another program at the file, kept from its end
                except Busy as busy:
                    _log.warning("%s", busy)
            return store

        opened = cls(folder, settings, await asyncio.to_thread(read))
        opened._roll = opened._read_roll()
        return opened

    async def close(self) -> None:
        """Write what is under way and let go of the database."""
        await self.commits.settled()
        await asyncio.to_thread(self._log.close)
        self._store.close()

    # -- who -------------------------------------------------------------------------------------------------------

    @property
    def roll(self) -> Roll:
        """The members as the disk has them. Raises Refusal storage while they cannot be read."""
        if self._roll is None:
            try:
                self._roll = self._read_roll()
            except SeedbedError as error:
                _log.error("the members could not be read: %s", error)
                raise Refusal("storage") from None
        return self._roll

    def _read_roll(self) -> Roll:
        """A few entries a person: read at once, because nobody can be let in without."""
        members, at = Members(self.settings.groups, activities=self.settings.activities), ""
        for event in self._store.read(WORKSHOP):
            members.apply(event.seq, event.at, event.actor, Act(event.kind, event.subject, event.data))
            at = event.at
        return Roll(members, at, self.commits, self._roll_lost)

    def _roll_lost(self) -> None:
        """The members in memory are not those on disk."""
        self._roll = None

    def member(self, who: Who) -> Member:
        """The person or account as it stands now: an account is everywhere, a person where the log says."""
        if who.is_account:
            return Member(who.id, who.role)
        return self.roll.members.member(who.id) or Member(who.id, who.role, who.group or None)

    def has_board(self, doc: str) -> bool:
        return self.roll.members.has_board(doc)

    # -- documents -------------------------------------------------------------------------------------------------

    def rooms(self) -> list[Room]:
        """Those in memory."""
        return list(self._rooms.values())

    async def room(self, doc: str) -> Room:
        """The document, read from disk when it is not in memory. Raises what the store raises, and Broken."""
        while True:
            self._used[doc] = time.monotonic()
            found = self._rooms.get(doc)
            if found is not None:
                return found
            # one reading for all who come at once, which goes on when the first of them goes away
            task = self._loading.get(doc)
            if task is None:
                task = self._loading[doc] = asyncio.create_task(self._load(doc))
            # not what it returns: between its end and this task's turn an erasure may have begun, and that room is void
            await asyncio.shield(task)

    async def _load(self, doc: str) -> None:
        try:
            async with self._rewriting:
                await self.commits.settled()  # a room that was lost may have had something under way
                room = await asyncio.to_thread(self._read, doc)
                self._rooms[doc] = room
        finally:
            del self._loading[doc]

    def _read(self, doc: str) -> Room:
        """The document as it stands on disk."""
        place = parse_place(doc)
        if place is None:
            raise Refusal("unknown_document")
        limits = self.settings.limits
        board = Board(place, rows=limits.rows)
        epoch, seq, at = self._store.epoch(doc), 0, ""

        def updates() -> Iterator[bytes]:
            nonlocal seq, at
            for entry in self._store.entries(doc):
                seq, at = entry.seq, entry.at
                if isinstance(entry.body, bytes):
                    yield entry.body
                else:
                    board.apply(entry.seq, entry.at, entry.actor, entry.body)

        document = Document.load(updates(), Limits(update=limits.update, cell=limits.cell, document=limits.document))
        room = Room(board, document, seq=seq, at=at, epoch=epoch, commits=self.commits, lost=lambda: self._lost(room))
        return room

    def _lost(self, room: Room) -> None:
        if self._rooms.get(room.name) is room:
            del self._rooms[room.name]

    def forget_idle(self, seconds: float) -> None:
        """Let go of documents that nobody has had open for so long."""
        now = time.monotonic()
        for doc, room in list(self._rooms.items()):
            if room.seats or not room.idle:
                self._used[doc] = now
            elif now - self._used.get(doc, 0.0) > seconds:
                del self._rooms[doc]

    # -- the past --------------------------------------------------------------------------------------------------

    async def history(self, doc: str, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` moments of a document with a seq below `before`, newest first."""

        def read() -> list[dict[str, Any]]:
            found = (moment for moment in moments(self._store.entries(doc)) if before is None or moment.seq < before)
            return [asdict(moment) for moment in islice(found, limit)]

        return await self._in_the_past(read)

    async def at(self, doc: str, seq: int, viewer: str) -> dict[str, Any]:
        """The document after the entry `seq`: {seq, at, state, texts: {name: {text, runs}}}."""

        def read() -> dict[str, Any]:
            place = parse_place(doc)
            if place is None:
                raise Refusal("unknown_document")
            past = replay(self._store.entries(doc), place, upto=seq)
            texts = {
                name: {"text": text, "runs": [[part.start, part.end, part.person, part.call] for part in parts]}
                for name, (text, parts) in past.texts().items()
            }
            return {"seq": past.seq, "at": past.at, "state": past.state(viewer), "texts": texts}

        return await self._in_the_past(read)

    async def _in_the_past(self, read: Callable[[], Past]) -> Past:
        # a replay takes the interpreter for up to a second an hour of a group: one at a time, beside the live room
        async with self._reading:
            return await asyncio.to_thread(read)

    async def redact(self, person: str) -> Erased:
        """Take a person's words out of the log. Every page of the study begins anew, most at once and unharmed."""
        async with self._rewriting:
            # nothing more comes in, what came in is on disk, and only then is the log rewritten
            self.send_away("epoch")
            self._rooms.clear()  # whoever comes back waits for the lock
            await self.commits.settled()
            return await asyncio.to_thread(erase, self._store, person)

    def send_away(self, code: str) -> None:
        """Everybody out of every document."""
        for room in self.rooms():
            room.close(code)
