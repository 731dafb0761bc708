"""The process of a job, from the server's side: started, listened to, asked to end, and never left behind."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["JobProcess", "Message"]

_log = logging.getLogger("seedbed.server")
_LONGEST = 1 << 20  # bytes of a message

Message = Mapping[str, Any]


class JobProcess:
    """`seedbed.server.jobs.child` with `order`. `told` is called from a thread with each message, and at last with
    {"over": exit status, "last": its last words on stderr}.

    The child hears that this process is gone by the end of its input, whatever ended it.
    """

    def __init__(self, order: Mapping[str, Any], told: Callable[[Message], None]) -> None:
        self._told = told
        # -P: the folder that the server was started in is no place to import from. A session of its own: Ctrl-C at
        # the server's terminal is the server's to pass on.
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "seedbed.server.jobs.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self._stderr: deque[str] = deque(maxlen=40)
        self._writing = threading.Lock()
        self._say(json.dumps(dict(order)))
        self._readers = [
            threading.Thread(target=self._listen, name="seedbed-job", daemon=True),
            threading.Thread(target=self._drain, name="seedbed-job-errors", daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    def end(self) -> None:
        """Ask it to end once what is in flight has arrived; asked again, at once."""
        self._say("end")

    def close(self, within: float) -> None:
        """Have it end, and kill it when it has not after `within` seconds. Blocks."""
        self.end()
        with contextlib.suppress(OSError):
            if self._child.stdin is not None:
                self._child.stdin.close()
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for reader in self._readers:
            reader.join(5)

    def _say(self, line: str) -> None:
        # it may have ended by itself a moment ago
        with self._writing, contextlib.suppress(OSError, ValueError):
            assert self._child.stdin is not None
            self._child.stdin.write(line.encode() + b"\n")
            self._child.stdin.flush()

    def _listen(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as lines:
            while line := lines.readline(_LONGEST):
                with contextlib.suppress(ValueError):
                    message = json.loads(line)
                    if isinstance(message, dict):
                        self._told(message)
        status = self._child.wait()
        self._readers[1].join(5)
        with contextlib.suppress(OSError):
            if self._child.stdin is not None:
                self._child.stdin.close()
        self._told({"over": status, "last": "\n".join(self._stderr)})

    def _drain(self) -> None:
        assert self._child.stderr is not None
        with self._child.stderr as lines:
            while line := lines.readline(_LONGEST):
                self._stderr.append(line.decode("utf-8", "replace").rstrip())
