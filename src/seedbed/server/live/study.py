"""One study as a running server holds it: its log, its members, and the documents that people have open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

from seedbed.errors import Busy, SeedbedError
from seedbed.seeds import taxonomy_versions
from seedbed.server.contract import Listen
from seedbed.server.identity import Who
from seedbed.server.live.commits import Commits
from seedbed.server.live.neighbours import Neighbours
from seedbed.server.live.roll import Roll
from seedbed.server.live.rooms import Room
from seedbed.server.live.stepping import Stepping
from seedbed.server.live.streams import Stream
from seedbed.server.live.tallying import Tallies
from seedbed.server.live.turns import Turns
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.entries import Act, Entry
from seedbed.study.events import Event, EventStore
from seedbed.study.log import Log
from seedbed.study.turns import ERASURES, STEPS, TurnLog
from seedbed.sync import Limits
from seedbed.sync.document import Document
from seedbed.workshop import (
    AGENDA,
    FACILITATION,
    WORKSHOP,
    Agenda,
    Applied,
    Board,
    Command,
    Facilitation,
    Member,
    Members,
    WorkshopSettings,
    parse_place,
)
from seedbed.workshop.agenda import TURNING
from seedbed.workshop.commands import BreakBegin, BreakEnd, StepGo, TaxonomySet
from seedbed.workshop.history import moments, replay
from seedbed.workshop.places import DEBRIEF

if TYPE_CHECKING:
    from seedbed.engine.withdrawing import Policy
    from seedbed.withdraw import Withdrawn

__all__ = ["LiveStudy", "silent"]

_log = logging.getLogger(__name__)

Past = TypeVar("Past")
_TRIES = 5  # at a turn: memory that is lost while one waits is read anew


def _nothing(_: Any) -> None:
    """Nobody asked to be told."""


def silent(what: str, done: int, total: int) -> None:
    """Nobody asked how far it is."""


class LiveStudy:
    """`LiveStudy.open(…)`. Reading a document from disk happens in a thread; everything else in the event loop."""

    def __init__(self, folder: Folder, settings: WorkshopSettings, store: EventStore) -> None:
        self.folder = folder
        self.settings = settings
        self._store = store
        self.moved: Callable[[Applied], None] = _nothing
        """Told of what another process did to somebody."""
        self.heard: Callable[[Mapping[str, Any]], None] = _nothing
        """Told of what another process says of sessions."""
        self._log: Log | TurnLog
        self.neighbours: Neighbours | None = None
        """The other processes that serve the study; on PostgreSQL there may be some."""
        if store.database.postgres:
            self._log = TurnLog(store)
            turns = Turns(self._log, self.erased, self.streams)
            self.commits: Commits = turns
            self._erasures = store.epoch(ERASURES)
        else:
            self._log = Log(store)
            self.commits = Commits(self._log)
        self._roll: Roll | None = None
        self._rooms: dict[str, Room] = {}
        self._used: dict[str, float] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._rewriting = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._debriefs: frozenset[str] = frozenset()  # as the agenda had them when it was last in memory
        self.taxonomy = 1
        """The version of the labels: each row remembers which it was written under."""
        self.stepping = Stepping(self)
        self.tallies = Tallies(self, store)

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

        store = await asyncio.to_thread(read)
        opened = cls(folder, settings, store)
        opened._roll = opened._read_roll()
        if isinstance(opened.commits, Turns):
            opened.neighbours = Neighbours(opened, store, opened.commits)
        opened.taxonomy = (await asyncio.to_thread(taxonomy_versions, folder) or [1])[-1]
        opened.stepping.begin(await asyncio.to_thread(opened.half_done))
        await opened.agenda()
        opened._know_debriefs()
        return opened

    def half_done(self) -> list[tuple[Event, list[str]]]:
        """The newest step on record, and the newest beginning or end of a break where that is newer; with each the
        boards on which no phase was turned since."""
        turns: list[Event] = []
        for event in self._store.read(AGENDA):
            if event.kind in TURNING:
                turns = [event] if event.kind == "step.go" else [*turns[:1], event]
        if not turns:
            return []
        if len(turns) > 1 and turns[0].kind != "step.go":
            turns = turns[-1:]  # before the first step
        newest = dict.fromkeys(self.roll.members.boards(), "")
        for doc in newest:
            for event in self._store.read(doc):
                if event.kind in ("phase.open", "phase.close"):
                    newest[doc] = event.at
        return [(event, [doc for doc, at in newest.items() if at < event.at]) for event in turns]

    async def close(self) -> None:
        """Write what is under way and let go of the database."""
        await self.stepping.settled()
        await self.commits.settled()
        if self.neighbours is not None:
            await asyncio.to_thread(self.neighbours.close)
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
            members.take(event)
            at = event.at
        return Roll(members, at, self.commits, self._roll_lost, lambda event: self.moved(event))

    def _roll_lost(self) -> None:
        """The members in memory are not those on disk."""
        if self._roll is not None:
            self._roll.void = True
        self._roll = None

    async def turned_roll(self) -> Roll:
        """The members, which may be numbered now. Raises Refusal storage."""
        for _ in range(_TRIES):
            roll = self.roll
            if await roll.turn():
                return roll
        raise Refusal("storage")

    def member(self, who: Who) -> Member:
        """The person or account as it stands now: an account is everywhere, a person where the log says."""
        if who.is_account:
            return Member(who.id, who.role)
        return self.roll.members.member(who.id) or Member(who.id, who.role, who.group or None)

    def has(self, doc: str) -> bool:
        """Whether there is such a document to open: the agenda, facilitation, a board of this workshop or of a debrief
        that its template has."""
        if doc in (AGENDA, FACILITATION) or self.roll.members.has_board(doc):
            return True
        place = parse_place(doc)
        if place is None or place.activity.name != DEBRIEF:
            return False
        self._know_debriefs()
        return place.group in self._debriefs

    def _know_debriefs(self) -> None:
        """Remember the debriefs of the template while the agenda is in memory, where it nearly always is."""
        agenda = self._rooms.get(AGENDA)
        if agenda is not None and isinstance(agenda.fold, Agenda):
            self._debriefs = frozenset(item.id for item in agenda.fold.template.debriefs)

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

    async def turned(self, doc: str) -> Room:
        """The document, which may be numbered until the event loop goes round. Raises what `room` raises, and Refusal
        storage."""
        for _ in range(_TRIES):
            room = await self.room(doc)
            if await room.turn():
                return room
        raise Refusal("storage")

    @asynccontextmanager
    async def no_steps_elsewhere(self) -> AsyncIterator[None]:
        """No other process turns boards meanwhile, and what others did before is in memory."""
        if self.neighbours is None:
            yield
            return
        with ExitStack() as held:
            await asyncio.to_thread(held.enter_context, self._store.alone(STEPS))
            try:
                await self.level()
                yield
            finally:
                await asyncio.to_thread(held.close)

    async def level(self) -> None:
        """Wait until what is in memory is all that is on disk: what a page did at another process is seen at this."""
        if self.neighbours is not None:
            await self.neighbours.level()

    async def agenda(self) -> Agenda:
        """The agenda as it is now; to be read only."""
        fold = (await self.room(AGENDA)).fold
        assert isinstance(fold, Agenda)
        return fold

    async def facilitation(self) -> Facilitation:
        """Facilitation as it is now; to be read only."""
        fold = (await self.room(FACILITATION)).fold
        assert isinstance(fold, Facilitation)
        return fold

    async def _load(self, doc: str) -> None:
        try:
            async with self._rewriting:
                await self.commits.settled()  # a room that was lost may have had something under way
                room = await asyncio.to_thread(self._read_alone, doc)
                room.open = self.commits.open  # another process may have come while it was read
                self._rooms[doc] = room
                if self.neighbours is not None:
                    self.neighbours.loaded(room)
        finally:
            del self._loading[doc]

    def _read_alone(self, doc: str) -> Room:
        with self._store.alone(shared=True):  # nobody takes anything from the log while it is read
            return self._read(doc)

    def _read(self, doc: str) -> Room:
        """The document as it stands on disk."""
        limits = self.settings.limits
        fold: Board | Agenda | Facilitation
        if doc == AGENDA:
            fold = Agenda(self.settings.language, taxonomy=self.taxonomy)
        elif doc == FACILITATION:
            fold = Facilitation()
        else:
            place = parse_place(doc)
            if place is None:
                raise Refusal("unknown_document")
            fold = Board(place, rows=limits.rows)
        epoch, seq, at = self._store.epoch(doc), 0, ""

        def updates() -> Iterator[bytes]:
            nonlocal seq, at
            for entry in self._store.entries(doc):
                seq, at = entry.seq, entry.at
                if isinstance(entry.body, bytes):
                    yield entry.body
                else:
                    fold.apply(entry.seq, entry.at, entry.actor, entry.body)

        document = Document.load(updates(), Limits(update=limits.update, cell=limits.cell, document=limits.document))
        room = Room(
            fold, document, seq=seq, at=at, epoch=epoch, commits=self.commits, lost=lambda: self._lost(room),
            taxonomy=lambda: self.taxonomy, then=self._then, elsewhere=self._elsewhere,
        )  # fmt: skip
        return room

    def _then(self, member: Member, command: Command, event: Applied) -> None:
        """What a command that is on disk means for the other documents."""
        if isinstance(command, TaxonomySet):
            self.taxonomy = max(self.taxonomy, command.version)
        elif isinstance(command, StepGo | BreakBegin | BreakEnd):
            self.stepping.gone(member, event)

    def _elsewhere(self, entry: Entry, event: Applied) -> None:
        """What an event that another process wrote means for the other documents."""
        if event.kind == "taxonomy.set" and isinstance(entry.body, Act):
            self.taxonomy = max(self.taxonomy, int(entry.body.data.get("version", 1)))
        elif entry.stream == AGENDA:
            self.stepping.elsewhere()

    def _lost(self, room: Room) -> None:
        room.void = True
        if self._rooms.get(room.name) is room:
            del self._rooms[room.name]

    def forget_idle(self, seconds: float) -> None:
        """Let go of documents that nobody has had open for so long."""
        now = time.monotonic()
        for doc, room in list(self._rooms.items()):
            if room.seats or not room.idle:
                self._used[doc] = now
            elif now - self._used.get(doc, 0.0) > seconds:
                self._know_debriefs()
                room.void = True
                del self._rooms[doc]

    # -- the past --------------------------------------------------------------------------------------------------

    async def history(self, doc: str, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` moments of a document with a seq below `before`, newest first."""

        def read() -> list[dict[str, Any]]:
            found = (moment for moment in moments(self._store.entries(doc)) if before is None or moment.seq < before)
            return [asdict(moment) for moment in islice(found, limit)]

        return await self._in_the_past(read)

    async def at(self, doc: str, seq: int, viewer: Member) -> dict[str, Any]:
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

    async def redact(self, person: str, policy: Policy | None = None, listen: Listen = silent) -> Withdrawn:
        """Take a person's words out of the log, and of all that was made of them. Every page of the study begins anew,
        most at once and unharmed. `listen` is called from a thread.

        Raises Busy, with nothing done and nobody sent away, while something takes long to make seeds of the boards, or
        a run is under way.
        """
        from seedbed.withdraw import erase  # a server that starts needs none of it

        return await self._rewritten(
            lambda policy: erase(self._store, person, self.folder, policy, held=True, listen=listen), policy
        )

    async def withdraw_seeds(
        self, seeds: Collection[str], policy: Policy | None = None, listen: Listen = silent
    ) -> Withdrawn:
        """Take single seeds back. As `redact`; raises InputError for one that never was."""
        from seedbed.withdraw import withdraw_seeds

        return await self._rewritten(
            lambda policy: withdraw_seeds(self._store, seeds, self.folder, policy, held=True, listen=listen), policy
        )

    async def _rewritten(self, act: Callable[[Policy], Withdrawn], policy: Policy | None) -> Withdrawn:
        """`act` in a thread, by `policy` or the study's own, while nothing else comes to the log."""
        from seedbed.withdraw import undisturbed

        with ExitStack() as held:
            await asyncio.to_thread(held.enter_context, undisturbed(self.folder))
            async with self._rewriting:
                # nothing more comes in, what came in is on disk, and only then is the log rewritten
                self._let_go()  # whoever comes back waits for the lock
                await self.commits.settled()
                done = await asyncio.to_thread(self._alone, act, policy)
                while self._roll is not None and not self._roll.idle:
                    await self.commits.settled()
                self._roll_lost()
                self._roll = self._read_roll()  # what they said of themselves is in memory too
                return done

    def _alone(self, act: Callable[[Policy], Withdrawn], policy: Policy | None) -> Withdrawn:
        """Blocks. Other processes have no turn meanwhile, and let go of all they have in memory before their next."""
        from seedbed.settings import load_settings

        policy = policy or load_settings(self.folder).withdrawal.policy
        if self.neighbours is None:
            return act(policy)
        with self._store.alone():
            self._erasures = self._store.raise_epoch(ERASURES)  # first, for an erasure that breaks off
            return act(policy)

    def erased(self, erasures: int) -> None:
        """So many erasures there were, by whichever process: what is in memory may hold what was taken from the log."""
        if erasures > self._erasures:
            self._erasures = erasures
            self._let_go()
            self._roll_lost()

    def _let_go(self) -> None:
        self.send_away("epoch")
        self._know_debriefs()
        for room in self.rooms():
            room.void = True
        self._rooms.clear()

    # -- as other processes see it ---------------------------------------------------------------------------------

    def streams(self) -> list[Stream]:
        """Those in memory."""
        return [*self._rooms.values(), *((self._roll,) if self._roll is not None else ())]

    def open_room(self, doc: str) -> Room | None:
        """That document, if it is in memory."""
        return self._rooms.get(doc)

    def told(self, said: Mapping[str, Any]) -> None:
        """Another process said this, and it is no matter of documents."""
        self.heard(said)

    def send_away(self, code: str) -> None:
        """Everybody out of every document."""
        for room in self.rooms():
            room.seats.close(code)
