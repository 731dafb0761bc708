"""The engine of one machine: a stage runs in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seedbed.engine.contract import Stage
from seedbed.records import Ask, Reply

__all__ = ["Local"]


class Local:
    """Awaits the stage here; `context` is what the stage needs at run time: open endpoints, which it can probe."""

    def __init__(self, context: Any) -> None:
        self._context = context

    async def probe(self, turn: int) -> None:
        await self._context.probe(turn)

    async def submit(self, stage: Stage, asks: Sequence[Ask]) -> list[Reply]:
        return await stage.run(asks, self._context)
