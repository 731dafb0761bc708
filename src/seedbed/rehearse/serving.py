"""The real server, in a process of its own, and its organiser."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from seedbed.errors import InputError
from seedbed.rehearse.browser import Browser, Refused
from seedbed.settings import load_settings
from seedbed.study import Folder

__all__ = ["House"]

_STARTS_WITHIN_S = 60.0
_STOPS_WITHIN_S = 30.0
_BRIDGE_WITHIN_S = 600.0  # the boards are taken up and curated first, and a model may write
_OVER = frozenset({"done", "failed", "stopped", "paused"})
_SETUP = re.compile(r"/setup#([A-Za-z0-9_-]{43})")
_AT = re.compile(r"Serving .* at (http://\S+)")
_READY = "Ctrl-C stops"


class House:
    """`seedbed serve` of one study, whose accounts are forgotten afterwards. `organiser` is signed in."""

    def __init__(self, folder: Path, port: int, *more: str) -> None:
        self.study = folder.resolve().name
        self._folder, self._port, self._more = folder, port, more
        self._place = tempfile.TemporaryDirectory(prefix="seedbed-rehearsal-")
        self._log = Path(self._place.name, "log")
        self._process: subprocess.Popen[bytes] | None = None
        self.password = secrets.token_urlsafe(12)
        self.url = ""
        self.organiser: Browser | None = None

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "seedbed", "serve", str(self._folder), "--port", str(self._port)]
        command += ["--home", str(Path(self._place.name, "home")), *self._more]
        with self._log.open("wb") as log:
            # a session of its own: Ctrl-C is for the rehearsal, which ends the server when it has looked at it
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    async def __aenter__(self) -> Self:
        self._process = self._started()
        try:
            said = await self._ready()
            (self.url,) = _AT.findall(said)[:1]
            self.organiser = Browser(self.url)
            (token,) = set(_SETUP.findall(said))
            account = {"name": "Rehearsal", "password": self.password}
            await self.organiser.ask("POST", "/api/setup", {"token": token, **account})
        except BaseException:
            await self._stop()
            raise
        return self

    async def _ready(self) -> str:
        assert self._process is not None
        until = time.monotonic() + _STARTS_WITHIN_S
        while _READY not in (said := self._log.read_text(encoding="utf-8", errors="replace")):
            if self._process.poll() is not None or time.monotonic() > until:
                raise InputError(f"The server did not start: {said.strip()[-1000:]}")
            await asyncio.sleep(0.05)
        return said

    async def link(self, group: str, role: str) -> str:
        """The address of a fresh link; a group that is new is added."""
        assert self.organiser is not None
        asked = {"group": "" if role == "moderator" else group, "role": role, "label": "Rehearsal"}
        made = await self.organiser.ask("POST", f"/api/studies/{self.study}/links", asked)
        return str(made["url"])

    async def bridge(self, per_group: int) -> str:
        """Have every group given so many prompts, grown where study.toml names who writes, else the seeds themselves.

        Returns what came of it, for people.
        """
        assert self.organiser is not None
        settings = load_settings(Folder(self._folder))
        source = "grown" if settings.generate.writer in settings.endpoints else "seeds"
        at = f"/api/studies/{self.study}"
        try:
            job = await self.organiser.ask("POST", f"{at}/bridge", {"source": source, "per_group": per_group})
            until = time.monotonic() + _BRIDGE_WITHIN_S
            while job["state"] not in _OVER and time.monotonic() < until:
                await asyncio.sleep(0.3)
                job = await self.organiser.ask("GET", f"{at}/jobs/{job['id']}")
        except Refused as refused:
            return f"No bridge ({refused}): the groups bring questions of their own"
        if job["state"] != "done":
            return f"The bridge is {job['state']}: the groups bring questions of their own"
        return f"The bridge: up to {per_group} prompts a group, {source}"

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        if self.organiser is not None:
            await self.organiser.close()
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                await asyncio.to_thread(process.wait, _STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._place.cleanup()
