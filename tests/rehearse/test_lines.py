"""People whose server is killed under them come back, and nothing that they typed is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.errors import UsageError
from seedbed.rehearse import Order, through_links
from tests.server.processes import free_port
from tests.server.served import Browser

PASSWORD = "correct horse battery"


def serve(study: Path, port: int) -> subprocess.Popen[bytes]:
    Path(f"{study}-log").write_text("")
    command = [sys.executable, "-m", "seedbed", "serve", str(study), "--home", f"{study}-home", "--port", str(port)]
    with Path(f"{study}-log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    until = time.monotonic() + 40
    while not said(study).rstrip().endswith("Ctrl-C stops the server."):
        assert process.poll() is None, said(study)
        assert time.monotonic() < until, said(study)
        time.sleep(0.02)
    return process


def said(study: Path) -> str:
    return Path(f"{study}-log").read_text()


def test_a_killed_server_comes_back_and_nothing_is_lost(tmp_path: Path) -> None:
    study, port = tmp_path / "pilot", free_port()
    Study.new(study)
    process = serve(study, port)
    try:
        with Browser(f"http://127.0.0.1:{port}") as olga:
            (token,) = set(re.findall(r"/setup#(\S+)", said(study)))
            olga.post("/api/setup", {"token": token, "name": "Olga", "password": PASSWORD}).raise_for_status()
            links = [
                olga.post("/api/studies/pilot/links", {"group": group, "role": role}).raise_for_status().json()["url"]
                for group, role in (("A", "participant"), ("B", "participant"), ("", "moderator"))
            ]
            olga.post("/api/studies/pilot/step", {"step": "questions"}).raise_for_status()
        written: list[str] = []

        async def run() -> None:
            nonlocal process
            stop = asyncio.Event()
            order = Order(people=6, speed=20, minutes=2, seed=3)
            task = asyncio.create_task(
                through_links(order, links[:2], links[2], study, yes=False, stop=stop, say=written.append)
            )
            while not written:  # everybody is in
                await asyncio.sleep(0.05)
            await asyncio.sleep(3)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = await asyncio.to_thread(serve, study, port)
            await asyncio.sleep(5)
            stop.set()
            made = await task
            assert made.lines_lost == 6
            assert (made.faults, made.checked.differences, made.checked.lost) == ([], [], 0)
            assert made.checked.disk
            assert made.counts["characters"] > 100

        asyncio.run(run())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


@pytest.mark.parametrize(
    ("links", "moderator", "said"),
    [
        (["http://a.example/join/x", "http://b.example/join/y"], "", "several servers"),
        (["http://a.example/"], "", "no join link"),
        (["javascript:/join/x"], "", "no join link"),
        (["http://a.example/join/x"], "", "somebody who may lead"),
    ],
)
def test_links_that_lead_nowhere_are_refused(links: list[str], moderator: str, said: str) -> None:
    async def run() -> None:
        await through_links(
            Order(auto=True), links, moderator, None, yes=True, stop=asyncio.Event(), say=lambda text: None
        )

    with pytest.raises(UsageError, match=said):
        asyncio.run(run())
