"""Which models a run works with, each in a role, and what a stage is handed when they are open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from seedbed.llm import EmbeddedModel, Endpoint, EndpointSettings
from seedbed.llm.embedded import EMBEDDED_MODEL
from seedbed.llm.settings import EMBEDDED

__all__ = ["EMBEDDED", "Models", "Roles", "Style"]

Style = Literal["chat", "schema", "tags", "text"]


@dataclass(frozen=True, slots=True)
class Models:
    """The open endpoints of a run."""

    writer: Endpoint
    judge: Endpoint | None = None

    async def probe(self, turn: int) -> None:
        """Ask each for one token. Raises what a call raises."""
        await self.writer.alive(turn)
        if self.judge is not None:
            await self.judge.alive(turn)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which model writes (None: the embedded one), which judges and which embeds (None: the embedded one)."""

    writer: EndpointSettings | None = None
    judge: EndpointSettings | None = None
    embedder: EndpointSettings | None = None

    @property
    def model(self) -> str:
        return self.writer.model if self.writer else EMBEDDED_MODEL

    def style(self, wanted: Literal["auto", "chat", "schema", "tags", "text"]) -> Style:
        """How the writer is asked: "auto" is what its kind does best."""
        if wanted != "auto":
            return wanted
        if self.writer is None:
            return "chat"
        return "schema" if self.writer.structured == "json_schema" else "tags"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Models]:
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(EmbeddedModel() if self.writer is None else Endpoint(self.writer)),
                await stack.enter_async_context(Endpoint(self.judge)) if self.judge else None,
            ]
            writer, judge = opened
            assert writer is not None
            yield Models(writer, judge)
