"""An errand: something that a child process carries out at low priority while somebody waits for its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from seedbed.server.jobs.process import JobProcess, Message

__all__ = ["ErrandFailed", "errand"]


class ErrandFailed(Exception):
    """What the child says went wrong. `late`: it did not end in time."""

    def __init__(self, message: str = "", *, late: bool = False) -> None:
        super().__init__(message)
        self.late = late


def _unheard(_: Mapping[str, Any]) -> None:
    """Nobody asked how far it is."""


async def errand(
    order: Mapping[str, Any], within: float, heard: Callable[[Mapping[str, Any]], None] = _unheard
) -> dict[str, Any]:
    """What the child made of `order`, in at most `within` seconds; `heard` is told of its progress. Raises
    ErrandFailed.

    The child is gone when this returns, and also when whoever asked goes away.
    """
    loop, said = asyncio.get_running_loop(), asyncio.Queue[Message]()

    def told(message: Message) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(said.put_nowait, message)

    process = await asyncio.to_thread(JobProcess, {"options": {}, **order}, told)
    found: dict[str, Any] | None = None
    failed = ""
    try:
        async with asyncio.timeout(within):
            while "over" not in (message := await said.get()):
                found = message.get("done", found)
                if "progress" in message:
                    heard(message["progress"])
                if "failed" in message:
                    failed = f"{message['failed']['message']} {message['failed']['hint']}".strip()
    except TimeoutError:
        raise ErrandFailed(late=True) from None
    finally:
        await asyncio.to_thread(process.close, 0.5)
    if found is None:
        raise ErrandFailed(failed)
    return found
