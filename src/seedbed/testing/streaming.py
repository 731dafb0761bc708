"""A completion as the mock endpoint streams it, and how such a stream goes wrong."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from seedbed.testing.faults import Fault

__all__ = ["STREAM_KINDS", "stream"]

STREAM_KINDS = frozenset({"cut", "torn", "truncated", "hang", "trickle"})
"""Faults that happen in the middle of a stream; every other is answered at once, as without one."""
_BEFORE = 5  # words that arrive before a stream breaks off


async def stream(request: web.BaseRequest, payload: bytes, fault: Fault | None) -> web.StreamResponse:
    """Send the first choice of a completion word by word, as server-sent events."""
    answer: dict[str, Any] = json.loads(payload)
    (choice, *_) = answer["choices"]
    text: str = choice.get("message", choice).get("content", choice.get("text", ""))
    kind = fault.kind if fault is not None else ""
    words = [word if index == 0 else f" {word}" for index, word in enumerate(text.split(" "))]
    pause = float(fault.value or 5) / max(1, len(words)) if fault is not None and kind == "trickle" else 0.0
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)

    async def say(data: str) -> None:
        await response.write(f"data: {data}\n\n".encode())

    def event(delta: dict[str, Any], reason: str | None) -> str:
        entry = {"index": 0, "delta": delta, "finish_reason": reason}
        return json.dumps({"model": answer["model"], "object": "chat.completion.chunk", "choices": [entry]})

    for index, word in enumerate(words):
        if index == _BEFORE and kind in STREAM_KINDS - {"trickle"}:
            return await _broken(kind, request, response)
        await say(event({"content": word}, None))
        await asyncio.sleep(pause)
    await say(event({}, choice["finish_reason"]))
    await say("[DONE]")
    await response.write_eof()
    return response


async def _broken(kind: str, request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
    if kind == "hang":
        await asyncio.Event().wait()
    if kind == "truncated":
        await response.write(b'data: {"choices": [{"index": 0, "del')
        await response.write_eof()
        return response
    await asyncio.sleep(0.01)  # else what was written goes with the connection
    if request.transport is not None:
        if kind == "torn":
            request.transport.abort()
        else:
            request.transport.close()
    await asyncio.Event().wait()  # until the connection's end cancels this
    return response
