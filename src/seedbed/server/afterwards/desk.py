"""Where afterwards is asked of the server: one desk a study, with what it keeps between requests."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from seedbed.errors import Busy, SeedbedError
from seedbed.seeds.gathering import settle
from seedbed.server.afterwards.grown import Growth
from seedbed.server.afterwards.written import Shelf
from seedbed.server.limits import Buckets
from seedbed.server.refusals import Refusal
from seedbed.settings import load_settings
from seedbed.study import Folder
from seedbed.workshop.afterwards import Afterwards, Refused, read_afterwards, record
from seedbed.workshop.afterwards.deciding import Wish

__all__ = ["Asking", "Desk", "Desks"]

_log = logging.getLogger("seedbed.server")

_WAIT = 5.0  # seconds that an answer waits for what holds the seeds: a curation of a small study
_LATER = 1800.0  # seconds for which it is tried again after that: a curation with its parser, on a slow machine
_AGAIN = 0.2


class Desk:
    """One study's."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.shelf = Shelf(folder)
        self.growth = Growth(folder)
        self.looking = asyncio.Lock()
        """Held while a child process looks what a withdrawal would take: it reads all rows."""
        self._settling: asyncio.Task[None] | None = None

    async def read(self) -> Afterwards:
        return await asyncio.to_thread(read_afterwards, self.folder)

    async def record(self, actor: str, wish: Wish) -> tuple[Afterwards, bool]:
        """Raises Refusal."""
        try:
            return await asyncio.to_thread(record, self.folder, actor, wish)
        except Refused as refused:
            raise Refusal(refused.code) from None

    def forget(self) -> None:
        """Let go of the words that are held: some were erased. For a thread: it waits for who reads."""
        self.shelf.forget()
        self.growth.forget()

    async def settle(self) -> None:
        """Have what people said of their words hold for the seeds now; while something else holds them, as soon as
        that is over. Whatever curates, generates or releases does the same first, also where this server has died."""
        if await self._settled(time.monotonic() + _WAIT):
            return
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._later())

    async def close(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            await asyncio.gather(self._settling, return_exceptions=True)

    async def _later(self) -> None:
        if not await self._settled(time.monotonic() + _LATER):
            _log.error("the seeds of %s were held for so long that a withdrawal waits", self.folder.root.name)

    async def _settled(self, until: float) -> bool:
        while True:
            try:
                await asyncio.to_thread(self._settle)
            except Busy:
                if time.monotonic() > until:
                    return False
                await asyncio.sleep(_AGAIN)
            except SeedbedError as error:
                _log.error("the seeds of %s: %s: %s", self.folder.root.name, type(error).__name__, error)
                return True
            else:
                return True

    def _settle(self) -> None:
        settings = load_settings(self.folder)
        settle(self.folder, language=settings.language, pages=settings.workshop.language)


class Desks:
    """Those of the studies served, and how often anybody may knock, offer and look.

    By address may be a whole university's: thirty who come at once from one building are let in, and guess 20 codes of
    256 bits a minute.
    """

    def __init__(self, folders: Mapping[str, Folder]) -> None:
        self._desks = {name: Desk(folder) for name, folder in folders.items()}
        self.knocks = Buckets(1 / 3, 30)
        self.offers = Buckets(1 / 30, 10)
        self.offers_by_address = Buckets(1 / 5, 60)
        self.looks = Buckets(1, 20)

    def of(self, study: str) -> Desk:
        """Raises Refusal unknown_study."""
        found = self._desks.get(study)
        if found is None:
            raise Refusal("unknown_study")
        return found

    async def close(self) -> None:
        for desk in self._desks.values():
            await desk.close()


def _desks(request: Request) -> Desks:
    found: Desks = request.app.state.afterwards
    return found


Asking = Annotated[Desks, Depends(_desks)]
