"""What kind of server the mock endpoint plays: how many requests it works on, how fast, and when it is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from seedbed.errors import UsageError

__all__ = ["Capacity", "Outage", "Turnstile"]


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the server can do at once; left out, there is no limit.

    `slots`: it works on so many requests at a time and the others queue (1: one after another). `queue`: so many may
    wait, and a further one gets a 503. `rate`: requests a second, by a token bucket that holds `burst`; a request too
    many gets a 429 whose Retry-After says in how many seconds the next token is there. `drag`: each other request
    in work makes an answer take that share of its latency longer, as in a server that computes them together.
    """

    slots: int | None = None
    queue: int | None = None
    rate: float | None = None
    burst: int = 1
    drag: float = 0.0

    def __post_init__(self) -> None:
        if (self.slots is not None and self.slots < 1) or (self.rate is not None and self.rate <= 0) or self.burst < 1:
            raise UsageError("a server has at least 1 slot, a rate above 0, and a burst of at least 1")
        if (self.queue is not None and self.queue < 0) or self.drag < 0:
            raise UsageError("queue and drag are at least 0")


@dataclass(frozen=True, slots=True)
class Outage:
    """The server dies when the request number `after` (from 0) arrives, and comes back after `seconds`.

    "refuse": that request and all in flight are reset, and connections are refused. "503": that is what it answers.
    """

    after: int
    seconds: float
    how: Literal["refuse", "503"] = "refuse"

    def __post_init__(self) -> None:
        if self.how not in ("refuse", "503"):
            raise UsageError(f"unknown outage: {self.how}", hint="known: refuse, 503")
        if self.after < 0 or self.seconds < 0:
            raise UsageError("an outage has an arrival and a length of at least 0")

    @classmethod
    def parse(cls, text: str) -> Outage:
        """'20:1.5' → at arrival 20 for 1.5 s; '20:1.5:503' → answering 503."""
        after, _, rest = text.partition(":")
        seconds, _, how = rest.partition(":")
        return cls(int(after), float(seconds), how or "refuse")  # type: ignore[arg-type]


class Turnstile:
    """A Capacity at work, in one event loop. `clock` gives seconds and never goes back."""

    def __init__(self, capacity: Capacity, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._clock = capacity, clock
        self._free = asyncio.Semaphore(capacity.slots) if capacity.slots is not None else None
        self._inside = 0
        self._waiting = 0
        self._tokens = float(capacity.burst)
        self._filled: float | None = None  # when _tokens was last counted

    def limited(self) -> float | None:
        """Take a token: None, or the seconds until there is one."""
        rate = self._capacity.rate
        if rate is None:
            return None
        now = self._clock()
        since = 0.0 if self._filled is None else now - self._filled
        self._filled = now
        self._tokens = min(float(self._capacity.burst), self._tokens + since * rate)
        if self._tokens < 1 - 1e-9:  # what is filled in many small steps lacks a hair
            return (1 - self._tokens) / rate
        self._tokens = max(0.0, self._tokens - 1)
        return None

    @property
    def full(self) -> bool:
        """Whether no further request may wait."""
        queue = self._capacity.queue
        return queue is not None and self._free is not None and self._free.locked() and self._waiting >= queue

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[float]:
        """Wait for a slot and hold it; yields the factor by which latency has grown."""
        if self._free is not None:
            self._waiting += 1
            try:
                await self._free.acquire()
            finally:
                self._waiting -= 1
        self._inside += 1
        try:
            yield 1 + self._capacity.drag * (self._inside - 1)
        finally:
            self._inside -= 1
            if self._free is not None:
                self._free.release()
