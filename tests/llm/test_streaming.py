"""Replies as they are written: what is read of a stream, and how one ends early."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    Overloaded,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
    UsageError,
)
from seedbed.llm import EmbeddedModel, Endpoint, EndpointSettings, Finished
from seedbed.llm.completion import Malformed
from seedbed.llm.endpoint import MAX_REPLY_BYTES
from seedbed.llm.streaming import Pieces, StreamError
from seedbed.testing import MockEndpoint
from tests.llm.asking import ASK, KEY, always, with_mock
from tests.llm.test_embedded import cpu_of


def event(text: str | None = None, reason: str | None = None, **more: Any) -> bytes:
    delta = {} if text is None else {"content": text}
    return (
        f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta, 'finish_reason': reason}], **more})}\n\n".encode()
    )


def read(*data: bytes, prefill: str = "") -> tuple[list[str], Finished]:
    pieces = Pieces(prefill=prefill, model="m")
    found = [piece for part in data for piece in pieces.feed(part)]
    rest, end = pieces.close()
    assert "".join(found + rest) == end.text
    return found + rest, end


def test_a_stream_is_read_however_it_is_cut() -> None:
    whole = (
        b": a comment\r\n\r\nevent: message\r\ndata:" + event("Ca").removeprefix(b"data: ").replace(b"\n", b"\r\n")
        + event("fé") + event(" 😀") + event(None, "stop", usage={"prompt_tokens": 7, "completion_tokens": 3})
        + b"data: [DONE]\n\ndata: never read\n"
    )  # fmt: skip
    for size in (1, 3, 17, len(whole)):
        found, end = read(*(whole[start : start + size] for start in range(0, len(whole), size)))
        assert found == ["Ca", "fé", " 😀"]
        assert (end.text, end.finished, end.model) == ("Café 😀", True, "m")
        assert (end.usage.prompt_tokens, end.usage.completion_tokens) == (7, 3)


def test_tokens_are_counted_where_the_endpoint_says_nothing() -> None:
    _, end = read(event("a"), event(" b", model="other"), event(None, "length"))
    assert (end.usage.completion_tokens, end.finished, end.model) == (2, False, "other")


def test_a_pair_in_two_halves_is_whole_and_half_a_pair_is_none() -> None:
    found, _ = read(event("x\ud83d"), event("\ude00y"), event("\ud83d"), event(None, "stop"))
    assert found == ["x", "😀y", "?"]
    assert read(event("\ude00 \ud83d!"), event(None, "stop"))[1].text == "? ?!"


@pytest.mark.parametrize("repeats", [True, False])
def test_a_prefill_is_not_repeated(repeats: bool) -> None:
    pieces = ["No. ", "Old", "er people are", " kind."] if repeats else [" kind."]
    _, end = read(*map(event, pieces), event(None, "stop"), prefill="No. Older people are")
    assert end.text == " kind."


def test_what_only_begins_as_the_prefill_does_is_text() -> None:
    assert read(event("No"), event("thing."), event(None, "stop"), prefill="No. Older")[1].text == "Nothing."
    assert read(event("No"), event(None, "stop"), prefill="No. Older")[1].text == "No"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"data: {oops\n", "no JSON"),
        (b"data: [1]\n", "no object"),
        (b"data: " + b"[" * 100_000 + b"\n", "no JSON"),
        (event("half a reply"), "broke off"),
        (event(None, "length"), "no text"),
        (b"data: [DONE]\n", "no text"),
        (b"data: " + b"x" * (2**20 + 10), "too long"),
        (b"", "broke off"),
        (b'data: {"choices": [{"delta": {"content": 5}, "finish_reason": 7}]}\n', "broke off"),
        (b'data: {"choices": "none"}\n\ndata: {"choices": [[]]}\n', "broke off"),
    ],
)
def test_what_is_no_stream_is_malformed(data: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        read(data)


def test_an_error_in_the_stream_has_its_status() -> None:
    for code, status in ((503, 503), ("server_error", 0), (True, 0), (7, 0)):
        with pytest.raises(StreamError) as caught:
            read(event("a"), f"data: {json.dumps({'error': {'code': code, 'message': 'no'}})}\n".encode())
        assert caught.value.status == status


# -- against servers ---------------------------------------------------------------------------------------------------


async def drain(endpoint: Endpoint, into: list[str | Finished]) -> None:
    async with contextlib.aclosing(endpoint.stream_chat(ASK, max_tokens=60)) as stream:
        async for piece in stream:
            into.append(piece)


async def streamed(endpoint: Endpoint, **more: Any) -> tuple[list[str], Finished]:
    pieces: list[str] = []
    async with contextlib.aclosing(endpoint.stream_chat(ASK, **{"max_tokens": 60, **more})) as stream:
        async for piece in stream:
            if isinstance(piece, Finished):
                assert endpoint.in_flight == 1
                return pieces, piece
            pieces.append(piece)
    raise AssertionError("a stream ends with Finished")


def test_the_pieces_are_the_reply_that_comes_whole_too() -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> None:
        pieces, end = await streamed(endpoint, temperature=0.3)
        assert len(pieces) > 3
        assert "".join(pieces) == end.text
        assert end.finished
        assert endpoint.in_flight == 0
        sent, headers = mock.received[0]
        assert sent == {"model": "mock", "messages": ASK, "stream": True, "max_tokens": 60, "temperature": 0.3}
        assert "text/event-stream" in headers["Accept"]

    with_mock(act)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("400", RequestRefused, "answered 400"),
        ("401", EndpointRefused, "answered 401"),
        ("429:3", RateLimited, "too many requests"),
        ("503", Overloaded, "answered 503"),
        ("html", TransientEndpointError, "an HTML page"),
        ("reset", TransientEndpointError, "closed the connection"),
        ("moved", EndpointRefused, "moved"),
        ("cut", TransientEndpointError, "broke off|closed the connection"),
        ("torn", TransientEndpointError, "broke off|closed the connection"),
        ("truncated", TransientEndpointError, "no JSON|broke off"),
        ("hang", Overloaded, "did not answer within"),
        ("silent", TransientEndpointError, "no text"),
        ("huge", TransientEndpointError, "more than 8 MiB"),
    ],
)
def test_each_failure_is_an_error_of_ours_that_repeats_neither_key_nor_prompt(
    fault: str, kind: type[EndpointError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_KEY", KEY)

    async def act(_: MockEndpoint, endpoint: Endpoint) -> None:
        with pytest.raises(kind, match=words) as caught:
            await streamed(endpoint)
        assert endpoint.in_flight == 0
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        assert KEY not in str(caught.value)
        assert "savings" not in str(caught.value)

    settings = {"key_env": "MOCK_KEY", "timeout_s": 0.6 if fault == "hang" else 20}
    with_mock(act, key=KEY, faults=always(fault), settings=settings)


def test_what_came_before_the_break_was_given_out() -> None:
    async def act(_: MockEndpoint, endpoint: Endpoint) -> None:
        pieces: list[str | Finished] = []
        with pytest.raises(TransientEndpointError):
            await drain(endpoint, pieces)
        assert len(pieces) == 5

    with_mock(act, faults=always("cut"))


@contextlib.asynccontextmanager
async def answering(
    content_type: str, body: bytes, *, endless: bool = False
) -> AsyncIterator[tuple[Endpoint, list[str]]]:
    """An endpoint that sends `body`, or sends it for ever; and a list that says when its caller left."""
    left: list[str] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        try:
            await response.prepare(request)
            await response.write(body)
            while endless:
                await response.write(body)
                await asyncio.sleep(0)
        except (asyncio.CancelledError, ConnectionError):
            left.append("gone")
            raise
        return response

    runner = web.ServerRunner(web.Server(handle, handler_cancellation=True), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        settings = EndpointSettings(url=f"http://127.0.0.1:{runner.addresses[0][1]}/v1", model="m")
        async with Endpoint(settings) as endpoint:
            yield endpoint, left
    finally:
        await runner.cleanup()


def test_no_call_meets_the_end_of_a_connection_that_a_stream_had() -> None:
    reply = "".join([event("a").decode(), event(None, "stop").decode(), "data: [DONE]\n\n"]).encode()

    ended = asyncio.Semaphore(0)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As llama.cpp does: a stream ends, whole in one packet here, and the connection with it, a moment later."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
            says = b"Connection: close\r\n" if b"connection: close" in head else b""
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n" + says
                         + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(reply), reply))  # fmt: skip
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        ended.release()

    async def act() -> None:
        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Endpoint(EndpointSettings(url=f"http://127.0.0.1:{port}/v1", model="m")) as endpoint:
                for _ in range(5):
                    assert (await streamed(endpoint))[1].text == "a"
            async with asyncio.timeout(10):
                for _ in range(5):
                    await ended.acquire()

    asyncio.run(act())


def test_an_endpoint_without_streams_answers_in_one_piece() -> None:
    body = {"choices": [{"message": {"content": "All at once."}, "finish_reason": "stop"}]}

    async def act() -> None:
        async with answering("application/json", json.dumps(body).encode()) as (endpoint, _):
            pieces, end = await streamed(endpoint)
            assert (pieces, end.text, end.finished) == (["All at once."], "All at once.", True)

    asyncio.run(act())


def test_an_error_within_the_stream_is_the_refusal_that_it_says() -> None:
    async def act() -> None:
        error = b'data: {"error": {"code": 429, "message": "slow down"}}\n\n'
        async with answering("text/event-stream", event("a") + error) as (endpoint, _):
            with pytest.raises(RateLimited, match="slow down"):
                await streamed(endpoint)

    asyncio.run(act())


def test_a_stream_without_end_is_bounded_and_a_consumer_that_goes_ends_the_call() -> None:
    async def act() -> None:
        async with answering("text/event-stream", event("x" * 200_000), endless=True) as (endpoint, left):
            pieces: list[str | Finished] = []
            with pytest.raises(TransientEndpointError, match="more than 8 MiB"):
                await drain(endpoint, pieces)
            size = sum(len(piece) for piece in pieces if isinstance(piece, str))
            assert 7 * 2**20 < size <= MAX_REPLY_BYTES
            async with contextlib.aclosing(endpoint.stream_chat(ASK, max_tokens=60)) as stream:
                await anext(stream)
            assert endpoint.in_flight == 0
            async with asyncio.timeout(5):
                while len(left) < 2:
                    await asyncio.sleep(0.01)

    asyncio.run(act())


def test_an_endpoint_that_is_not_open_says_so() -> None:
    async def act() -> None:
        with pytest.raises(UsageError, match="not open"):
            await streamed(Endpoint(EndpointSettings(url="http://127.0.0.1:9/v1", model="m")))

    asyncio.run(act())


@pytest.mark.model
def test_the_embedded_model_streams_and_stops_when_nobody_listens() -> None:
    async def act() -> None:
        model = EmbeddedModel(processes=1)
        async with model as endpoint:
            pieces, end = await streamed(endpoint, max_tokens=30, temperature=0.5, seed=3)
            assert len(pieces) > 5
            assert end.usage.completion_tokens == len(pieces)
            lead = [*ASK, {"role": "assistant", "content": "Should I put my savings"}]
            async with contextlib.aclosing(endpoint.stream_chat(lead, max_tokens=12, seed=3)) as stream:
                begun = [piece async for piece in stream]
            assert not str(begun[0]).startswith("Should")
            # a whole reply after a stream: the connection of the stream is not used again
            assert (await endpoint.chat(ASK, max_tokens=8)).choices[0].text
            async with contextlib.aclosing(
                endpoint.stream_chat(ASK, max_tokens=1500, extra={"ignore_eos": True})
            ) as stream:
                await anext(stream)
            await asyncio.sleep(0.5)
            before = cpu_of(model.pids[0])
            await asyncio.sleep(1)
            assert cpu_of(model.pids[0]) - before < 0.3

    asyncio.run(act())
