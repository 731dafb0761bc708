"""The writer: one thread that commits what many hands submit, as much as there is at a time.

While a commit waits for the disk, what comes in gathers; the next commit takes all of it. So the number of commits
follows the disk and not the load, and nobody waits for more than the commit under way and the own.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from seedbed.errors import StorageError
from seedbed.study.entries import Entry
from seedbed.study.events import EventStore

__all__ = ["Done", "Log"]

Done = Callable[[BaseException | None], None]

_MOST = 4096  # entries a commit


class Log:
    """Group commit over `store`, which it uses from a thread of its own and does not close.

    What waits is bounded by those who submit: each holds back while too much of its own is under way. `pending` says
    how many entries are submitted and not yet settled.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._queue: SimpleQueue[Sequence[tuple[Sequence[Entry], Done]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._submitted = self._settled = 0
        self._thread = threading.Thread(target=self._run, name="seedbed-log", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """Entries that are submitted and not yet settled."""
        return self._submitted - self._settled

    def submit(self, entries: Sequence[Entry], done: Done) -> None:
        """Have `entries` written, whole or not at all; returns at once, from any thread.

        `done` is called in the writer's thread: with None after the commit that holds them; with a Conflict when one
        was not the next of its stream; with what the disk raised, and then every submission of that commit gets it.
        It must be quick. Calls come in the order of submission. No entries is a barrier: done after all that was
        submitted before, whose failures were told before.
        """
        self.submit_all([(entries, done)])

    def submit_all(self, submissions: Sequence[tuple[Sequence[Entry], Done]]) -> None:
        """`submit` each, all in one commit: the writer does not start on the first while the others are handed over."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the log is closed")
            self._submitted += sum(len(entries) for entries, _ in submissions)
            self._queue.put(submissions)

    def close(self) -> None:
        """Write what was submitted, tell everyone, and end the thread."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            batch: list[tuple[Sequence[Entry], Done]] = []
            count = 0
            item = self._queue.get()
            while item is not None:
                batch += item
                count += sum(len(entries) for entries, _ in item)
                if count >= _MOST or self._queue.empty():
                    break
                item = self._queue.get()
            going = item is not None
            told = self._commit([entries for entries, _ in batch])
            self._settled += count
            for (_, done), error in zip(batch, told, strict=True):
                self._tell(done, error)

    def _commit(self, submissions: Sequence[Sequence[Entry]]) -> Sequence[BaseException | None]:
        if not any(submissions):
            return [None] * len(submissions)
        try:
            return self._store.commit(submissions)
        except StorageError as error:
            return [error] * len(submissions)
        except Exception as error:
            if len(submissions) == 1:
                return [error]
            # something in one of them that cannot be written: the others do not suffer for it
            return [told for one in submissions for told in self._commit([one])]

    def _tell(self, done: Done, error: BaseException | None) -> None:
        try:
            done(error)
        except BaseException:
            # a listener's mistake must not end the thread that everybody's words go through
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), self._thread)))
