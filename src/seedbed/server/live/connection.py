"""One browser's socket: reads frames no faster than it may send them, writes them no faster than it reads them.

What waits for a slow reader is bounded: past the bound its text is dropped and it is told to synchronise anew, so that
one sleeping laptop neither fills the memory nor holds up a room.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from seedbed.server.live import frames
from seedbed.server.live.budget import HELLO_EVENTS, Budget
from seedbed.server.live.frames import BadFrame, Down, Frame, Up
from seedbed.server.live.rooms import Room
from seedbed.server.live.seats import Seat
from seedbed.sync import Refused
from seedbed.workshop import Applied, CommandRefused, parse_command
from seedbed.workshop.commands import TaxonomySet

__all__ = ["Connection", "Socket"]

_log = logging.getLogger(__name__)
# Seconds without a frame. Browsers ping every 10, but run the timers of a hidden tab once a minute only.
SILENCE = 90.0
LOOK_EVERY = 5.0
MOST_QUEUED = 1 << 20  # bytes towards one browser: a group's whole hour is some 700 kB
MOST_FRAMES = 2048
MOST_CHANNELS = 8
FLUSH = 5.0  # seconds for what is queued when a socket is ended; then it is cut
# What a page would wait for in vain if an overflow dropped it; the rest it gets by its next SYNC1.
_KEPT = frozenset({Down.WELCOME, Down.NACK, Down.REFUSED, Down.CLOSED})
_NUMBERED = frozenset({Up.UPDATE, Up.CMD})
_LONGEST_ID = 64  # of a command


class Socket:
    """What a connection needs of a WebSocket: functions, so that it can be tested without one.

    `write`, where there is one, sends at once and says False when it cannot; `send` waits until it can. `abort` cuts
    the line, with whatever waits in it; `lost` says whether it is cut, before all that came by it was received.
    """

    def __init__(
        self,
        receive: Callable[[], Awaitable[bytes | None]],
        send: Callable[[bytes], Awaitable[None]],
        close: Callable[[int, str], Awaitable[None]],
        write: Callable[[bytes], bool] | None = None,
        abort: Callable[[], None] = lambda: None,
        lost: Callable[[], bool] = lambda: False,
    ) -> None:
        self.receive, self.send, self.close, self.write, self.abort = receive, send, close, write, abort
        self.lost = lost


class Connection:
    """A socket, who sits behind it, and the seats it has taken."""

    def __init__(
        self, socket: Socket, enter: Callable[[Connection, int, dict[str, Any]], Awaitable[None]], budget: Budget
    ) -> None:
        self._socket = socket
        self._enter = enter
        self._budget = budget
        self._reader: asyncio.Task[None] | None = None
        self.seats: dict[int, tuple[Seat, Room]] = {}
        self._out: deque[bytes] = deque()
        self._size = 0
        self._queued = False  # while something waits, or is being sent, nothing may overtake it
        self._ready = asyncio.Event()
        self._heard = time.monotonic()
        self._ending: tuple[int, str] | None = None

    # -- towards the browser ---------------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        """Send a frame, or queue it. Past the bound, what waits is dropped and the browser told to begin anew."""
        if not self._queued and self._socket.write is not None and self._socket.write(frame):
            return
        self._queued = True
        self._out.append(frame)
        self._size += len(frame)
        if (self._size > MOST_QUEUED and len(self._out) > 1) or len(self._out) > MOST_FRAMES:
            self._overflow()
        self._ready.set()

    def _overflow(self) -> None:
        # a single SYNC2 may be larger than the bound: one frame is always let through
        kept = [frame for frame in self._out if frame[0] in _KEPT]
        self._out.clear()
        if len(kept) > MOST_FRAMES // 2:
            self.end(1013, "slow")
            return
        self._out.extend(kept)
        for seat, _ in self.seats.values():
            seat.live = False
            if not seat.gone:
                self._out.append(frames.jsonly(Down.RESYNC, seat.channel))
        self._size = sum(map(len, self._out))

    @property
    def over(self) -> bool:
        return self._ending is not None

    def end(self, code: int, reason: str) -> None:
        """Read nothing more, and close the socket when what is queued has been sent."""
        self._ending = self._ending or (code, reason)
        self._ready.set()
        if self._reader is not None:
            self._reader.cancel()

    async def _write(self) -> None:
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._out:
                frame = self._out.popleft()
                self._size -= len(frame)
                await self._socket.send(frame)
            self._queued = False
            if self._ending is not None:
                await self._socket.close(*self._ending)
                return

    # -- from the browser ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until the socket closes, falls silent, breaks the protocol, or is ended."""
        writer = asyncio.create_task(self._write())
        reader = self._reader = asyncio.create_task(self._read())
        if self._ending is not None:
            reader.cancel()
        try:
            while not (await asyncio.wait((writer, reader), timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED))[
                0
            ]:
                if time.monotonic() - self._heard > SILENCE:
                    self.end(1001, "silence")
            self._leave_all()
            if not writer.done() and self._ending is not None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(writer), FLUSH)
        finally:
            if self._ending is not None and not writer.done():
                self._socket.abort()  # who does not read what they are told must not keep it in our memory
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)
            self._leave_all()

    async def _read(self) -> None:
        try:
            while True:
                message = await self._socket.receive()
                if message is None:
                    return
                if not await self._budget.paid(self._socket.lost, self._alive):
                    return
                self._heard = time.monotonic()
                await self._take(message)
                await asyncio.sleep(0)  # what is here already would else be read in one turn of the loop
        except BadFrame as bad:
            self.end(1002, str(bad))
        except Exception:
            # a room that this may have harmed has seen to itself; the page begins anew
            _log.exception("a frame could not be dealt with")
            self.end(1011, "internal")

    def _alive(self) -> None:
        self.send(frames.jsonly(Down.PONG, 0))

    async def _take(self, message: bytes) -> None:
        frame = frames.read(message)
        if frame.kind in _NUMBERED and (found := self.seats.get(frame.channel)) is not None:
            room = found[1]
            if not room.open and not await room.turn():
                return  # the page was told that this seat is over
        began = time.thread_time()
        if frame.kind is Up.HELLO:
            self._budget.frame(len(message), 0.0)
            await self._hello(frame)
            return
        seat = self._act(frame)
        self._budget.frame(len(message), time.thread_time() - began)
        if seat is None:
            return
        if frame.kind is Up.SYNC1:
            await seat[0].answered.wait()
        elif frame.kind is Up.UPDATE:
            await seat[1].breathe()

    async def _hello(self, frame: Frame) -> None:
        self._leave(frame.channel)
        if len(self.seats) >= MOST_CHANNELS:
            raise BadFrame("too many documents")
        self._budget.events(HELLO_EVENTS)
        await self._enter(self, frame.channel, frame.json())

    def _act(self, frame: Frame) -> tuple[Seat, Room] | None:
        """Do what a frame asks; returns whose it was."""
        if frame.kind is Up.PING:
            self.send(frames.jsonly(Down.PONG, 0))
            return None
        if frame.channel not in self.seats:
            return None  # on its way when the channel was closed
        seat, room = self.seats[frame.channel]
        if seat.gone:
            return None
        if frame.kind is Up.UPDATE:
            room.type(seat, frame.number, frame.body)
        elif frame.kind is Up.SYNC1:
            try:
                self._budget.answer(room.sync(seat, frame.body))
            except Refused:
                raise BadFrame("bad state vector") from None
        elif frame.kind is Up.AWARE:
            room.aware(seat, _where(frame.json()))
        elif frame.kind is Up.CMD:
            self._command(seat, room, frame.json())
        elif frame.kind is Up.LEAVE:
            self._leave(frame.channel)
        return seat, room

    def _command(self, seat: Seat, room: Room, asked: dict[str, Any]) -> None:
        def again(event: Applied) -> None:
            if not seat.gone and (told := room.fold.told(event, seat.member)) is not None:
                self.send(frames.events(seat.channel, room.told, room.told, [told]))

        self._budget.events(1)
        try:
            command = parse_command(asked)
            if isinstance(command, TaxonomySet):
                raise CommandRefused("bad_command")  # which version there is, the server says when it is installed
            code = room.command(seat.member, command, _told_with_the_rest, again=again)
        except CommandRefused as bad:
            code = bad.code
        if code is not None:
            id = asked.get("id")
            answer = {"id": id if isinstance(id, str) and len(id) <= _LONGEST_ID else "", "code": code}
            self.send(frames.jsonly(Down.REFUSED, seat.channel, answer))

    def _leave(self, channel: int) -> None:
        taken = self.seats.pop(channel, None)
        if taken is not None:
            taken[1].seats.leave(taken[0])

    def _leave_all(self) -> None:
        for seat, room in self.seats.values():
            room.seats.leave(seat)


def _told_with_the_rest(event: Applied) -> None:
    """Everybody in the room hears of an event, its sender too."""


def _where(said: dict[str, Any]) -> dict[str, Any]:
    """Where a caret is, and nothing else of what a browser says."""
    where = {}
    for key in ("text", "anchor", "head"):
        value = said.get(key)
        # names of texts and positions are ASCII; anything else would weigh up to four times as much on everybody
        if value is not None and (not isinstance(value, str) or len(value) > 200 or not value.isascii()):
            raise BadFrame("bad presence")
        where[key] = value
    return where
