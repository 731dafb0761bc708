from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from seedbed.errors import UsageError
from seedbed.testing import Capacity, Fault, FaultPlan, Latency, MockEndpoint, Outage
from seedbed.testing.servers import Turnstile

Send = Callable[..., Awaitable[tuple[int, str]]]
STEADY = Latency(0.05, sigma=0, tail=0)


def ask(seed: int) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "Ask."}], "max_tokens": 40, "seed": seed}


def serve(act: Callable[[MockEndpoint, Send], Awaitable[Any]], **options: Any) -> Any:
    """`act` with a sender that gives (status, Retry-After); status 0 when the connection failed."""

    async def run() -> Any:
        async with MockEndpoint(**options) as mock, aiohttp.ClientSession() as session:

            async def send(seed: int = 0, time_out: float = 5) -> tuple[int, str]:
                try:
                    async with session.post(
                        mock.url + "/chat/completions", json=ask(seed), timeout=aiohttp.ClientTimeout(time_out)
                    ) as answer:
                        await answer.read()
                        return answer.status, answer.headers.get("Retry-After", "")
                except (aiohttp.ClientError, OSError) as error:
                    return (-1 if isinstance(error, TimeoutError) else 0), ""

            return await act(mock, send)

    return asyncio.run(run())


def test_a_single_slot_serves_one_after_another_and_loses_none() -> None:
    async def act(mock: MockEndpoint, send: Send) -> tuple[float, list[tuple[int, str]]]:
        began = time.monotonic()
        answers = await asyncio.gather(*(send(seed) for seed in range(8)))
        return time.monotonic() - began, list(answers)

    took, answers = serve(act, capacity=Capacity(slots=1), latency=STEADY)
    assert answers == [(200, "")] * 8
    assert took >= 8 * 0.05
    took, _ = serve(act, capacity=Capacity(slots=8), latency=STEADY)
    assert took < 8 * 0.05


def test_whoever_finds_the_queue_full_is_turned_away() -> None:
    async def act(mock: MockEndpoint, send: Send) -> list[int]:
        return sorted(status for status, _ in await asyncio.gather(*(send(seed) for seed in range(8))))

    assert serve(act, capacity=Capacity(slots=2, queue=3), latency=STEADY) == [200] * 5 + [503] * 3


def test_a_client_that_has_gone_holds_no_slot() -> None:
    async def act(mock: MockEndpoint, send: Send) -> tuple[int, int]:
        mock.faults = FaultPlan(script={0: Fault("hang")})
        assert (await send(0, 0.1))[0] == -1
        status, _ = await send(1)
        await asyncio.sleep(0.05)
        return status, mock._in_flight

    assert serve(act, capacity=Capacity(slots=1)) == (200, 0)


def test_a_bucket_of_tokens_lets_a_burst_pass_and_then_the_rate() -> None:
    now = [100.0]
    gate = Turnstile(Capacity(rate=4, burst=3), lambda: now[0])
    assert [gate.limited() for _ in range(4)] == [None, None, None, pytest.approx(0.25)]
    now[0] += 0.25
    assert [gate.limited(), gate.limited()] == [None, pytest.approx(0.25)]
    now[0] += 60
    assert [gate.limited() is None for _ in range(4)] == [True, True, True, False]
    passed = 0
    for _ in range(1000):
        now[0] += 0.01
        passed += gate.limited() is None
    assert passed in (39, 40, 41)


def test_who_waits_as_told_passes_the_limit() -> None:
    async def act(mock: MockEndpoint, send: Send) -> tuple[int, dict[str, int]]:
        statuses = []
        for seed in range(6):
            while True:
                status, after = await send(seed)
                if status == 200:
                    break
                statuses.append(status)
                await asyncio.sleep(float(after) + 0.002)
        return len(statuses), mock.stats()["faults"]

    refusals, faults = serve(act, capacity=Capacity(rate=8, burst=2))
    assert 2 <= refusals <= 4  # a slow machine gathers tokens meanwhile
    assert faults == {"429": refusals}


def test_each_request_in_work_slows_the_others_down() -> None:
    async def act(mock: MockEndpoint, send: Send) -> tuple[float, float]:
        async def timed(count: int) -> float:
            began = time.monotonic()
            await asyncio.gather(*(send(seed) for seed in range(count)))
            return time.monotonic() - began

        return await timed(1), await timed(11)

    alone, crowded = serve(act, capacity=Capacity(drag=0.5), latency=STEADY)
    assert alone < 0.3
    assert crowded >= 0.05 * (1 + 0.5 * 10)


def test_an_endpoint_dies_and_comes_back_at_the_same_address() -> None:
    async def act(mock: MockEndpoint, send: Send) -> list[int]:
        before = (await send(0))[0]
        slow = asyncio.create_task(send(1))
        await asyncio.sleep(0.02)  # it is in work when the next one arrives and the server dies
        killer = (await send(2))[0]
        gone = (await send(3))[0]
        in_work = (await slow)[0]
        assert mock.stats()["requests"] == 3  # a connection that is refused is no request
        until = time.monotonic() + 5
        while (after := (await send(4))[0]) != 200 and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return [before, killer, gone, in_work, after]

    began = time.monotonic()
    found = serve(act, outages=[Outage(after=2, seconds=0.4)], latency=Latency(0.1, sigma=0, tail=0))
    assert found == [200, 0, 0, 0, 200]
    assert time.monotonic() - began >= 0.4


def test_an_endpoint_that_is_down_may_say_so_and_several_times() -> None:
    async def act(mock: MockEndpoint, send: Send) -> list[int]:
        found = []
        for seed in range(7):
            found.append((await send(seed))[0])
            if found[-1] == 503:
                await asyncio.sleep(0.15)
        return found

    outages = [Outage.parse("4:0.1:503"), Outage.parse("1:0.1:503")]
    assert serve(act, outages=outages) == [200, 503, 200, 200, 503, 200, 200]


def test_a_trickle_outlasts_a_time_out_although_every_read_succeeds() -> None:
    async def act(mock: MockEndpoint, send: Send) -> tuple[int, int, dict[str, Any]]:
        return (await send(0, 0.3))[0], (await send(1, 5))[0], mock.stats()

    impatient, patient, stats = serve(act, faults=FaultPlan(shares={Fault("trickle", "0.8"): 1.0}))
    assert (impatient, patient) == (-1, 200)
    assert (stats["answered"], stats["faults"]) == (1, {"trickle": 2})


def test_a_date_to_come_back_at() -> None:
    async def act(mock: MockEndpoint, send: Send) -> tuple[str, str]:
        return (await send(0))[1], (await send(1))[1]

    script = {0: Fault.parse("429:date+60"), 1: Fault.parse("429:-5")}
    date, number = serve(act, faults=FaultPlan(script=script))
    assert 55 < parsedate_to_datetime(date).timestamp() - time.time() <= 60
    assert number == "-5"


def test_tokens_are_counted_as_they_were_and_not_as_they_were_told() -> None:
    def counted(faults: FaultPlan) -> tuple[int, int, int]:
        async def act(mock: MockEndpoint, send: Send) -> tuple[int, int, int]:
            for seed in range(3):
                await send(seed)
            stats = mock.stats()
            return stats["answered"], stats["prompt_tokens"], stats["completion_tokens"]

        found: tuple[int, int, int] = serve(act, faults=faults)
        return found

    sound = counted(FaultPlan())
    assert sound[0] == 3
    assert sound[1] > 60
    assert sound == counted(FaultPlan(always={Fault("usage", "-7"): 1.0}))
    assert counted(FaultPlan(always={Fault("null"): 1.0})) == (0, 0, 0)


@pytest.mark.parametrize("options", [{"slots": 0}, {"rate": 0}, {"burst": 0}, {"queue": -1}, {"drag": -0.1}])
def test_a_server_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Capacity(**options)


@pytest.mark.parametrize("text", ["3", "3:x", "-1:2", "3:1:gone"])
def test_an_outage_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises((UsageError, ValueError)):
        Outage.parse(text)
