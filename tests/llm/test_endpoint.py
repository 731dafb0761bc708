from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import Any

import pytest

from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    InputError,
    Overloaded,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
    UsageError,
)
from seedbed.llm import Completion, Endpoint, EndpointSettings
from seedbed.testing import FaultPlan, Latency, MockEndpoint
from tests.llm.asking import ASK, KEY, always, nobody, with_mock


def failure(faults: FaultPlan, **settings: Any) -> EndpointError:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> EndpointError:
        with pytest.raises(EndpointError) as caught:
            await endpoint.chat(ASK, max_tokens=50)
        assert endpoint.in_flight == 0
        return caught.value

    found: EndpointError = with_mock(act, faults=faults, settings=settings)
    return found


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("400", RequestRefused, "answered 400"),
        ("401", EndpointRefused, "answered 401"),
        ("404", EndpointRefused, "answered 404"),
        ("413", RequestRefused, "context size"),
        ("500", TransientEndpointError, "answered 500"),
        ("503", Overloaded, "overloaded"),
        ("html", TransientEndpointError, r"an HTML page \(502 Bad Gateway\)"),
        ("truncated", TransientEndpointError, "broken JSON"),
        ("cut", TransientEndpointError, "broke off in the middle"),
        ("empty", TransientEndpointError, "no choices"),
        ("null", TransientEndpointError, "no text"),
        ("huge", TransientEndpointError, "more than 8 MiB"),
        ("moved", EndpointRefused, "moved to http://elsewhere.invalid"),
        ("reset", TransientEndpointError, "closed the connection"),
    ],
)
def test_each_fault_is_its_own_error(fault: str, kind: type[EndpointError], words: str) -> None:
    error = failure(always(fault))
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


@pytest.mark.parametrize(("after", "seconds"), [("", None), ("2", 2.0), ("1.5", 1.5)])
def test_a_rate_limit_carries_its_pause(after: str, seconds: float | None) -> None:
    error = failure(always(f"429:{after}" if after else "429"))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_silence_ends_at_the_time_out() -> None:
    error = failure(always("hang"), timeout_s=0.2)
    assert isinstance(error, TransientEndpointError)
    assert "did not answer within 0.2 s" in str(error)


def test_nobody_there_says_so_and_how_to_check() -> None:
    async def run(url: str) -> EndpointError:
        async with Endpoint(EndpointSettings(url=url, model="m")) as endpoint:
            with pytest.raises(TransientEndpointError, match="connection refused") as caught:
                await endpoint.check()
            return caught.value

    with nobody() as url:
        error = asyncio.run(run(url))
    assert url in str(error)
    assert f"curl {url}/models" in error.hint


def test_something_that_is_not_http() -> None:
    async def run() -> None:
        async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail ready\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Endpoint(EndpointSettings(url=f"http://127.0.0.1:{port}", model="m")) as endpoint:
            with pytest.raises(TransientEndpointError, match="not HTTP"):
                await endpoint.chat(ASK, max_tokens=5)
        async with MockEndpoint() as mock:
            tls = mock.url.replace("http://", "https://")
            async with Endpoint(EndpointSettings(url=tls, model="m")) as endpoint:
                with pytest.raises(EndpointRefused, match="TLS"):
                    await endpoint.chat(ASK, max_tokens=5)

    asyncio.run(run())


def links(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


@pytest.mark.parametrize("fault", ["400", "401", "429", "500", "html", "truncated", "cut", "reset", "hang", "moved"])
def test_the_key_is_in_no_error_log_or_repr(
    fault: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MOCK_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    async def act(mock: MockEndpoint, endpoint: Endpoint) -> None:
        with pytest.raises(EndpointError) as caught:
            await endpoint.chat(ASK, max_tokens=50)
        error = caught.value
        seen.extend(repr((link, link.args, vars(link))) for link in links(error))
        seen.extend((error.hint, "".join(traceback.format_exception(error)), repr(endpoint), repr(vars(endpoint))))
        assert mock.received[0][1]["Authorization"] == f"Bearer {KEY}"

    with_mock(act, faults=always(fault), settings={"key_env": "MOCK_KEY", "timeout_s": 0.3})
    assert KEY not in "".join(seen) + caplog.text
    assert KEY[:9] not in "".join(seen) + caplog.text


def test_the_key_goes_with_every_call_and_a_wrong_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> str:
        try:
            await endpoint.chat(ASK, max_tokens=50)
        except EndpointRefused as error:
            return error.hint
        return "accepted"

    def hint() -> str:
        found: str = with_mock(act, key=KEY, settings={"key_env": "MOCK_KEY"})
        return found

    monkeypatch.setenv("MOCK_KEY", f" {KEY}\n")
    assert hint() == "accepted"
    monkeypatch.setenv("MOCK_KEY", "another-key-0000")
    assert "MOCK_KEY is set" in hint()
    monkeypatch.delenv("MOCK_KEY")
    assert "MOCK_KEY is not set" in hint()


def test_a_key_that_no_header_can_carry_is_refused_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_KEY", "topsecret\nX-Evil: 1")

    async def run() -> None:
        async with Endpoint(EndpointSettings(url="http://127.0.0.1:9", model="m", key_env="MOCK_KEY")):
            raise AssertionError("opened")

    with pytest.raises(InputError, match="MOCK_KEY") as caught:
        asyncio.run(run())
    assert "topsecret" not in str(caught.value)


def test_only_what_was_given_is_sent() -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> list[dict[str, Any]]:
        await endpoint.chat(ASK, max_tokens=50)
        await endpoint.chat(
            ASK, n=3, max_tokens=60, temperature=0.7, top_p=0.9, min_p=0.1, top_k=0, seed=4, stop=["\n"],
            logprobs=True, json_schema={"type": "object", "properties": {}}, extra={"presence_penalty": 2},
        )  # fmt: skip
        return [body for body, _ in mock.received]

    settings = {"extra_body": {"user": "study"}, "max_tokens_field": "max_completion_tokens"}
    bare, full = with_mock(act, settings=settings)
    assert bare == {"model": "mock", "messages": ASK, "max_completion_tokens": 50, "user": "study"}
    schema = full.pop("response_format")["json_schema"]
    assert schema["schema"] == {"type": "object", "properties": {}}
    assert full == {
        **bare, "max_completion_tokens": 60, "n": 3, "temperature": 0.7, "top_p": 0.9, "min_p": 0.1, "top_k": 0,
        "seed": 4, "stop": ["\n"], "logprobs": True, "top_logprobs": 1, "presence_penalty": 2,
    }  # fmt: skip


@pytest.mark.parametrize("structured", ["tags", "none"])
def test_a_schema_is_not_sent_where_it_is_not_enforced(structured: str) -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> dict[str, Any]:
        await endpoint.chat(ASK, max_tokens=50, json_schema={"type": "object"})
        return mock.received[0][0]

    assert "response_format" not in with_mock(act, settings={"structured": structured})


def test_choices_usage_and_logprobs_come_back() -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> tuple[Completion, Completion]:
        chat = await endpoint.chat(ASK, n=4, max_tokens=60, logprobs=True)
        return chat, await endpoint.complete("Once upon a time", max_tokens=60, logprobs=True)

    for found, count in zip(with_mock(act), (4, 1), strict=True):
        assert len(found.choices) == count
        assert all(choice.text and choice.mean_logprob is not None for choice in found.choices)
        assert found.usage.prompt_tokens > 0
        assert found.model == "mock"


def test_a_prefill_is_asked_for_in_the_endpoints_own_way() -> None:
    begun = [*ASK, {"role": "assistant", "content": "Can my"}]

    async def act(mock: MockEndpoint, endpoint: Endpoint) -> dict[str, Any]:
        completion = await endpoint.chat(begun, max_tokens=50)
        assert not completion.choices[0].text.startswith("Can my")
        return mock.received[0][0]

    assert "continue_final_message" not in with_mock(act)
    sent = with_mock(act, settings={"prefill": "vllm"})
    assert (sent["continue_final_message"], sent["add_generation_prompt"]) == (True, False)
    with pytest.raises(UsageError, match="cannot continue"):
        with_mock(act, settings={"prefill": "none"})


def test_more_choices_than_the_endpoint_allows_are_a_usage_error() -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> None:
        await endpoint.chat(ASK, n=5, max_tokens=50)

    with pytest.raises(UsageError, match="n from 1 to 4: 5"):
        with_mock(act, settings={"max_choices": 4})


def test_a_closed_endpoint_says_so() -> None:
    endpoint = Endpoint(EndpointSettings(url="http://127.0.0.1:9", model="m"))
    with pytest.raises(UsageError, match="not open"):
        asyncio.run(endpoint.chat(ASK, max_tokens=5))


def test_calls_spread_over_several_addresses_and_leave_a_dead_one() -> None:
    async def run() -> tuple[int, int, int]:
        slow = Latency(0.05, sigma=0, tail=0)
        with nobody() as dead:
            async with MockEndpoint(latency=slow) as one, MockEndpoint(latency=slow) as two:
                settings = EndpointSettings(url=(dead, one.url, two.url), model="mock")
                async with Endpoint(settings) as endpoint:
                    with pytest.raises(TransientEndpointError):
                        await endpoint.chat(ASK, max_tokens=5)
                    replies = await asyncio.gather(*(endpoint.chat(ASK, max_tokens=5, seed=i) for i in range(40)))
                return len(replies), one.stats()["requests"], two.stats()["requests"]

    assert asyncio.run(run()) == (40, 20, 20)


def test_nothing_queues_on_our_side() -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> int:
        await asyncio.gather(*(endpoint.chat(ASK, max_tokens=5, seed=i) for i in range(300)))
        most: int = mock.stats()["max_in_flight"]
        return most

    assert with_mock(act, latency=Latency(0.5, sigma=0, tail=0)) > 250


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def act(mock: MockEndpoint, endpoint: Endpoint) -> None:
        await endpoint.check()

    with_mock(act)


@pytest.mark.parametrize(
    ("fault", "kind"), [("401", EndpointRefused), ("404", EndpointRefused), ("html", TransientEndpointError)]
)
def test_check_fails_as_a_call_would(fault: str, kind: type[EndpointError]) -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> None:
        with pytest.raises(kind):
            await endpoint.check()

    with_mock(act, faults=always(fault))


@pytest.mark.parametrize("fault", ["429", "null"])
def test_check_accepts_a_busy_or_terse_endpoint(fault: str) -> None:
    async def act(mock: MockEndpoint, endpoint: Endpoint) -> None:
        await endpoint.check()

    with_mock(act, faults=always(fault))


def test_check_tells_a_web_server_from_a_model() -> None:
    async def run() -> None:
        async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            body = json.dumps({"hello": "world"}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(hello, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Endpoint(EndpointSettings(url=f"http://127.0.0.1:{port}", model="m")) as endpoint:
            with pytest.raises(EndpointRefused, match="not as a chat endpoint"):
                await endpoint.check()

    asyncio.run(run())


def test_it_is_alive_while_one_of_its_addresses_answers() -> None:
    async def main() -> None:
        async with MockEndpoint() as mock:
            with nobody() as dead:
                async with Endpoint(EndpointSettings(url=(dead, mock.url), model="mock")) as endpoint:
                    await endpoint.alive(0)
                    with pytest.raises(TransientEndpointError, match="nothing answers"):
                        await endpoint.check()  # whether all are set up right is another question
                async with Endpoint(EndpointSettings(url=dead, model="mock")) as endpoint:
                    with pytest.raises(TransientEndpointError, match="nothing answers"):
                        await endpoint.alive(0)

    asyncio.run(main())
