"""The conductor: fills lanes, writes the journal, and walks the verdict cursor over it.

Replies come in any order; verdicts do not. The plan of slot k sees the verdicts of slots before k - look_back
and nothing newer, so one lane or 256 and any latency give the same plan, the same kept rows and the same reasons.
Three rules make that hold whatever happens to the process:

1. The planner is fed exactly the verdicts of slots 0 … k - look_back - 1 before it is asked for slot k.
2. The cursor judges only replies that are on disk, in slot order. A verdict can therefore always be recomputed,
   and one lost with the process costs no call.
3. A lane is busy until its reply is on disk. So a kill repeats at most the calls in flight: at most `lanes`.

How many lanes there are is found while the run goes on (lanes.py); a dead endpoint pauses it (breaker.py).

A thread beside the event loop writes the journal (ledger.py); where gates embed or parse, another one judges. Neither
waits for the other's work in progress.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from seedbed.engine.breaker import Breaker
from seedbed.engine.budget import Budget
from seedbed.engine.contract import Engine, Judge, Limits, Planner, Progress, Stage, Step, Stop, Wait
from seedbed.engine.journal import Journal, Outcome
from seedbed.engine.lanes import Lanes
from seedbed.engine.ledger import Ledger, Stored
from seedbed.errors import (
    EndpointError,
    InputError,
    Overloaded,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
    UnreadableReply,
)
from seedbed.records import Ask, Reply, State, Usage, Verdict

__all__ = ["Conductor"]


class Conductor:
    """Runs `stage` through `engine` by `planner`, judged by `judge`, into `journal`.

    `await run()` returns when the plan has stopped and every slot has its verdict, or when a cap is reached
    (`progress.stopped_by` says which). It raises EndpointError when the endpoint cannot do the work and StorageError
    when the disk refuses; what was journaled stays, and the same call goes on from there. `stop()` (Ctrl-C) starts
    nothing new and lets what is in flight arrive.
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
        self._lanes = Lanes(fixed=limits.lanes, most=min(limits.most_lanes, limits.look_back))
        self._breaker = Breaker(engine.probe, patience_s=limits.outage_s)
        self._heavy = judge.heavy
        self._tasks: set[asyncio.Task[None]] = set()  # lanes at work
        self._busy = 0  # asks in flight
        self._held: Ask | None = None  # planned, and waiting for a lane
        self._ledger: Ledger | None = None
        self._on_disk: Iterator[Outcome] = iter(())  # replies of earlier sessions that have no verdict yet
        self._upcoming: Outcome | None = None
        self._adopted: Iterator[Ask] = iter(())
        self._attempted: dict[str, tuple[int, int]] = {}  # asks of earlier sessions that are not settled
        self._slot = 0  # the next to plan
        self._ended = self._planned_all = False
        self._cursor = 0  # the first without a verdict
        self._queue: deque[Ask] = deque()  # planned, not judged; at most look_back slots
        self._ready: dict[str, Outcome] = {}  # of asks in the queue: settled and on disk
        self._hidden: deque[Ask] = deque()  # planned, and not all of its verdicts shown to the planner
        self._unseen: deque[Verdict] = deque()  # judged, not yet shown to the planner
        self._budget = Budget(limits.caps, limits.prices)
        self._settled = 0  # asks, in this session
        self._lost_in_a_row, self._read_at = 0, 0.0  # time.monotonic() of the last reply that was read
        self._judging = self._broken = False
        self._stopped = asyncio.Event()
        self._failure: BaseException | None = None
        self._changed = asyncio.Event()
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
        shown = self._slot - self._limits.look_back
        while self._unseen and self._unseen[0].slot < shown:
            self._planner.observe(self._unseen.popleft())
        while self._hidden and self._hidden[0].slots.stop <= shown:
            self._hidden.popleft()
        step = self._adopt() or self._planner.plan(self._slot)
        if isinstance(step, Stop):
            self._ended = True
        elif isinstance(step, Wait):
            self._slot = max(self._slot + 1, self._hidden[0].slots.stop + self._limits.look_back)
        else:
            self._slot += step.count
            self._hidden.append(step)
        return step

    def _adopt(self) -> Ask | None:
        """The next ask on disk that was planned by verdicts which a new judgement has replaced: it was asked, and paid
        for, so it stands, whatever the plan would be now. None once these are over."""
        if self._planner.adopt is None or (ask := next(self._adopted, None)) is None:
            return None
        self._slot = ask.first
        self._planner.adopt(ask)
        return ask

    def _restore(self) -> None:
        """Walk the plan over what earlier sessions decided, up to the first slot without a verdict."""
        self._budget = Budget(self._limits.caps, self._limits.prices, *self._journal.spent())
        until = self._journal.planned_otherwise()
        self._adopted = (outcome.ask for outcome in self._journal.settled(0) if outcome.ask.first < until)
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
        self.progress.resumed_done = self.progress.done
        self.progress.last = None

    # --- one session -------------------------------------------------------------------------------------------

    async def run(self) -> Progress:
        self._restore()
        self._attempted = self._journal.attempts()
        settled = self._on_disk = self._journal.settled(self._cursor)
        self._upcoming = next(settled, None)
        self._ledger = Ledger(self._journal, self._fail)
        judge_thread = ThreadPoolExecutor(1, "judge")
        judging = asyncio.create_task(self._guard(self._walk, judge_thread))
        clock: asyncio.TimerHandle | None = None
        if (seconds := self._limits.caps.seconds) is not None:
            clock = asyncio.get_running_loop().call_later(seconds, self._stop_by, f"{seconds:g} s have passed")
        try:
            while True:
                while self._busy < self._lanes.limit and (ask := self._next()) is not None:
                    lane = asyncio.create_task(self._guard(self._lane, ask))
                    self._tasks.add(lane)
                    lane.add_done_callback(self._freed)
                self._tell()
                if not self._tasks and (self._stopping or self._ended) and not self._to_do():
                    break
                await self._changed.wait()
                self._changed.clear()
        finally:
            if clock is not None:
                clock.cancel()
            for task in (*self._tasks, judging):
                task.cancel()
            await asyncio.gather(*self._tasks, judging, return_exceptions=True)
            await self._breaker.close()
            judge_thread.shutdown(wait=True)
            settled.close()
            try:
                self._ledger.close()  # writes what arrived, also when the session was cancelled
            except BaseException as error:
                self._fail(error)
        if self._planned_all and not self._queue:
            self.progress.stopped_by = ""  # the clock, perhaps; but there was nothing left to do
        while self._unseen:  # so that the planner can tell how the run ended
            self._planner.observe(self._unseen.popleft())
        if self._failure is not None:
            raise self._failure
        return self.progress

    def _next(self) -> Ask | None:
        """The next ask that needs a call, which then is in flight; None when there is none now."""
        found = 0
        while not self._stopping and (self._held is not None or self._may_plan()):
            if self._held is None and self._limits.until_slot is not None and self._slot > self._limits.until_slot:
                self._ended, self.progress.stopped_by = True, f"slot {self._limits.until_slot} is there"
                self._changed.set()
                return None
            step = self._held or self._plan()
            if isinstance(step, Stop):
                self._planned_all = True
                self._changed.set()
                return None
            if isinstance(step, Wait):
                continue
            self._held = None
            if self._upcoming is not None and self._upcoming.ask.first == step.first:
                _check_same(step, self._upcoming.ask)
                self._queue.append(step)
                self._ready[step.id] = self._upcoming
                self._upcoming = next(self._on_disk, None)
                self._advance()
                found += 1
                if found < 64:
                    continue
                self._changed.set()  # the loop has other things to do as well, such as hearing a Ctrl-C
                return None
            if not self._may_start():
                self._held = step
                return None
            self._queue.append(step)
            self._busy += 1
            return step
        return None

    def _tell(self) -> None:
        """Keep the progress true; who listens hears of a pause and of an outage at once, not with the next verdict."""
        told = self.progress
        told.in_flight, told.lanes = self._busy, self._lanes.limit
        before = told.paused_until, told.down_since
        told.paused_until, told.down_since = self._lanes.paused_until, self._breaker.down_since
        if before != (told.paused_until, told.down_since):
            self._listen(told)

    def _freed(self, lane: asyncio.Task[None]) -> None:
        self._tasks.discard(lane)
        self._changed.set()

    def _stop_by(self, cap: str) -> None:
        if not self._stopping:
            self.progress.stopped_by = cap
            self.stop()

    def _pilot_done(self) -> bool:
        wanted = self._limits.asks
        return wanted is not None and self._settled + self._busy >= wanted

    def _may_start(self) -> bool:
        """Whether one more call may begin: a free lane, and room below the caps for it and for those in flight."""
        if self._pilot_done():
            if not self._busy:
                self._stop_by("the pilot is done")
            return False
        if self._busy >= self._lanes.limit:
            return False
        if (cap := self._budget.refuses(self._busy + 1)) is None:
            return True
        if not self._busy:
            self._stop_by(cap)
        return False

    def _to_do(self) -> bool:
        """Whether replies on disk still wait for their verdicts."""
        if self._broken or (self._failure is not None and not isinstance(self._failure, EndpointError)):
            return False
        head = self._queue[0] if self._queue else None
        return self._judging or (head is not None and (head.id in self._ready or not self._stopping))

    async def _guard(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        """A task that fails ends the session with its error instead of vanishing."""
        try:
            await work(*arguments)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        # what breaks a service outweighs an endpoint's trouble: then nothing more can be judged or written
        if self._failure is None or isinstance(self._failure, EndpointError):
            self._failure = error
        self.stop()

    # --- lanes -------------------------------------------------------------------------------------------------

    async def _lane(self, ask: Ask | None) -> None:
        """One ask after the other, for as long as there are any and so many lanes may be in use."""
        while ask is not None:
            try:
                await self._attempts(ask)
            finally:
                self._busy -= 1
            ask = self._next() if self._busy < self._lanes.limit else None

    async def _attempts(self, ask: Ask) -> None:
        """Attempts at one ask until it is settled and on disk. Attempts of earlier sessions are not held against it."""
        tries, spent, started = 0, 0.0, time.monotonic()
        attempt, unread = self._attempted.pop(ask.id, (0, 0))
        while True:
            await self._pause()
            if tries and (cap := self._budget.refuses(self._busy)) is not None:
                self._stop_by(cap)  # this ask stays open: the next session goes on with it
            if self._stopping:
                return
            tries, attempt = tries + 1, attempt + 1
            self.progress.calls += 1
            outages, began = self._breaker.outages, time.monotonic()
            try:
                (reply,) = await self._engine.submit(self._stage, [_reseeded(ask, unread)])
            except RateLimited as error:
                self._refused(error, began)
                if error.spent is None:
                    tries, attempt = tries - 1, attempt - 1
                    continue
                # refused after a part of the ask was paid for: that is an attempt, or it could go on for ever
                await self._save(self._lost(ask, attempt, error, tries >= self._limits.attempts, began))
                if tries >= self._limits.attempts:
                    return
            except (TransientEndpointError, RequestRefused) as error:
                now = time.monotonic()
                spent += now - began
                last = tries >= self._limits.attempts or spent >= self._limits.deadline_s
                self._note_failure(error, began, now, last)
                if not isinstance(error, UnreadableReply | RequestRefused):
                    await self._breaker.wait(self._stopped)
                    if self._breaker.outages > outages:  # the endpoint was down: no fault of this row
                        tries, spent, last = tries - 1, spent - (now - began), False
                    elif self._stopping and last:
                        return  # whether the endpoint lives was not found out
                final = last or isinstance(error, RequestRefused)
                await self._save(self._lost(ask, attempt, error, final, began))
                if final:
                    self._count_loss(error, started)
                    return
                self.progress.retries += 1
                if isinstance(error, UnreadableReply):  # it is not the endpoint that needs a rest
                    unread += 1
                else:
                    await self._sleep(min(30.0, self._limits.backoff_s * 2 ** max(0, tries - 1)) * _jitter())
            else:
                now = time.monotonic()
                self._breaker.replied()
                self._lanes.replied(began=began, now=now, in_flight=self._busy)
                self._pay(reply.usage)
                self._lost_in_a_row, self._read_at = 0, now
                await self._save(Outcome(ask, attempt, reply, seconds=now - began))
                return

    def _lost(self, ask: Ask, attempt: int, error: EndpointError, final: bool, began: float) -> Outcome:
        """An attempt that brought nothing to judge; with what came of it, where that was paid for."""
        reply = error.reply if isinstance(error, UnreadableReply) else None
        if error.spent is not None:
            self._pay(error.spent)
            reply = Reply({"lost": True}, error.spent)
        return Outcome(ask, attempt, reply, str(error), final, time.monotonic() - began)

    def _count_loss(self, error: EndpointError, started: float) -> None:
        """The endpoint answers, and no answer can be used: few rows tell when none ever could be, many when some were.

        A loss counts when no usable reply came since its ask began: where a few rows fail for good, they may be all
        that is left in flight, and are given up one after another by an endpoint that works.
        """
        self._lost_in_a_row += self._read_at < started
        if self._lost_in_a_row >= (_FEW_LOSSES if self._read_at == 0.0 else _MANY_LOSSES):
            raise EndpointError(
                f"Stopped: {self._lost_in_a_row} requests in a row got no usable answer. The last error: {error}",
                hint=error.hint or "Check model and settings, then run the same command again: it goes on from here.",
            )

    def _note_failure(self, error: EndpointError, began: float, now: float, last: bool) -> None:
        match error:
            case UnreadableReply() | RequestRefused():  # it answers
                self._breaker.replied()
                if isinstance(error, UnreadableReply) and isinstance(error.reply, Reply):
                    self._lanes.replied(began=began, now=now, in_flight=self._busy)
                    self._pay(error.reply.usage)
                return
            case Overloaded():
                self._lanes.overloaded(began=began, now=now)
        self._breaker.failed(error, began=began, in_flight=self._busy, last=last)

    def _pay(self, usage: Usage) -> None:
        self._budget.pay(usage)
        self.progress.prompt_tokens += usage.prompt_tokens
        self.progress.completion_tokens += usage.completion_tokens
        self.progress.cost += self._limits.prices.of(usage)

    def _refused(self, error: RateLimited, began: float) -> None:
        now = time.monotonic()
        self._breaker.replied()
        self._lanes.refused(began=began, now=now, retry_after=error.retry_after)
        since = self._lanes.refusing_since
        waited, asked = now - (now if since is None else since), self._lanes.paused_until - now
        if waited > self._limits.outage_s or asked > self._limits.outage_s:
            said = (
                f"the endpoint asks to wait {asked:.0f} s"
                if asked > self._limits.outage_s
                else f"the endpoint has refused every request for {waited:.0f} s because of its rate limit"
            )
            raise EndpointError(
                f"Stopped: {said}", hint="Run the same command again later: it goes on from here."
            ) from None

    async def _pause(self) -> None:
        """Until the endpoint may be asked again."""
        while not self._stopping:
            await self._breaker.wait(self._stopped)
            if (left := self._lanes.paused_until - time.monotonic()) <= 0:
                return
            self._changed.set()  # so that the pause is shown
            await self._sleep(left + 0.05 * random.random())

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not through a stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def _save(self, outcome: Outcome) -> None:
        """Returns when the outcome is on disk; raises what kept it from getting there."""
        assert self._ledger is not None
        self._ledger.pause_s = 0.001 if self._busy >= _MANY_LANES and outcome.seconds > 0.05 else 0.0
        await self._ledger.save(outcome)
        if outcome.final:
            self._settled += 1
            self._ready[outcome.ask.id] = outcome
            self._advance()
        if self._busy <= self._lanes.limit - 1:
            self._changed.set()  # more lanes than are in use

    # --- the verdict cursor ------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Judge what is ready at the head of the queue: here, or where that takes long in a thread of its own."""
        if self._heavy:
            self._to_judge.set()
            return
        while batch := self._take_ready():
            self._take(self._judge_batch(batch))

    async def _walk(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._to_judge.wait()
            self._to_judge.clear()
            while batch := self._take_ready():
                self._judging = True
                try:
                    results = await loop.run_in_executor(thread, self._judge_batch, batch)
                except BaseException:
                    self._broken = True  # whatever it was: nobody walks the cursor any more
                    raise
                finally:
                    self._judging = False
                self._take(results)

    def _take(self, results: list[tuple[Ask, list[Stored]]]) -> None:
        assert self._ledger is not None
        for ask, verdicts in results:
            self._cursor = ask.slots.stop
            self._ledger.note(verdicts)
            for verdict, _ in verdicts:
                self._unseen.append(verdict)
                self.progress.take(verdict)
                self._listen(self.progress)
        if self._busy < self._lanes.limit:
            self._changed.set()

    def _take_ready(self) -> list[Outcome]:
        # 32 at a time: large enough that crossing to the thread costs nothing, small enough to show progress
        batch: list[Outcome] = []
        while self._queue and len(batch) < 32 and (outcome := self._ready.pop(self._queue[0].id, None)):
            self._queue.popleft()
            batch.append(outcome)
        return batch

    def _judge_batch(self, batch: list[Outcome]) -> list[tuple[Ask, list[Stored]]]:
        return [(outcome.ask, self._judge_one(outcome)) for outcome in batch]

    def _judge_one(self, outcome: Outcome) -> list[Stored]:
        if outcome.reply is None or outcome.error:
            return [
                (Verdict(slot, State.FAILED, "endpoint", outcome.error, measured=outcome.attempt), None)
                for slot in outcome.ask.slots
            ]
        candidates = self._stage.parse(outcome.ask, outcome.reply)
        verdicts = self._judge.judge(outcome.ask, candidates)
        if [verdict.slot for verdict, _ in verdicts] != list(outcome.ask.slots):
            raise AssertionError(f"{outcome.ask.id}: one verdict a slot expected, in order")
        return verdicts


_FEW_LOSSES, _MANY_LOSSES = 6, 60
_MANY_LANES = 16


def _reseeded(ask: Ask, unread: int) -> Ask:
    """With other random numbers after replies that could not be read: the same would give the same reply again.

    After an attempt that brought no reply the numbers stay: what a row says must not hang on a connection.
    """
    return replace(ask, seed=(ask.seed + unread * 1_000_000_007) % 2_000_000_000) if unread else ask


def _jitter() -> float:
    """So that rows that failed together do not come back together."""
    return 0.5 + random.random()


def _check_same(planned: Ask, journaled: Ask) -> None:
    if planned != journaled:
        raise InputError(
            f"The plan for slot {planned.first} is not the one that was asked",
            hint="The journal belongs to another plan. Start a new run with --run NAME.",
        )
