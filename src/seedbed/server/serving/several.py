"""Several server processes at one socket: started, started again when one dies, and ended together."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from seedbed.errors import SeedbedError, StorageError
from seedbed.server.config import ServerConfig
from seedbed.server.people.tokens import new_token
from seedbed.server.serving.child import order
from seedbed.server.serving.one import STOP_WITHIN, Serving
from seedbed.study import Folder

__all__ = ["supervise"]

_log = logging.getLogger("seedbed.server")
_LONGEST_WAIT = 30.0  # seconds until a process that dies as soon as it is started is started again
_LIVED = 10.0  # seconds after which its death is no matter of its start


@dataclass(slots=True)
class _Place:
    """One of the processes, whichever it is now."""

    number: int
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    deaths: int = 0  # in a row, each soon after its start
    due: float | None = None  # when it is to be started again


@dataclass(slots=True)
class _Crew:
    """The processes and what is heard of them: (number, message), or None when they are to end."""

    order: dict[str, Any]
    listening: socket.socket
    places: list[_Place]
    heard: SimpleQueue[tuple[int, Mapping[str, Any]] | None] = field(default_factory=SimpleQueue)

    def start(self, place: _Place) -> None:
        place.due, place.began = None, time.monotonic()
        # -P: the folder that the server was started in is no place to import from. A group of its own: Ctrl-C at
        # the terminal is for the supervisor to pass on.
        child = place.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "seedbed.server.serving.child"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, pass_fds=(self.listening.fileno(),), process_group=0,
        )  # fmt: skip
        assert child.stdin is not None
        with contextlib.suppress(OSError):  # dead already: it is heard of below
            child.stdin.write(json.dumps(self.order).encode() + b"\n")
            child.stdin.flush()
        threading.Thread(target=self._listen, args=(place.number, child), daemon=True).start()

    def _listen(self, number: int, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        with child.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError):
                    self.heard.put((number, json.loads(line)))
        self.heard.put((number, {"over": child.wait(), "pid": child.pid}))

    def end(self) -> None:
        """Have all of them end, and kill those that do not."""
        running = [place.process for place in self.places if place.process is not None]
        for process in running:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
        until = time.monotonic() + STOP_WITHIN + 10
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def supervise(
    config: ServerConfig,
    studies: Mapping[str, Folder],
    listening: socket.socket,
    *,
    ready: Callable[[Serving], None],
    processes: int,
) -> None:
    """Serve by so many processes until SIGINT or SIGTERM. `ready` is called when all of them are, for the first time.

    Raises StorageError when one cannot start at first; later its start is tried again, and the others go on.
    """
    crew = _Crew(order(config, studies, listening, new_token()), listening, [_Place(at) for at in range(processes)])
    with _signals(lambda: crew.heard.put(None)):
        try:
            for place in crew.places:
                crew.start(place)
            _until_told(crew, lambda setup: ready(Serving(config, tuple(studies), setup)))
        finally:
            crew.end()


def _until_told(crew: _Crew, ready: Callable[[str | None], None]) -> None:
    lacking = {place.number for place in crew.places}
    told = False
    while True:
        now = time.monotonic()
        for place in crew.places:
            if place.due is not None and place.due <= now:
                crew.start(place)
        due = [place.due for place in crew.places if place.due is not None]
        try:
            heard = crew.heard.get(timeout=max(0.0, min(due) - now) if due else None)
        except Empty:
            continue
        if heard is None:
            return
        number, message = heard
        place = crew.places[number]
        if "ready" in message:
            lacking.discard(number)
            if not lacking and not told:
                told = True
                ready(message["ready"]["setup"])
        elif "failed" in message:
            failed = message["failed"]
            if not told:
                raise SeedbedError(failed["message"], hint=failed["hint"])
            _log.error("server process %d: %s", number + 1, failed["message"])
        elif "over" in message and place.process is not None and message["pid"] == place.process.pid:
            if not told:
                raise StorageError(
                    f"A server process ended with status {message['over']} before it was ready",
                    hint="What it said stands above.",
                )
            place.deaths = place.deaths + 1 if now - place.began < _LIVED else 0
            wait = min(_LONGEST_WAIT, 2.0 ** (place.deaths - 1)) if place.deaths else 0.0
            place.due = now + wait
            _log.error(
                "server process %d ended with status %s and is started again in %.0f s",
                number + 1, message["over"], wait,
            )  # fmt: skip


@contextlib.contextmanager
def _signals(told: Callable[[], None]) -> Iterator[None]:
    before = {number: signal.signal(number, lambda *_: told()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
