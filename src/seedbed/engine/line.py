"""The line to a worker in another process: both its ends, and what goes over it. How it is carried, it does not know.

One message brings all asks that are ready, and its answer takes away all replies that are there. Asks that become
ready while the far end holds a message, waiting for a first reply to answer it with, are pushed after it.

What goes over is pickled here, at either end: a carrier would wrap what a stage raises, and the conductor decides by
an error's type, hint and retry_after.
"""

from __future__ import annotations

import asyncio
import pickle
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any

import seedbed
from seedbed.engine.contract import Stage
from seedbed.errors import SeedbedError
from seedbed.records import Ask, Reply

__all__ = ["FarEnd", "Job", "NearEnd"]


@dataclass(slots=True, eq=False)
class Job:
    """Asks that go together, wherever they are. `teach` is what a far end learns the stage with that number from."""

    number: int
    stage: int
    teach: Any
    asks: tuple[Ask, ...]
    replies: asyncio.Future[list[Reply]]
    moves: int = 0  # to another line, since one was lost

    def settle(self, outcome: list[Reply] | Exception) -> None:
        if self.replies.done():  # its lane was cancelled
            return
        if isinstance(outcome, Exception):
            self.replies.set_exception(outcome)
        else:
            self.replies.set_result(outcome)


class NearEnd:
    """Our end. `call(name, *arguments)` has that method of the far end run, and brings what it returns.

    Jobs are `put` here, and `exchange()`, called again and again, carries them over and settles them. It raises what
    `call` does when the line is lost; `flights` then holds the jobs that were not answered.
    """

    def __init__(self, call: Callable[..., Awaitable[Any]]) -> None:
        self._call = call
        self.flights: dict[int, Job] = {}  # not answered; some of them not sent yet
        self.in_flight = 0  # asks
        self._box: list[Job] = []  # not sent yet
        self._known: set[int] = set()  # stages
        self._waiting = False  # the far end holds a message of ours, to answer it when a reply is there

    def put(self, job: Job) -> bool:
        """Take in `job`. Whether `push()` is now wanted, so that it does not wait for the next exchange."""
        self._box.append(job)
        self.flights[job.number] = job
        self.in_flight += len(job.asks)
        return self._waiting and len(self._box) == 1

    async def exchange(self) -> None:
        """Send what is in the box, and settle the jobs that the answer tells of, once there are any."""
        message = await self._message()
        self._waiting = True
        finished = await self._call("exchange", message)
        self._waiting = False
        for number, outcome in pickle.loads(finished):
            job = self.flights.pop(number)
            self.in_flight -= len(job.asks)
            job.settle(outcome)

    async def push(self) -> None:
        """Send what is in the box while an exchange waits for its answer; else the next one takes it along."""
        if self._waiting and self._box:
            await self._call("take", await self._message())

    async def _message(self) -> bytes:
        """All that is in the box, once the far end has the stages that it is for."""
        while unknown := {job.stage: job.teach for job in self._box if job.stage not in self._known}:
            for number, teach in unknown.items():
                await self._call("learn", number, teach)
            self._known |= set(unknown)
        box, self._box = self._box, []
        return pickle.dumps([(job.number, job.stage, job.asks) for job in box], 5)


class FarEnd:
    """The worker's end: it opens the context, and runs stages in it. Every method answers with data, and raises not."""

    def __init__(self, open_context: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        self._open_context = open_context
        self._stack = AsyncExitStack()
        self._context: Any = None
        self._stages: dict[int, Stage] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._finished: list[tuple[int, list[Reply] | Exception]] = []
        self._any = asyncio.Event()

    async def open(self, version: str) -> bytes:
        """Enter the context: None, or the error that this raised. Where this is another version of Seedbed than
        `version`, nothing is opened: which one it is, as a string."""
        if seedbed.__version__ != version:
            return pickle.dumps(seedbed.__version__, 5)
        try:
            self._context = await self._stack.enter_async_context(self._open_context())
        except Exception as error:
            return pickle.dumps(_portable(error), 5)
        return pickle.dumps(None, 5)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await self._stack.aclose()

    async def probe(self, turn: int) -> bytes:
        """Ask the endpoint for one token: None, or the error that this raised."""
        try:
            await self._context.probe(turn)
        except Exception as error:
            return pickle.dumps(_portable(error), 5)
        return pickle.dumps(None, 5)

    async def learn(self, number: int, stage: Stage) -> None:
        self._stages[number] = stage

    async def take(self, message: bytes) -> None:
        """Begin the asks of `message`."""
        for number, stage, asks in pickle.loads(message):
            task = asyncio.create_task(self._run(number, self._stages[stage], asks))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def exchange(self, message: bytes) -> bytes:
        """Begin the asks of `message`, wait until any ask has ended, and answer with all that have."""
        await self.take(message)
        await self._any.wait()
        self._any.clear()
        finished, self._finished = self._finished, []
        return pickle.dumps(finished, 5)

    async def _run(self, number: int, stage: Stage, asks: Sequence[Ask]) -> None:
        outcome: list[Reply] | Exception
        try:
            outcome = await stage.run(asks, self._context)
        except Exception as error:
            outcome = _portable(error)
        self._finished.append((number, outcome))
        self._any.set()


def _portable(error: Exception) -> Exception:
    """The error as it can travel: what was raised on purpose as it is, and a fault in code with where it arose."""
    if not isinstance(error, SeedbedError):
        error.add_note("In a worker:\n" + "".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error, 5))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
