"""A hub over a real store in a folder, and pages at its sockets, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from seedbed.server.identity import Who
from seedbed.server.live.connection import Socket
from seedbed.server.live.hub import Hub
from seedbed.study import Folder
from seedbed.workshop import WorkshopSettings
from tests.server.page import Page

STUDY = "pilot"


def participant(name: str, group: str = "A", role: str = "participant", study: str = STUDY) -> Who:
    return Who(f"p_{name}", name, role, study, group, f"session-{name}")


def organiser() -> Who:
    return Who("a_olga", "Olga", "organiser", None, None, "session-olga")


class House:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, who: Who, doc: str = "board/A/questions", *, slow: asyncio.Event | None = None) -> Page:
        """A page of `who` at a socket of its own. While `slow` is unset, nothing is read from the server."""
        towards: asyncio.Queue[bytes | None] = asyncio.Queue()

        async def send(message: bytes) -> None:
            await towards.put(message)

        page = Page(send, doc)

        async def receive() -> bytes | None:
            return await towards.get()

        async def give(frame: bytes) -> None:
            if slow is not None:
                await slow.wait()
            page.hear(frame)

        async def close(code: int, reason: str) -> None:
            page.closed = page.closed or reason
            page._changed.set()
            await towards.put(None)

        page.hang_up = lambda: towards.put_nowait(None)  # type: ignore[attr-defined]
        self._tasks.append(asyncio.create_task(self.hub.serve(STUDY, who, Socket(receive, give, close))))
        return page

    async def join(self, *people: Who) -> None:
        for who in people:
            command = {
                "id": f"join-{who.id}",
                "kind": "member.join",
                "person": who.id,
                "group": who.group,
                "role": who.role,
            }
            await self.hub.command(STUDY, "workshop", who, command)

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def house(root: Path, settings: WorkshopSettings | None = None) -> AsyncIterator[House]:
    (root / "study.toml").touch()  # every setting as it is shipped
    hub = Hub({STUDY: (Folder(root), settings or WorkshopSettings())})
    await hub.start()
    home = House(hub)
    try:
        yield home
    finally:
        await home.leave()
        await hub.stop()
