"""Waiting for a model, in the order of coming, each told their place; and how often one person may ask."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from seedbed.server.refusals import Refusal

__all__ = ["MOST_WAITING", "Hourly", "Queue"]

MOST_WAITING = 40  # before one model; at ten seconds a proposal the last waits for some minutes
_HOUR = 3600.0
_MOST_PEOPLE = 10_000


class Queue:
    """Before one model: `lanes` are served at a time. All in one event loop."""

    def __init__(self, lanes: int, *, most: int = MOST_WAITING) -> None:
        self._free = lanes
        self._most = most
        self._waiting: list[tuple[asyncio.Future[None], Callable[[int], None]]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def check(self) -> None:
        """Raises Refusal helper_busy when nobody more may wait."""
        if len(self._waiting) >= self._most:
            raise Refusal("helper_busy", retry_after=30)

    @asynccontextmanager
    async def turn(self, told: Callable[[int], None]) -> AsyncIterator[None]:
        """Wait for a lane and hold it. `told` hears the place, from 1, at once and whenever it changes; it hears
        nothing where a lane is free."""
        if self._free > 0 and not self._waiting:
            self._free -= 1
        else:
            self.check()
            await self._wait(told)
        try:
            yield
        finally:
            self._free += 1
            self._move()

    async def _wait(self, told: Callable[[int], None]) -> None:
        mine = (asyncio.get_running_loop().create_future(), told)
        self._waiting.append(mine)
        told(len(self._waiting))
        try:
            await mine[0]
        except asyncio.CancelledError:
            if mine in self._waiting:
                self._waiting.remove(mine)
                self._say()
            else:  # the lane was given in the same moment
                self._free += 1
                self._move()
            raise

    def _move(self) -> None:
        moved = False
        while self._free > 0 and self._waiting:
            future, _ = self._waiting.pop(0)
            if not future.done():
                self._free -= 1
                moved = True
                future.set_result(None)
        if moved:
            self._say()

    def _say(self) -> None:
        for place, (_, told) in enumerate(self._waiting, 1):
            told(place)


class Hourly:
    """How often each person asked within the last hour. Kept in memory: a server that starts anew forgets it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def left(self, person: str, most: int) -> int:
        return max(0, most - len(self._of(person)))

    def take(self, person: str, most: int) -> None:
        """Raises Refusal helper_limit, with the seconds until one more is allowed."""
        asked = self._of(person)
        if len(asked) >= most:
            wait = asked[len(asked) - most] + _HOUR - self._clock() if most else _HOUR
            raise Refusal("helper_limit", retry_after=wait)
        asked.append(self._clock())

    def give_back(self, person: str) -> None:
        """The last one did not count: the model failed."""
        asked = self._of(person)
        if asked:
            asked.pop()

    def _of(self, person: str) -> deque[float]:
        found = self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        if len(self._asked) > _MOST_PEOPLE:
            self._asked.popitem(last=False)
        while found and found[0] <= self._clock() - _HOUR:
            found.popleft()
        return found
