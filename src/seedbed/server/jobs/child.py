"""The process in which a job works: `python -m seedbed.server.jobs.child`, fed by its standard input.

The first line is the order (folder, act, options and what the act needs besides), each later line "end" one press of
Ctrl-C: the first lets what is in flight arrive, the second ends at once. When the input closes, the server is gone,
whatever ended it, and so is this process a few seconds later. Each line of output is a message: progress, and at last
done, ended or failed.

It calls the acts that the command line calls, under a low priority: the workshop that is live on the same machine
goes before it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

__all__: list[str] = []

_EVERY = 0.3  # seconds between two words on progress
_GRACE = 5.0  # seconds for what is in flight when the server is gone
_NICE = 10


class _Line:
    """The way to the server; also the listener of acts and runs."""

    def __init__(self, fd: int) -> None:
        self._out = os.fdopen(fd, "w", encoding="utf-8")
        self._lock = threading.Lock()
        self._told = 0.0
        self._what = ""
        self._part: dict[str, Any] = {}
        self._began = time.monotonic()

    def say(self, **message: Any) -> None:
        # a server that is gone hears nothing; the watch over the input ends us
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._out.write(json.dumps(message) + "\n")
            self._out.flush()

    def act(self, what: str, done: int, total: int) -> None:
        self._progress(what, done, total, last=bool(total) and done >= total)

    def run(self, progress: Any, goal: int) -> None:
        last = progress.last
        newest = last.text[:500] if last is not None and last.state.value == "kept" else None
        what = "waiting for the endpoint" if progress.down_since is not None else "generating"
        self._progress(
            what, progress.done, goal, last=progress.done >= goal, kept=progress.kept, rejected=progress.rejected,
            newest=newest,
        )  # fmt: skip

    def part(self, name: str, at: int, parts: int) -> None:
        """From now on progress is that of the run `name`, number `at` of `parts`."""
        self._part, self._what = {"part": name, "at": at, "parts": parts}, ""

    def _progress(self, what: str, done: int, total: int, *, last: bool, **more: Any) -> None:
        now = time.monotonic()
        if last or what != self._what or now - self._told >= _EVERY:
            self._told, self._what = now, what
            seconds = round(now - self._began, 1)
            self.say(progress={"what": what, "done": done, "total": total, "seconds": seconds, **self._part, **more})


def _press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _watch() -> None:
    """Pass on what the server says, and end when it is gone."""
    pressed = False
    for line in sys.stdin:
        if line.strip() == "end":
            pressed = True
            _press()
    if not pressed:
        _press()
    time.sleep(_GRACE)
    os._exit(70)


def main() -> None:
    line = _Line(os.dup(1))
    os.dup2(2, 1)  # what libraries print must not stand between the messages
    signal.signal(signal.SIGINT, signal.default_int_handler)  # inherited as ignored from a shell's background job
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_watch, daemon=True).start()
    root = Path(order["folder"])

    def plain(text: str) -> str:
        return text.replace(str(root), root.name)  # who may start jobs need not know the server's folders

    try:
        from seedbed.errors import SeedbedError
        from seedbed.server.jobs.acts import carry_out

        try:
            finished, result = carry_out(order, line.act, line.run, line.part)
            line.say(**{"done" if finished else "ended": json.loads(plain(json.dumps(result)))})
        except SeedbedError as error:
            line.say(failed={"message": plain(str(error)), "hint": plain(error.hint)})
    except KeyboardInterrupt:
        line.say(ended={})


if __name__ == "__main__":
    main()
