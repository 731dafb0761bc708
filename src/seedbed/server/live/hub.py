"""The live half of a server: which documents are in memory, who may sit where, and what the HTTP side asks of them."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from seedbed.server.contract import Listen
from seedbed.server.identity import Who
from seedbed.server.live.budget import Budgets
from seedbed.server.live.connection import Connection, Socket
from seedbed.server.live.rooms import Room
from seedbed.server.live.seating import barred, seated
from seedbed.server.live.study import LiveStudy, silent
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.entries import Act
from seedbed.workshop import (
    AGENDA,
    NOBODY,
    WORKSHOP,
    Agenda,
    Applied,
    Board,
    Command,
    CommandRefused,
    Facilitation,
    Member,
    WorkshopSettings,
    can,
    parse_command,
)
from seedbed.workshop.commands import BreakBegin, BreakEnd, GroupAdd, StepGo
from seedbed.workshop.families.returns import Return, due
from seedbed.workshop.tallying import Tally

if TYPE_CHECKING:
    from seedbed.withdraw import Withdrawn

__all__ = ["Hub"]

MOST_CONNECTIONS_EACH = 20  # of one person: a laptop, a phone, and tabs that the network left half open
IDLE = 600.0  # seconds a document without people stays in memory
SERVER = Member("server", "organiser")  # who says what nobody in particular does


class Hub:
    """The live documents of every study served; everything but the disk runs in one event loop."""

    def __init__(self, studies: Mapping[str, tuple[Folder, WorkshopSettings]]) -> None:
        self._given = studies
        self._studies: dict[str, LiveStudy] = {}
        self._connections: dict[Connection, Who] = {}
        self._budgets = Budgets()
        self._sweeper: asyncio.Task[None] | None = None
        self._started = time.monotonic()

    async def start(self) -> None:
        """Open every study. Raises what opening one raises."""
        for name, (folder, settings) in self._given.items():
            study = self._studies[name] = await LiveStudy.open(folder, settings)
            study.moved = functools.partial(self._reseat, study)
            study.heard = self._heard
            await self.taxonomy_is(name, study.taxonomy)  # labels may have been installed while nothing was served
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Tell everybody, write what is under way, let go."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for study in self._studies.values():
            study.send_away("stopping")
        for connection in self._connections:
            connection.end(1012, "stopping")
        for study in self._studies.values():
            await study.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(IDLE / 10)
            for study in self._studies.values():
                study.forget_idle(IDLE)

    # -- sockets ---------------------------------------------------------------------------------------------------

    def knows(self, study: str, who: Who) -> bool:
        """Whether this study is served here and is theirs to knock at."""
        return study in self._studies and who.study in (None, study)

    async def serve(self, study: str, who: Who, socket: Socket) -> None:
        """Until the socket ends."""
        enter = functools.partial(seated, self._studies[study], who)
        connection = Connection(socket, enter, self._budgets.of(who.id))
        mine = [known for known, other in self._connections.items() if other.id == who.id and not known.over]
        if len(mine) >= MOST_CONNECTIONS_EACH:
            mine[0].end(1008, "too many")  # the oldest: half open, as likely as not
        self._connections[connection] = who
        try:
            await connection.run()
        finally:
            del self._connections[connection]

    # -- what the HTTP side asks -----------------------------------------------------------------------------------

    def study(self, name: str) -> LiveStudy:
        """Raises Refusal unknown_study."""
        found = self._studies.get(name)
        if found is None:
            raise Refusal("unknown_study")
        return found

    def barred(self, study: str, who: Who, doc: str) -> str | None:
        """Why `who` may not open the document now, or None. Raises Refusal unknown_study."""
        return barred(self.study(study), who, doc)

    async def revoked(self, *, session: str | None = None, person: str | None = None) -> None:
        """Close at once the sockets of that session, or of that person or account, at every process."""
        self._revoke(session, person)
        for study in self._studies.values():
            if study.neighbours is not None:
                study.neighbours.say("revoked", session=session, person=person)

    def _heard(self, said: Mapping[str, Any]) -> None:
        """What another process says."""
        if said["kind"] == "revoked":
            self._revoke(said["session"], said["person"])

    def sessions(self) -> set[str]:
        """The sessions whose sockets are open here."""
        return {who.session for who in self._connections.values()}

    def _revoke(self, session: str | None, person: str | None) -> None:
        for connection, who in list(self._connections.items()):
            if who.session == session or who.id == person:
                code = "signed_out" if who.session == session else "removed"
                for seat, room in list(connection.seats.values()):
                    room.seats.expel(seat, code)
                connection.end(1008, code)

    async def command(self, study: str, doc: str, who: Who, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a command made over HTTP; returns its event when that is on disk. Raises Refusal.

        A step, or a break, has opened and closed every board by then; a new group's boards are as the step has them.
        """
        live = self.study(study)
        asked = _parsed(command)
        if doc == WORKSHOP:
            roll = await live.turned_roll()
            member = live.member(who)
            event = await roll.command(member, asked)
            self._reseat(live, event)
            if isinstance(asked, GroupAdd):
                await live.stepping.group_added(member, event)
            return live.roll.members.told(event, member) or {}
        room = await self._turned(live, doc)
        member = live.member(who)
        event = await room.ordered(member, asked)
        if isinstance(asked, StepGo | BreakBegin | BreakEnd):
            await live.stepping.done(event)
        return room.fold.told(event, member) or {}

    async def commands(self, study: str, doc: str, who: Who, commands: Sequence[Mapping[str, Any]]) -> None:
        """Carry out several commands on one board or the agenda, with nothing between; the first refusal ends it."""
        live = self.study(study)
        asked = [_parsed(command) for command in commands]
        room = await self._turned(live, doc)
        under_way = [room.ordered(live.member(who), command) for command in asked]
        for told in under_way:
            await told

    async def agenda(self, study: str) -> Agenda:
        """The agenda as it is now; to be read only."""
        live = self.study(study)
        await live.level()
        return await live.agenda()

    async def facilitation(self, study: str) -> Facilitation:
        """Facilitation as it is now; to be read only."""
        live = self.study(study)
        await live.level()
        return await live.facilitation()

    async def tallies(self, study: str) -> Sequence[Tally]:
        """How much is on each board and by whom."""
        live = self.study(study)
        await live.level()
        return await live.tallies.all()

    async def taxonomy_is(self, study: str, version: int) -> None:
        """Say that this version of the taxonomy is the study's now, where that was not said yet."""
        live = self.study(study)
        room = await live.turned(AGENDA)
        if isinstance(room.fold, Agenda) and room.fold.taxonomy < version:
            said = {"id": f"taxonomy-{version}", "kind": "taxonomy.set", "version": version}
            await room.ordered(SERVER, _parsed(said))
        live.taxonomy = max(live.taxonomy, version)

    async def called(self, study: str, doc: str, who: Who, reply: Act) -> None:
        """Put on record what a model replied to a person (`model_called`); they may then insert it by `model.use`.

        Raises Refusal removed for who was removed since they asked.
        """
        live = self.study(study)
        room = await self._turned(live, doc)
        if not isinstance(room.fold, Board):
            raise Refusal("unknown_document")
        member = live.member(who)
        if member.removed:
            raise Refusal("removed")  # they may be erased by now, and nothing of theirs is put on record after that
        await room.noted(member.id, reply)

    async def returned(self, study: str, doc: str, wanted: Mapping[str, Return]) -> None:
        """Have a board show what curators give back, by seed, and nothing else of that kind."""
        room = await self._turned(self.study(study), doc)
        under_way = [room.noted(actor, act) for actor, act in list(due(room.board, wanted))]
        for told in under_way:
            await told

    def _reseat(self, study: LiveStudy, event: Applied) -> None:
        """After someone was moved or removed: they lose the seats that are no longer theirs, at once."""
        now = study.roll.members.member(event.subject)
        if now is None:
            return
        for room in study.rooms():
            for seat in [seat for seat in room.seats if seat.member.id == now.id]:
                before, seat.member = seat.member, now
                code = can(now, room.name, "read")
                if code is not None:
                    room.seats.expel(seat, code)
                elif room.fold.sight(before) != room.fold.sight(now):
                    room.seats.renew(seat)  # they see other things there now

    async def snapshot(self, study: str, doc: str) -> Mapping[str, Mapping[str, Any]]:
        """The state of a document: {collection: {id: value}}."""
        live = self.study(study)
        await live.level()
        if doc == WORKSHOP:
            return live.roll.members.snapshot()
        return (await self._room(live, doc)).fold.snapshot(NOBODY)

    async def boards(self, study: str, wanted: Callable[[str], bool]) -> Sequence[Mapping[str, Any]]:
        """[{doc, group, activity, phase, rows}] of the wanted documents, each of which is read for it."""
        live = self.study(study)
        await live.level()
        found = []
        for doc in filter(wanted, live.roll.members.boards()):
            room = await live.room(doc)
            board = room.board
            found.append(
                {"doc": doc, "group": board.place.group, "activity": board.place.activity.name, "phase": board.phase,
                 "rows": len(board.ordered())}
            )  # fmt: skip
        return found

    async def history(self, study: str, doc: str, before: int | None, limit: int) -> Sequence[Mapping[str, Any]]:
        """The moments of a document, newest first, with a seq below `before`."""
        live = self.study(study)
        await self._room(live, doc)
        return await live.history(doc, before, limit)

    async def at(self, study: str, doc: str, seq: int) -> Mapping[str, Any]:
        """The document as it was after `seq`: {state, texts}."""
        live = self.study(study)
        await self._room(live, doc)
        return await live.at(doc, seq, NOBODY)

    async def redact(
        self, study: str, person: str, policy: Literal["flag", "purge"] | None = None, listen: Listen = silent
    ) -> Mapping[str, Any]:
        """Take a person's words out of the study; every page of it begins anew."""
        done = await self.study(study).redact(person, policy, listen)
        assert done.erased is not None
        return _told(done)

    async def withdraw_seeds(
        self, study: str, seeds: Sequence[str], policy: Literal["flag", "purge"] | None = None,
        listen: Listen = silent,
    ) -> Mapping[str, Any]:  # fmt: skip
        """Take single seeds out of the study, and what was made of them; every page of it begins anew."""
        return _told(await self.study(study).withdraw_seeds(seeds, policy, listen))

    def health(self) -> dict[str, Any]:
        """Counts and commit times of all studies, for those who watch the server."""
        studies = self._studies.values()
        return {
            "connections": len(self._connections),
            "documents": sum(len(study.rooms()) for study in studies),
            "entries": sum(study.commits.entries for study in studies),
            "batches": sum(study.commits.batches for study in studies),
            "commit_ms": {
                name: round(1000 * max((study.commits.times.quantile(share) for study in studies), default=0.0), 3)
                for name, share in (("p50", 0.5), ("p99", 0.99))
            },
            "up_s": round(time.monotonic() - self._started),
        }

    @classmethod
    async def _turned(cls, study: LiveStudy, doc: str) -> Room:
        """The document, which may be numbered until the event loop goes round."""
        if not study.has(doc):
            await study.level()
            if not study.has(doc):
                raise Refusal("unknown_document")
        return await study.turned(doc)

    @staticmethod
    async def _room(study: LiveStudy, doc: str) -> Room:
        if not study.has(doc):
            raise Refusal("unknown_document")
        return await study.room(doc)


def _told(done: Withdrawn) -> Mapping[str, Any]:
    erased = done.erased
    return {
        "withdrawn": {
            "rows": done.found.rows,
            "runs": sum(map(bool, done.found.runs)),
            "releases": list(done.found.releases),
            "policy": done.found.policy,
            "made_again": list(done.found.made_again),
            "backups": len(done.found.backups),
        },
        "rewritten": done.texts + (erased.updates if erased else 0),
        "epoch": max(erased.epochs.values(), default=1) if erased else 1,
        "look_alikes": [
            {"doc": alike.doc, "text": alike.where, "excerpt": alike.excerpt, "author": alike.person or ""}
            for alike in (erased.look_alikes if erased else ())
        ],
    }


def _parsed(command: Mapping[str, Any]) -> Command:
    """Raises Refusal bad_command."""
    try:
        return parse_command(dict(command))
    except CommandRefused as refused:
        raise Refusal(refused.code) from None
