"""How a refusal is said on the wire, by a page's request and by a socket that is not open yet."""

from __future__ import annotations

import json
import math
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from seedbed.server.refusals import Refusal

__all__ = ["error_reply", "refuse"]


def error_reply(refusal: Refusal, **more: Any) -> JSONResponse:
    """{code, message, …} with the refusal's status."""
    headers = {}
    if refusal.detail:
        more["detail"] = refusal.detail[:1000] if isinstance(refusal.detail, str) else dict(refusal.detail)
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    return JSONResponse({"code": refusal.code, "message": refusal.message, **more}, refusal.status, headers)


async def refuse(scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
    """Answer a request, or a socket's handshake, before any route has seen it."""
    if scope["type"] == "http":
        await error_reply(refusal)(scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):
        body = json.dumps({"code": refusal.code, "message": refusal.message}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
