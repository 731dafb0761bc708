"""A shorter way out for frames.

A room of twenty sends each character nineteen times. Through ASGI a frame costs a task's wake-up, a message and a
framing, some 25 µs; written to the transport at once it costs little more than its system call. So uvicorn is given
this protocol, which offers the transport to the application beside the usual way; where another server runs the
application, or the transport is full, frames take the usual way.
"""

from __future__ import annotations

import struct

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

__all__ = ["EXTENSION", "Protocol", "Wire"]

EXTENSION = "seedbed.wire"
_BINARY = 0x82  # a whole message, binary; what a server sends is never masked (RFC 6455, 5.1)


class Wire:
    """The transport of one open WebSocket."""

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol

    def write(self, message: bytes) -> bool:
        """Send `message` now. False when the transport is full; what is written to a closed socket is lost quietly."""
        protocol = self._protocol
        if not protocol.writable.is_set():
            return False
        if not (protocol.close_sent or protocol.disconnected or protocol.transport.is_closing()):
            protocol.transport.write(_head(len(message)) + message)
        return True


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which shows its transport to the application."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            # the application's task starts in a later turn of the loop
            self.scope["extensions"][EXTENSION] = {"wire": Wire(self)}


def _head(length: int) -> bytes:
    if length < 126:
        return bytes((_BINARY, length))
    if length < 1 << 16:
        return struct.pack("!BBH", _BINARY, 126, length)
    return struct.pack("!BBQ", _BINARY, 127, length)
