"""Pages at the real server's socket, and a raw socket for what no WebSocket library would send."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from seedbed.server.live.frames import PROTOCOL, Up
from tests.server.page import Page
from tests.server.served import Browser

BOARD = "board/A/questions"
TEXT, BINARY, CONTINUATION, PING = 1, 2, 0, 9


@asynccontextmanager
async def page(browser: Browser, doc: str = BOARD, *, study: str = "pilot", enter: bool = True) -> AsyncIterator[Page]:
    """A page of `browser` at a WebSocket of its own, entered."""
    address = f"{browser.url.replace('http', 'ws')}/api/studies/{study}/live"
    cookies = {"Cookie": browser.cookie()}
    async with connect(
        address, origin=browser.url, additional_headers=cookies, max_size=None, compression=None, proxy=None,
        ping_interval=None, close_timeout=1,
    ) as socket:  # fmt: skip
        found = Page(socket.send, doc)

        async def hear() -> None:
            with contextlib.suppress(ConnectionClosed):
                while True:
                    message = await socket.recv()
                    assert isinstance(message, bytes)
                    found.hear(message)
            found.closed = found.closed or socket.close_reason or f"code {socket.close_code}"
            found._changed.set()

        hearing = asyncio.create_task(hear())
        try:
            if enter:
                await found.enter()
            yield found
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


def hello(doc: str = BOARD, channel: int = 1) -> bytes:
    said = {"protocol": PROTOCOL, "doc": doc, "epoch": None, "previous": []}
    return bytes((Up.HELLO, channel)) + json.dumps(said).encode()


def masked(payload: bytes, *, opcode: int = BINARY, last: bool = True) -> bytes:
    """One WebSocket frame as a browser masks it (with a key of zeros)."""
    size = len(payload)
    head = bytes(((0x80 if last else 0) | opcode,))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 1 << 16:
        head += struct.pack("!BH", 0x80 | 126, size)
    else:
        head += struct.pack("!BQ", 0x80 | 127, size)
    return head + b"\0\0\0\0" + payload


class Raw:
    """A WebSocket by hand: what is sent is bytes, and nothing is read unless asked for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, browser: Browser, study: str = "pilot") -> Raw:
        parts = urlsplit(browser.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        head = (
            f"GET /api/studies/{study}/live HTTP/1.1", f"Host: {parts.netloc}", f"Origin: {browser.url}",
            f"Cookie: {browser.cookie()}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
        )  # fmt: skip
        writer.write("\r\n".join(head).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in answer, answer
        return cls(reader, writer)

    async def pump(self, data: bytes, seconds: float, *, read: bool = True) -> int:
        """Send `data` again and again for so long, or until the server cuts the line; returns the bytes received."""
        got = 0

        async def take() -> None:
            nonlocal got
            while part := await self.reader.read(1 << 20):
                got += len(part)

        taking = asyncio.create_task(take()) if read else None
        until = time.monotonic() + seconds
        with contextlib.suppress(ConnectionError, TimeoutError):
            while (left := until - time.monotonic()) > 0:
                self.writer.write(data)
                await asyncio.wait_for(self.writer.drain(), left)
        if taking is not None:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
        return got

    async def cut(self, seconds: float) -> bool:
        """Whether the server ends the connection within so many seconds; what it sent before is let go."""
        try:
            async with asyncio.timeout(seconds):
                while await self.reader.read(1 << 20):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True

    def abort(self) -> None:
        self.writer.transport.abort()


class Pair:
    """Two honest people: what one types the other sees, and how long that takes."""

    def __init__(self, writer: Page, reader: Page, text: str) -> None:
        self.writer, self.reader, self.text = writer, reader, text
        self._typed = 0

    async def once(self) -> float:
        """Seconds from a character to its reader."""
        began = time.monotonic()
        await self.writer.type(self.text, "h", at=0)
        self._typed += 1
        await self.reader.until(lambda: self.reader.text(self.text).count("h") >= self._typed, "honest text", 20)
        await self.writer.saved()
        return time.monotonic() - began

    async def keep_on(self, delays: list[float]) -> None:
        while True:
            delays.append(await self.once())
            await asyncio.sleep(0.02)


@asynccontextmanager
async def pair(ana: Browser, bo: Browser) -> AsyncIterator[Pair]:
    async with page(ana) as writer, page(bo) as reader:
        row = await writer.row()
        await reader.until(lambda: row in reader.state["rows"])
        yield Pair(writer, reader, f"question:{row}")
