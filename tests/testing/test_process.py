from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from seedbed.errors import EndpointRefused, RateLimited, TransientEndpointError
from seedbed.llm import Endpoint
from seedbed.testing import MockProcess
from seedbed.testing.chaos import CONNECTION_FAULTS, TEXT_FAULTS
from seedbed.testing.faults import KINDS

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


def test_a_server_with_its_limits_and_chaos_by_option() -> None:
    async def run(mock: MockProcess) -> list[str]:
        said = []
        async with Endpoint(mock.settings(timeout_s=5)) as endpoint:
            for seed in range(60):
                for _ in range(3):
                    try:
                        await endpoint.chat(ASK, max_tokens=40 + seed, seed=seed)
                        said.append(f"{seed} passed")
                        break
                    except (TransientEndpointError, RateLimited) as error:
                        said.append(f"{seed} {type(error).__name__}")
        return said

    def session() -> tuple[list[str], dict[str, int]]:
        with MockProcess(
            "--chaos", "3", "--poison", '"max_tokens": 44=500', "--slots", "4", "--rate", "500", "--burst", "500"
        ) as mock:
            found = asyncio.run(run(mock))
            return found, mock.stats()["faults"]

    first, faults = session()
    assert (first, faults) == session()
    assert first.count("4 TransientEndpointError") == 3
    assert any("RateLimited" in line for line in first)
    assert len(faults) > 12


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--share", "teapot=0.5"), "teapot"),
        (("--poison", "500"), "TEXT=FAULT"),
        (("--chaos", "1", "--share", "500=0.1"), "in place of"),
        (("--without", "500"), "--chaos"),
        (("--slots", "0"), "at least 1 slot"),
    ],
)
def test_options_that_cannot_be_are_refused(arguments: tuple[str, ...], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seedbed.testing", *arguments],
        capture_output=True, text=True, timeout=30, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert words in done.stderr


def test_its_help_names_every_fault() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seedbed.testing", "--help"],
        capture_output=True, text=True, timeout=30, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert all(f"  {kind:10} {words}" in done.stdout for kind, words in KINDS.items())
    assert all(kind in done.stdout for kind in (*CONNECTION_FAULTS, *TEXT_FAULTS))


def test_it_ends_with_the_block() -> None:
    with MockProcess() as mock:
        pid = mock.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
