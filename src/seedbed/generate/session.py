"""One session of a run: models are opened, the conductor works until the plan ends or something stops it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import json
import platform
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import seedbed
from seedbed.engine import (
    Caps,
    Conductor,
    CountingPlanner,
    Engine,
    Journal,
    Judge,
    Limits,
    Local,
    Prices,
    Progress,
    RunRecord,
    Shortfall,
    Stage,
    TargetPlanner,
    open_run,
    read_run,
)
from seedbed.generate.models import EMBEDDED, Roles
from seedbed.generate.settings import GenerateSettings
from seedbed.llm.embeddings import EndpointEmbedder
from seedbed.records import Example
from seedbed.study import Folder, write_json
from seedbed.taxonomy.profiles import current_profile

__all__ = [
    "Listener",
    "Prepared",
    "RunSummary",
    "Workers",
    "about_run",
    "conduct",
    "digest_of",
    "limits_of",
    "sent_besides",
    "shown_of",
]

Listener = Callable[[Progress, int], None]
"""Called with the progress and the number of rows to come to, after every verdict and when a pause begins or ends."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What stands in a run after a session, counted over all its sessions.

    `target` is how many rows were to be accepted, None where a number of candidates was given. `over_target` of the
    kept came beyond it, or beyond their cell's share. `shortfalls` names the cells that were given up before they
    had theirs. `stopped_by` says why the session ended early: a cap, or a pilot's end; it is then not `complete`.
    """

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
    target: int | None = None
    over_target: int = 0
    shortfalls: tuple[Shortfall, ...] = ()
    stopped_by: str = ""
    cost: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Workers:
    """Where a stage runs if not in this process: actors of Ray, `count` of them, on the cluster at `address`.

    Left None, there is one for each node; without an address they run on this machine.
    """

    count: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run ready to be conducted: what it is, and what conducts it. Used once: planner and judge remember."""

    record: RunRecord
    roles: Roles
    stage: Stage
    judge: Judge
    planner: CountingPlanner | TargetPlanner
    limits: Limits
    workers: Workers | None = None
    embedder: EndpointEmbedder | None = None  # that gates use, closed with the run


def conduct(
    folder: Folder,
    run: Prepared,
    *,
    rejudge: bool = False,
    listen: Listener = lambda progress, goal: None,
) -> RunSummary:
    """Open the run or take it up where it stopped, conduct it to its end, and write its summary.json.

    Raises InputError when the run exists with other settings, and whatever the endpoint or the disk raises.
    """
    began, record = time.monotonic(), run.record
    if rejudge:
        read_run(folder.run(record.name))  # there must be something to judge anew
    goal = int(record.ask["target"] or record.ask["candidates"])
    with open_run(folder.run(record.name), record, rejudge=rejudge) as (_, journal), _seldom_collected():
        try:
            interrupted, progress = asyncio.run(_session(journal, run, lambda told: listen(told, goal)))
        finally:
            if run.embedder is not None:
                run.embedder.close()
        totals = journal.totals()
        spent, _ = journal.spent()
    finished = not interrupted and not progress.stopped_by
    prices, writer = run.limits.prices, run.roles.writer
    summary = RunSummary(
        name=record.name,
        stage=record.stage,
        generated=totals["kept"] + totals["rejected"],
        kept=totals["kept"],
        rejected=totals["rejected"],
        failed=totals["failed"],
        reasons=totals["reasons"],
        calls=totals["calls"],
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        complete=finished,
        seconds=time.monotonic() - began,
        target=record.ask["target"],
        over_target=totals["over_target"],
        shortfalls=tuple(run.planner.shortfalls()) if finished and isinstance(run.planner, TargetPlanner) else (),
        stopped_by=progress.stopped_by,
        cost=prices.of(spent),
        currency=writer.currency if writer and prices != Prices() else "",
    )
    if summary.complete:
        write_json(folder.run(record.name) / "summary.json", dataclasses.asdict(summary))
    return summary


def limits_of(settings: GenerateSettings, roles: Roles, *, pilot: int | None = None) -> Limits:
    # the embedded model computes one reply a core: two lanes a process keep it busy while it is asked again
    lanes = settings.lanes or (None if roles.writer else 4)
    writer = roles.writer
    priced = [role for role in (writer, roles.judge) if role]
    most = min(role.max_lanes for role in (writer, roles.judge) if role) if writer else 4096
    return Limits(
        look_back=settings.look_back,
        lanes=min(lanes, most, settings.look_back) if lanes else None,
        most_lanes=most,
        attempts=settings.attempts,
        deadline_s=settings.deadline_s,
        outage_s=settings.outage_s,
        asks=pilot,
        caps=Caps(settings.max_cost, settings.max_tokens, settings.max_seconds),
        # a reply's tokens are counted together: with a judge of other prices all are taken at the dearer one, so that
        # a cap holds and no cost is shown too low
        prices=Prices(max(role.price_in for role in priced), max(role.price_out for role in priced))
        if priced
        else Prices(),
    )


def sent_besides(folder: Folder, roles: Roles) -> dict[str, str]:
    """What else the requests of writer and judge carry by their settings, each as a digest: part of what is asked."""
    found = {"writer": roles.writer, "judge": roles.judge}
    return {
        role: folder.digest(json.dumps([made.extra_body, made.prefill, made.structured], sort_keys=True))
        for role, made in found.items()
        if made is not None
    }


def about_run(folder: Folder, roles: Roles, about: Mapping[str, Any] | None) -> dict[str, Any]:
    """What run.json says of a run for people; it is not compared when the run is taken up again."""
    profile = current_profile(folder)
    return {
        "seedbed": seedbed.__version__,
        "python": platform.python_version(),
        "endpoint": list(roles.writer.urls) if roles.writer else EMBEDDED,
        "key_env": roles.writer.key_env if roles.writer else None,  # the variable's name
        # what it says of settings stands in what is compared; this tells whose use case the run served
        "profile": profile.about() if profile else None,
        **(about or {}),
    }


def digest_of(folder: Folder, examples: Sequence[Example]) -> str:
    """Names the texts that prompts show, so that an edited seed is not taken for the one that was shown."""
    return folder.digest(*("\x1e".join(map(str, dataclasses.astuple(example))) for example in examples))


def shown_of(wanted: int | None, style: str, *, chat: int, schema: int) -> int:
    """How many examples a prompt shows: a small model reads few, and reading is most of what it costs."""
    return wanted if wanted is not None else chat if style == "chat" else schema


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Fewer collections while calls are made.

    Hundreds of calls in flight make enough objects, all of them alive, to set collections off again and again, each
    over everything that was imported: 28 % of the CPU of a call at 256 lanes. A call leaves next to no cycles, so
    memory does not tell.
    """
    before = gc.get_threshold()
    gc.set_threshold(10_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _session(journal: Journal, run: Prepared, listen: Callable[[Progress], None]) -> tuple[bool, Progress]:
    """One session: whether a Ctrl-C stopped it before the plan was done, and how far it came."""
    async with _engine(run.roles, run.workers) as engine:
        conductor = Conductor(
            stage=run.stage, engine=engine, planner=run.planner, judge=run.judge, journal=journal,
            limits=run.limits, listen=listen,
        )  # fmt: skip
        conductor.progress.by_target = run.record.ask["target"] is not None
        with _interruptible(conductor, run.embedder) as pressed:
            await conductor.run()
        return bool(pressed), conductor.progress


@contextlib.asynccontextmanager
async def _engine(roles: Roles, workers: Workers | None) -> AsyncIterator[Engine]:
    if workers is None:
        async with roles.open() as models:
            yield Local(models)
        return
    from seedbed.engine.ray_actors import RayActors

    # each actor of the embedded model would start one of its own, and one uses all cores
    count = workers.count or (1 if roles.writer is None and workers.address is None else None)
    async with RayActors(roles.open, workers=count, address=workers.address) as engine:
        yield engine


@contextlib.contextmanager
def _interruptible(conductor: Conductor, embedder: EndpointEmbedder | None) -> Any:
    """First Ctrl-C: let what is in flight arrive. Second: end now; what was in flight is asked again next time."""
    pressed: list[int] = []
    task = asyncio.current_task()

    def press() -> None:
        pressed.append(1)
        if len(pressed) == 1:
            conductor.stop()
            print("Stopping: waiting for replies in flight. Press Ctrl-C again to end at once.", file=sys.stderr)
        elif task is not None:
            if embedder is not None:
                embedder.cancel()
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
