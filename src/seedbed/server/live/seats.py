"""Who sits where: one browser page at one document, and what all of them there are told of what is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from seedbed.server.live import frames
from seedbed.server.live.frames import Down
from seedbed.server.live.presence import Presence
from seedbed.server.live.streams import Happened, Typed
from seedbed.workshop import WORKSHOP, Member, can
from seedbed.workshop.applied import Fold

__all__ = ["Line", "Seat", "Seats"]


class Line(Protocol):
    """The way to the page behind a seat: its connection."""

    def send(self, frame: bytes) -> None: ...


@dataclass(eq=False, slots=True)
class Seat:
    """One page in one room. `client` is the id it types under, None for those who only read.

    `name` is for those who may read who takes part; the others see none where `anonymous`.
    """

    line: Line
    channel: int
    member: Member
    name: str
    anonymous: bool = False
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

    @property
    def knows_all(self) -> bool:
        """Whether this seat is shown the names of those who gave theirs to the record alone."""
        return can(self.member, WORKSHOP, "read") is None

    def shown(self, *, to_all: bool) -> dict[str, Any]:
        """Who sits here, as the server knows it, and where the page says its caret is."""
        member = self.member
        name = "" if self.anonymous and to_all else self.name
        return {"client": self.client, "person": member.id, "name": name, "role": member.role, **self.presence}


class Seats:
    """The seats around one document. Nothing here waits: what is told is on disk."""

    def __init__(self) -> None:
        self._seats: set[Seat] = set()
        self._owners: dict[int, Seat] = {}
        self.presence = Presence(self._seats)
        self.elsewhere: Callable[[Sequence[int], str], None] | None = None
        """Tells other processes that the page which had these ids, a person's, has come here."""

    def __iter__(self) -> Iterator[Seat]:
        return iter(self._seats)

    def __len__(self) -> int:
        return len(self._seats)

    def owner(self, client: int) -> Seat | None:
        """The seat that types under that id now."""
        return self._owners.get(client)

    def take(self, seat: Seat, client: int | None, previous: Sequence[int]) -> None:
        """Let `seat` sit down, to type under `client`. Whoever still holds one of `previous`, ids of the same page from
        earlier connections, gives it up."""
        self.give_up(previous, seat.member.id)
        if previous and self.elsewhere is not None:
            self.elsewhere(previous, seat.member.id)
            self.presence.given_up(previous)
        self._seats.add(seat)
        if client is not None:
            seat.client = client
            self._owners[client] = seat

    def give_up(self, previous: Sequence[int], person: str) -> None:
        """Whoever holds one of these ids of that person's page sits here no more."""
        for old in previous:
            holder = self._owners.get(old)
            if holder is not None and holder.member.id == person:
                self.expel(holder, "taken_over")

    def leave(self, seat: Seat) -> None:
        """The page went away, or gave its place up."""
        if seat.gone:
            return
        seat.gone = True
        seat.answered.set()
        self._seats.discard(seat)
        if seat.client is not None and self._owners.get(seat.client) is seat:
            del self._owners[seat.client]
        self.presence.left(seat)

    def expel(self, seat: Seat, code: str) -> None:
        """Out, and told why."""
        self.leave(seat)
        seat.close(code)

    def close(self, code: str) -> None:
        """Everybody out: the browsers are told why, and come back by themselves where that makes sense."""
        for seat in list(self._seats):
            self.expel(seat, code)
        self.presence.stop()

    def resync(self) -> None:
        """Nobody knows all there is: every page begins anew."""
        for seat in self._seats:
            self.renew(seat)

    def renew(self, seat: Seat) -> None:
        """What this page may see of the document is not what it was: it begins anew."""
        seat.live = False
        seat.line.send(frames.jsonly(Down.RESYNC, seat.channel))

    def tell_typed(self, items: list[Typed], after: int, told: int) -> None:
        """Text that is on disk, to those who did not know it; and to who wrote it, that it is saved."""
        own: dict[object, int] = {item.seat: item.number for item in items}  # the last of each, for they come in order
        shared: dict[int, bytes] = {}
        for seat in self._seats:
            if seat in own:
                _tell_author(seat, own[seat], after, told, [item.piece for item in items if item.seat is not seat])
            elif seat.live:
                frame = shared.get(seat.channel)
                if frame is None:
                    pieces = [item.piece for item in items]
                    frame = shared[seat.channel] = frames.updates(seat.channel, after, told, pieces)
                seat.line.send(frame)

    def tell_happened(self, items: list[Happened], after: int, told: int, fold: Fold) -> None:
        """Events that are on disk, to each as much as they may see: whom none is about are told what their like are."""
        events = [item.event for item in items]
        concerned = {person for event in events for person in fold.concerned(event)}
        shared: dict[Hashable, bytes] = {}
        for seat in self._seats:
            if not seat.live:
                continue
            member = seat.member
            key = (seat.channel, member.id if member.id in concerned else None, fold.sight(member))
            frame = shared.get(key)
            if frame is None:
                shown = [seen for event in events if (seen := fold.told(event, member)) is not None]
                frame = shared[key] = frames.events(seat.channel, after, told, shown)
            seat.line.send(frame)


def _tell_author(seat: Seat, number: int, after: int, told: int, others: list[bytes]) -> None:
    """What others wrote, and that the seat's own is saved; before SYNC2 only the second, which is all it needs."""
    if others and seat.live:
        seat.line.send(frames.updates(seat.channel, after, told, others))
        after = told
    seat.line.send(frames.ack(seat.channel, number, after, told))
