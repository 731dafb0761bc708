"""The other server processes of a study: what they wrote is taken in and told here, and who sits there is shown here.

What they wrote comes from the tables (`seedbed.study.turns`), as soon as a notification says that there is something.
Who is here, whose session ended, and which page gave up its place are short messages, and of that moment: a process
that starts asks for them, and one that falls silent is taken for gone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from seedbed.server.live.rooms import Room
from seedbed.server.live.streams import Stream
from seedbed.server.live.turns import Turns
from seedbed.study.events import EventStore
from seedbed.study.hearing import LONGEST, Heard, Hearing
from seedbed.study.turns import News

__all__ = ["Held", "Neighbours"]

_log = logging.getLogger(__name__)
_GATHER = 0.02  # seconds in which what is to be said of carets comes together
ALONE_AFTER = 2.5  # seconds without a word of another process; each says something every second
SILENT = 6.0  # seconds after which a process that says nothing is gone; it says something every second


class Held(Protocol):
    """What a study is to its neighbours."""

    def streams(self) -> Sequence[Stream]:
        """Those in memory."""

    def open_room(self, doc: str) -> Room | None:
        """That document, if it is in memory."""

    def erased(self, erasures: int) -> None:
        """So many erasures there were."""

    def told(self, said: Mapping[str, Any]) -> None:
        """Another process said this, and it is no matter of documents."""


class Neighbours:
    """Those of one study. Everything but the hearing itself runs in the event loop."""

    def __init__(self, study: Held, store: EventStore, turns: Turns) -> None:
        self._study, self._turns = study, turns
        self._loop = asyncio.get_running_loop()
        self.me = secrets.token_hex(4)
        self._carets: dict[str, tuple[dict[int, dict[str, Any]], list[int]]] = {}  # to be said, by document
        self._saying: asyncio.TimerHandle | None = None
        self._last: dict[str, float] = {}  # when each was heard
        self._asking = self._again = False
        self._looked_alone = False  # nobody was there at the last look: all that anybody wrote is in memory after it
        self._level: list[asyncio.Future[None]] = []
        self._since = time.monotonic()  # when there was another process last, for all that is known
        self._hearing = Hearing(store, self._heard)
        self.say("hello")

    def close(self) -> None:
        """Say so, and hear no more. Blocks for a moment."""
        self.say("bye")
        self._hearing.close()

    # -- what others wrote -----------------------------------------------------------------------------------------

    async def level(self) -> None:
        """Wait until everything that is on disk now is in memory, of the streams that are."""
        done = self._loop.create_future()
        self._level.append(done)
        self._look()
        await done

    def _look(self) -> None:
        if self._asking:
            self._again = True
            return
        self._asking = True
        streams, waiting = [one for one in self._study.streams() if not one.void], self._level
        self._level = []

        def told(news: News | None) -> None:  # in a thread
            self._loop.call_soon_threadsafe(self._read, streams, waiting, news)

        self._hearing.ask({stream.name: stream.seq for stream in streams}, told)

    def _read(self, streams: Iterable[Stream], waiting: Iterable[asyncio.Future[None]], news: News | None) -> None:
        self._asking = False
        if news is not None:
            self._study.erased(news.erasures)
            self._turns.heard(streams, news)
        for future in waiting:
            if not future.done():
                future.set_result(None)
        if self._again:
            self._again = False
            self._look()

    def _heard(self, heard: Heard) -> None:
        """In the hearing's thread."""
        self._loop.call_soon_threadsafe(self._hear, heard)

    def _hear(self, heard: Heard) -> None:
        for message in heard.said:
            try:
                said = json.loads(message)
                if said["from"] != self.me:
                    self._take(said)
            except Exception:
                _log.exception("a message of another process could not be read")
        if heard.look:
            self._tick()
        behind = heard.look or any(
            stream.seq < heard.reached.get(stream.name, 0) for stream in self._study.streams() if heard.reached
        )
        if behind:
            self._look()

    # -- what others say -------------------------------------------------------------------------------------------

    def say(self, kind: str, **what: Any) -> None:
        """Tell the others; who is not there does not hear it."""
        message = json.dumps({"from": self.me, "kind": kind, **what}, ensure_ascii=False, separators=(",", ":"))
        if len(message.encode()) <= LONGEST:
            self._hearing.say(message)

    def _take(self, said: Mapping[str, Any]) -> None:
        process, kind = said["from"], said["kind"]
        known = process in self._last
        self._last[process] = self._since = time.monotonic()
        self._turns.be_alone(False)
        if kind == "bye":
            self._gone(process)
        elif kind == "hello" or not known:
            self._all_carets()
        if kind == "who":
            self._show(said["doc"])
        elif kind == "here" and (room := self._study.open_room(said["doc"])) is not None:
            room.seats.presence.far(process, said["here"], said["gone"])
        elif kind == "previous" and (room := self._study.open_room(said["doc"])) is not None:
            room.seats.give_up(said["previous"], said["person"])
        elif kind not in ("hello", "bye", "beat", "who", "here", "previous"):
            self._study.told(said)

    def _tick(self) -> None:
        self.say("beat")
        late = time.monotonic() - SILENT
        for process in [process for process, at in self._last.items() if at < late]:
            self._gone(process)
        looked, self._looked_alone = self._looked_alone, not self._last
        if looked and not self._last and not self._asking and self._quiet_for() > ALONE_AFTER:
            self._turns.be_alone(True)

    def _quiet_for(self) -> float:
        """Seconds since there was a sign of another process."""
        return time.monotonic() - max(self._since, self._turns.contested)

    def _gone(self, process: str) -> None:
        self._last.pop(process, None)
        for stream in self._study.streams():
            if isinstance(stream, Room):
                stream.seats.presence.far_gone(process)

    # -- who is here -----------------------------------------------------------------------------------------------

    def loaded(self, room: Room) -> None:
        """A document is in memory: who sits there elsewhere is shown here, and who sits here elsewhere."""
        room.seats.presence.spread = self._spreading(room.name)
        room.seats.elsewhere = lambda previous, person: self.say(
            "previous", doc=room.name, previous=list(previous), person=person
        )
        self.say("who", doc=room.name)

    def _spreading(self, doc: str) -> Callable[[list[dict[str, Any]], list[int]], None]:
        def spread(here: list[dict[str, Any]], gone: list[int]) -> None:
            moved, left = self._carets.setdefault(doc, ({}, []))
            for one in here:
                moved[one["client"]] = one
            for client in gone:
                moved.pop(client, None)
            left += gone
            if self._saying is None:
                self._saying = self._loop.call_later(_GATHER, self._say_carets)

        return spread

    def _say_carets(self) -> None:
        self._saying = None
        carets, self._carets = self._carets, {}
        for doc, (moved, left) in carets.items():
            self._say_here(doc, list(moved.values()), left)

    def _say_here(self, doc: str, here: list[dict[str, Any]], gone: list[int]) -> None:
        for start in range(0, max(len(here), len(gone), 1), 10):  # one is some 200 bytes, and 700 at the most
            self.say("here", doc=doc, here=here[start : start + 10], gone=gone[start : start + 10])

    def _all_carets(self) -> None:
        for stream in self._study.streams():
            self._show(stream.name)

    def _show(self, doc: str) -> None:
        room = self._study.open_room(doc)
        if room is not None and (here := room.seats.presence.all_here()):
            self._say_here(doc, here, [])
