"""`seedbed serve` with a watch on its commits: `python _live_serve.py FD serve STUDY …`.

For every commit two doubles go into the pipe FD: when it began, on the clock that all processes of a machine share,
and how long it took, both in seconds. Nothing else differs from the command itself.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from typing import Any

from seedbed.cli import main
from seedbed.study.events import EventStore


def watch(pipe: int) -> None:
    commit = EventStore.commit

    def timed(self: EventStore, *given: Any) -> Any:
        began = time.perf_counter()
        try:
            return commit(self, *given)
        finally:
            os.write(pipe, struct.pack("dd", began, time.perf_counter() - began))

    EventStore.commit = timed  # type: ignore[method-assign]


if __name__ == "__main__":
    watch(int(sys.argv.pop(1)))
    main()
