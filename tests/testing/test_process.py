from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from seedbed.errors import EndpointRefused, TransientEndpointError
from seedbed.llm import Endpoint
from seedbed.testing import MockProcess

ASK = [{"role": "user", "content": "Ask."}]


def test_it_counts_repeats_and_fails_as_told_on_the_command_line() -> None:
    async def run(mock: MockProcess) -> None:
        async with Endpoint(mock.settings()) as endpoint:
            with pytest.raises(TransientEndpointError, match="closed the connection"):
                await endpoint.chat(ASK, max_tokens=9)
            with pytest.raises(EndpointRefused):
                await endpoint.chat(ASK, max_tokens=9)
            await endpoint.chat(ASK, max_tokens=9)
            await endpoint.chat(ASK, max_tokens=8)

    with MockProcess("--script", "0=reset", "--script", "1-1=401") as mock:
        asyncio.run(run(mock))
        stats = mock.stats()
        names = mock.requests()
    assert {key: stats[key] for key in ("requests", "distinct", "repeated", "answered", "faults")} == {
        "requests": 4, "distinct": 2, "repeated": 2, "answered": 2, "faults": {"reset": 1, "401": 1},
    }  # fmt: skip
    assert names[0] == names[1] == names[2] != names[3]


_CLIENT = """
import asyncio, sys
from seedbed.llm import Endpoint, EndpointSettings

async def main():
    async with Endpoint(EndpointSettings(url=sys.argv[1], model="mock")) as endpoint:
        ask = [{"role": "user", "content": "Ask."}]
        await asyncio.gather(*(endpoint.chat(ask, max_tokens=9, seed=i) for i in range(20)))

asyncio.run(main())
"""


def test_its_counts_outlive_a_killed_client() -> None:
    with MockProcess("--latency-ms", "30000") as mock:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        client = subprocess.Popen([sys.executable, "-c", _CLIENT, mock.url], env=env)
        until = time.monotonic() + 20
        while mock.stats()["requests"] < 20 and time.monotonic() < until:
            time.sleep(0.05)
        client.send_signal(signal.SIGKILL)
        client.wait()
        stats = mock.stats()
    assert (stats["requests"], stats["distinct"], stats["answered"]) == (20, 20, 0)


def test_it_ends_with_the_block() -> None:
    with MockProcess() as mock:
        pid = mock.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
