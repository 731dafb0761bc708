"""Who sits where: one browser page in one room, and what the others in it are shown of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from seedbed.server import frames
from seedbed.server.frames import Down
from seedbed.workshop import Member

__all__ = ["Line", "Presence", "Seat"]

PRESENCE_EVERY = 0.1  # seconds; carets of others need no more


class Line(Protocol):
    """The way to the page behind a seat: its connection."""

    def send(self, frame: bytes) -> None: ...


@dataclass(eq=False, slots=True)
class Seat:
    """One page in one room. `client` is the id it types under, None for those who only read."""

    line: Line
    channel: int
    member: Member
    name: str
    client: int | None = None
    number: int = 0  # the last UPDATE's
    refused: bool = False  # after a NACK nothing is taken until the next HELLO
    live: bool = False  # after SYNC2 everything is told in order
    gone: bool = False
    presence: dict[str, Any] = field(default_factory=dict)
    answered: asyncio.Event = field(default_factory=asyncio.Event)  # SYNC1 was, or never will be

    def close(self, code: str) -> None:
        """Tell the browser that this channel is over, and why."""
        self.line.send(frames.jsonly(Down.CLOSED, self.channel, {"code": code}))

    def shown(self) -> dict[str, Any]:
        """Who sits here, as the server knows it, and where the page says its caret is."""
        member = self.member
        return {"client": self.client, "person": member.id, "name": self.name, "role": member.role, **self.presence}


class Presence:
    """Who is here and where their carets are, told to the live ones of `seats` ten times a second at most."""

    def __init__(self, seats: set[Seat]) -> None:
        self._seats = seats
        self._moved: set[Seat] = set()  # since the last telling
        self._left: list[int] = []
        self._telling: asyncio.TimerHandle | None = None

    def moved(self, seat: Seat) -> None:
        """Somebody came, or their caret moved. Those who only read are not shown."""
        if seat.client is not None:
            self._moved.add(seat)
            self._soon()

    def left(self, seat: Seat) -> None:
        """Somebody went away."""
        self._moved.discard(seat)
        if seat.client is not None:
            self._left.append(seat.client)
            self._soon()

    def show(self, seat: Seat) -> None:
        """Tell one seat of all the others."""
        here = [other.shown() for other in self._seats if other.client is not None and other is not seat]
        seat.line.send(frames.jsonly(Down.PRESENCE, seat.channel, {"here": here, "gone": []}))

    def stop(self) -> None:
        """Nobody is left to be told."""
        if self._telling is not None:
            self._telling.cancel()

    def _soon(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(PRESENCE_EVERY, self._tell)

    def _tell(self) -> None:
        self._telling = None
        said = {"here": [seat.shown() for seat in self._moved], "gone": self._left}
        self._moved, self._left = set(), []
        shared: dict[int, bytes] = {}
        for seat in self._seats:
            if seat.live:
                if seat.channel not in shared:
                    shared[seat.channel] = frames.jsonly(Down.PRESENCE, seat.channel, said)
                seat.line.send(shared[seat.channel])
