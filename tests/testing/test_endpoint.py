from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

from seedbed.llm import Endpoint
from seedbed.testing import Latency, MockEndpoint

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def post(url: str, data: bytes, **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(url + "/chat/completions", data=data, headers=headers)
    try:
        with OPENER.open(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


ASK = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Ask."}], "max_tokens": 60}).encode()


def test_any_client_gets_the_same_reply_from_any_server() -> None:
    with MockEndpoint() as one, MockEndpoint() as two:
        assert post(one.url, ASK) == post(one.url, ASK) == post(two.url, ASK)
        assert one.stats()["requests"] == 2
        assert one.stats()["repeated"] == 1
        assert one.stats()["answered"] == 2


def test_a_key_is_asked_for() -> None:
    with MockEndpoint(key="k") as mock:
        assert post(mock.url, ASK)[0] == 401
        assert post(mock.url, ASK, Authorization="Bearer k")[0] == 200


def test_what_is_no_request_is_a_400() -> None:
    with MockEndpoint() as mock:
        assert post(mock.url, b"not json")[0] == 400
        assert post(mock.url, b"[]")[0] == 400


def test_latency_changes_the_order_and_never_the_text() -> None:
    async def texts(latency: Latency) -> tuple[list[str], list[int], int]:
        order: list[int] = []
        async with MockEndpoint(latency=latency) as mock, Endpoint(mock.settings()) as endpoint:

            async def one(seed: int) -> str:
                found = await endpoint.chat([{"role": "user", "content": "Ask."}], max_tokens=60, seed=seed)
                order.append(seed)
                return found.choices[0].text

            said = list(await asyncio.gather(*(one(seed) for seed in range(60))))
            return said, order, mock.stats()["max_in_flight"]

    first, order, most = asyncio.run(texts(Latency(0.1, sigma=1, seed=1)))
    second, other, _ = asyncio.run(texts(Latency(0.1, sigma=1, seed=2)))
    assert first == second
    assert order != other
    assert most > 40
