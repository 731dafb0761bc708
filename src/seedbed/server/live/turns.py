"""Between the streams of a study and its log, where other processes write to the same streams: numbers in turns.

Whoever is to number a stream waits for a turn of it (`seedbed.study.turns`). All who wait when one turn is over get the
next together, whatever their streams, in one transaction:

    ask for the rows · take in what others wrote, and tell of it · let those who waited decide and number · write · tell

One turn is under way at a time. Between two of them nothing of this process is on its way to the disk, so that answers
which wait for the disk need wait no longer.

A process that hears of no other is *alone*, and numbers at any time, as one over people.db does. Were it mistaken, its
commit would be refused, because the stream has gone on: what is in memory goes, and its pages begin anew.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeAlias

from seedbed.server.live.commits import Batch, Commits, Keeper, Part, Turning, wake
from seedbed.server.live.streams import Stream
from seedbed.study.entries import Conflict
from seedbed.study.turns import News, TurnLog

__all__ = ["Turns"]

Wanted: TypeAlias = dict[Stream, list["asyncio.Future[None]"]]

_log = logging.getLogger(__name__)


class Turns(Commits):
    """The way to a log that others write to as well.

    `erased` is told of the study's erasures with all that comes from the disk; it lets go of the streams in memory if
    there was one that it did not know of. `streams` are all that are in memory.
    """

    def __init__(
        self, log: TurnLog, erased: Callable[[int], None], streams: Callable[[], Iterable[Stream]] = lambda: ()
    ) -> None:
        super().__init__(log)  # type: ignore[arg-type]
        self._turns = log
        self._erased, self._streams = erased, streams
        self._wanted: Wanted = {}
        self._known: Batch = []  # what came with the turn that is under way, to be told
        self._alone = self._becoming = False
        self.contested = 0.0
        """When it was seen last that somebody else writes here, of whom nothing was heard."""

    @property
    def open(self) -> bool:
        return self._alone

    def be_alone(self, alone: bool) -> None:
        """Whether other processes are at these streams. To become alone waits until nothing is under way."""
        self._becoming = alone and not self._alone
        if self._becoming and not self._busy:
            self._busy = True
            self._submit()
        elif self._alone and not alone:
            self._set_alone(False)

    def _set_alone(self, alone: bool) -> None:
        self._alone, self._becoming = alone, False
        self._turns.tell_others(not alone)
        for stream in self._streams():
            stream.open = alone

    def _done(self, parts: list[Part], passed: float, due: Sequence[asyncio.Future[None]]) -> None:
        if any(isinstance(part.error, Conflict) for part in parts):
            self.contested = time.monotonic()
            self.be_alone(False)
        super()._done(parts, passed, due)

    async def turn(self, stream: Turning) -> bool:
        assert isinstance(stream, Stream)
        # one each: whoever goes away takes nobody's turn with them, and nothing comes between this and who waits for it
        given = self._loop.create_future()
        self._wanted.setdefault(stream, []).append(given)
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._submit)  # not at once: who else comes in this turn of the loop comes along
        await given
        return not stream.void

    def _submit(self) -> None:
        due, self._settled = self._settled, []
        if any(entry is not None for _, entry in self._waiting):  # numbered while alone
            batch, self._waiting = self._waiting, []
            self._space.set()
            self._write(batch, due, self._turns.submit_all)
            return
        batch, self._waiting = self._waiting, []
        self._flush(batch)
        self._space.set()
        wake(due)
        if self._becoming:
            self._set_alone(True)
        wanted, self._wanted = self._wanted, {}
        wake(one for stream, given in wanted.items() if stream.void or stream.open for one in given)
        wanted = {stream: given for stream, given in wanted.items() if not (stream.void or stream.open)}
        if not wanted:
            self._busy = bool(self._waiting)
            if self._busy:
                self._loop.call_soon(self._submit)
            return

        def opened(news: News | BaseException) -> None:  # in the log's thread
            self._loop.call_soon_threadsafe(self._opened, wanted, news)

        self._turns.take({stream.name: stream.seq for stream in wanted}, opened)

    def drop(self, keeper: Keeper) -> None:
        super().drop(keeper)
        self._known = [pair for pair in self._known if pair[0] is not keeper]

    def _flush(self, batch: Batch) -> None:
        """Nothing of ours is on its way before these: tell what only waited for that."""
        counts: dict[int, int] = {}
        for keeper, _ in batch:
            counts[id(keeper)] = counts.get(id(keeper), 0) + 1
        for keeper in {id(keeper): keeper for keeper, _ in batch}.values():
            try:
                keeper.committed(counts[id(keeper)])
            except Exception:  # one room's mistake must not keep the others from being told
                _log.exception("telling of what is on disk failed")

    def _opened(self, wanted: Wanted, news: News | BaseException) -> None:
        if isinstance(news, BaseException):
            _log.error("no turn was to be had", exc_info=news)
            for stream in wanted:
                stream.failed(news)
            wake(chain.from_iterable(wanted.values()))
            self._submit()
            return
        try:
            self._erased(news.erasures)
            self.heard(wanted, news)
            # told when the rows are being given back: to tell a room of twenty takes longer than to write to it
            self._known, self._waiting = self._waiting, []
            for stream in wanted:
                stream.open = not stream.void
        finally:
            # Who waited goes on in the next turn of the loop, and whatever comes of it is handed over after it
            wake(chain.from_iterable(wanted.values()))
            self._loop.call_soon(self._hand_over, list(wanted))

    def heard(self, streams: Iterable[Stream], news: News) -> None:
        """Have `streams` take in what others wrote."""
        for stream in streams:
            entries = news.entries.get(stream.name)
            if entries and not stream.void:
                try:
                    stream.take_in(entries)
                except Exception as error:
                    _log.exception("what another process wrote to %s could not be taken in", stream.name)
                    stream.failed(error)

    def _hand_over(self, streams: list[Stream]) -> None:
        for stream in streams:
            stream.open = self._alone
        batch: Batch
        batch, self._waiting = self._waiting, []
        known, self._known = self._known, []
        if any(entry is not None for _, entry in batch):
            self._write(batch, (), self._turns.hand)
            self._flush(known)
        else:
            self._turns.hand(())
            self._flush(known)
            self._waiting = batch + self._waiting
            self._submit()
