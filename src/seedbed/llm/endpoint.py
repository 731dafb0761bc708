"""One model behind an OpenAI-compatible address. The only module that names aiohttp as a client.

One call is one attempt: whoever conducts the run decides about another. Nothing queues here either (no limit
on connections), so a time-out measures the endpoint and not our own waiting.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import aiohttp
from yarl import URL

from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    InputError,
    Overloaded,
    RateLimited,
    TransientEndpointError,
    UsageError,
)
from seedbed.llm.completion import Completion, Malformed, read_completion, read_vectors
from seedbed.llm.failures import page_title, refusal
from seedbed.llm.settings import EndpointSettings

__all__ = ["MAX_REPLY_BYTES", "Endpoint", "Messages"]

Messages = Sequence[Mapping[str, str]]

MAX_REPLY_BYTES = 8 * 2**20
_CONNECT_S = 10.0
# uvicorn (so vLLM and most others) drops an idle connection after 5 s; one we used later would be reset.
_KEEPALIVE_S = 4.0
# An address that refuses connections answers fastest, so "fewest in flight" alone would send everything there.
_REST_S = 5.0


class _Target:
    """One base address, with what is in flight there. `resting` is the loop time until which it is avoided."""

    __slots__ = ("address", "chat", "complete", "embed", "in_flight", "resting")

    def __init__(self, address: str) -> None:
        self.address = address
        self.chat = URL(address + "/chat/completions")
        self.complete = URL(address + "/completions")
        self.embed = URL(address + "/embeddings")
        self.in_flight = 0
        self.resting = 0.0


class Endpoint:
    """An async context manager around one HTTP session; safe for any number of calls at once in its loop.

    `key` is for a caller that made the key itself (the embedded model); else it is read from the environment
    variable that `settings.key_env` names, on entering. It stands in the session's headers and nowhere else.
    `when_gone` is the hint of an error where nothing answers; by default it says how to check an address.
    """

    def __init__(self, settings: EndpointSettings, *, key: str | None = None, when_gone: str = "") -> None:
        self.settings = settings
        self._when_gone = when_gone
        self._secret = _Secret(key)
        self._session: aiohttp.ClientSession | None = None
        self._targets = [_Target(address) for address in settings.urls]

    def __repr__(self) -> str:
        return f"Endpoint({self.settings.model!r} at {', '.join(self.settings.urls)})"

    async def __aenter__(self) -> Self:
        if self._session is not None:
            raise UsageError("the endpoint is already open")
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := self._secret.resolve(self.settings.key_env):
            headers["Authorization"] = f"Bearer {key}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S),
            timeout=aiohttp.ClientTimeout(
                total=self.settings.timeout_s, sock_connect=min(_CONNECT_S, self.settings.timeout_s)
            ),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # a proxy from the environment would see every prompt, and the key over http
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def in_flight(self) -> int:
        """Calls sent and not yet answered."""
        return sum(target.in_flight for target in self._targets)

    async def chat(
        self,
        messages: Messages,
        *,
        n: int = 1,
        max_tokens: int,
        temperature: float | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        top_k: int | None = None,
        seed: int | None = None,
        stop: Sequence[str] | None = None,
        logprobs: bool = False,
        json_schema: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Ask for up to n continuations of a conversation.

        A trailing assistant message is the beginning of the reply (a prefill); the choices do not repeat it.
        Parameters left None are not sent. `json_schema` is sent where settings.structured says that the
        endpoint enforces it. llama.cpp draws choice i of a request with seed + i: space seeds by n.

        Raises TransientEndpointError, RateLimited, RequestRefused, EndpointRefused; UsageError for a call that
        this endpoint's settings rule out.
        """
        settings = self.settings
        body: dict[str, Any] = {"model": settings.model, "messages": messages}
        prefill = ""
        if messages and messages[-1]["role"] == "assistant":
            prefill = messages[-1]["content"]
            if settings.prefill == "vllm":
                body["continue_final_message"] = True
                body["add_generation_prompt"] = False
            elif settings.prefill == "none":
                raise UsageError(
                    f"{settings.model} cannot continue a reply that was begun for it",
                    hint='leave lead-ins out, or set prefill = "plain" or "vllm" if it can',
                )
        if json_schema is not None and settings.structured == "json_schema":
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": json_schema},
            }
        if logprobs:
            body["logprobs"] = True
            body["top_logprobs"] = 1  # llama.cpp takes 0 for "none at all", and no number for 20 a token
        self._fill(
            body, n, max_tokens, extra,
            temperature=temperature, top_p=top_p, min_p=min_p, top_k=top_k, seed=seed, stop=stop,
        )  # fmt: skip
        return await self._ask(False, body, n, prefill)

    async def complete(
        self,
        prompt: str,
        *,
        n: int = 1,
        max_tokens: int,
        temperature: float | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        top_k: int | None = None,
        seed: int | None = None,
        stop: Sequence[str] | None = None,
        logprobs: bool = False,
        extra: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Ask for up to n continuations of a plain text; else as chat(), without a schema."""
        body: dict[str, Any] = {"model": self.settings.model, "prompt": prompt}
        if logprobs:
            body["logprobs"] = 1
        self._fill(
            body, n, max_tokens, extra,
            temperature=temperature, top_p=top_p, min_p=min_p, top_k=top_k, seed=seed, stop=stop,
        )  # fmt: skip
        return await self._ask(True, body, n, "")

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, all of one length. Raises as chat() does."""
        target = self._targets[0] if len(self._targets) == 1 else self._least_busy()
        data = await self._send(target, target.embed, {"model": self.settings.model, "input": list(texts)})
        try:
            return read_vectors(data, asked=len(texts))
        except Malformed as exc:
            words = str(exc)
        raise TransientEndpointError(f"{target.address}: {words}")

    async def alive(self, turn: int) -> None:
        """Returns where one address answers; raises what the last one raised. See `check`."""
        error: EndpointError | None = None
        for target in sorted(self._targets, key=lambda target: target.resting):
            try:
                return await self._check(target, turn)
            except EndpointError as one:
                error = one
        assert error is not None
        raise error

    async def check(self) -> None:
        """Ask every address for one token. Raises what chat() raises; returns where the model can be used."""
        for target in self._targets:
            await self._check(target, 0)

    async def _check(self, target: _Target, turn: int) -> None:
        """One token, because nothing cheaper tells: lists of models are often open to a caller with no key. `turn`
        varies what is said, for an endpoint that answers the same request from a cache."""
        body = {
            "model": self.settings.model,
            "messages": [{"role": "user", "content": "Hello" + "!" * (turn // 2 % 32)}],
            self.settings.max_tokens_field: 1,
            **self.settings.extra_body,
        }
        try:
            data = await self._send(target, target.chat, body)
        except RateLimited:
            return  # address, key and model are right, which is the question here
        if not isinstance(data, dict) or "choices" not in data:
            raise EndpointRefused(
                f"{target.address} answers, but not as a chat endpoint does",
                hint="url is the base address of an OpenAI-compatible server, up to and including /v1",
            )

    def _fill(
        self, body: dict[str, Any], n: int, max_tokens: int, extra: Mapping[str, Any] | None, **sampling: Any
    ) -> None:
        if not 1 <= n <= self.settings.max_choices:
            raise UsageError(f"{self.settings.model} takes n from 1 to {self.settings.max_choices}: {n}")
        body[self.settings.max_tokens_field] = max_tokens
        if n > 1:
            body["n"] = n
        for name, value in sampling.items():
            if value is not None:
                body[name] = value
        body.update(self.settings.extra_body)
        if extra:
            body.update(extra)

    async def _ask(self, plain: bool, body: dict[str, Any], n: int, prefill: str) -> Completion:
        target = self._targets[0] if len(self._targets) == 1 else self._least_busy()
        data = await self._send(target, target.complete if plain else target.chat, body)
        try:
            return read_completion(data, asked=n, prefill=prefill, model=self.settings.model)
        except Malformed as exc:
            words = str(exc)
        raise TransientEndpointError(f"{target.address}: {words}")

    def _least_busy(self) -> _Target:
        now = time.monotonic()
        return min(self._targets, key=lambda target: (target.resting > now, target.in_flight))

    async def _send(self, target: _Target, url: URL, body: dict[str, Any]) -> Any:
        session = self._session
        if session is None:
            raise UsageError("the endpoint is not open: use it in `async with`")
        status = 0
        headers: Mapping[str, str] = {}
        raw: bytes | None = b""
        failure: EndpointError | None = None
        target.in_flight += 1
        try:
            async with session.post(url, data=json.dumps(body).encode(), allow_redirects=False) as response:
                status = response.status
                headers = response.headers
                raw = await _bounded(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            failure = _broken(exc, target, self.settings, self._when_gone)
        finally:
            target.in_flight -= 1
        # Raised out here, with no link to aiohttp's exception: that one carries the request and its headers.
        if failure is not None:
            raise failure
        if raw is None:
            raise TransientEndpointError(f"{target.address} sent more than {MAX_REPLY_BYTES // 2**20} MiB in one reply")
        if status != 200:
            raise refusal(
                status, headers, raw, address=target.address, settings=self.settings,
                key=self._secret.resolve(self.settings.key_env), prompt=_texts(body),
            )  # fmt: skip
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            pass
        raise TransientEndpointError(f"{target.address} sent {_unreadable(raw)} instead of a JSON reply")


class _Secret:
    """Where the key comes from; shows nothing of it."""

    __slots__ = ("_given",)

    def __init__(self, given: str | None) -> None:
        self._given = given

    def __repr__(self) -> str:
        return "_Secret()"

    def resolve(self, name: str | None) -> str:
        """The key, or an empty string where there is none. Raises InputError if no header could carry it."""
        key = self._given if self._given is not None else os.environ.get(name, "").strip() if name else ""
        if key and not (key.isascii() and key.isprintable() and " " not in key):
            raise InputError(
                f"the key in {name} holds characters that no key has (a space, a line break, a letter with an accent)",
                hint=f"export {name}=… once more, with the key alone",
            )
        return key


async def _bounded(response: aiohttp.ClientResponse) -> bytes | None:
    """The whole body, or None when it is larger than MAX_REPLY_BYTES (the rest is not read)."""
    declared = response.content_length
    if declared is not None and declared > MAX_REPLY_BYTES:
        response.close()
        return None
    chunks = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            response.close()
            return None
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _broken(exc: Exception, target: _Target, settings: EndpointSettings, when_gone: str) -> EndpointError:
    """The error for an attempt that got no whole reply."""
    where = target.address
    if isinstance(exc, aiohttp.ConnectionTimeoutError):
        target.resting = time.monotonic() + _REST_S
        return TransientEndpointError(
            f"no connection to {where} within {min(_CONNECT_S, settings.timeout_s):g} s",
            hint=f"check the address and any firewall: curl {where}/models",
        )
    if isinstance(exc, TimeoutError):
        return Overloaded(
            f"{where} did not answer within {settings.timeout_s:g} s",
            hint="raise timeout_s, or use fewer lanes if the endpoint is overloaded",
        )
    if isinstance(exc, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return EndpointRefused(
            f"{where} has no TLS certificate that this machine trusts, or does not speak TLS",
            hint="check https:// or http:// in url; SSL_CERT_FILE names further certificates",
        )
    if isinstance(exc, aiohttp.ClientConnectorError):
        target.resting = time.monotonic() + _REST_S
        cause = exc.os_error
        if isinstance(exc, aiohttp.ClientConnectorDNSError) or isinstance(cause, socket.gaierror):
            return TransientEndpointError(
                f"no address is known for {exc.host}", hint="check url, and that this machine is online"
            )
        refused = isinstance(cause, ConnectionRefusedError)
        words = "connection refused" if refused else (cause.strerror or type(cause).__name__)
        return TransientEndpointError(
            f"nothing answers at {where} ({words})",
            hint=when_gone or f"is the model server running there? check: curl {where}/models",
        )
    if isinstance(exc, aiohttp.ServerDisconnectedError | ConnectionResetError | aiohttp.ClientOSError):
        target.resting = time.monotonic() + _REST_S  # what dies resets a little before it refuses
        return TransientEndpointError(f"{where} closed the connection before it answered")
    if isinstance(exc, aiohttp.ClientPayloadError):
        return TransientEndpointError(f"{where} broke off in the middle of its reply")
    if isinstance(exc, aiohttp.ClientResponseError):
        return TransientEndpointError(f"{where} sent something that is not HTTP")
    return TransientEndpointError(f"no reply from {where} ({type(exc).__name__})")


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


def _texts(body: Mapping[str, Any]) -> list[str]:
    """The people's words in a request, which an error must not repeat."""
    if "messages" in body:
        return [message["content"] for message in body["messages"]]
    return [body["prompt"]] if "prompt" in body else list(body["input"])
