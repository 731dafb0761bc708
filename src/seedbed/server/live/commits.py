"""Between the streams of a study and its log: what was applied goes to the disk in batches, and comes back in order.

One batch is on its way at a time; whatever arrives meanwhile forms the next. So a busy study pays one commit for many
people's characters, an idle one waits for nobody, and the event loop is woken once a commit.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from seedbed.study.entries import Entry
from seedbed.study.log import Done, Log

__all__ = ["Batch", "Commits", "Keeper", "Part", "Times", "Turning", "wake"]

Batch: TypeAlias = "list[tuple[Keeper, Entry | None]]"
Submissions: TypeAlias = Sequence[tuple[Sequence[Entry], Done]]

_log = logging.getLogger(__name__)
# A connection stops being read while more than this waits for the disk: about two seconds of a thousand people typing.
MOST_WAITING = 6000


class Keeper(Protocol):
    """What a stream is to its commits."""

    def committed(self, count: int) -> None:
        """The next `count` items are on disk."""

    def failed(self, error: BaseException) -> None:
        """Nothing that is under way was written, nor will be."""


class Turning(Keeper, Protocol):
    """What a stream is to those who say when it may be numbered."""

    void: bool


class Times:
    """The newest `size` durations, in seconds."""

    def __init__(self, size: int = 4096) -> None:
        self._times: deque[float] = deque(maxlen=size)

    def add(self, seconds: float) -> None:
        self._times.append(seconds)

    def quantile(self, share: float) -> float:
        """The `share` quantile; 0 when nothing was measured."""
        ordered = sorted(self._times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass(slots=True)
class Part:
    """What one stream has in a batch. Barriers count and write nothing."""

    keeper: Keeper
    count: int = 0
    entries: list[Entry] = field(default_factory=list)
    error: BaseException | None = None


class Commits:
    """The way to one study's log. Everything here runs in the event loop; the log has its own thread."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._waiting: Batch = []
        self._busy = False
        self._space = asyncio.Event()
        self._space.set()
        self._settled: list[asyncio.Future[None]] = []  # who waits for what is queued now
        self.times = Times()
        self.batches = 0
        self.entries = 0

    @property
    def open(self) -> bool:
        """Whether streams may be numbered at any time: this process is the only one that does."""
        return True

    async def turn(self, stream: Turning) -> bool:
        """Wait until `stream` may be numbered, if it has to wait (turns.py); False when its memory is lost."""
        return not stream.void

    def put(self, keeper: Keeper, entry: Entry | None) -> None:
        """Queue `entry` behind everything before it; None is a barrier, which only waits."""
        self._waiting.append((keeper, entry))
        if len(self._waiting) > MOST_WAITING:
            self._space.clear()
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._submit)  # not at once: what else came in this turn of the loop joins the batch

    async def space(self) -> None:
        """Wait until the disk has caught up enough to read more."""
        await self._space.wait()

    async def settled(self) -> None:
        """Wait until everything that is queued now is on disk and told, whatever comes after it."""
        if self._busy:
            done = self._loop.create_future()
            self._settled.append(done)
            await done

    def drop(self, keeper: Keeper) -> None:
        """Forget what `keeper` had queued: it starts anew from the disk."""
        self._waiting = [pair for pair in self._waiting if pair[0] is not keeper]

    def _submit(self) -> None:
        batch, self._waiting = self._waiting, []
        due, self._settled = self._settled, []
        self._space.set()
        if not batch:
            self._busy = False
            wake(due)
            return
        self._write(batch, due, self._log.submit_all)

    def _write(self, batch: Batch, due: Sequence[asyncio.Future[None]], submit: Callable[[Submissions], None]) -> None:
        parts: dict[int, Part] = {}
        for keeper, entry in batch:
            part = parts.setdefault(id(keeper), Part(keeper))
            part.count += 1
            if entry is not None:
                part.entries.append(entry)
        writing = [part for part in parts.values() if part.entries]
        if not writing:
            self._done(list(parts.values()), 0.0, due)
            return
        started = time.perf_counter()

        def told(part: Part, last: bool, error: BaseException | None) -> None:  # in the log's thread, in order
            part.error = error
            if last:
                passed = time.perf_counter() - started
                self._loop.call_soon_threadsafe(self._done, list(parts.values()), passed, due)

        def teller(part: Part) -> Done:
            return lambda error: told(part, part is writing[-1], error)

        submit([(part.entries, teller(part)) for part in writing])

    def _done(self, parts: list[Part], passed: float, due: Sequence[asyncio.Future[None]]) -> None:
        if passed:
            self.times.add(passed)
            self.batches += 1
        for part in parts:
            try:
                if part.error is not None:
                    _log.error("a commit of %d entries failed", len(part.entries), exc_info=part.error)
                    part.keeper.failed(part.error)
                else:
                    self.entries += len(part.entries)
                    part.keeper.committed(part.count)
            except Exception:  # one room's mistake must not keep the others from being told
                _log.exception("telling of a commit failed")
        wake(due)
        self._submit()


def wake(waiting: Iterable[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():  # who waited may have gone
            future.set_result(None)
