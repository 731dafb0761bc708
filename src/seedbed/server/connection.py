"""One browser's socket: reads frames no faster than it may send them, writes them no faster than it reads them.

What waits for a slow reader is bounded: past the bound its text is dropped and it is told to synchronise anew, so that
one sleeping laptop neither fills the memory nor holds up a room.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from seedbed.server import frames
from seedbed.server.frames import BadFrame, Down, Frame, Up
from seedbed.server.rooms import Room, Seat
from seedbed.sync import Refused
from seedbed.workshop import Applied, CommandRefused, parse_command

__all__ = ["Connection", "Socket"]

# Seconds without a frame. Browsers ping every 10, but run the timers of a hidden tab once a minute only.
SILENCE = 90.0
LOOK_EVERY = 5.0
MOST_QUEUED = 1 << 20  # bytes towards one browser: a group's whole hour is some 700 kB
MOST_FRAMES = 2048
MOST_CHANNELS = 8
# A person types 3 to 10 updates a second; what a page sends after an hour offline arrives merged.
FRAMES_A_SECOND, FRAMES_AT_ONCE = 60.0, 600.0
BYTES_A_SECOND, BYTES_AT_ONCE = 256e3, 2e6


class Socket:
    """What a connection needs of a WebSocket: functions, so that it can be tested without one.

    `write`, where there is one, sends at once and says False when it cannot; `send` waits until it can.
    """

    def __init__(
        self,
        receive: Callable[[], Awaitable[bytes | None]],
        send: Callable[[bytes], Awaitable[None]],
        close: Callable[[int, str], Awaitable[None]],
        write: Callable[[bytes], bool] | None = None,
    ) -> None:
        self.receive, self.send, self.close, self.write = receive, send, close, write


class _Bucket:
    """A token bucket whose debt is waited for: a flood is slowed, never refused."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate, self._size = rate, size
        self._left, self._at = size, time.monotonic()

    def take(self, amount: float) -> float:
        """Take `amount`; returns the seconds to wait before taking more."""
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._at) * self._rate) - amount
        self._at = now
        return max(0.0, -self._left / self._rate)


class Connection:
    """A socket, who sits behind it, and the seats it has taken."""

    def __init__(self, socket: Socket, enter: Callable[[Connection, int, dict[str, Any]], Awaitable[None]]) -> None:
        self._socket = socket
        self._enter = enter
        self.seats: dict[int, tuple[Seat, Room]] = {}
        self._out: deque[bytes] = deque()
        self._size = 0
        self._queued = False  # while something waits, or is being sent, nothing may overtake it
        self._ready = asyncio.Event()
        self._frames = _Bucket(FRAMES_A_SECOND, FRAMES_AT_ONCE)
        self._bytes = _Bucket(BYTES_A_SECOND, BYTES_AT_ONCE)
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
        self._out.clear()
        for seat, _ in self.seats.values():
            seat.live = False
            self._out.append(frames.jsonly(Down.RESYNC, seat.channel))
        self._size = sum(map(len, self._out))

    def end(self, code: int, reason: str) -> None:
        """Close the socket when what is queued has been sent."""
        self._ending = self._ending or (code, reason)
        self._ready.set()

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
        reader = asyncio.create_task(self._read())
        try:
            while not (await asyncio.wait((writer, reader), timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED))[
                0
            ]:
                if time.monotonic() - self._heard > SILENCE:
                    self.end(1001, "silence")
                    break
            if not writer.done() and self._ending is not None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(writer), 5)
        finally:
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)
            for seat, room in self.seats.values():
                room.leave(seat)

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message is None:
                return
            self._heard = time.monotonic()
            try:
                frame = frames.read(message)
                await self._take(frame)
            except BadFrame as bad:
                self.end(1002, str(bad))
                return
            wait = max(self._frames.take(1), self._bytes.take(len(message)))
            if wait:
                await asyncio.sleep(wait)

    async def _take(self, frame: Frame) -> None:
        if frame.kind is Up.PING:
            self.send(frames.jsonly(Down.PONG, 0))
            return
        if frame.kind is Up.HELLO:
            self._leave(frame.channel)
            if len(self.seats) >= MOST_CHANNELS:
                raise BadFrame("too many documents")
            await self._enter(self, frame.channel, frame.json())
            return
        if frame.channel not in self.seats:
            return  # on its way when the channel was closed
        seat, room = self.seats[frame.channel]
        if seat.gone:
            return
        if frame.kind is Up.UPDATE:
            room.type(seat, frame.number, frame.body)
            await room.breathe()
        elif frame.kind is Up.SYNC1:
            try:
                room.sync(seat, frame.body)
            except Refused:
                raise BadFrame("bad state vector") from None
        elif frame.kind is Up.AWARE:
            room.aware(seat, _where(frame.json()))
        elif frame.kind is Up.CMD:
            self._command(seat, room, frame.json())
        elif frame.kind is Up.LEAVE:
            self._leave(frame.channel)

    def _command(self, seat: Seat, room: Room, asked: dict[str, Any]) -> None:
        def again(event: Applied) -> None:
            if not seat.gone:
                self.send(frames.events(seat.channel, room.told, room.told, [event.to_json(seat.member.id)]))

        try:
            code = room.command(seat.member, parse_command(asked), _told_with_the_rest, again=again)
        except CommandRefused as bad:
            code = bad.code
        if code is not None:
            id = asked.get("id")
            answer = {"id": id if isinstance(id, str) else "", "code": code}
            self.send(frames.jsonly(Down.REFUSED, seat.channel, answer))

    def _leave(self, channel: int) -> None:
        taken = self.seats.pop(channel, None)
        if taken is not None:
            taken[1].leave(taken[0])


def _told_with_the_rest(event: Applied) -> None:
    """Everybody in the room hears of an event, its sender too."""


def _where(said: dict[str, Any]) -> dict[str, Any]:
    """Where a caret is, and nothing else of what a browser says."""
    where = {}
    for key in ("text", "anchor", "head"):
        value = said.get(key)
        if value is not None and (not isinstance(value, str) or len(value) > 200):
            raise BadFrame("bad presence")
        where[key] = value
    return where
