"""One line a request: method, path, status, milliseconds. No address, no query, no cookie; codes are masked."""

from __future__ import annotations

import logging
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AccessLog", "shown_path"]

_log = logging.getLogger("seedbed.access")

_CODE = re.compile(r"(?:(?<=/join/)|(?<=/device/))[^/]+")
_PLAIN = re.compile(r"[^A-Za-z0-9/._-]")


def shown_path(path: str) -> str:
    """`path` as it may stand in a log: codes masked, one line, nothing that a terminal would obey, 200 characters."""
    return _PLAIN.sub("?", _CODE.sub("…", path)[:200].replace("…", "-"))


class AccessLog:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _log.isEnabledFor(logging.INFO):
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            spent = 1000 * (time.perf_counter() - began)
            _log.info("%s %s %d %.1f ms", scope["method"], shown_path(scope["path"]), status, spent)
