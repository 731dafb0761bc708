"""uvicorn's HTTP protocol with a bound on the head of a request, which httptools gathers whole before it tells."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["MOST_HEAD", "Protocol"]

MOST_HEAD = 64 * 1024  # bytes; browsers and proxies stop at 8 to 32 KB. 50 MB took four seconds of the event loop


class Protocol(HttpToolsProtocol):
    """Cuts the line of who sends more than `MOST_HEAD` before the body."""

    _head: int | None = 0  # bytes of the head so far, to the end of the read that holds it; None while a body comes

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        if self._head is not None and self._head > MOST_HEAD:
            self.transport.abort()
            return
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
