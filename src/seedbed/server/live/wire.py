"""uvicorn's WebSocket protocol with a shorter way out for frames, and a narrower way in for floods.

A room of twenty sends each character nineteen times. Through ASGI a frame costs a task's wake-up, a message and a
framing, some 25 µs; written to the transport at once it costs little more than its system call. So the transport is
offered to the application beside the usual way; where another server runs the application, or the transport is full,
frames take the usual way.

On the way in, a read gives up to 256 KB at once: 43,000 empty frames, a third of a second and 13 MB as messages. So
bytes are parsed a little at a time, and only while the application has read what came before.
"""

from __future__ import annotations

import struct
import time
from asyncio.transports import BaseTransport

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

__all__ = ["EXTENSION", "Protocol", "Wire"]

EXTENSION = "seedbed.wire"
_BINARY = 0x82  # a whole message, binary; what a server sends is never masked (RFC 6455, 5.1)
_PART = 2048  # bytes parsed at once: more than a page types, at most 340 frames
# Frames that are no whole message: WebSocket pings, and pieces. Pages send none of the first and few of the second,
# proxies a ping now and then; here they would be parsed and answered before any limit of the application.
_IDLE_A_SECOND, _IDLE_AT_ONCE = 10.0, 500.0
_LINGER = 15.0  # seconds for a closed socket's last bytes; then they are dropped
_HANDSHAKE = 20.0  # seconds for the way from a connection to an open socket


class Wire:
    """The transport of one open WebSocket."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol

    def write(self, message: bytes) -> bool:
        """Send `message` now. False when the transport is full; what is written to a closed socket is lost quietly."""
        protocol = self._protocol
        if not protocol.writable.is_set():
            return False
        if not (protocol.close_sent or protocol.disconnected or protocol.transport.is_closing()):
            protocol.transport.write(_head(len(message)) + message)
        return True

    def abort(self) -> None:
        """Cut the line, with whatever waits in it."""
        self._protocol.transport.abort()

    def lost(self) -> bool:
        return self._protocol.disconnected

    def finish(self) -> None:
        """The application is done: what nobody reads does not wait for ever."""
        self._protocol.loop.call_later(_LINGER, self.abort)


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which shows its transport to the application and does not swallow a flood whole."""

    _rest = memoryview(b"")
    _idle_left = _IDLE_AT_ONCE
    _idle_at = 0.0

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.loop.call_later(_HANDSHAKE, self._opened)

    def _opened(self) -> None:
        if not self.handshake_complete:
            self.transport.abort()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            # the application's task starts in a later turn of the loop
            self.scope["extensions"][EXTENSION] = {"wire": Wire(self)}

    def data_received(self, data: bytes) -> None:
        if not self._rest and len(data) <= _PART:
            super().data_received(data)
            return
        # while something is left reading is paused, but for what one read had brought already
        self._rest = memoryview(bytes(self._rest) + data if self._rest else data)
        self._feed()

    def _feed(self) -> None:
        while self._rest and not self.read_paused:
            if self.close_sent or self.disconnected or self.transport.is_closing():
                self._rest = memoryview(b"")
                return
            part, self._rest = bytes(self._rest[:_PART]), self._rest[_PART:]
            super().data_received(part)

    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        if self._rest and not self.read_paused:
            self._feed()
        return message

    def handle_ping(self) -> None:
        if not self.writable.is_set():
            self.conn.data_to_send()  # its pong: who reads nothing is owed none
        else:
            super().handle_ping()
        self._idle()

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        self._idle()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        self._idle()

    def _idle(self) -> None:
        now = time.monotonic()
        self._idle_left = min(_IDLE_AT_ONCE, self._idle_left + (now - self._idle_at) * _IDLE_A_SECOND) - 1
        self._idle_at = now
        if self._idle_left < 0 and not self.transport.is_closing():
            self.transport.abort()


def _head(length: int) -> bytes:
    if length < 126:
        return bytes((_BINARY, length))
    if length < 1 << 16:
        return struct.pack("!BBH", _BINARY, 126, length)
    return struct.pack("!BBQ", _BINARY, 127, length)
