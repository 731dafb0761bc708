"""What one person may cost the others, over all their sockets together: past it they are read later, never refused.

Per person and not per socket, because a socket is opened in a millisecond. What is dear is paid for by what it costs:
a frame of a few bytes can ask for a megabyte, leave an entry in the log for ever, or take a third of a second to judge.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["HELLO_EVENTS", "Budget", "Budgets"]

# A person types 3 to 10 updates a second; what a page sends after an hour offline arrives merged.
FRAMES_A_SECOND, FRAMES_AT_ONCE = 60.0, 600.0
# All that is typed stays on disk: 115 MB an hour from somebody who does nothing else. A page of text is 3 KB.
BYTES_A_SECOND, BYTES_AT_ONCE = 32e3, 2e6
# So does every event, and most stay in what each page is sent at its start.
EVENTS_A_SECOND, EVENTS_AT_ONCE = 2.0, 200.0
HELLO_EVENTS = 4.0  # a client id each; a page says HELLO for each board at its start and when the network was away
# Of the event loop, which everybody shares. The largest update takes 0.3 s to judge, one of a few characters 50 µs.
SECONDS_A_SECOND, SECONDS_AT_ONCE = 0.1, 1.0
ANSWER_SHARE = 0.25  # a byte that was asked for against one that was sent


class _Bucket:
    """A token bucket that may be overdrawn: the debt is waited for."""

    __slots__ = ("_at", "_left", "_rate", "_size")

    def __init__(self, rate: float, size: float) -> None:
        self._rate, self._size = rate, size
        self._left, self._at = size, time.monotonic()

    def take(self, amount: float) -> None:
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._at) * self._rate) - amount
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until the debt is paid."""
        return -(self._left + (now - self._at) * self._rate) / self._rate if self._left < 0 else 0.0


class Budget:
    """Of one person."""

    __slots__ = ("_bytes", "_events", "_frames", "_seconds")

    def __init__(self) -> None:
        self._frames = _Bucket(FRAMES_A_SECOND, FRAMES_AT_ONCE)
        self._bytes = _Bucket(BYTES_A_SECOND, BYTES_AT_ONCE)
        self._events = _Bucket(EVENTS_A_SECOND, EVENTS_AT_ONCE)
        self._seconds = _Bucket(SECONDS_A_SECOND, SECONDS_AT_ONCE)

    async def paid(self, lost: Callable[[], bool], alive: Callable[[], None]) -> bool:
        """Wait until this person may be read again. False when their line is `lost` meanwhile.

        `alive` is called every second of it: a page that hears nothing for long takes the server for dead, comes
        again, asks for everything again, and is deeper in debt.
        """
        wait = self.wait()
        while wait > 0 and not lost():
            await asyncio.sleep(min(wait, 1.0))
            wait = self.wait()
            if wait > 0:
                alive()
        return wait <= 0

    def wait(self) -> float:
        """Seconds until this person may be read again; 0 when at once."""
        now = time.monotonic()
        return max(0.0, *(bucket.wait(now) for bucket in (self._frames, self._bytes, self._events, self._seconds)))

    def frame(self, size: int, seconds: float) -> None:
        """A frame of `size` bytes was read, and took `seconds` of the processor."""
        self._frames.take(1)
        self._bytes.take(size)
        self._seconds.take(seconds)

    def events(self, count: float) -> None:
        """They asked for something that stays in the log."""
        self._events.take(count)

    def answer(self, size: int) -> None:
        """They asked for `size` bytes."""
        self._bytes.take(ANSWER_SHARE * size)


class Budgets:
    """Those of everybody, also of who is away for a moment: 700 bytes each, the least recently used forgotten."""

    MOST = 10_000

    def __init__(self) -> None:
        self._known: OrderedDict[str, Budget] = OrderedDict()

    def of(self, person: str) -> Budget:
        found = self._known.get(person)
        if found is None:
            found = self._known[person] = Budget()
            if len(self._known) > self.MOST:
                self._known.popitem(last=False)
        self._known.move_to_end(person)
        return found
