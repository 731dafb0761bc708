"""A model endpoint that is no model: speaks the OpenAI wire format, answers from word lists, fails as told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Self

from aiohttp import web

from seedbed.errors import UsageError
from seedbed.llm.settings import EndpointSettings
from seedbed.testing.faults import TEXT_KINDS, FaultPlan, Latency
from seedbed.testing.replies import digest, reply
from seedbed.testing.servers import Capacity, Outage, Turnstile
from seedbed.testing.spoil import spoil
from seedbed.testing.streaming import STREAM_KINDS, stream
from seedbed.testing.wire import error, json_reply, misbehave, trickle

__all__ = ["MockEndpoint"]


class MockEndpoint:
    """`async with MockEndpoint() as mock:` serves in this loop, `with MockEndpoint() as mock:` in a thread.

    A request with "stream": true is answered word by word; of the faults, those of the connection then happen in the
    middle of the reply.
    The text of a reply depends on the request's body alone; latency and faults have sources of their own.
    `capacity` says how many requests it works on and how fast, `outages` when it is gone and comes back.
    `key` makes it ask for that bearer key. With `keep`, bodies and headers of all requests stay in `received`.
    Figures are in `stats()`; over HTTP too, at /stats and /requests.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        latency: Latency | None = None,
        faults: FaultPlan | None = None,
        capacity: Capacity | None = None,
        outages: Iterable[Outage] = (),
        key: str = "",
        keep: bool = False,
    ) -> None:
        self.latency = latency or Latency()
        self.faults = faults or FaultPlan()
        self.capacity = capacity or Capacity()
        self.key = key
        self._outages = sorted(outages, key=lambda outage: outage.after)
        self._down_until = 0.0  # of an outage that answers 503, by the loop's clock
        self._gone = False  # in an outage that refuses connections
        self._returning: asyncio.Task[None] | None = None
        self.received: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.requests: list[str] = []
        self._keep = keep
        self._port = port
        self._answered = 0
        self._in_flight = 0
        self._most = 0
        self._prompt_tokens = 0
        self._tokens = 0
        self._failed: Counter[str] = Counter()
        self._turnstile: Turnstile | None = None  # where there is a limit
        self._server: web.Server | None = None
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- life ------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._turnstile = Turnstile(self.capacity) if self.capacity != Capacity() else None
        # The low-level server: with no routing it costs half of what an application does. A handler ends with its
        # connection, so that a client that has gone holds no slot.
        self._server = web.Server(self._handle, access_log=None, handler_cancellation=True)
        self._runner = web.ServerRunner(self._server, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._returning is not None:
            self._returning.cancel()
            await asyncio.gather(self._returning, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=2048)
        await self._site.start()

    async def _vanish(self, seconds: float) -> None:
        """Drop every connection and refuse new ones, then listen again at the same address."""
        assert self._site is not None
        assert self._server is not None
        await self._site.stop()
        # bound and not listening: connections are refused, and nobody else can take the address meanwhile
        with socket.socket() as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                held.bind(("127.0.0.1", self._port))
            for connection in list(self._server.connections):
                if connection.transport is not None:
                    connection.transport.abort()
            await asyncio.sleep(seconds)
        self._gone = False
        await self._listen()

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
        """requests, distinct (bodies), repeated (requests minus distinct), answered (whole completions written),
        max_in_flight, prompt_tokens and completion_tokens (of those completions, whatever their usage says),
        faults (kind → count, with the 429 and 503 of a limit; down: requests that an outage reset), cpu_s (of this
        process)."""
        distinct = len(set(self.requests))
        return {
            "requests": len(self.requests),
            "distinct": distinct,
            "repeated": len(self.requests) - distinct,
            "answered": self._answered,
            "max_in_flight": self._most,
            "prompt_tokens": self._prompt_tokens,
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
            return json_reply(200, self.stats())
        if path == "/requests":
            return json_reply(200, self.requests)
        if path == "/v1/models":
            return json_reply(200, {"object": "list", "data": [{"id": "mock", "object": "model"}]})
        return json_reply(404, {"error": {"message": f"no such address: {path}"}})

    async def _complete(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        arrival = len(self.requests)
        name = digest(body)
        self.requests.append(name)
        if self._keep:
            self.received.append((json.loads(body), dict(request.headers)))
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return error("401")
        if early := self._refused(arrival):
            return early
        if self._gone and request.transport is not None:
            request.transport.abort()
            await asyncio.Event().wait()  # until the connection's end cancels this
        delay = self.latency.next()
        if self._turnstile is not None:
            async with self._turnstile.slot() as factor:
                await asyncio.sleep(delay * factor)
        elif delay:
            await asyncio.sleep(delay)
        fault = (self.faults.poison and self.faults.poisoned(body)) or self.faults.next(arrival, name)
        streams = _streams(body)
        if fault is not None:
            self._failed[fault.kind] += 1
            in_its_middle = fault.kind == "trickle" or (streams and fault.kind in STREAM_KINDS)
            if fault.kind not in TEXT_KINDS and not in_its_middle:
                return await misbehave(fault, request, body)
        try:
            payload, tokens = reply(body)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return error("400")
        if streams:
            spoilt = spoil(fault, payload) if fault is not None and fault.kind in TEXT_KINDS else payload
            told = await stream(request, spoilt, fault)
            self._count(request, body, tokens)
            return told
        if fault is not None and fault.kind == "trickle":
            response = await trickle(request, payload, float(fault.value or 5))
            self._count(request, body, tokens)
            return response
        if fault is not None:
            payload = spoil(fault, payload)
        self._count(request, body, tokens)
        return web.Response(body=payload, content_type="application/json")

    def _count(self, request: web.BaseRequest, body: bytes, tokens: int) -> None:
        if request.transport is not None and not request.transport.is_closing():
            self._answered += 1
            self._prompt_tokens += len(body) // 4
            self._tokens += tokens

    def _refused(self, arrival: int) -> web.Response | None:
        """The answer of a server that is down, too busy, or asked too often."""
        if self._outages or self._down_until:
            now = asyncio.get_running_loop().time()
            while self._outages and self._outages[0].after <= arrival:
                self._begin(self._outages.pop(0), now)
            if now < self._down_until:
                self._failed["503"] += 1
                return error("503")
        if self._turnstile is None:
            return None
        if self._turnstile.full:
            self._failed["503"] += 1
            return error("503")
        if (wait := self._turnstile.limited()) is not None:
            self._failed["429"] += 1
            return error("429", f"{wait:.3f}")
        return None

    def _begin(self, outage: Outage, now: float) -> None:
        if outage.how == "503":
            self._down_until = max(self._down_until, now + outage.seconds)
        elif self._returning is None or self._returning.done():
            self._failed["down"] += self._in_flight
            self._gone = True
            self._returning = asyncio.create_task(self._vanish(outage.seconds))


def _streams(body: bytes) -> bool:
    """Whether the request asks for its reply piece by piece."""
    return b'"stream": true' in body or b'"stream":true' in body
