"""A forked child that runs a piece of work: it may be killed, limited or die in the middle without harm to the test."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

__all__ = ["die_in", "finish", "fork", "limit_files"]


def fork(work: Callable[[], None]) -> int:
    """Start `work` in a child; returns its pid. It ends with 0, or 1 where `work` raises."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def finish(pid: int) -> int:
    """Its exit code; minus the signal's number when one ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die_in(name: str, nth: int = 1) -> None:
    """From now on the nth call of os.NAME in this process is its last act: nothing is done and SIGKILL comes."""
    real = getattr(os, name)
    calls = 0

    def call(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    setattr(os, name, call)


def limit_files(size: int) -> None:
    """No file may grow beyond `size` bytes in this process, as on a disk that is full. Python ignores SIGXFSZ."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
