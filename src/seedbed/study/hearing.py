"""What the processes at one PostgreSQL hear of each other: NOTIFY of how far streams have come, and short messages.

A notification says that there is something, never what: entries are read from the tables. One that is missed, because
the connection broke, is made up for by a look every second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from seedbed.errors import SeedbedError
from seedbed.study.turns import News, news

if TYPE_CHECKING:
    from seedbed.study.events import EventStore

__all__ = ["LONGEST", "Heard", "Hearing"]

_log = logging.getLogger(__name__)
_EVERY = 1.0  # seconds between two looks at what nobody spoke of
LONGEST = 7900  # bytes of a message; PostgreSQL takes 7,999


@dataclass(frozen=True, slots=True)
class Heard:
    """What came together: streams with the numbers they have reached, messages, and whether it is time for a look."""

    reached: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    look: bool = False


class Hearing:
    """Listens and speaks in threads of its own. `heard` is called in one of them, with the process's own words too."""

    def __init__(self, store: EventStore, heard: Callable[[Heard], None]) -> None:
        self._database, self._heard = store.database, heard
        self._channel = store.database.channel
        self._spoken = f"{self._channel}_said"
        self._over = threading.Event()
        self._asked: SimpleQueue[Callable[[Any], None] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._listen, name="seedbed-hearing", daemon=True),
            threading.Thread(target=self._speak, name="seedbed-speaking", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def say(self, message: str) -> None:
        """Tell every process of the study, this one too. It may get lost; at most LONGEST bytes."""
        self._asked.put(lambda driver: driver.execute("SELECT pg_notify(%s, %s)", (self._spoken, message)))

    def ask(self, known: Mapping[str, int], told: Callable[[News | None], None]) -> None:
        """Read what was written to those streams after those numbers; `told` is called in a thread, None: not now."""

        def read(driver: Any) -> None:
            try:
                found = news(driver, known)
            except Exception:
                told(None)
                raise
            told(found)

        self._asked.put(read)

    def close(self) -> None:
        """End both threads."""
        self._over.set()
        self.say("")  # whoever listens wakes up
        self._asked.put(None)
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                with self._database.errors(), self._database.reading() as connection:
                    driver: Any = connection.connection.driver_connection
                    driver.execute(f'LISTEN "{self._channel}"')
                    driver.execute(f'LISTEN "{self._spoken}"')
                    self._tell(Heard(look=True))  # whatever was said while nobody listened
                    try:
                        self._notified(driver)
                    finally:
                        connection.invalidate()  # the pool's next user did not ask to listen
            except SeedbedError as error:
                _log.warning("nothing is heard of other processes: %s", error)
            except Exception:
                _log.exception("nothing is heard of other processes")
            if not self._over.is_set():
                self._over.wait(_EVERY)

    def _notified(self, driver: Any) -> None:
        looked = time.monotonic()
        while not self._over.is_set():
            reached: dict[str, int] = {}
            said = []
            for one in driver.notifies(timeout=_EVERY, stop_after=1):
                if one.channel == self._spoken:
                    said.append(one.payload)
                    continue
                for line in one.payload.split("\n"):
                    number, _, stream = line.partition(" ")
                    reached[stream] = max(int(number), reached.get(stream, 0))
            look = time.monotonic() - looked >= _EVERY
            looked = time.monotonic() if look else looked
            self._tell(Heard(reached, said, look))

    def _tell(self, heard: Heard) -> None:
        try:
            self._heard(heard)
        except RuntimeError:
            self._over.set()  # the loop is closed

    def _speak(self) -> None:
        """Everything here is asked for again a second later, or was of that moment: what fails is let go."""
        while True:
            try:
                with self._database.errors(), self._database.reading() as connection:
                    driver: Any = connection.connection.driver_connection
                    while (asked := self._asked.get()) is not None:
                        asked(driver)
                    return
            except SeedbedError as error:
                _log.warning("other processes are not told: %s", error)
            except RuntimeError:
                return  # the loop is closed
            if self._over.wait(_EVERY):
                return
