"""The conductor: fills lanes, writes the journal, and walks the verdict cursor over it.

Replies come in any order; verdicts do not. The plan of slot k sees the verdicts of slots before k - look_back
and nothing newer, so one lane or 256 and any latency give the same plan, the same kept rows and the same reasons.
Three rules make that hold whatever happens to the process:

1. The planner is fed exactly the verdicts of slots 0 … k - look_back - 1 before it is asked for slot k
   (look_back.py).
2. The cursor judges only replies that are on disk, in slot order. A verdict can therefore always be recomputed,
   and one lost with the process costs no call.
3. A lane is busy until its reply is on disk. So a kill repeats at most the calls in flight: at most `lanes`.
   What an ask goes through until then, and whether one more may begin, is decided in attempts.py.

A thread beside the event loop writes the journal (ledger.py); where gates embed or parse, another one judges. Neither
waits for the other's work in progress.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from seedbed.engine.attempts import Attempts
from seedbed.engine.contract import Engine, Judge, Limits, Planner, Progress, Stage, Stop, Wait
from seedbed.engine.journal import Journal, Outcome
from seedbed.engine.ledger import Ledger, Stored
from seedbed.engine.look_back import LookBack
from seedbed.errors import EndpointError, InputError
from seedbed.records import WITHDRAWN, Ask, State, Verdict

__all__ = ["Conductor"]

_MANY_LANES = 16


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
        self._stage, self._judge, self._planner = stage, judge, planner
        self._journal, self._limits, self._listen = journal, limits, listen
        self.progress = Progress()
        self._changed, self._to_judge = asyncio.Event(), asyncio.Event()
        self._attempts = Attempts(
            stage=stage, engine=engine, limits=limits, progress=self.progress, save=self._save,
            changed=self._changed.set,
        )  # fmt: skip
        self._look_back = LookBack(planner, limits.look_back)
        self._tasks: set[asyncio.Task[None]] = set()  # lanes at work
        self._held: Ask | None = None  # planned, and waiting for a lane
        self._ledger: Ledger | None = None
        self._on_disk: Iterator[Outcome] = iter(())  # replies of earlier sessions that have no verdict yet
        self._upcoming: Outcome | None = None
        self._planned_all = False
        self._queue: deque[Ask] = deque()  # planned, not judged; at most look_back slots
        self._ready: dict[str, Outcome] = {}  # of asks in the queue: settled and on disk
        self._judging = self._broken = False
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """Start nothing new; `run()` returns once what is in flight has arrived."""
        self._attempts.stop()

    # --- one session -------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        """Walk the plan over what earlier sessions decided, up to the first slot without a verdict."""
        judged, shown = self._journal.planned_otherwise(), self._journal.withdrawn_until()
        until = max(judged if self._planner.adopt else 0, shown)
        self._look_back.adopt(
            (each.ask for each in self._journal.settled(0) if each.ask.first < until),
            self._planner.take_up if shown else None,
        )
        verdicts = self._journal.verdicts()
        upcoming = next(verdicts, None)
        while upcoming is not None:
            step = self._look_back.plan()
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
                    self._look_back.judged(upcoming[0])
                    upcoming = next(verdicts, None)
        self.progress.resumed = self.progress.kept + self.progress.rejected + self.progress.failed
        self.progress.resumed_done = self.progress.done
        self.progress.last = None

    async def run(self) -> Progress:
        self._restore()
        self._attempts.resume(self._journal)
        settled = self._on_disk = self._journal.settled(self._look_back.cursor)
        self._upcoming = next(settled, None)
        self._ledger = Ledger(self._journal, self._fail)
        judge_thread = ThreadPoolExecutor(1, "judge")
        judging = asyncio.create_task(self._guard(self._walk, judge_thread))
        clock: asyncio.TimerHandle | None = None
        if (seconds := self._limits.caps.seconds) is not None:
            clock = asyncio.get_running_loop().call_later(seconds, self._attempts.stop_by, f"{seconds:g} s have passed")
        try:
            while True:
                while self._attempts.lane_free and (ask := self._next()) is not None:
                    lane = asyncio.create_task(self._guard(self._lane, ask))
                    self._tasks.add(lane)
                    lane.add_done_callback(self._freed)
                if self._attempts.tell():
                    self._listen(self.progress)  # of a pause or an outage at once, not with the next verdict
                if not self._tasks and (self._attempts.stopping or self._look_back.ended) and not self._to_do():
                    break
                await self._changed.wait()
                self._changed.clear()
        finally:
            if clock is not None:
                clock.cancel()
            for task in (*self._tasks, judging):
                task.cancel()
            await asyncio.gather(*self._tasks, judging, return_exceptions=True)
            await self._attempts.close()
            judge_thread.shutdown(wait=True)
            settled.close()
            try:
                self._ledger.close()  # writes what arrived, also when the session was cancelled
            except BaseException as error:
                self._fail(error)
        if self._planned_all and not self._queue:
            self.progress.stopped_by = ""  # the clock, perhaps; but there was nothing left to do
        self._look_back.show_all()
        if self._failure is not None:
            raise self._failure
        return self.progress

    def _next(self) -> Ask | None:
        """The next ask that needs a call, which then is in flight; None when there is none now."""
        found = 0
        while not self._attempts.stopping and (self._held is not None or self._look_back.may_plan):
            if self._held is None and (until := self._limits.until_slot) is not None and self._look_back.slot > until:
                self._look_back.ended, self.progress.stopped_by = True, f"slot {until} is there"
                self._changed.set()
                return None
            step = self._held or self._look_back.plan()
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
            if not self._attempts.take_lane():
                self._held = step
                return None
            self._queue.append(step)
            return step
        return None

    def _freed(self, lane: asyncio.Task[None]) -> None:
        self._tasks.discard(lane)
        self._changed.set()

    def _to_do(self) -> bool:
        """Whether replies on disk still wait for their verdicts."""
        if self._broken or (self._failure is not None and not isinstance(self._failure, EndpointError)):
            return False
        head = self._queue[0] if self._queue else None
        return self._judging or (head is not None and (head.id in self._ready or not self._attempts.stopping))

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
            await self._attempts.settle(ask)
            ask = self._next() if self._attempts.lane_free else None

    async def _save(self, outcome: Outcome) -> None:
        """Returns when the outcome is on disk; raises what kept it from getting there."""
        assert self._ledger is not None
        self._ledger.pause_s = 0.001 if self._attempts.in_flight >= _MANY_LANES and outcome.seconds > 0.05 else 0.0
        await self._ledger.save(outcome)
        if outcome.final:
            self._ready[outcome.ask.id] = outcome
            self._advance()
        if self._attempts.lane_free:
            self._changed.set()

    # --- the verdict cursor ------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Judge what is ready at the head of the queue: here, or where that takes long in a thread of its own."""
        if self._judge.heavy:
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
                    judged = await loop.run_in_executor(thread, self._judge_batch, batch)
                except BaseException:
                    self._broken = True  # whatever it was: nobody walks the cursor any more
                    raise
                finally:
                    self._judging = False
                self._take(judged)

    def _take(self, judged: list[list[Stored]]) -> None:
        assert self._ledger is not None
        for verdicts in judged:
            self._ledger.note(verdicts)
            for verdict, _ in verdicts:
                self._look_back.judged(verdict)
                self.progress.take(verdict)
                self._listen(self.progress)
        if self._attempts.lane_free:
            self._changed.set()

    def _take_ready(self) -> list[Outcome]:
        # 32 at a time: large enough that crossing to the thread costs nothing, small enough to show progress
        batch: list[Outcome] = []
        while self._queue and len(batch) < 32 and (outcome := self._ready.pop(self._queue[0].id, None)):
            self._queue.popleft()
            batch.append(outcome)
        return batch

    def _judge_batch(self, batch: list[Outcome]) -> list[list[Stored]]:
        return [self._judge_one(outcome) for outcome in batch]

    def _judge_one(self, outcome: Outcome) -> list[Stored]:
        if outcome.reply is None or outcome.error:
            return [
                (Verdict(slot, State.FAILED, "endpoint", outcome.error, measured=outcome.attempt), None)
                for slot in outcome.ask.slots
            ]
        if policy := outcome.reply.data.get(WITHDRAWN):  # before it was judged: of its words nobody may know
            return [
                (Verdict(slot, State.REJECTED, WITHDRAWN, "withdrawn before it was judged", notes={WITHDRAWN: policy}),
                 None)
                for slot in outcome.ask.slots
            ]  # fmt: skip
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
