"""One call to one address: counted while it is under way, its reply bounded, and what goes wrong an error of ours."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import aiohttp
from yarl import URL

from seedbed.errors import EndpointError, EndpointRefused, Overloaded, TransientEndpointError
from seedbed.llm.completion import Malformed
from seedbed.llm.failures import page_title
from seedbed.llm.streaming import StreamError

__all__ = ["CONNECT_S", "MAX_REPLY_BYTES", "Address", "Call"]

MAX_REPLY_BYTES = 8 * 2**20
CONNECT_S = 10.0
# An address that refuses connections answers fastest, so "fewest in flight" alone would send everything there.
_REST_S = 5.0


class Address:
    """A base address, with what is in flight there. `resting` is the monotonic time until which it is avoided."""

    __slots__ = ("base", "chat", "complete", "embed", "in_flight", "resting")

    def __init__(self, base: str) -> None:
        self.base = base
        self.chat = URL(base + "/chat/completions")
        self.complete = URL(base + "/completions")
        self.embed = URL(base + "/embeddings")
        self.in_flight = 0
        self.resting = 0.0


class Call:
    """A context for sending one request and reading its reply.

    `refusal` makes the error of a status, headers and body; `timeout_s` and `when_gone` are for words. What aiohttp
    raises in the context ends it, and is `failure` then: to be raised outside, with no link to aiohttp's exception,
    which carries the request and its headers.
    """

    __slots__ = ("_refusal", "_size", "_timeout_s", "_when_gone", "address", "failure")

    def __init__(
        self,
        address: Address,
        refusal: Callable[[int, Mapping[str, str], bytes], EndpointError],
        timeout_s: float,
        when_gone: str,
    ) -> None:
        self.address = address
        self.failure: EndpointError | None = None
        self._refusal, self._timeout_s, self._when_gone = refusal, timeout_s, when_gone
        self._size = 0

    def __enter__(self) -> Self:
        self.address.in_flight += 1
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        self.address.in_flight -= 1
        match error:
            case Malformed():
                self.failure = TransientEndpointError(f"{self.address.base}: {error}")
            case StreamError():
                self.failure = self._refusal(error.status or 500, {}, error.body)
            case aiohttp.ClientError() | TimeoutError() | OSError():
                self.failure = self._broken(error)
        return self.failure is not None

    async def whole(self, response: aiohttp.ClientResponse) -> Any:
        """The JSON of a reply that comes at once. Raises EndpointError where it is something else."""
        declared = response.content_length
        if declared is not None and declared > MAX_REPLY_BYTES:
            raise self._too_large()
        raw = b"".join([self.took(data) async for data in response.content.iter_any()])
        if response.status != 200:
            raise self._refusal(response.status, response.headers, raw)
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            pass
        raise TransientEndpointError(f"{self.address.base} sent {_unreadable(raw)} instead of a JSON reply")

    def took(self, data: bytes) -> bytes:
        """`data`, counted. Raises TransientEndpointError where a reply is too large; the rest is not read."""
        self._size += len(data)
        if self._size > MAX_REPLY_BYTES:
            raise self._too_large()
        return data

    def _too_large(self) -> EndpointError:
        return TransientEndpointError(f"{self.address.base} sent more than {MAX_REPLY_BYTES // 2**20} MiB in one reply")

    def _broken(self, exc: Exception) -> EndpointError:
        """The error for an attempt that got no whole reply."""
        where = self.address.base
        if isinstance(exc, aiohttp.ConnectionTimeoutError):
            self._rest()
            return TransientEndpointError(
                f"no connection to {where} within {min(CONNECT_S, self._timeout_s):g} s",
                hint=f"check the address and any firewall: curl {where}/models",
            )
        if isinstance(exc, TimeoutError):
            return Overloaded(
                f"{where} did not answer within {self._timeout_s:g} s",
                hint="raise timeout_s, or use fewer lanes if the endpoint is overloaded",
            )
        if isinstance(exc, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError | ssl.SSLError):
            return EndpointRefused(
                f"{where} has no TLS certificate that this machine trusts, or does not speak TLS",
                hint="check https:// or http:// in url; SSL_CERT_FILE names further certificates",
            )
        if isinstance(exc, aiohttp.ClientConnectorError):
            self._rest()
            cause = exc.os_error
            if isinstance(exc, aiohttp.ClientConnectorDNSError) or isinstance(cause, socket.gaierror):
                return TransientEndpointError(
                    f"no address is known for {exc.host}", hint="check url, and that this machine is online"
                )
            refused = isinstance(cause, ConnectionRefusedError)
            words = "connection refused" if refused else (cause.strerror or type(cause).__name__)
            return TransientEndpointError(
                f"nothing answers at {where} ({words})",
                hint=self._when_gone or f"is the model server running there? check: curl {where}/models",
            )
        if isinstance(exc, aiohttp.ServerDisconnectedError | ConnectionResetError | aiohttp.ClientOSError):
            self._rest()  # what dies resets a little before it refuses
            return TransientEndpointError(f"{where} closed the connection before it answered")
        if isinstance(exc, aiohttp.ClientPayloadError):
            return TransientEndpointError(f"{where} broke off in the middle of its reply")
        if isinstance(exc, aiohttp.ClientResponseError):
            return TransientEndpointError(f"{where} sent something that is not HTTP")
        return TransientEndpointError(f"no reply from {where} ({type(exc).__name__})")

    def _rest(self) -> None:
        self.address.resting = time.monotonic() + _REST_S


def _unreadable(raw: bytes) -> str:
    """What a 200 body is that is not JSON. Never its text: that may be people's words."""
    head = raw[:8192].decode("utf-8", "replace").lstrip()
    if not head:
        return "an empty body"
    if head.startswith("<"):
        return page_title(head)
    if head.startswith(("{", "[")):
        return f"broken JSON ({len(raw)} bytes)"
    if head.startswith("data:"):
        return "a stream of events"
    return f"{len(raw)} bytes of something else"
