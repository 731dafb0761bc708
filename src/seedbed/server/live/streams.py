"""One stream in memory: numbers what is applied, sends it to the disk, and tells of it in order once it is there."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from seedbed.server.live.commits import Commits
from seedbed.server.refusals import Refusal
from seedbed.study.entries import Act, Entry, now
from seedbed.workshop import Applied

__all__ = ["Happened", "Item", "Stream", "Tell", "Typed"]

Tell: TypeAlias = Callable[[], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """An update on its way, as the piece of a frame. `number` is its page's, for the page to be told."""

    entry: Entry
    piece: bytes
    seat: object | None
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """An event on its way."""

    entry: Entry
    event: Applied


Item: TypeAlias = Typed | Happened | Tell


class Stream:
    """The base of whatever is a fold of one stream. Everything here runs in the event loop."""

    def __init__(self, name: str, seq: int, at: str, commits: Commits, lost: Callable[[], None]) -> None:
        """`seq` and `at` are those of the last entry on disk; `lost` is called when memory and disk may differ."""
        self.name = name
        self.void = False  # memory is not to be used any more
        self.open = commits.open  # whether entries may be numbered now; else `turn` comes first
        self.seq = seq  # of what was applied
        self.told = seq  # of what is on disk and was told
        self._commits = commits
        self._lost = lost
        self._at = at
        self._under_way: deque[Item] = deque()
        self._expecting: set[asyncio.Future[Applied]] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way to the disk."""
        return not self._under_way

    async def turn(self) -> bool:
        """Wait until entries may be numbered; what others wrote is in memory then. False when memory is lost.

        To be used at once: the turn is over when the event loop has gone round.
        """
        while not (self.open or self.void):
            if not await self._commits.turn(self):
                return False
        return not self.void

    def take_in(self, entries: Iterable[Entry]) -> None:
        """Entries that another process wrote and that are on disk, in order; those known already are skipped.

        Raises what taking one in raises: memory is lost then.
        """
        for entry in entries:
            if entry.seq <= self.seq:
                continue
            if entry.seq != self.seq + 1:
                raise LookupError(f"{self.name} lacks what is between {self.seq} and {entry.seq}")
            self.seq = entry.seq
            self._at = max(self._at, entry.at)
            # told behind what waits already, as everything is
            self._under_way.append(self.taken_in(entry))
            self._commits.put(self, None)

    def taken_in(self, entry: Entry) -> Item:
        """Take one entry into memory; what there is to tell of it."""
        raise NotImplementedError

    def next_entry(self, actor: str, body: bytes | Act) -> Entry:
        """Number `body`. What it does to memory must be done in the same turn of the event loop."""
        if not self.open:
            raise RuntimeError(f"{self.name} was numbered out of turn")
        self.seq += 1
        self._at = max(self._at, now())  # a clock set back must not make later acts look earlier
        return Entry(self.name, self.seq, self._at, actor, body)

    def put(self, item: Item) -> None:
        """Queue `item`; a bare function waits for everything before it to be on disk."""
        self._under_way.append(item)
        self._commits.put(self, item.entry if isinstance(item, Typed | Happened) else None)

    def expected(self) -> tuple[asyncio.Future[Applied], Callable[[Applied], None]]:
        """A future for an event, and what to tell of it once it is on disk; the future fails with the stream."""
        future: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        self._expecting.add(future)
        future.add_done_callback(self._expecting.discard)
        return future, lambda event: None if future.done() else future.set_result(event)

    def committed(self, count: int) -> None:
        """The next `count` items are on disk."""
        done = list(islice(self._under_way, count))
        for _ in done:
            self._under_way.popleft()
        start = 0
        while start < len(done):
            kind = type(done[start])
            end = start + 1
            if kind is Typed or kind is Happened:
                while end < len(done) and type(done[end]) is kind:
                    end += 1
            try:
                self._tell(done[start:end])
            except Exception:
                _log.exception("telling of what is on disk in %s failed", self.name)
                self.mistold()
            start = end

    def _tell(self, items: list[Item]) -> None:
        """Items of one kind; a function comes alone."""
        if isinstance(items[0], Typed):
            self.tell_typed([item for item in items if isinstance(item, Typed)])
        elif isinstance(items[0], Happened):
            self.tell_happened([item for item in items if isinstance(item, Happened)])
        else:
            items[0]()

    def mistold(self) -> None:
        """Somebody was not told of something, and must not take what comes next for all there is."""

    def failed(self, error: BaseException) -> None:
        """The disk refused: memory holds what it should not, so it goes, and what is on disk is read again."""
        self.void = True
        self._commits.drop(self)
        for future in list(self._expecting):
            if not future.done():
                future.set_exception(Refusal("storage"))
        self._lost()

    def tell_typed(self, items: list[Typed]) -> None:
        """A run of updates is on disk."""
        self.told = items[-1].entry.seq

    def tell_happened(self, items: list[Happened]) -> None:
        """A run of events is on disk."""
        self.told = items[-1].entry.seq
