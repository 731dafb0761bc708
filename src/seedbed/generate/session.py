"""One session of a run: a model is opened, the conductor works until the plan ends or Ctrl-C, a summary is written."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from seedbed.engine import (
    Conductor,
    CountingPlanner,
    Journal,
    Judge,
    Limits,
    Local,
    Progress,
    RunRecord,
    Stage,
    open_run,
)
from seedbed.llm import EmbeddedModel, Endpoint, EndpointSettings
from seedbed.llm.embedded import EMBEDDED_MODEL
from seedbed.study import Folder, write_json

__all__ = ["EMBEDDED", "Listener", "RunSummary", "Writer", "conduct"]

EMBEDDED = "embedded"
Listener = Callable[[Progress, int], None]
"""Called with the progress and the number of slots planned, after every verdict."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Which model writes: the embedded one (`endpoint` None) or an endpoint."""

    endpoint: EndpointSettings | None = None

    @property
    def model(self) -> str:
        return self.endpoint.model if self.endpoint else EMBEDDED_MODEL

    def style(self, wanted: str) -> Literal["chat", "schema"]:
        if wanted == "chat":
            return "chat"
        return "schema" if wanted == "schema" or self.endpoint else "chat"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Endpoint]:
        if self.endpoint is None:
            async with EmbeddedModel() as endpoint:
                yield endpoint
        else:
            async with Endpoint(self.endpoint) as endpoint:
                yield endpoint


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What stands in a run after a session, counted over all its sessions."""

    name: str
    stage: str
    generated: int
    kept: int
    rejected: int
    failed: int
    reasons: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    complete: bool = True
    seconds: float = 0.0


def conduct(
    folder: Folder,
    record: RunRecord,
    writer: Writer,
    stage: Stage,
    judge: Judge,
    planner: Callable[[], CountingPlanner],
    limits: Limits,
    *,
    rejudge: bool,
    listen: Listener,
) -> RunSummary:
    """Open or take up the run of `record`, conduct it to its end, and write its summary.json."""
    began = time.monotonic()
    slots = int(record.ask["target"])
    with open_run(folder.run(record.name), record, rejudge=rejudge) as (_, journal):
        interrupted = asyncio.run(
            _session(journal, writer, stage, judge, planner(), limits, lambda p: listen(p, slots))
        )
        totals = journal.totals()
    summary = RunSummary(
        name=record.name,
        stage=record.stage,
        generated=totals["kept"] + totals["rejected"],
        kept=totals["kept"],
        rejected=totals["rejected"],
        failed=totals["failed"],
        reasons=totals["reasons"],
        calls=totals["calls"],
        prompt_tokens=totals["prompt_tokens"],
        completion_tokens=totals["completion_tokens"],
        complete=not interrupted,
        seconds=time.monotonic() - began,
    )
    if not interrupted:
        write_json(folder.run(record.name) / "summary.json", dataclasses.asdict(summary))
    return summary


async def _session(
    journal: Journal,
    writer: Writer,
    stage: Stage,
    judge: Judge,
    planner: CountingPlanner,
    limits: Limits,
    listen: Callable[[Progress], None],
) -> bool:
    """One session; True when a Ctrl-C stopped it before the plan was done."""
    async with writer.open() as endpoint:
        conductor = Conductor(
            stage=stage, engine=Local(endpoint), planner=planner, judge=judge, journal=journal, limits=limits,
            listen=listen,
        )  # fmt: skip
        with _interruptible(conductor) as pressed:
            await conductor.run()
        return bool(pressed)


@contextlib.contextmanager
def _interruptible(conductor: Conductor) -> Any:
    """First Ctrl-C: let what is in flight arrive. Second: end now; what was in flight is asked again next time."""
    pressed: list[int] = []
    task = asyncio.current_task()

    def press() -> None:
        pressed.append(1)
        if len(pressed) == 1:
            conductor.stop()
            print("Stopping: waiting for replies in flight. Press Ctrl-C again to end at once.", file=sys.stderr)
        elif task is not None:
            task.cancel()

    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, press)
        loop.add_signal_handler(signal.SIGTERM, press)
    except (RuntimeError, ValueError, NotImplementedError):  # not the main thread: the caller handles signals
        yield pressed
        return
    try:
        yield pressed
    except asyncio.CancelledError:
        if not pressed:
            raise
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
