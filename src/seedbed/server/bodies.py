"""What may be sent: JSON that says it is, not too large, not too slowly."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.server.refusals import Refusal
from seedbed.server.replies import refuse

__all__ = ["MOST_BYTES", "Bodies"]

MOST_BYTES = 64 * 1024  # the largest request is a join of 200 bytes; text travels by the socket
_LONGEST = 20.0  # seconds for a whole body


class Bodies:
    """ASGI middleware that reads the body before any route does, so that a refusal is an answer, not a cut line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            length = headers.get("content-length", "0")
            if not length.isdecimal() or len(length) > 18 or int(length) > MOST_BYTES:
                raise Refusal("too_large")
            body = await _whole(receive)
            if body is None:
                return
            if body and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                raise Refusal("not_json")
        except Refusal as refusal:
            await refuse(scope, receive, send, refusal)
            return
        told = False

        async def again() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


async def _whole(receive: Receive) -> bytes | None:
    """The body; None when the client went away. Raises Refusal too_large, too_slow."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_LONGEST):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MOST_BYTES:
                    raise Refusal("too_large")
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Refusal("too_slow") from None
