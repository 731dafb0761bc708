"""Whatever goes wrong behind the gate becomes {code, message}: on purpose, by a request's shape, or by a defect."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.errors import Busy, SeedbedError, StorageError
from seedbed.server.door.access_log import shown_path
from seedbed.server.refusals import Refusal
from seedbed.server.replies import error_reply

__all__ = ["Failsafe", "install"]

_log = logging.getLogger("seedbed.server")


def install(app: FastAPI) -> None:
    """The handlers of what routes raise."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(SeedbedError, _failed)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _unrouted)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return error_reply(error)


async def _failed(request: Request, error: Exception) -> JSONResponse:
    # the message may name paths of the server: for its log, not for the browser
    _log.error("%s %s: %s: %s", request.method, shown_path(request.scope["path"]), type(error).__name__, error)
    code = "storage" if isinstance(error, StorageError) else "busy" if isinstance(error, Busy) else "internal"
    return error_reply(Refusal(code))


async def _misshapen(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # where, and never what: it may be a password
    fields = [".".join(str(part) for part in item["loc"][1:])[:100] for item in error.errors()[:20]]
    return error_reply(Refusal("bad_request"), fields=fields)


async def _unrouted(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "bad_method"}.get(error.status_code, "bad_request")
    reply = error_reply(Refusal(code))
    for name, value in (error.headers or {}).items():
        reply.headers[name] = value
    return reply


class Failsafe:
    """ASGI middleware: a defect is logged whole here and told as `internal`, with the headers of any answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            _log.exception("%s %s", scope["method"], shown_path(scope["path"]))
            if started:
                raise
            await error_reply(Refusal("internal"))(scope, receive, send)
