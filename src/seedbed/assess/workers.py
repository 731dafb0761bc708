"""The packaged embedder and parser in processes of their own, so that every core reads.

Threads would wait for each other: the parser holds the interpreter for most of its time. Each process loads both
models once, which takes 3 s of CPU and 400 MB, so they are started for many texts only.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Literal, Self

from seedbed.errors import InputError, MissingExtra, StorageError

__all__ = ["LEAST_TEXTS", "Task", "Workers", "usable"]

Task = Literal["embed", "read"]
LEAST_TEXTS = 1_000  # what one process does in the time that two need to load their models
_CHUNK = 64
_MOST = 4  # 400 MB each
_SECRETS = ("KEY", "TOKEN", "SECRET", "PASSWORD")


def usable(wanted: int) -> int:
    """The number of processes: as many as `wanted`, or for 0 one a core that this process may use, at most 4."""
    if wanted:
        return wanted
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST)


class Workers:
    """`count` processes, each started at its first texts; they end with `close`, or when this process does."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._begin()

    def _begin(self) -> None:
        self._children: list[_Child] = []
        self._idle: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        for _ in range(self.count):
            self._idle.put(None)

    def run(self, task: Task, language: str, texts: Sequence[str]) -> Iterator[bytes]:
        """The answers in the order of the texts, as a stream. Raises MissingExtra, or StorageError where one dies."""
        chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
        threads = ThreadPoolExecutor(self.count)
        try:
            for answers in threads.map(lambda chunk: self._ask(task, language, chunk), chunks):
                yield from answers
        finally:
            threads.shutdown(cancel_futures=True)

    def _ask(self, task: Task, language: str, texts: Sequence[str]) -> list[bytes]:
        child = self._idle.get()
        try:
            if child is None:
                child = _Child()
                self._children.append(child)
            return child.ask(task, language, texts)
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """End the processes. Texts that come later start new ones."""
        for child in self._children:
            child.close()
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Child:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "seedbed.assess.reading_child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip

    def ask(self, task: Task, language: str, texts: Sequence[str]) -> list[bytes]:
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        try:
            into.write(json.dumps({"task": task, "language": language, "texts": list(texts)}).encode() + b"\n")
            into.flush()
            head = json.loads(out.readline())
        except (OSError, ValueError) as error:
            raise _died(self._process.poll()) from error
        if "missing" in head:
            message, hint = head["missing"]
            raise MissingExtra(message, hint=hint)
        if "fault" in head:
            message, hint = head["fault"]
            raise InputError(message, hint=hint)
        answers = [out.read(size) for size in head["sizes"]]
        if [len(answer) for answer in answers] != head["sizes"]:
            raise _died(self._process.poll())
        return answers

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # it has gone already
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def _died(code: int | None) -> StorageError:
    return StorageError(
        f"A process that reads questions ended early (exit {code})",
        hint="Run the same command again: what was measured is kept. Short of memory? Set workers = 1 under [assess].",
    )


def _environment() -> dict[str, str]:
    """Ours, without what looks like a key. One thread each: the processes share the cores as it is."""
    kept = {name: value for name, value in os.environ.items() if not any(mark in name.upper() for mark in _SECRETS)}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return {**kept, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
