"""One stream in memory: numbers what is applied, sends it to the disk, and tells of it in order once it is there."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from seedbed.server.commits import Commits
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

    def next_entry(self, actor: str, body: bytes | Act) -> Entry:
        """Number `body`. What it does to memory must be done in the same turn of the event loop."""
        self.seq += 1
        self._at = max(self._at, now())  # a clock set back must not make later acts look earlier
        return Entry(self.name, self.seq, self._at, actor, body)

    def put(self, item: Item) -> None:
        """Queue `item`; a bare function waits for everything before it to be on disk."""
        self._under_way.append(item)
        self._commits.put(self, item.entry if isinstance(item, Typed | Happened) else None)

    def expected(self) -> asyncio.Future[Applied]:
        """A future for an event that is being told; it fails with the stream."""
        future: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        self._expecting.add(future)
        future.add_done_callback(self._expecting.discard)
        return future

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
