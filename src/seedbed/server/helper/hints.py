"""Whether a verb takes a noun in a question, told while it is written. spaCy never enters the server's interpreter."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections import OrderedDict
from collections.abc import Mapping

from seedbed.server.helper.queue import Queue
from seedbed.server.refusals import Refusal

__all__ = ["Hints"]

_log = logging.getLogger("seedbed.server")
_MOST_WAITING = 30  # pages whose questions wait; more are told nothing, and ask again when somebody types
_MOST_KNOWN = 5000  # texts; the pages of a group all ask about the same
_WITHIN = 20.0  # seconds for an answer; the parser takes two to start, and 10 ms a question
_LONGEST_LINE = 2**20
_IDLE = 600.0
_MOST_FAILURES = 3
_SECRETS = ("KEY", "TOKEN", "SECRET", "PASSWORD")


class Hints:
    """One child process, started when it is first asked, ended when nobody asks for ten minutes.

    What goes wrong is logged and told as None: a hint is never worth an error. After three failures in a row the child
    is let be.
    """

    def __init__(self, *, idle: float = _IDLE) -> None:
        self._idle = idle
        self._queue = Queue(1, most=_MOST_WAITING)
        self._child: asyncio.subprocess.Process | None = None
        self._known: OrderedDict[str, bool | None] = OrderedDict()
        self._failures = 0
        self._ending: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        child = self._child
        return None if child is None or child.returncode is not None else child.pid

    async def verb_noun(self, texts: Mapping[str, str]) -> dict[str, bool | None]:
        """By row: whether a verb takes a noun in the text; None where that cannot be told. Never raises."""
        wanted = {row: " ".join(text.split()) for row, text in texts.items()}
        if missing := [text for text in dict.fromkeys(wanted.values()) if text and text not in self._known]:
            with contextlib.suppress(Refusal):
                async with self._queue.turn(lambda place: None):
                    # whoever was before may have asked for the same
                    await self._learn([text for text in missing if text not in self._known])
        for text in wanted.values():
            if text in self._known:
                self._known.move_to_end(text)
        return {row: self._known.get(text) for row, text in wanted.items()}

    async def stop(self) -> None:
        """End the child."""
        self._stay()
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), 2)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _learn(self, texts: list[str]) -> None:
        if not texts or self._failures >= _MOST_FAILURES:
            return
        self._stay()  # its end must not come in the middle of an answer
        try:
            async with asyncio.timeout(_WITHIN):
                verdicts = await self._asked(texts)
        except asyncio.CancelledError:
            await self.stop()  # in the middle of an answer: the next one would get it
            raise
        except (OSError, ValueError, TimeoutError, EOFError) as error:
            self._failures += 1
            _log.warning("no hints on questions: %s: %s", type(error).__name__, error)
            await self.stop()
            return
        self._failures = 0
        for text, verdict in zip(texts, verdicts, strict=True):
            self._known[text] = verdict
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        self._ending = asyncio.get_running_loop().call_later(self._idle, self._end_soon)

    async def _asked(self, texts: list[str]) -> list[bool | None]:
        child = self._child
        if child is None or child.returncode is not None:
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "seedbed.server.helper.hints_child",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                limit=_LONGEST_LINE, env=_environment(),
            )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"texts": texts}).encode() + b"\n")
        await child.stdin.drain()
        line = await child.stdout.readline()
        if not line:
            raise EOFError("the parser ended; is it installed? pip install 'seedbed[assess]'")
        verdicts = json.loads(line)
        if not isinstance(verdicts, list) or len(verdicts) != len(texts):
            raise ValueError("the parser answered something else")
        return verdicts

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _end_soon(self) -> None:
        self._ending = None
        child = self._child
        if child is not None and child.stdin is not None:
            child.stdin.close()  # it reads the end of its input, and goes; the loop collects it
            self._child = None


def _environment() -> dict[str, str]:
    """Ours, without what looks like a key: the parser needs none. One thread: two on two busy cores are slower."""
    kept = {name: value for name, value in os.environ.items() if not any(mark in name.upper() for mark in _SECRETS)}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return {**kept, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
