"""What a browser is to the server: cookies, an Origin, requests, and one socket with a channel a document."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Self

import aiohttp

from seedbed.errors import InputError, SeedbedError
from seedbed.rehearse.page import Ended, Page
from seedbed.server.live.frames import Up

__all__ = ["Browser", "Refused"]

_PING_S = 10.0
_BACK_AFTER_S = 0.5
_TRIES = 60  # of coming back, half a second apart


class Refused(SeedbedError):
    """The server said no to a request; `code` is its word for why."""

    def __init__(self, what: str, status: int, code: str) -> None:
        super().__init__(f"{what}: {code or status}")
        self.status, self.code = status, code


class Browser:
    """One browser at the server `url`."""

    def __init__(self, url: str, jar: aiohttp.abc.AbstractCookieJar | None = None) -> None:
        self.url = url.rstrip("/")
        self._jar = jar = jar or aiohttp.CookieJar(unsafe=True)  # cookies of an address that is no name are kept too
        self._http = aiohttp.ClientSession(cookie_jar=jar, headers={"Origin": self.url})
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._live = ""
        self._tasks: list[asyncio.Task[None]] = []
        self.pages: dict[str, Page] = {}
        self._by_channel: dict[int, Page] = {}
        self.times_lost = 0
        self.fault: BaseException | None = None

    def twin(self) -> Browser:
        """Another window of this browser: the same person, with nothing on it yet."""
        return Browser(self.url, self._jar)

    # --- requests -------------------------------------------------------------------------------------------------

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer as JSON, None where there is none. Waits when it is told to. Raises Refused, InputError."""
        what = f"{method} {path.partition('?')[0]}"
        while True:
            try:
                async with self._http.request(method, self.url + path, json=body) as answer:
                    if answer.status == 429:
                        await asyncio.sleep(float(answer.headers.get("retry-after") or 1))
                        continue
                    said = await answer.json() if answer.content_type == "application/json" else None
                    if answer.status >= 300:
                        code = said.get("code", "") if isinstance(said, dict) else ""
                        raise Refused(what, answer.status, str(code))
                    return said
            except aiohttp.ClientError as error:
                raise InputError(f"{self.url} does not answer: {error}", hint="Is the server running?") from error

    # --- the socket -----------------------------------------------------------------------------------------------

    async def open(self, study: str, *docs: str) -> None:
        """Connect to a study, and take a seat at each document, in this order."""
        self._live = f"{self.url.replace('http', 'ws', 1)}/api/studies/{study}/live"
        self._socket = await self._connect()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._ping())]
        for doc in docs:
            await self.enter(doc)

    async def enter(self, doc: str) -> Page:
        """Take a seat at a document; the server lets one socket have 8 at once."""
        channel = next(number for number in range(1, 64) if number not in self._by_channel)
        page = self.pages[doc] = self._by_channel[channel] = Page(self._send, doc, channel)
        return await page.enter()

    async def leave(self, page: Page) -> None:
        """Give the seat up."""
        await page.frame(Up.LEAVE)
        del self.pages[page.name], self._by_channel[page.channel]

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        return await self._http.ws_connect(self._live, max_msg_size=0, compress=0)

    async def _send(self, message: bytes) -> None:
        # what is sent into a line that is lost goes with the rest, once there is another
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            if self._socket is not None:
                await self._socket.send_bytes(message)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(_PING_S)
            await self._send(bytes((Up.PING, 0)))

    async def _listen(self) -> None:
        try:
            while self._socket is not None:
                async for message in self._socket:
                    if message.type is aiohttp.WSMsgType.BINARY and message.data[1] in self._by_channel:
                        self._by_channel[message.data[1]].hear(message.data)
                await self._come_back()
        except Exception as error:
            self.fault = error
            for page in self.pages.values():
                page.closed = f"{type(error).__name__}: {error}"
                page.wake()

    async def _come_back(self) -> None:
        self.times_lost += 1
        for page in self.pages.values():
            page.closed = "lost"
            page.wake()
        for _ in range(_TRIES):
            await asyncio.sleep(_BACK_AFTER_S)
            with contextlib.suppress(aiohttp.ClientError, OSError):
                self._socket = await self._connect()
                self._tasks.append(asyncio.create_task(self._seat_again()))
                return
        raise Ended(f"{self.url} did not come back")

    async def _seat_again(self) -> None:
        for page in self.pages.values():
            with contextlib.suppress(Ended):
                await page.again()

    async def back(self, page: Page) -> None:
        """Wait until the page is at its document, after a line that was lost. Raises Ended where it cannot be."""
        await page.until(lambda: (page.seq is not None and page.closed is None) or self.fault, "the line")
        if self.fault is not None:
            raise Ended(str(self.fault)) from self.fault

    async def close(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
