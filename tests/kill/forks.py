"""The command in processes forked from one that has read the package: what a kill cuts short is work, not imports.

Two thirds of what a command takes that is killed soon are its imports, in which nothing is written that could be lost:
fifty kills cost 40 s of CPU less without them. The process is as real, and kill -9 ends it as it ends any other; that
the command also starts from nothing, every other test of the command line sees.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from types import TracebackType
from typing import Self

__all__ = ["Fork", "Forks"]

_PROGRAM = """
import gc, importlib, json, os, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
assert len(os.listdir("/proc/self/task")) == 1, "a fork would take one thread along and lose the others"
gc.collect()
gc.freeze()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        sys.argv = json.loads(line)
        ended = 1
        try:
            sys.modules["seedbed.cli"].main()
            ended = 0
        except SystemExit as wish:
            ended = wish.code if isinstance(wish.code, int) else int(wish.code is not None)
        finally:
            os._exit(ended)
    print(child, flush=True)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # it keeps its number until who kills by it was told
    print("over", flush=True)
    sys.stdin.readline()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
# All that generating, judging and testing read; what is not named here a fork reads by itself
_READ = (
    "seedbed.cli", "seedbed.cli.app", "seedbed.acts", "seedbed.settings", "seedbed.preparing", "seedbed.study.events",
    "seedbed.llm.endpoint", "seedbed.generate.models", "seedbed.generate.questions.run",
)  # fmt: skip


class Fork:
    """One run of the command, as far as `subprocess.Popen` is needed: one at a time."""

    def __init__(self, parent: subprocess.Popen[str], arguments: list[str]) -> None:
        assert arguments[:3] == [sys.executable, "-m", "seedbed"], "a fork runs Seedbed and nothing else"
        self._parent = parent
        self._ended: int | None = None
        self._say(json.dumps(["seedbed", *arguments[3:]]))
        self.pid = int(self._hear())

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""
        if self._ended is None and select.select([self._parent.stdout], [], [], 0)[0]:
            self.wait()
        return self._ended

    def wait(self) -> int:
        if self._ended is None:
            assert self._hear() == "over"
            self._say("")
            self._ended = int(self._hear())
        return self._ended

    def send_signal(self, number: int) -> None:
        if self._ended is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _say(self, line: str) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.write(f"{line}\n")
        self._parent.stdin.flush()

    def _hear(self) -> str:
        assert self._parent.stdout is not None
        line = self._parent.stdout.readline()
        assert line, "the process that forks has ended"
        return line.strip()


class Forks:
    """A process that forks; `start` as `subprocess.Popen` would."""

    def __enter__(self) -> Self:
        self._parent = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *_READ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parent.communicate()  # end of input ends it

    def start(self, arguments: list[str]) -> Fork:
        return Fork(self._parent, arguments)
