"""The models of a server: opened when they are first asked, each with a queue before it, closed when nobody asks."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from seedbed.errors import SeedbedError
from seedbed.llm.settings import EndpointSettings
from seedbed.server.helper.queue import Queue

if TYPE_CHECKING:
    from seedbed.llm.endpoint import Endpoint

__all__ = ["IDLE", "Desk", "embedded_is_here"]

_log = logging.getLogger("seedbed.server")
IDLE = 600.0  # seconds the embedded model stays without being asked: it holds 0.4 GB
_EMBEDDED_LANES = 1  # its four slots compute the candidates of one request; two people at once would each wait longer
_MOST_LANES = 16


def embedded_is_here() -> bool:
    """Whether the embedded model's library and weights are installed."""
    from seedbed.llm.embedded import find_weights

    try:
        find_weights()
    except SeedbedError:
        return False
    return find_spec("xllamacpp") is not None


class Desk:
    """Lends open endpoints, in one event loop. `None` in place of settings is the embedded model.

    `niceness` is that of the embedded model's process, as in nice(1).
    """

    def __init__(self, *, idle: float = IDLE, niceness: int = 10) -> None:
        self._idle, self.niceness = idle, niceness  # people who type come first
        self._places: dict[str, _Place] = {}

    def queue(self, settings: EndpointSettings | None) -> Queue:
        """The queue before a model."""
        return self._place(settings).queue

    @asynccontextmanager
    async def lend(self, settings: EndpointSettings | None, told: Callable[[int], None]) -> AsyncIterator[Endpoint]:
        """The model, open, when it is one's turn. Raises what opening it raises, and Refusal helper_busy."""
        place = self._place(settings)
        async with place.queue.turn(told), place.use() as endpoint:
            yield endpoint

    async def stop(self) -> None:
        """Close everything, whoever uses it."""
        places, self._places = list(self._places.values()), {}
        await asyncio.gather(*(place.close() for place in places))

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the embedded model's processes that run."""
        return tuple(pid for place in self._places.values() for pid in place.pids)

    def _place(self, settings: EndpointSettings | None) -> _Place:
        # by what it is and not by its name: a name in study.toml may come to stand for another
        name = "" if settings is None else json.dumps(settings.model_dump(mode="json"), sort_keys=True)
        if name not in self._places:
            self._places[name] = _Place(settings, self._idle, self.niceness)
        return self._places[name]


class _Place:
    """One model, its queue, and whether it is open."""

    def __init__(self, settings: EndpointSettings | None, idle: float, niceness: int) -> None:
        lanes = _EMBEDDED_LANES if settings is None else min(_MOST_LANES, settings.max_lanes)
        self.queue = Queue(lanes)
        self._settings, self._idle, self._niceness = settings, idle, niceness
        self._opening: asyncio.Task[Endpoint] | None = None
        self._stack = AsyncExitStack()
        self._users = 0
        self._closing: asyncio.TimerHandle | None = None
        self._closers: set[asyncio.Task[None]] = set()
        self._pids: Callable[[], tuple[int, ...]] = tuple

    @property
    def pids(self) -> tuple[int, ...]:
        return self._pids()

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Endpoint]:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        self._users += 1
        try:
            yield await self._open()
        finally:
            self._users -= 1
            if self._users == 0:
                self._closing = asyncio.get_running_loop().call_later(self._idle, self._close_soon)

    async def _open(self) -> Endpoint:
        if self._opening is not None and self._opening.done() and self._lost():
            await self.close()
        if self._opening is None:
            self._opening = asyncio.create_task(self._enter())
        opening = self._opening
        try:
            # it goes on when the first who asked goes away: somebody else may wait for it
            return await asyncio.shield(opening)
        except SeedbedError:
            if self._opening is opening:
                self._opening = None
            raise

    async def _enter(self) -> Endpoint:
        from seedbed.llm.embedded import EmbeddedModel
        from seedbed.llm.endpoint import Endpoint

        stack = AsyncExitStack()
        if self._settings is None:
            model = EmbeddedModel(processes=1, niceness=self._niceness)
            endpoint = await stack.enter_async_context(model)
            self._pids = lambda: model.pids
            _log.info("the embedded model runs (process %s)", ", ".join(map(str, model.pids)))
        else:
            endpoint = await stack.enter_async_context(Endpoint(self._settings))
        self._stack = stack
        return endpoint

    def _lost(self) -> bool:
        """Whether the embedded model's process has died, or never came to be."""
        assert self._opening is not None
        if self._opening.cancelled() or self._opening.exception() is not None:
            return True
        return self._settings is None and not self.pids

    def _close_soon(self) -> None:
        self._closing = None
        if self._users == 0:
            task = asyncio.create_task(self.close())
            self._closers.add(task)
            task.add_done_callback(self._closers.discard)

    async def close(self) -> None:
        """Close it; it opens again when it is asked."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        opening, self._opening = self._opening, None
        if opening is None:
            return
        await asyncio.gather(opening, return_exceptions=True)
        stack, self._stack = self._stack, AsyncExitStack()
        self._pids = tuple
        await stack.aclose()
