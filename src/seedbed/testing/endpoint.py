"""A model endpoint that is no model: speaks the OpenAI wire format, answers from word lists, fails as told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter
from typing import Any, Self

from aiohttp import web

from seedbed.errors import UsageError
from seedbed.llm.settings import EndpointSettings
from seedbed.testing.faults import Fault, FaultPlan, Latency
from seedbed.testing.replies import digest, reply

__all__ = ["MockEndpoint"]

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


class MockEndpoint:
    """`async with MockEndpoint() as mock:` serves in this loop, `with MockEndpoint() as mock:` in a thread.

    The text of a reply depends on the request's body alone; latency and faults have sources of their own.
    `key` makes it ask for that bearer key. With `keep`, bodies and headers of all requests stay in `received`.
    Figures are in `stats()`; over HTTP too, at /stats and /requests.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        latency: Latency | None = None,
        faults: FaultPlan | None = None,
        key: str = "",
        keep: bool = False,
    ) -> None:
        self.latency = latency or Latency()
        self.faults = faults or FaultPlan()
        self.key = key
        self.received: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.requests: list[str] = []
        self._keep = keep
        self._port = port
        self._answered = 0
        self._in_flight = 0
        self._most = 0
        self._tokens = 0
        self._failed: Counter[str] = Counter()
        self._runner: web.ServerRunner | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- life ------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        # The low-level server: with no routing it costs half of what an application does.
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=2048).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def __enter__(self) -> Self:
        ready = threading.Event()
        failure: list[BaseException] = []

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            end = self._end = asyncio.Event()
            try:
                await self.__aenter__()
            except OSError as exc:
                failure.append(exc)
                ready.set()
                return
            ready.set()
            await end.wait()
            await self.__aexit__()

        self._thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        self._thread.start()
        ready.wait()
        if failure:
            raise failure[0]
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
            self._thread = None

    # -- what a test reads -----------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base address, to be used as an endpoint's url."""
        if not self._port:
            raise UsageError("the mock endpoint does not serve yet: use it in `with` or `async with`")
        return f"http://127.0.0.1:{self._port}/v1"

    def settings(self, **more: Any) -> EndpointSettings:
        """Settings that name this endpoint."""
        return EndpointSettings(**{"url": self.url, "model": "mock", **more})

    def stats(self) -> dict[str, Any]:
        """requests, distinct (bodies), repeated (requests minus distinct), answered (whole replies written),
        max_in_flight, completion_tokens, faults (kind → count), cpu_s (of this process)."""
        distinct = len(set(self.requests))
        return {
            "requests": len(self.requests),
            "distinct": distinct,
            "repeated": len(self.requests) - distinct,
            "answered": self._answered,
            "max_in_flight": self._most,
            "completion_tokens": self._tokens,
            "faults": dict(self._failed),
            "cpu_s": time.process_time(),
        }

    # -- serving ---------------------------------------------------------------------------------------------

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.endswith("/completions"):
            self._in_flight += 1
            self._most = max(self._most, self._in_flight)
            try:
                return await self._complete(request)
            finally:
                self._in_flight -= 1
        if path == "/stats":
            return _json(200, self.stats())
        if path == "/requests":
            return _json(200, self.requests)
        if path == "/v1/models":
            return _json(200, {"object": "list", "data": [{"id": "mock", "object": "model"}]})
        return _json(404, {"error": {"message": f"no such address: {path}"}})

    async def _complete(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        arrival = len(self.requests)
        name = digest(body)
        self.requests.append(name)
        if self._keep:
            self.received.append((json.loads(body), dict(request.headers)))
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return _error("401")
        if delay := self.latency.next():
            await asyncio.sleep(delay)
        if fault := self.faults.next(arrival, name):
            self._failed[fault.kind] += 1
            return await _fail(fault, request, body)
        try:
            payload, tokens = reply(body)
        except (ValueError, KeyError, TypeError, AttributeError):
            return _error("400")
        if request.transport is not None and not request.transport.is_closing():
            self._answered += 1
            self._tokens += tokens
        return web.Response(body=payload, content_type="application/json")


def _json(status: int, data: Any) -> web.Response:
    return web.Response(status=status, body=json.dumps(data).encode(), content_type="application/json")


def _error(status: str, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps({"error": {"message": _WORDS[status], "type": "mock", "code": status}}).encode()
    return web.Response(status=int(status), body=body, content_type="application/json", headers=headers)


async def _fail(fault: Fault, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    match fault.kind:
        case "429":
            return _error("429", {"Retry-After": fault.retry_after} if fault.retry_after else None)
        case "html":
            return web.Response(body=_PAGE, content_type="text/html")
        case "truncated":
            payload, _ = reply(body)
            return web.Response(body=payload[: len(payload) // 2], content_type="application/json")
        case "empty":
            return _json(200, {"object": "chat.completion", "model": "mock", "choices": []})
        case "null":
            message = {"role": "assistant", "content": None}
            return _json(200, {"model": "mock", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        case "huge":
            return web.Response(body=b" " * (9 * 2**20), content_type="application/json")
        case "moved":
            return web.Response(status=302, headers={"Location": "http://elsewhere.invalid/v1/chat/completions"})
        case "hang":
            await asyncio.Event().wait()
        case "reset" | "cut" if request.transport is not None:
            if fault.kind == "cut":
                request.transport.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"choices": [')
                request.transport.close()
            else:
                request.transport.abort()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()  # until the server drops this connection's task
            return web.Response()
    return _error(fault.kind)
