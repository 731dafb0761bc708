"""The real command serving a study on a fixed port, which can be killed and started again."""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx

from seedbed import Study
from seedbed.server.people.home import Home
from tests.server.served import quick_passwords

__all__ = ["PASSWORD", "RealServer"]

PASSWORD = "a long enough password"
COMMAND = (sys.executable, "-m", "seedbed")


class RealServer:
    """`seedbed serve` as a process of its own."""

    def __init__(self, root: Path) -> None:
        self.study = root / "pilot"
        self.home = root / "home"
        self.log = root / "server.log"
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        Study.new(self.study, title="The pilot")
        self._process: subprocess.Popen[bytes] | None = None

    def seedbed(self, *arguments: str, stdin: str = "", timeout: float = 180) -> str:
        """Run another command of Seedbed; returns what it said."""
        done = subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def account(self, name: str = "Olga", role: str = "organiser") -> None:
        """As `seedbed account add`, without a process of its own."""
        with Home(self.home, {}) as home:
            home.accounts.add(name, role, quick_passwords().hash(PASSWORD))

    @functools.cached_property
    def olga(self) -> httpx.Client:
        """The organiser, signed in once: sign-ins are counted."""
        client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, trust_env=False, timeout=60)
        client.post("/api/login", json={"name": "Olga", "password": PASSWORD}).raise_for_status()
        return client

    @functools.cache  # noqa: B019 (a server of a test)
    def link(self, group: str = "A", role: str = "participant") -> str:
        """The address of a link for that group and role, made on the running server, which makes the group too."""
        made = self.olga.post("/api/studies/pilot/links", json={"group": group, "role": role}).raise_for_status()
        return str(made.json()["url"])

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, "serve", str(self.study), f"--home={self.home}", f"--port={self.port}"],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            assert self._process.poll() is None, self.log.read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """As a power cut does."""
        assert self._process is not None
        self._sign_out()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self._sign_out()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                raise

    def _sign_out(self) -> None:
        if "olga" in self.__dict__:
            self.__dict__.pop("olga").close()  # the next server signs her in anew
