"""The way of a socket: past the gate, at the one address there is, to the live documents."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from seedbed.server.identity import WITHOUT_BOARDS, Who
from seedbed.server.refusals import Refusal
from seedbed.server.replies import refuse

__all__ = ["Sockets", "admit"]

_LIVE = re.compile(r"/api/studies/([A-Za-z0-9][A-Za-z0-9._-]{0,63})/live")


async def admit(scope: Scope) -> Who | int:
    """Who knocks, as the gate found; or the status to refuse with."""
    who: Who | None = scope["state"]["who"]
    if who is None:
        return 401
    return 403 if who.role in WITHOUT_BOARDS else who


class Sockets:
    """An ASGI application for sockets; `live` is set while the live documents are open."""

    def __init__(self) -> None:
        self.live: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _LIVE.fullmatch(scope["path"])
        if found is None or self.live is None:
            await refuse(scope, receive, send, Refusal("not_found" if found is None else "busy"))
            return
        scope["path_params"] = {"study": found[1]}
        await self.live(scope, receive, send)
