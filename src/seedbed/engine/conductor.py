"""The conductor: fills lanes, writes the journal, and walks the verdict cursor over it.

Replies come in any order; verdicts do not. The plan of slot k sees the verdicts of slots before k - look_back
and nothing newer, so one lane or 256 and any latency give the same plan, the same kept rows and the same reasons.
Three rules make that hold whatever happens to the process:

1. The planner is fed exactly the verdicts of slots 0 … k - look_back - 1 before it is asked for slot k.
2. The cursor judges only replies that are on disk, in slot order. A verdict can therefore always be recomputed,
   and one lost with the process costs no call.
3. A lane is busy until its reply is on disk. So a kill repeats at most the calls in flight: at most `lanes`.

Two threads beside the event loop: one writes the journal (one commit for all that has arrived meanwhile), one
judges. Neither ever waits for the other's work in progress.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from seedbed.engine.contract import Engine, Judge, Limits, Planner, Progress, Stage, Step, Stop, Wait
from seedbed.engine.journal import Journal, Outcome
from seedbed.errors import (
    EndpointError,
    InputError,
    RateLimited,
    RequestRefused,
    StorageError,
    TransientEndpointError,
    UnreadableReply,
)
from seedbed.records import Ask, State, Verdict

__all__ = ["Conductor"]


@dataclass(slots=True)
class _Arrival:
    """An outcome on its way to disk, and the lane that waits for it to be there."""

    outcome: Outcome
    on_disk: asyncio.Future[None]


class Conductor:
    """Runs `stage` through `engine` by `planner`, judged by `judge`, into `journal`.

    `await run()` returns when the plan has stopped and every slot has its verdict. It raises EndpointError when
    the endpoint cannot do the work and StorageError when the disk refuses; what was journaled stays, and the same
    call goes on from there. `stop()` (Ctrl-C) starts nothing new and lets what is in flight arrive.
    """

    def __init__(
        self,
        *,
        stage: Stage,
        engine: Engine,
        planner: Planner,
        judge: Judge,
        journal: Journal,
        limits: Limits,
        listen: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._stage, self._engine, self._planner, self._judge = stage, engine, planner, judge
        self._journal, self._limits, self._listen = journal, limits, listen
        self.progress = Progress()
        self._slot = 0  # the next to plan
        self._ended = False
        self._cursor = 0  # the first without a verdict
        self._queue: deque[Ask | Wait] = deque()  # planned, not judged; at most look_back slots
        self._ready: dict[str, Outcome] = {}  # of asks in the queue: settled and on disk
        self._unseen: deque[Verdict] = deque()  # judged, not yet shown to the planner
        self._arrived: list[_Arrival] = []
        self._judged: list[tuple[Verdict, bytes | None]] = []
        self._lost_in_a_row = 0
        self._replied = 0.0  # time.monotonic() of the last reply that was read
        self._rate_limited_since: float | None = None
        self._judging = False
        self._broken: BaseException | None = None
        self._stopped = asyncio.Event()
        self._failure: BaseException | None = None
        self._changed = asyncio.Event()
        self._to_write = asyncio.Event()
        self._to_judge = asyncio.Event()

    @property
    def _stopping(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Start nothing new; `run()` returns once what is in flight has arrived."""
        self._stopped.set()
        self._changed.set()

    # --- planning ----------------------------------------------------------------------------------------------

    def _may_plan(self) -> bool:
        return not self._ended and self._cursor >= self._slot - self._limits.look_back

    def _plan(self) -> Step:
        """The next step; the planner has then seen exactly the verdicts of slots before slot - look_back."""
        while self._unseen and self._unseen[0].slot < self._slot - self._limits.look_back:
            self._planner.observe(self._unseen.popleft())
        step = self._planner.plan(self._slot)
        if isinstance(step, Stop):
            self._ended = True
        elif isinstance(step, Wait):
            self._slot += 1
        else:
            self._slot += step.count
        return step

    def _restore(self) -> None:
        """Walk the plan over what earlier sessions decided, up to the first slot without a verdict."""
        verdicts = self._journal.verdicts()
        upcoming = next(verdicts, None)
        while upcoming is not None:
            step = self._plan()
            if isinstance(step, Stop):
                raise InputError(
                    f"{self._journal.path} holds verdicts beyond the end of the plan",
                    hint="The journal belongs to another plan. Start a new run with --run NAME.",
                )
            if isinstance(step, Ask):
                for slot in step.slots:
                    if upcoming is None or upcoming[0].slot != slot:
                        raise InputError(f"{self._journal.path} has no verdict for slot {slot}, but for a later one")
                    self._judge.restore(*upcoming)
                    self.progress.take(upcoming[0])
                    self._unseen.append(upcoming[0])
                    upcoming = next(verdicts, None)
            self._cursor = self._slot
        self.progress.resumed = self.progress.kept + self.progress.rejected + self.progress.failed
        self.progress.last = None

    # --- one session -------------------------------------------------------------------------------------------

    async def run(self) -> Progress:
        self._restore()
        attempted = self._journal.attempts()
        settled = self._journal.settled(self._cursor)
        upcoming = next(settled, None)
        writer_thread, judge_thread = ThreadPoolExecutor(1, "journal"), ThreadPoolExecutor(1, "judge")
        services = [
            asyncio.create_task(self._guard(self._write, writer_thread)),
            asyncio.create_task(self._guard(self._walk, judge_thread)),
        ]
        lanes: set[asyncio.Task[None]] = set()
        try:
            while True:
                while not self._stopping and len(lanes) < self._limits.lanes and self._may_plan():
                    step = self._plan()
                    if isinstance(step, Stop):
                        break
                    self._queue.append(step)
                    if isinstance(step, Wait):
                        continue
                    if upcoming is not None and upcoming.ask.first == step.first:
                        _check_same(step, upcoming.ask)
                        self._ready[step.id] = upcoming
                        upcoming = next(settled, None)
                        continue
                    lane = asyncio.create_task(self._guard(self._lane, step, attempted.pop(step.id, 0)))
                    lanes.add(lane)
                    lane.add_done_callback(lanes.discard)
                    lane.add_done_callback(lambda _: self._changed.set())
                self.progress.in_flight = len(lanes)
                self._to_judge.set()
                if not lanes and (self._stopping or self._ended) and not self._to_do():
                    break
                await self._changed.wait()
                self._changed.clear()
        finally:
            for task in (*lanes, *services):
                task.cancel()
            await asyncio.gather(*lanes, *services, return_exceptions=True)
            # a thread finishes what it is doing: a commit under way is a commit made
            judge_thread.shutdown(wait=True)
            writer_thread.shutdown(wait=True)
            settled.close()
        self._flush()
        if self._failure is not None:
            raise self._failure
        return self.progress

    def _to_do(self) -> bool:
        """Whether the services still have work that needs no further reply."""
        if self._failure is not None and not isinstance(self._failure, EndpointError):
            return False
        head = self._queue[0] if self._queue else None
        waiting = isinstance(head, Wait) or (head is not None and head.id in self._ready)
        return (
            waiting or self._judging or bool(self._arrived) or (self._ended and not self._stopping and head is not None)
        )

    def _flush(self) -> None:
        arrivals, self._arrived = self._arrived, []
        judged, self._judged = self._judged, []
        if (arrivals or judged) and not isinstance(self._failure, StorageError):
            self._journal.commit([arrival.outcome for arrival in arrivals], judged)

    async def _guard(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        """A task that fails ends the session with its error instead of vanishing."""
        try:
            await work(*arguments)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            # what breaks a service outweighs an endpoint's trouble: then nothing more can be judged or written
            if self._failure is None or isinstance(self._failure, EndpointError):
                self._failure = error
            self.stop()

    # --- lanes -------------------------------------------------------------------------------------------------

    async def _lane(self, ask: Ask, attempt: int) -> None:
        """Attempts at one ask until it is settled and on disk. Attempts of earlier sessions are not held against it."""
        tries, spent, started = 0, 0.0, time.monotonic()
        while True:
            await self._pause()
            if self._stopping:
                return
            tries, attempt = tries + 1, attempt + 1
            self.progress.calls += 1
            began = time.monotonic()
            try:
                (reply,) = await self._engine.submit(self._stage, [ask])
            except RateLimited as error:
                tries, attempt = tries - 1, attempt - 1
                self._slow_down(error)
                continue
            except (TransientEndpointError, RequestRefused) as error:
                spent += time.monotonic() - began
                final = tries >= self._limits.attempts or spent >= self._limits.deadline_s
                final = final or isinstance(error, RequestRefused)
                if final and self._replied < started:
                    self._count_loss(error)
                await self._save(Outcome(ask, attempt, None, str(error), final))
                if final:
                    return
                self.progress.retries += 1
                if isinstance(error, UnreadableReply):
                    continue  # it is not the endpoint that needs a rest
                await self._sleep(min(30.0, self._limits.backoff_s * 2 ** (tries - 1)) * (0.5 + random.random()))
            else:
                self._lost_in_a_row, self._rate_limited_since, self._replied = 0, None, time.monotonic()
                self.progress.prompt_tokens += reply.usage.prompt_tokens
                self.progress.completion_tokens += reply.usage.completion_tokens
                await self._save(Outcome(ask, attempt, reply))
                return

    def _count_loss(self, error: EndpointError) -> None:
        """Several asks given up in a row, with no reply to any since each began: the endpoint is the trouble.

        "Since each began" and not only "between": the plan waits for rows that are tried again, so where a few fail
        for good they are all that is left in flight, and are given up one after another by an endpoint that works.
        """
        self._lost_in_a_row += 1
        if self._lost_in_a_row > self._limits.give_up_after:
            raise EndpointError(
                f"Stopped: {self._lost_in_a_row} requests in a row failed {self._limits.attempts} times each. "
                f"The last error: {error}",
                hint=error.hint or "Check the endpoint, then run the same command again: it goes on from here.",
            )

    def _slow_down(self, error: RateLimited) -> None:
        now = time.monotonic()
        self._rate_limited_since = self._rate_limited_since or now
        waited = now - self._rate_limited_since
        if waited > self._limits.rate_limit_patience_s:
            raise EndpointError(
                f"Stopped: the endpoint has refused every request for {waited:.0f} s because of its rate limit",
                hint="Run the same command again later: it goes on from here.",
            )
        pause = error.retry_after if error.retry_after is not None else min(30.0, max(1.0, waited))
        self.progress.paused_until = max(self.progress.paused_until, now + pause)

    async def _pause(self) -> None:
        while not self._stopping and (left := self.progress.paused_until - time.monotonic()) > 0:
            await self._sleep(left + 0.05 * random.random())

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not through a stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def _save(self, outcome: Outcome) -> None:
        """Returns when the outcome is on disk; raises what kept it from getting there."""
        if self._broken is not None:
            raise self._broken
        arrival = _Arrival(outcome, asyncio.get_running_loop().create_future())
        self._arrived.append(arrival)
        self._to_write.set()
        await arrival.on_disk
        if outcome.final:
            self._ready[outcome.ask.id] = outcome
            self._to_judge.set()

    # --- the two services --------------------------------------------------------------------------------------

    async def _write(self, thread: ThreadPoolExecutor) -> None:
        """Commit whatever has arrived meanwhile, in one transaction; then whatever has arrived meanwhile …"""
        loop = asyncio.get_running_loop()
        while True:
            await self._to_write.wait()
            self._to_write.clear()
            arrivals, self._arrived = self._arrived, []
            judged, self._judged = self._judged, []
            try:
                # shielded: cancelling the session must not cancel a commit that the thread has not begun yet
                outcomes = [arrival.outcome for arrival in arrivals]
                await asyncio.shield(loop.run_in_executor(thread, self._journal.commit, outcomes, judged))
            except BaseException as error:
                # nothing is written after this: lanes that wait, and those still to arrive, must not wait for ever
                self._broken = error
                for arrival in (*arrivals, *self._arrived):
                    if not arrival.on_disk.done():
                        arrival.on_disk.set_exception(error)
                self._arrived = []
                raise
            for arrival in arrivals:
                if not arrival.on_disk.done():
                    arrival.on_disk.set_result(None)
            self._changed.set()

    async def _walk(self, thread: ThreadPoolExecutor) -> None:
        """The verdict cursor: judge in slot order whatever is ready at the head of the queue."""
        loop = asyncio.get_running_loop()
        while True:
            await self._to_judge.wait()
            self._to_judge.clear()
            while batch := self._take_ready():
                self._judging = True
                results = await loop.run_in_executor(thread, self._judge_batch, batch)
                self._judging = False
                for step, verdicts in results:
                    self._cursor += step.count if isinstance(step, Ask) else 1
                    for verdict, vector in verdicts:
                        self._judged.append((verdict, vector))
                        self._unseen.append(verdict)
                        self.progress.take(verdict)
                        self._listen(self.progress)
                self._to_write.set()
                self._changed.set()

    def _take_ready(self) -> list[tuple[Ask | Wait, Outcome | None]]:
        # 32 at a time: large enough that crossing to the thread costs nothing, small enough to show progress
        batch: list[tuple[Ask | Wait, Outcome | None]] = []
        while self._queue and len(batch) < 32:
            head = self._queue[0]
            outcome = self._ready.pop(head.id, None) if isinstance(head, Ask) else None
            if isinstance(head, Ask) and outcome is None:
                break
            batch.append((self._queue.popleft(), outcome))
        return batch

    def _judge_batch(
        self, batch: list[tuple[Ask | Wait, Outcome | None]]
    ) -> list[tuple[Ask | Wait, list[tuple[Verdict, bytes | None]]]]:
        return [(step, self._judge_one(outcome) if outcome else []) for step, outcome in batch]

    def _judge_one(self, outcome: Outcome) -> list[tuple[Verdict, bytes | None]]:
        if outcome.reply is None:
            return [
                (Verdict(slot, State.FAILED, "endpoint", outcome.error, measured=outcome.attempt), None)
                for slot in outcome.ask.slots
            ]
        candidates = self._stage.parse(outcome.ask, outcome.reply)
        verdicts = self._judge.judge(outcome.ask, candidates)
        if [verdict.slot for verdict, _ in verdicts] != list(outcome.ask.slots):
            raise AssertionError(f"{outcome.ask.id}: one verdict a slot expected, in order")
        return verdicts


def _check_same(planned: Ask, journaled: Ask) -> None:
    if planned != journaled:
        raise InputError(
            f"The plan for slot {planned.first} is not the one that was asked",
            hint="The journal belongs to another plan. Start a new run with --run NAME.",
        )
