"""Routes that are read when somebody first asks for one of them, and until then cost a server nothing.

While people write together only boards, arrival and the workshop's own pages are asked for. What the others bring is 12
of 104 MB, most of it the shapes of their answers.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from importlib import import_module

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

__all__ = ["LATER", "Later", "later_routers"]

LATER = ("offers", "themes", "lessons", "road", "lineage", "bridge", "curation", "releasing", "review", "withdrawals")
"""The modules beside this one, each with a `router`. None may share a path with a route that was there before."""


def later_routers() -> Iterator[APIRouter]:
    """The routers of `LATER`, whose modules are read if they were not."""
    for name in LATER:
        router: APIRouter = import_module(f"seedbed.server.routes.{name}").router
        yield router


class Later:
    """Where `app` sends what none of its routes takes: to those of `LATER`, and what they do not take, to `rest`."""

    def __init__(self, app: FastAPI, rest: BaseRoute) -> None:
        self._app, self._rest = app, rest
        self._reading = asyncio.Lock()
        self._read = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._read or scope["type"] != "http" or not scope["path"].startswith("/api/"):
            match, found = self._rest.matches(scope)
            scope.update(found)
            # a route that is asked by itself would say in plain text that there is nothing
            handle = self._app.router.not_found if match is Match.NONE else self._rest.handle
            await handle(scope, receive, send)
            return
        async with self._reading:
            if not self._read:
                # beside the event loop: reading them takes most of a second, in which people go on typing
                for router in await asyncio.to_thread(lambda: list(later_routers())):
                    self._app.include_router(router)
                gc.freeze()  # they never go away, as what was there when the server began
                self._read = True
        await self._app.router(scope, receive, send)
