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
from seedbed.server.afterwards import desk as afterwards
from seedbed.server.config import ServerConfig
from seedbed.server.contract import LiveHub
from seedbed.server.curation import returning
from seedbed.server.curation.desks import CurationDesks
from seedbed.server.door import faults
from seedbed.server.door.access_log import AccessLog
from seedbed.server.door.bodies import Bodies
from seedbed.server.door.gate import Gate
from seedbed.server.door.headers import SecurityHeaders
from seedbed.server.door.pages import BUILT, Pages
from seedbed.server.helper.helper import Helper
from seedbed.server.jobs.keeping import AllJobs
from seedbed.server.limits import Buckets
from seedbed.server.live.entering import Live
from seedbed.server.live.hub import Hub
from seedbed.server.live.sockets import Sockets, admit
from seedbed.server.people.home import Home
from seedbed.server.people.login import Login
from seedbed.server.people.passwords import Passwords
from seedbed.server.refusals import Refusal
from seedbed.server.review.desk import Desks
from seedbed.server.road import bridging
from seedbed.server.road.reading import Shelves
from seedbed.server.routes import account, guide, helper, jobs, join, mine, people, self, study, workshop
from seedbed.server.routes.later import Later, later_routers
from seedbed.settings import load_settings
from seedbed.study import Folder

__all__ = ["create_app", "openapi_schema"]

_log = logging.getLogger("seedbed.server")
_SWEEP_EVERY = 5.0  # seconds until a session ended by another process, or expired, loses its sockets

_ROUTERS = (
    account.router,
    study.router,
    people.router,
    join.router,
    self.router,
    mine.router,
    guide.router,
    workshop.router,
    helper.router,
    jobs.router,
)


def create_app(
    config: ServerConfig,
    studies: Mapping[str, Folder],
    *,
    pages: Path = BUILT,
    passwords: Passwords | None = None,
    setup: str | None = None,
) -> FastAPI:
    """The server of `studies` (by their names in addresses), as an ASGI application with a lifespan.

    Opens the home and the studies' identities at once; the live documents open when it starts.
    `app.state` has config, home, login, hub (None before it started and after it stopped), and `stop()`, which closes
    the sockets and the documents ahead of the rest.
    """
    home = Home(config.home, studies, setup=setup)
    sockets = Sockets()

    async def stop() -> None:
        hub, app.state.hub, sockets.live = app.state.hub, None, None
        jobs, app.state.jobs = app.state.jobs, None
        ending = asyncio.create_task(jobs.close()) if jobs is not None else None  # a few seconds for what is in flight
        await curation_desks.close()
        await app.state.afterwards.close()
        await helper.stop()  # what it was told is put on record
        if hub is not None:
            await hub.stop()
        if ending is not None:
            await ending

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            hub = app.state.hub = await _open(home)
            sockets.live = Live(hub, admit)
            beside = [
                asyncio.create_task(_sweep(home, hub, _SWEEP_EVERY)),
                asyncio.create_task(returning.begin(hub, curation_desks)),
            ]
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await stop()
        finally:
            desks.close()
            home.close()

    app = FastAPI(
        title="Seedbed", version=__version__, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, lifespan=lifespan,
    )  # fmt: skip
    home.url = config.url
    app.state.config, app.state.home, app.state.hub, app.state.stop = config, home, None, stop
    app.state.past = Buckets(*config.past_rate)
    helper = app.state.helper = Helper()
    folders = {name: one.folder for name, one in home.studies.items()}
    app.state.afterwards = afterwards.Desks(folders)
    shelves = app.state.shelves = Shelves(folders)
    curation_desks = app.state.curation_desks = CurationDesks(home)
    desks = app.state.desks = Desks(home)
    app.state.jobs = AllJobs(
        folders,
        lambda name: {
            "bridge": bridging.handover(lambda: app.state.hub, name, shelves.of(name)),
            "curate": returning.handover(lambda: app.state.hub, name, curation_desks.of(name)),
        },
    )
    app.state.login = Login(home, passwords or Passwords())
    faults.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.router.default = Later(app, Route("/{path:path}", _pages(pages), methods=["GET"]))
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
    for router in (*_ROUTERS, *later_routers()):
        app.include_router(router)
    schema = get_openapi(title="Seedbed", version=__version__, routes=app.routes)
    for item in schema["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")):  # JSON too where the answer asked for would be a file or lines
                    answer["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
    return schema


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


async def _sweep(home: Home, hub: LiveHub, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            for session in await asyncio.to_thread(home.sessions.sweep, hub.sessions()):
                await hub.revoked(session=session)
            if home.setup is not None and await asyncio.to_thread(home.accounts.has_organiser):
                home.setup = None
        except Exception:
            _log.exception("sweeping the sessions")  # a full disk now may have room in a moment
