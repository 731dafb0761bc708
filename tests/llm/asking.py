"""What most tests of the client ask, of a mock endpoint that was told how to behave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from seedbed.llm import Endpoint
from seedbed.testing import Fault, FaultPlan, MockEndpoint

ASK = [{"role": "user", "content": "Topic: Finance (savings). Ask for advice."}]
KEY = "topsecret-1234567890"


def always(fault: str) -> FaultPlan:
    return FaultPlan(shares={Fault.parse(fault): 1.0}, times=None)


def with_mock(act: Callable[[MockEndpoint, Endpoint], Awaitable[Any]], *, settings: dict[str, Any] | None = None,
              **options: Any) -> Any:  # fmt: skip
    async def run() -> Any:
        async with (
            MockEndpoint(keep=True, **options) as mock,
            Endpoint(mock.settings(**(settings or {}))) as endpoint,
        ):
            return await act(mock, endpoint)

    return asyncio.run(run())


@contextlib.contextmanager
def nobody() -> Iterator[str]:
    """An address where nobody listens: bound, so that nobody else can begin to meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
