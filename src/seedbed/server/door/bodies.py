"""What may be sent: JSON that says it is, not too large, not too slowly."""

from __future__ import annotations

import asyncio
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.server.refusals import Refusal
from seedbed.server.replies import refuse

__all__ = ["MOST_BYTES", "Bodies"]

MOST_BYTES = 64 * 1024  # the largest request of most is a join of a few kB; text travels by the socket
MOST_BYTES_OF_A_FILE = 2 * 1024 * 1024  # an organiser's template or labels: sixty times the defaults and more
_FILES = re.compile(r"/api/studies/[^/]+/(template(/[^/]+)?|taxonomy|lessons/[^/]+/changes/[^/]+)")
MOST_BYTES_OF_RATINGS = 16 * 1024 * 1024  # 13,000 ratings in a wide table with the texts of their rows take 8
_RATINGS = re.compile(r"/api/studies/[^/]+/review/[^/]+/import")
_TRANSCRIPTS = re.compile(r"/api/studies/[^/]+/themes(/preview)?")  # 8 MiB in base64 are 11
_LONGEST = 20.0  # seconds for a whole body
_LONGEST_OF_RATINGS = 120.0


class Bodies:
    """ASGI middleware that reads the body before any route does, so that a refusal is an answer, not a cut line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        most = _most(scope)
        try:
            length = headers.get("content-length", "0")
            if not length.isdecimal() or len(length) > 18 or int(length) > most:
                raise Refusal("too_large")
            body = await _whole(receive, most, _LONGEST_OF_RATINGS if most == MOST_BYTES_OF_RATINGS else _LONGEST)
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


def _most(scope: Scope) -> int:
    """How many bytes who sends them may: a file, only those who set a workshop up; ratings, only those who review."""
    who = scope.get("state", {}).get("who")
    role = "" if who is None else who.role
    if role == "organiser" and scope["method"] == "PUT" and _FILES.fullmatch(scope["path"]):
        return MOST_BYTES_OF_A_FILE
    if role in ("organiser", "curator") and scope["method"] == "POST" and _RATINGS.fullmatch(scope["path"]):
        return MOST_BYTES_OF_RATINGS
    if (
        role in ("organiser", "curator", "moderator")
        and scope["method"] == "POST"
        and _TRANSCRIPTS.fullmatch(scope["path"])
    ):
        return MOST_BYTES_OF_RATINGS
    return MOST_BYTES


async def _whole(receive: Receive, most: int, within: float) -> bytes | None:
    """The body; None when the client went away. Raises Refusal too_large, too_slow."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(within):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise Refusal("too_large")
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Refusal("too_slow") from None
