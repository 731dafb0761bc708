"""One model behind an OpenAI-compatible address.

One call is one attempt: whoever conducts the run decides about another. Nothing queues here either (no limit
on connections), so a time-out measures the endpoint and not our own waiting.
"""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Self, TypeVar, Unpack

import aiohttp
from yarl import URL

from seedbed.errors import EndpointError, EndpointRefused, InputError, RateLimited, UsageError
from seedbed.llm.call import CONNECT_S, MAX_REPLY_BYTES, Address, Call
from seedbed.llm.completion import Completion, read_completion, read_vectors
from seedbed.llm.failures import refusal
from seedbed.llm.request import Messages, Sampling, conversation, drawn, texts_of
from seedbed.llm.settings import EndpointSettings
from seedbed.llm.streaming import Finished, Pieces

__all__ = ["MAX_REPLY_BYTES", "Endpoint", "Messages"]

# uvicorn (so vLLM and most others) drops an idle connection after 5 s; one we used later would be reset.
_KEEPALIVE_S = 4.0

_Read = TypeVar("_Read")


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
        self._addresses = [Address(base) for base in settings.urls]

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
                total=self.settings.timeout_s, sock_connect=min(CONNECT_S, self.settings.timeout_s)
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
        return sum(address.in_flight for address in self._addresses)

    async def chat(
        self,
        messages: Messages,
        *,
        n: int = 1,
        max_tokens: int,
        logprobs: bool = False,
        json_schema: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        **sampling: Unpack[Sampling],
    ) -> Completion:
        """Ask for up to n continuations of a conversation.

        A trailing assistant message is the beginning of the reply (a prefill); the choices do not repeat it.
        Parameters left None are not sent. `json_schema` is sent where settings.structured says that the
        endpoint enforces it. llama.cpp draws choice i of a request with seed + i: space seeds by n.

        Raises TransientEndpointError, RateLimited, RequestRefused, EndpointRefused; UsageError for a call that
        this endpoint's settings rule out.
        """
        body, prefill = conversation(self.settings, messages)
        if json_schema is not None and self.settings.structured == "json_schema":
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": json_schema},
            }
        if logprobs:
            body["logprobs"] = True
            body["top_logprobs"] = 1  # llama.cpp takes 0 for "none at all", and no number for 20 a token
        drawn(self.settings, body, sampling, n=n, max_tokens=max_tokens, extra=extra)
        address = self._least_busy()
        return await self._ask(address, address.chat, body, self._completion(n, prefill))

    async def complete(
        self,
        prompt: str,
        *,
        n: int = 1,
        max_tokens: int,
        logprobs: bool = False,
        extra: Mapping[str, Any] | None = None,
        **sampling: Unpack[Sampling],
    ) -> Completion:
        """Ask for up to n continuations of a plain text; else as chat(), without a schema."""
        body: dict[str, Any] = {"model": self.settings.model, "prompt": prompt}
        if logprobs:
            body["logprobs"] = 1
        drawn(self.settings, body, sampling, n=n, max_tokens=max_tokens, extra=extra)
        address = self._least_busy()
        return await self._ask(address, address.complete, body, self._completion(n, ""))

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, all of one length. Raises as chat() does."""
        body = {"model": self.settings.model, "input": list(texts)}
        address = self._least_busy()
        return await self._ask(address, address.embed, body, functools.partial(read_vectors, asked=len(texts)))

    async def stream_chat(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        extra: Mapping[str, Any] | None = None,
        **sampling: Unpack[Sampling],
    ) -> AsyncGenerator[str | Finished]:
        """One reply to a conversation as it is written: pieces of text, then one Finished.

        The pieces together are the text of Finished. The call ends when the generator is closed: use it in
        `contextlib.aclosing`, so that this is at once. An endpoint that knows no streams answers with one piece.

        Raises what chat() raises, before the first piece or after any.
        """
        body, prefill = conversation(self.settings, messages)
        body["stream"] = True
        drawn(self.settings, body, sampling, max_tokens=max_tokens, extra=extra)
        address, session = self._least_busy(), self._open()
        # llama.cpp ends the connection after a stream: said beforehand, no other call meets its end
        headers = {"Accept": "text/event-stream, application/json", "Connection": "close"}
        with self._call(address, body) as call:
            async with session.post(
                address.chat, data=json.dumps(body).encode(), allow_redirects=False, headers=headers
            ) as response:
                try:
                    if response.status == 200 and response.content_type == "text/event-stream":
                        pieces = Pieces(prefill=prefill, model=self.settings.model)
                        async for data in response.content.iter_any():
                            for piece in pieces.feed(call.took(data)):
                                yield piece
                            if pieces.ended:
                                break
                        rest, end = pieces.close()
                        for piece in rest:
                            yield piece
                        yield end
                    else:
                        found = self._completion(1, prefill)(await call.whole(response))
                        choice = found.choices[0]
                        yield choice.text
                        yield Finished(choice.text, choice.finished, found.usage, found.model)
                finally:
                    response.close()  # an endpoint that goes on writing must hear that nobody listens
        if call.failure is not None:
            raise call.failure

    async def alive(self, turn: int) -> None:
        """Returns where one address answers; raises what the last one raised. See `check`."""
        error: EndpointError | None = None
        for address in sorted(self._addresses, key=lambda address: address.resting):
            try:
                return await self._check(address, turn)
            except EndpointError as one:
                error = one
        assert error is not None
        raise error

    async def check(self) -> None:
        """Ask every address for one token. Raises what chat() raises; returns where the model can be used."""
        for address in self._addresses:
            await self._check(address, 0)

    async def _check(self, address: Address, turn: int) -> None:
        """One token, because nothing cheaper tells: lists of models are often open to a caller with no key. `turn`
        varies what is said, for an endpoint that answers the same request from a cache."""
        body = {
            "model": self.settings.model,
            "messages": [{"role": "user", "content": "Hello" + "!" * (turn // 2 % 32)}],
            self.settings.max_tokens_field: 1,
            **self.settings.extra_body,
        }
        try:
            looks_right = await self._ask(
                address, address.chat, body, lambda data: isinstance(data, dict) and "choices" in data
            )
        except RateLimited:
            return  # address, key and model are right, which is the question here
        if not looks_right:
            raise EndpointRefused(
                f"{address.base} answers, but not as a chat endpoint does",
                hint="url is the base address of an OpenAI-compatible server, up to and including /v1",
            )

    async def _ask(self, address: Address, url: URL, body: dict[str, Any], read: Callable[[Any], _Read]) -> _Read:
        session = self._open()
        with self._call(address, body) as call:
            async with session.post(url, data=json.dumps(body).encode(), allow_redirects=False) as response:
                return read(await call.whole(response))
        assert call.failure is not None
        raise call.failure

    def _completion(self, n: int, prefill: str) -> Callable[[Any], Completion]:
        return functools.partial(read_completion, asked=n, prefill=prefill, model=self.settings.model)

    def _call(self, address: Address, body: Mapping[str, Any]) -> Call:
        def refused(status: int, headers: Mapping[str, str], raw: bytes) -> EndpointError:
            return refusal(
                status, headers, raw, address=address.base, settings=self.settings,
                key=self._secret.resolve(self.settings.key_env), prompt=texts_of(body),
            )  # fmt: skip

        return Call(address, refused, self.settings.timeout_s, self._when_gone)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise UsageError("the endpoint is not open: use it in `async with`")
        return self._session

    def _least_busy(self) -> Address:
        if len(self._addresses) == 1:
            return self._addresses[0]
        now = time.monotonic()
        return min(self._addresses, key=lambda address: (address.resting > now, address.in_flight))


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
