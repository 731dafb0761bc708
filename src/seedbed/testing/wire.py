"""Faults of the connection and of HTTP, as the mock endpoint sends them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import time
from email.utils import formatdate
from typing import Any

from aiohttp import web

from seedbed.testing.faults import Fault
from seedbed.testing.replies import reply

__all__ = ["error", "json_reply", "misbehave", "trickle"]

_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_WORDS = {
    "400": "Unrecognized request argument supplied: top_k",
    "401": "Incorrect API key provided",
    "404": "The model does not exist",
    "413": "the request exceeds the available context size",
    "429": "Rate limit reached for requests",
    "500": "The server had an error while processing your request",
    "503": "The engine is currently overloaded",
}
_STEPS = 40  # pieces of a trickled reply


def json_reply(status: int, data: Any) -> web.Response:
    return web.Response(status=status, body=json.dumps(data).encode(), content_type="application/json")


def error(status: str, retry_after: str = "") -> web.Response:
    """A refusal with `status`, in the form that such servers use."""
    body = json.dumps({"error": {"message": _WORDS[status], "type": "mock", "code": status}}).encode()
    headers = {"Retry-After": _moment(retry_after)} if retry_after else None
    return web.Response(status=int(status), body=body, content_type="application/json", headers=headers)


def _moment(retry_after: str) -> str:
    if not retry_after.startswith("date"):
        return retry_after
    return formatdate(time.time() + float(retry_after.removeprefix("date")), usegmt=True)


async def trickle(request: web.BaseRequest, payload: bytes, seconds: float) -> web.StreamResponse:
    """Send `payload` in small pieces that take `seconds` together."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(payload))})
    await response.prepare(request)
    size = -(-len(payload) // _STEPS)
    for start in range(0, len(payload), size):
        await asyncio.sleep(seconds / _STEPS)
        await response.write(payload[start : start + size])
    await response.write_eof()
    return response


async def misbehave(fault: Fault, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    """Answer `request` with a fault that leaves no usable reply."""
    match fault.kind:
        case "429":
            return error("429", fault.value)
        case "echo":
            said = f"failed for {request.headers.get('Authorization', 'nobody')} on {body.decode('utf-8', 'replace')}"
            return json_reply(500, {"error": {"message": said, "code": "echo"}})
        case "html":
            return web.Response(body=_PAGE, content_type="text/html")
        case "truncated":
            payload, _ = reply(body)
            return web.Response(body=payload[: len(payload) // 2], content_type="application/json")
        case "blank":
            return web.Response(body=b"", content_type="application/json")
        case "empty":
            return json_reply(200, {"object": "chat.completion", "model": "mock", "choices": []})
        case "null":
            message = {"role": "assistant", "content": None}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            return json_reply(200, {"model": "mock", "choices": [choice]})
        case "huge":
            return web.Response(body=b" " * (9 * 2**20), content_type="application/json")
        case "moved":
            return web.Response(status=302, headers={"Location": "http://elsewhere.invalid/v1/chat/completions"})
        case "hang":
            await asyncio.Event().wait()
        case "reset" | "cut" | "torn" if request.transport is not None:
            await _break_off(fault.kind, request.transport)
            return web.Response()
    return error(fault.kind)


async def _break_off(kind: str, transport: asyncio.Transport) -> None:
    if kind != "reset":
        transport.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"choices": [')
    if kind == "cut":
        transport.close()
    else:
        if kind == "torn":
            await asyncio.sleep(0.01)  # else what was written goes with the connection
            if (connected := transport.get_extra_info("socket")) is not None:
                # no lingering: closing sends a reset and not an orderly end
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()  # until the server drops this connection's task
