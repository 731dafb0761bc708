"""A real server in a thread, on a free port of this machine, and browsers that come to it."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from seedbed import Study
from seedbed.server.app import create_app
from seedbed.server.config import ServerConfig
from seedbed.server.live import frames
from seedbed.server.live.frames import Down, Up
from seedbed.server.people.home import named_studies
from seedbed.server.people.passwords import Passwords
from seedbed.server.serving import uvicorn_config

PASSWORD = "correct horse battery"


def make_studies(folder: Path, *names: str) -> list[Path]:
    """Empty studies of those names."""
    for name in names:
        Study.new(folder / name, title=f"The study {name}")
    return [folder / name for name in names]


def quick_passwords() -> Passwords:
    """argon2id at its least, so that a test costs a millisecond and not sixty."""
    return Passwords(memory_kib=8, passes=1)


class Browser:
    """Cookies, and the Origin that a page of the server has."""

    def __init__(self, url: str, **headers: str) -> None:
        # the server lets go of an idle connection after 5 s: by then this side must have
        limits = httpx.Limits(keepalive_expiry=1)
        self.http = httpx.Client(
            base_url=url, headers={"Origin": url, **headers}, timeout=20, trust_env=False, limits=limits
        )
        self.url = url

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.http.post(path, json={} if body is None else body, **more)

    def put(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.http.put(path, json=body, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.http.delete(path, **more)

    def cookie(self) -> str:
        """The session's cookie as a header."""
        return "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar if not c.name.endswith("-device"))

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


class Served:
    """The running server: its application, and people to ask it."""

    def __init__(self, app: Any, url: str) -> None:
        self.app = app
        self.url = url
        self._open: list[Browser] = []

    def browser(self, **headers: str) -> Browser:
        made = Browser(self.url, **headers)
        self._open.append(made)
        return made

    def organiser(self, name: str = "Olga") -> Browser:
        """Signed in as the first organiser, who is made by the setup link."""
        made = self.browser()
        if self.app.state.home.setup is not None:
            token = self.app.state.home.setup.token
            answer = made.post("/api/setup", {"token": token, "name": name, "password": PASSWORD})
        else:
            answer = made.post("/api/login", {"name": name, "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        return made

    def joined(
        self, study: str, name: str, *, group: str = "A", role: str = "participant", by: Browser | None = None
    ) -> Browser:
        """Somebody who came in by a fresh link."""
        made = self.browser()
        answer = made.post(f"/api/join/{self.link(study, group=group, role=role, by=by)}", {"name": name})
        assert answer.status_code == 200, answer.text
        return made

    def link(self, study: str, *, group: str = "A", role: str = "participant", by: Browser | None = None) -> str:
        """The code of a fresh link."""
        asked = {"group": "" if role == "moderator" else group, "role": role}
        answer = (by or self.organiser()).post(f"/api/studies/{study}/links", asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"].rpartition("/")[2])

    def close(self) -> None:
        for browser in self._open:
            browser.http.close()


@contextmanager
def serving(folder: Path, *studies: str, pages: Path | None = None, **config: Any) -> Iterator[Served]:
    """Serve fresh studies of those names under `folder`; with the same folder again, the same studies."""
    paths = [folder / name for name in studies if (folder / name).exists()] or make_studies(folder, *studies)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        made = replace(ServerConfig(folder / "home", port=listening.getsockname()[1]), **config)
        more: Mapping[str, Any] = {} if pages is None else {"pages": pages}
        named = named_studies(paths)
        app = create_app(made, named, passwords=quick_passwords(), **more)
        server = uvicorn.Server(uvicorn_config(app, named))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        served = Served(app, f"http://127.0.0.1:{made.port}")
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                thread.join(0.01)
            yield served
        finally:
            served.close()
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


class Seated:
    """One browser's place at one document, by the socket."""

    def __init__(self, live: ClientConnection, doc: str) -> None:
        self._live = live
        hello = {"protocol": frames.PROTOCOL, "doc": doc, "epoch": None, "previous": []}
        live.send(bytes((Up.HELLO, 1)) + json.dumps(hello).encode())
        self.welcome = json.loads(self._until(Down.WELCOME, Down.CLOSED)[2:])
        live.send(bytes((Up.SYNC1, 1, 0)))
        self._until(Down.SYNC2)

    def command(self, kind: str, **args: Any) -> list[dict[str, Any]] | str:
        """The events that came of a command, or the code of its refusal."""
        asked = {"id": secrets.token_hex(8), "kind": kind, **args}
        self._live.send(bytes((Up.CMD, 1)) + json.dumps(asked).encode())
        while True:
            frame = self._until(Down.EVENTS, Down.REFUSED)
            if frame[0] == Down.REFUSED:
                return str(json.loads(frame[2:])["code"])
            events: list[dict[str, Any]] = json.loads(frame[frame.index(b'[{"seq"') :])  # 91 is a bracket too
            if asked["id"] in [event["cmd"] for event in events]:
                return events

    def made(self, kind: str, **args: Any) -> str:
        """The id of what a command made."""
        events = self.command(kind, **args)
        assert not isinstance(events, str), events
        return str(next(event["subject"] for event in events if event["kind"] == kind))

    def _until(self, *kinds: Down) -> bytes:
        while True:
            frame = self._live.recv(timeout=10)
            assert isinstance(frame, bytes)
            if frame[0] in kinds:
                return frame


@contextmanager
def seated(server: Served, browser: Browser, doc: str, study: str = "one") -> Iterator[Seated]:
    url = f"{server.url.replace('http', 'ws')}/api/studies/{study}/live"
    origin, headers = Origin(server.url), {"Cookie": browser.cookie()}
    with connect(url, origin=origin, additional_headers=headers, proxy=None) as live:
        yield Seated(live, doc)


def closed(live: ClientConnection) -> bool:
    """Whether the server closes the socket within ten seconds; what it sends before is let go."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            live.recv(timeout=1)
        except ConnectionClosed:
            return True
        except TimeoutError:
            continue
    return False
