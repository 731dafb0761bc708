"""What each way of choosing would come to: seconds of arithmetic and an embedder, so a process of its own does it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from seedbed.curate.desk import Desk
from seedbed.curate.selection import Kind
from seedbed.server.curation.choice import ComparisonShown
from seedbed.server.curation.desks import CurationDesk
from seedbed.server.jobs.process import JobProcess, Message
from seedbed.server.refusals import Refusal
from seedbed.settings import load_settings

__all__ = ["compared"]

_ANSWER_WITHIN = 15.0  # seconds; a page gives up after twenty, and asks again
_DONE_WITHIN = 300.0


async def compared(shared: CurationDesk, kind: Kind) -> ComparisonShown:
    """Raises Refusal busy while it is being worked on: to ask again a little later finds it."""
    key = await shared.read(lambda desk: _key(desk, kind))
    task = shared.comparing.get(kind)
    if task is None or task[0] != key or (task[1].done() and _failed(task[1])):
        if task is not None and not task[1].done():
            raise Refusal("busy", retry_after=3, detail="The ways of choosing are being compared.")
        task = shared.comparing[kind] = (key, asyncio.create_task(_work(shared, kind)))
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            return await asyncio.shield(task[1])
    except TimeoutError:
        raise Refusal("busy", retry_after=3, detail="The ways of choosing are being compared.") from None


def _failed(task: asyncio.Task[ComparisonShown]) -> bool:
    return task.cancelled() or task.exception() is not None


def _key(desk: Desk, kind: Kind) -> tuple[object, ...]:
    sight = desk.look()
    return kind, sight.at, sight.seeds_at, sight.taxonomy.version, load_settings(desk.folder).curate.model_dump_json()


async def _work(shared: CurationDesk, kind: Kind) -> ComparisonShown:
    loop, heard = asyncio.get_running_loop(), asyncio.Queue[Message]()

    def told(message: Message) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(heard.put_nowait, message)

    order = {"folder": str(shared.folder.root), "act": "selection", "options": {"kind": kind}}
    process = await asyncio.to_thread(JobProcess, order, told)
    result: Mapping[str, Any] | None = None
    try:
        async with asyncio.timeout(_DONE_WITHIN):
            while "over" not in (message := await heard.get()):
                result = message.get("done", result)
                if "failed" in message:
                    said = message["failed"]
                    raise Refusal("unreadable", detail=f"{said['message']} {said['hint']}".strip())
    except TimeoutError:
        raise Refusal("busy") from None
    finally:
        await asyncio.to_thread(process.close, 0.5)
    if result is None:
        raise Refusal("busy")
    return ComparisonShown.model_validate(result)
