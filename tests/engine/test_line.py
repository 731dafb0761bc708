"""Both ends of the line in one process, and a carrier between that notes what it brings over."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

import seedbed
from seedbed.engine.line import FarEnd, Job, NearEnd
from seedbed.errors import RateLimited, SeedbedError
from seedbed.records import Ask, Reply
from tests.engine.fakes import make_ask


class Gated:
    """Replies to an ask when its gate is open; what it raises is in the gate."""

    name, version = "gated", "1"

    def __init__(self, *wanted: int) -> None:
        self.gates = {seed: asyncio.get_running_loop().create_future() for seed in wanted}

    async def run(self, asks: Sequence[Ask], context: Any) -> list[Reply]:
        (ask,) = asks
        if ask.seed in self.gates:
            await self.gates[ask.seed]
        return [Reply({"seed": ask.seed, "context": context})]


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("cannot be pickled")


@asynccontextmanager
async def context() -> AsyncIterator[str]:
    yield "open"


class Line:
    def __init__(self, stage: Gated) -> None:
        self.stage = stage
        self.sent: list[str] = []
        self.far = FarEnd(context)
        self.near = NearEnd(self.call)

    async def call(self, name: str, *arguments: Any) -> Any:
        self.sent.append(name)
        return await getattr(self.far, name)(*arguments)

    def put(self, seed: int) -> tuple[bool, asyncio.Future[list[Reply]]]:
        replies = asyncio.get_running_loop().create_future()
        return self.near.put(Job(seed, 1, self.stage, (make_ask(seed, seed),), replies)), replies


def test_what_is_ready_goes_in_one_message_and_what_becomes_ready_then_is_pushed_after_it() -> None:
    async def work() -> None:
        line = Line(Gated(1, 2, 3))
        await line.far.open(seedbed.__version__)
        (push, first), (_, second) = line.put(1), line.put(2)
        assert not push  # nothing is on its way yet: the exchange takes both along
        exchange = asyncio.create_task(line.near.exchange())
        await asyncio.sleep(0.01)
        assert line.sent == ["learn", "exchange"]
        (push, third), (again, fourth) = line.put(3), line.put(4)
        assert (push, again) == (True, False)  # one push for both
        await line.near.push()
        await exchange
        assert line.sent == ["learn", "exchange", "take"]
        assert (await fourth)[0].data == {"seed": 4, "context": "open"}
        assert not first.done()
        assert line.near.in_flight == 3
        for gate in line.stage.gates.values():
            gate.set_result(None)
        await asyncio.sleep(0.01)
        await line.near.exchange()  # one answer brings all three
        assert [replies.result()[0].data["seed"] for replies in (first, second, third)] == [1, 2, 3]
        assert (line.near.in_flight, line.near.flights) == (0, {})
        await line.near.push()  # nothing to send, and nobody waits
        assert line.sent == ["learn", "exchange", "take", "exchange"]
        await line.far.close()

    asyncio.run(work())


def test_errors_arrive_as_they_were_raised() -> None:
    async def work() -> None:
        line = Line(Gated(1, 2, 3))
        await line.far.open(seedbed.__version__)
        found = [line.put(seed)[1] for seed in (1, 2, 3)]
        raised = (RateLimited("429", retry_after=7), ZeroDivisionError("a fault"), Unpicklable("it holds a lock"))
        for gate, error in zip(line.stage.gates.values(), raised, strict=True):
            gate.set_exception(error)
        while line.near.flights:
            await line.near.exchange()
        limited, fault, unpicklable = (replies.exception() for replies in found)
        assert isinstance(limited, RateLimited)
        assert limited.retry_after == 7
        assert isinstance(fault, ZeroDivisionError)
        assert "in run" in fault.__notes__[0]  # where it arose
        assert type(unpicklable) is RuntimeError
        assert "it holds a lock" in str(unpicklable)
        await line.far.close()

    asyncio.run(work())


def test_a_line_that_is_lost_keeps_what_was_not_answered() -> None:
    async def lost(name: str, *arguments: Any) -> Any:
        if name == "exchange":
            raise ConnectionResetError("gone")

    async def work() -> None:
        line = Line(Gated())
        line.near = NearEnd(lost)
        _, replies = line.put(1)
        with pytest.raises(ConnectionResetError):
            await line.near.exchange()
        assert [job.replies for job in line.near.flights.values()] == [replies]
        assert not replies.done()

    asyncio.run(work())


def test_a_worker_of_another_version_opens_nothing_and_says_which_it_is() -> None:
    def opened() -> Any:
        raise SeedbedError("no such model", hint="choose another")

    async def work() -> None:
        assert pickle.loads(await FarEnd(opened).open("0.0.0")) == seedbed.__version__
        error = pickle.loads(await FarEnd(opened).open(seedbed.__version__))
        assert (str(error), error.hint) == ("no such model", "choose another")

    asyncio.run(work())
