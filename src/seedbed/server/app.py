"""The application: the gate, the routes, the sockets and the pages, put together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response
from starlette.routing import Route

from seedbed import __version__
from seedbed.server import faults, routes_account, routes_join, routes_people, routes_study
from seedbed.server.access_log import AccessLog
from seedbed.server.bodies import Bodies
from seedbed.server.config import ServerConfig
from seedbed.server.contract import LiveHub, Refusal
from seedbed.server.gate import Gate
from seedbed.server.headers import SecurityHeaders
from seedbed.server.home import Home
from seedbed.server.hub import Hub
from seedbed.server.limits import Buckets
from seedbed.server.live import Live
from seedbed.server.login import Login
from seedbed.server.pages import BUILT, Pages
from seedbed.server.passwords import Passwords
from seedbed.server.sockets import Sockets, admit
from seedbed.settings import load_settings
from seedbed.study import Folder

__all__ = ["create_app", "openapi_schema"]

_log = logging.getLogger("seedbed.server")
_SWEEP_EVERY = 5.0  # seconds until a session ended by another process, or expired, loses its sockets

_ROUTERS = (routes_account.router, routes_study.router, routes_people.router, routes_join.router)


def create_app(
    config: ServerConfig,
    studies: Mapping[str, Folder],
    *,
    pages: Path = BUILT,
    passwords: Passwords | None = None,
) -> FastAPI:
    """The server of `studies` (by their names in addresses), as an ASGI application with a lifespan.

    Opens the home and the studies' identities at once; the live documents open when it starts.
    `app.state` has config, home, login, hub (None before it started and after it stopped), and `stop()`, which closes
    the sockets and the documents ahead of the rest.
    """
    home = Home(config.home, studies)
    sockets = Sockets()

    async def stop() -> None:
        hub, app.state.hub, sockets.live = app.state.hub, None, None
        if hub is not None:
            await hub.stop()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            hub = app.state.hub = await _open(home)
            sockets.live = Live(hub, admit)
            sweeper = asyncio.create_task(_sweep(home, hub))
            try:
                yield
            finally:
                sweeper.cancel()
                await asyncio.gather(sweeper, return_exceptions=True)
                await stop()
        finally:
            home.close()

    app = FastAPI(
        title="Seedbed", version=__version__, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, lifespan=lifespan,
    )  # fmt: skip
    home.url = config.url
    app.state.config, app.state.home, app.state.hub, app.state.stop = config, home, None, stop
    app.state.past = Buckets(*config.past_rate)
    app.state.login = Login(home, passwords or Passwords())
    faults.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.router.routes.append(Route("/{path:path}", _pages(pages), methods=["GET"]))
    # the last is the outermost
    app.add_middleware(Bodies)
    app.add_middleware(Gate, config=config, sessions=home.sessions, live=sockets)
    app.add_middleware(faults.Failsafe)
    app.add_middleware(SecurityHeaders, config=config)
    app.add_middleware(AccessLog)
    return app


def openapi_schema() -> dict[str, Any]:
    """The HTTP interface as OpenAPI, for the generator of the pages' types. No server offers it."""
    app = FastAPI()
    for router in _ROUTERS:
        app.include_router(router)
    return get_openapi(title="Seedbed", version=__version__, routes=app.routes)


def _pages(folder: Path) -> Callable[[Request], Any]:
    pages = Pages(folder)

    async def page(request: Request) -> Response:
        if request.scope["path"].startswith("/api"):
            raise Refusal("not_found")
        return pages(request)

    return page


async def _open(home: Home) -> Hub:
    """The live documents of every study, and the identities brought level with them."""
    given = {name: (one.folder, load_settings(one.folder).workshop) for name, one in home.studies.items()}
    hub = Hub(given)
    await hub.start()
    for name, one in home.studies.items():
        members = await hub.snapshot(name, "workshop")
        await asyncio.to_thread(one.people.follow, members["people"])
    return hub


async def _sweep(home: Home, hub: LiveHub) -> None:
    while True:
        await asyncio.sleep(_SWEEP_EVERY)
        try:
            for session in await asyncio.to_thread(home.sessions.sweep):
                await hub.revoked(session=session)
            if home.setup is not None and await asyncio.to_thread(home.accounts.has_organiser):
                home.setup = None
        except Exception:
            _log.exception("sweeping the sessions")  # a full disk now may have room in a moment
