"""Who is here, and where their carets are: what the pages around a document are shown of each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeAlias

from seedbed.server.live import frames
from seedbed.server.live.frames import Down

if TYPE_CHECKING:
    from seedbed.server.live.seats import Seat

__all__ = ["Presence"]

Shown: TypeAlias = dict[str, Any]

PRESENCE_EVERY = 0.1  # seconds; carets of others need no more


class Presence:
    """Who is here and where their carets are, told to the live ones of `seats` ten times a second at most."""

    def __init__(self, seats: Collection[Seat]) -> None:
        self._seats = seats
        self._moved: set[Seat] = set()  # since the last telling
        self._left: list[int] = []
        self._far: dict[str, dict[int, Shown]] = {}  # who sits here at other processes, by process and client
        self._far_moved: dict[int, Shown] = {}
        self._far_left: list[int] = []
        self.spread: Callable[[list[Shown], list[int]], None] | None = None
        """Tells other processes who moved here, and who left."""
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
        others = (other for other in self._seats if other.client is not None and other is not seat)
        here = [other.shown(to_all=not seat.knows_all) for other in others]
        here += [_seen(one, to_all=not seat.knows_all) for known in self._far.values() for one in known.values()]
        seat.line.send(frames.jsonly(Down.PRESENCE, seat.channel, {"here": here, "gone": []}))

    def stop(self) -> None:
        """Nobody is left to be told."""
        if self._telling is not None:
            self._telling.cancel()
        if self.spread is not None and self._left:
            self.spread([], self._left)

    # -- at other processes ----------------------------------------------------------------------------------------

    def all_here(self) -> list[Shown]:
        """Everybody who sits at this process, as other processes are told."""
        return [_spread(seat) for seat in self._seats if seat.client is not None]

    def far(self, process: str, here: Collection[Shown], gone: Collection[int]) -> None:
        """Another process says who moved there, and who left."""
        known = self._far.setdefault(process, {})
        for one in here:
            known[one["client"]] = self._far_moved[one["client"]] = one
        for client in gone:
            known.pop(client, None)
            self._far_moved.pop(client, None)
            self._far_left.append(client)
        self._soon()

    def far_gone(self, process: str) -> None:
        """That process is gone, and whoever sat there."""
        if known := self._far.get(process):
            self.far(process, (), list(known))
        self._far.pop(process, None)

    def is_far(self, client: int) -> bool:
        """Whether a page at another process types under that id."""
        return any(client in known for known in self._far.values())

    def far_people(self) -> frozenset[str]:
        """Who sits here at other processes."""
        return frozenset(one["person"] for known in self._far.values() for one in known.values())

    def given_up(self, clients: Collection[int]) -> None:
        """Their page has come here."""
        for process, known in self._far.items():
            if found := [client for client in clients if client in known]:
                self.far(process, (), found)

    def _soon(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(PRESENCE_EVERY, self._tell)

    def _tell(self) -> None:
        self._telling = None
        moved, left = self._moved, self._left
        self._moved, self._left = set(), []
        if self.spread is not None and (moved or left):
            self.spread([_spread(seat) for seat in moved], left)
        far, left = self._far_moved, left + self._far_left
        self._far_moved, self._far_left = {}, []
        # else all are told the same
        hidden = any(seat.anonymous for seat in moved) or any(one["anonymous"] for one in far.values())
        shared: dict[tuple[int, bool], bytes] = {}
        for seat in self._seats:
            if seat.live:
                key = (seat.channel, hidden and not seat.knows_all)
                if key not in shared:
                    here = [other.shown(to_all=key[1]) for other in moved]
                    here += [_seen(one, to_all=key[1]) for one in far.values()]
                    shared[key] = frames.jsonly(Down.PRESENCE, seat.channel, {"here": here, "gone": left})
                seat.line.send(shared[key])


def _spread(seat: Seat) -> Shown:
    """One seat, for other processes."""
    return {**seat.shown(to_all=False), "anonymous": seat.anonymous}


def _seen(one: Shown, *, to_all: bool) -> Shown:
    """As a seat of another process is shown here."""
    shown = {key: value for key, value in one.items() if key != "anonymous"}
    return {**shown, "name": ""} if to_all and one["anonymous"] else shown
