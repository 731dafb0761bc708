"""The live half of a server: which documents are in memory, who may sit where, and what the HTTP side asks of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.server import frames
from seedbed.server.budget import Budgets
from seedbed.server.connection import Connection, Socket
from seedbed.server.frames import BadFrame, Down
from seedbed.server.identity import Who
from seedbed.server.livestudy import LiveStudy
from seedbed.server.refusals import Refusal
from seedbed.server.rooms import Room
from seedbed.server.seats import Seat
from seedbed.study import Folder
from seedbed.workshop import WORKSHOP, Applied, CommandRefused, WorkshopSettings, can, parse_command

__all__ = ["Hub"]

_log = logging.getLogger(__name__)
MOST_CONNECTIONS_EACH = 20  # of one person: a laptop, a phone, and tabs that the network left half open
IDLE = 600.0  # seconds a document without people stays in memory


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
            self._studies[name] = await LiveStudy.open(folder, settings)
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
        live = self._studies[study]

        async def enter(connection: Connection, channel: int, hello: dict[str, Any]) -> None:
            await self._enter(live, who, connection, channel, hello)

        connection = Connection(socket, enter, self._budgets.of(who.id))
        mine = [known for known, other in self._connections.items() if other.id == who.id and not known.over]
        if len(mine) >= MOST_CONNECTIONS_EACH:
            mine[0].end(1008, "too many")  # the oldest: half open, as likely as not
        self._connections[connection] = who
        try:
            await connection.run()
        finally:
            del self._connections[connection]

    async def _enter(
        self, study: LiveStudy, who: Who, connection: Connection, channel: int, hello: dict[str, Any]
    ) -> None:
        """Answer a HELLO: a seat and WELCOME, or CLOSED with the reason."""
        doc, epoch, previous = _checked(hello)
        try:
            code = _barred(study, who, doc)
            if code is None:
                room = await study.room(doc)
                code = _barred(study, who, doc)  # moved or removed while it was read
                if code is None and epoch is not None and epoch != room.epoch:
                    code = "epoch"
        except (SeedbedError, Refusal) as error:
            _log.error("%s could not be read: %s: %s", doc, type(error).__name__, error)
            code = "storage"
        if code is not None:
            connection.send(frames.jsonly(Down.CLOSED, channel, {"code": code}))
            return
        if connection.over or connection not in self._connections:
            return  # gone while the document was read
        member = study.member(who)
        seat = Seat(connection, channel, member, who.name)
        connection.seats[channel] = (seat, room)
        writer = can(member, doc, "write", "open") is None
        limits = study.settings.limits

        def welcome() -> None:
            said = {
                "client": seat.client, "epoch": room.epoch, "person": member.id, "name": who.name, "role": member.role,
                "write": can(seat.member, doc, "write", room.board.phase) is None,
                "limits": {"update": limits.update, "cell": limits.cell, "document": limits.document},
            }  # fmt: skip
            if not seat.gone:
                connection.send(frames.jsonly(Down.WELCOME, channel, said))

        room.sit(seat, writes=writer, previous=previous, welcome=welcome)

    # -- what the HTTP side asks -----------------------------------------------------------------------------------

    def study(self, name: str) -> LiveStudy:
        """Raises Refusal unknown_study."""
        found = self._studies.get(name)
        if found is None:
            raise Refusal("unknown_study")
        return found

    def barred(self, study: str, who: Who, doc: str) -> str | None:
        """Why `who` may not open the document now, or None. Raises Refusal unknown_study."""
        return _barred(self.study(study), who, doc)

    async def revoked(self, *, session: str | None = None, person: str | None = None) -> None:
        """Close at once the sockets of that session, or of that person or account."""
        for connection, who in list(self._connections.items()):
            if who.session == session or who.id == person:
                code = "signed_out" if who.session == session else "removed"
                for seat, room in list(connection.seats.values()):
                    room.expel(seat, code)
                connection.end(1008, code)

    async def command(self, study: str, doc: str, who: Who, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a command made over HTTP; returns its event when that is on disk. Raises Refusal."""
        live = self.study(study)
        try:
            asked = parse_command(dict(command))
        except CommandRefused as refused:
            raise Refusal(refused.code) from None
        member = live.member(who)
        if doc == WORKSHOP:
            event = await live.roll.command(member, asked)
            self._reseat(live, event)
            return event.to_json(who.id)
        room = await self._room(live, doc)
        done = room.expected()
        code = room.command(member, asked, lambda event: None if done.done() else done.set_result(event))
        if code is not None:
            done.cancel()
            raise Refusal(code)
        return (await done).to_json(who.id)

    async def called(self, study: str, doc: str, who: Who, call: str, *, endpoint: str, model: str, reply: str) -> None:
        """Put on record what a model replied to a person; they may then insert it by `model.use`."""
        live = self.study(study)
        room = await self._room(live, doc)
        done = room.expected()
        room.called(
            live.member(who), call, endpoint=endpoint, model=model, reply=reply,
            told=lambda event: None if done.done() else done.set_result(event),
        )  # fmt: skip
        await done

    def _reseat(self, study: LiveStudy, event: Applied) -> None:
        """After someone was moved or removed: they lose the seats that are no longer theirs, at once."""
        now = study.roll.members.member(event.subject)
        if now is None:
            return
        for room in study.rooms():
            for seat in [seat for seat in room.seats if seat.member.id == now.id]:
                seat.member = now
                code = can(now, room.name, "read")
                if code is not None:
                    room.expel(seat, code)

    async def snapshot(self, study: str, doc: str) -> Mapping[str, Mapping[str, Any]]:
        """The state of a document: {collection: {id: value}}."""
        live = self.study(study)
        if doc == WORKSHOP:
            return live.roll.members.snapshot()
        return (await self._room(live, doc)).board.snapshot("")

    async def boards(self, study: str, wanted: Callable[[str], bool]) -> Sequence[Mapping[str, Any]]:
        """[{doc, group, activity, phase, rows}] of the wanted documents, each of which is read for it."""
        live = self.study(study)
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
        return await live.at(doc, seq, "")

    async def redact(self, study: str, person: str) -> Mapping[str, Any]:
        """Take a person's words out of the log; every page of the study begins anew."""
        erased = await self.study(study).redact(person)
        return {
            "rewritten": erased.updates + erased.texts,
            "epoch": max(erased.epochs.values(), default=1),
            "look_alikes": [
                {"doc": alike.doc, "text": alike.where, "excerpt": alike.excerpt, "author": alike.person or ""}
                for alike in erased.look_alikes
            ],
        }

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

    @staticmethod
    async def _room(study: LiveStudy, doc: str) -> Room:
        if not study.has_board(doc):
            raise Refusal("unknown_document")
        return await study.room(doc)


def _barred(study: LiveStudy, who: Who, doc: str) -> str | None:
    """Why `who` may not open `doc` now, or None."""
    code = can(study.member(who), doc, "read")
    if code is None and (doc == WORKSHOP or not study.has_board(doc)):
        return "unknown_document"
    return code


def _checked(hello: dict[str, Any]) -> tuple[str, int | None, list[int]]:
    """(doc, epoch, previous) of a HELLO. Raises BadFrame."""
    doc, epoch, previous = hello.get("doc"), hello.get("epoch"), hello.get("previous", [])
    if hello.get("protocol") != frames.PROTOCOL:
        raise BadFrame("protocol")
    if not isinstance(doc, str) or len(doc) > 200 or not (epoch is None or type(epoch) is int):
        raise BadFrame("bad hello")
    if not isinstance(previous, list) or len(previous) > 64 or any(type(id) is not int for id in previous):
        raise BadFrame("bad hello")
    return doc, epoch, previous
