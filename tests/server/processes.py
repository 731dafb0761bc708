"""Real server processes of one study on PostgreSQL, each at a port of its own, and pages that come to any of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from seedbed import Study
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.server.page import Page
from tests.server.served import PASSWORD, Browser

__all__ = ["BOARD", "Process", "Town", "seat", "town"]

BOARD = "board/A/questions"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Process:
    """`seedbed serve` on a port. `log` is what it said."""

    def __init__(self, study: Path, home: Path, *more: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.with_name(f"log-{self.port}")
        command = [sys.executable, "-m", "seedbed", "serve", str(study), f"--home={home}", f"--port={self.port}", *more]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )

    def ready(self) -> Process:
        until = time.monotonic() + 40
        while "Ctrl-C stops" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)
        return self

    def children(self) -> list[int]:
        """The server processes that it started."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in found.split()]

    def kill(self) -> None:
        """As a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                assert self.process.wait(30) == 0, self.log.read_text()
            finally:
                self.process.kill()


class Town:
    """A study with people in it, and its servers."""

    def __init__(self, root: Path, database: str) -> None:
        self.study, self.home = root / "pilot", root / "home"
        Study.new(self.study, title="The pilot")
        settings = self.study / "study.toml"
        settings.write_text(f'database = "{database}"\n' + settings.read_text().replace('database = ""', ""))
        self.servers: list[Process] = []
        self._olga: dict[int, Browser] = {}

    def serve(self, count: int = 1, *more: str) -> list[Process]:
        made = [Process(self.study, self.home, *more) for _ in range(count)]
        self.servers += made
        return [server.ready() for server in made]

    def olga(self, server: Process) -> Browser:
        """The organiser, signed in at that server."""
        if server.port not in self._olga:
            browser = self._olga[server.port] = Browser(server.url)
            browser.post("/api/login", {"name": "Olga", "password": PASSWORD}).raise_for_status()
        return self._olga[server.port]

    def account(self) -> None:
        command = [sys.executable, "-m", "seedbed", "account", "add", "Olga", "--home", str(self.home)]
        subprocess.run(
            [*command, "--password-stdin"], input=PASSWORD + "\n", text=True, check=True, capture_output=True
        )

    def link(self, server: Process, group: str) -> str:
        """An address at that server by which participants of the group come in."""
        asked = {"group": group, "role": "participant"}
        made = self.olga(server).post("/api/studies/pilot/links", asked).raise_for_status()
        return str(made.json()["url"])

    def join(self, server: Process, *names: str, group: str = "A") -> dict[str, str]:
        """By name the secret of a session, which any of the servers takes."""
        url = self.link(server, group)
        found = {}
        for name in names:
            with Browser(server.url) as browser:
                joined = browser.post(f"/api/join/{url.rpartition('/')[2]}", {"name": name}).raise_for_status()
                found[name] = next(iter(httpx.Cookies(joined.cookies).jar)).value or ""
        return found

    def store(self) -> EventStore:
        return EventStore.of(Folder(self.study))


@contextmanager
def town(root: Path, database: str) -> Iterator[Town]:
    made = Town(root, database)
    made.account()
    try:
        yield made
    finally:
        for browser in made._olga.values():
            browser.http.close()
        for server in made.servers:
            with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
                server.stop()


@asynccontextmanager
async def seat(server: Process, secret: str, doc: str = BOARD, page: Page | None = None) -> AsyncIterator[Page]:
    """A page of whoever holds `secret` at `server`; with `page`, that page, come here with all it holds."""
    headers = {"Cookie": f"seedbed-{server.port}={secret}"}
    url = f"{server.url.replace('http', 'ws')}/api/studies/pilot/live"
    async with connect(url, origin=Origin(server.url), additional_headers=headers, proxy=None) as live:
        at = page or Page(live.send, doc)
        at._send = live.send
        hearing = asyncio.create_task(_hear(live, at))
        try:
            yield at
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


async def _hear(live: ClientConnection, page: Page) -> None:
    try:
        async for message in live:
            assert isinstance(message, bytes)
            page.hear(message)
    except ConnectionClosed:
        pass
    finally:
        page.closed = page.closed or "lost"
        page._changed.set()
