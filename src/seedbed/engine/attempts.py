"""What one ask goes through: one attempt after another, until a reply is on disk or the ask is given up.

    reply        It is paid for and saved, and settles the ask.
    rate limit   Everyone pauses for as long as the endpoint asks. No attempt, unless a part of it was paid for.
    unreadable   The endpoint works, and the model did not write the form: at once again, with other random numbers.
    failure      Again after a rest. The breaker finds out whether the endpoint is down: then it was no attempt either.
    refusal      This very request will never pass: the ask is given up at once.

One ask that is given up is a row's fault. Many in a row, with no usable reply between, are the model's or the
settings', and end the session.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from seedbed.engine.breaker import Breaker
from seedbed.engine.budget import Budget
from seedbed.engine.contract import Engine, Limits, Progress, Stage
from seedbed.engine.journal import Journal, Outcome
from seedbed.engine.lanes import Lanes
from seedbed.errors import (
    EndpointError,
    Overloaded,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
    UnreadableReply,
)
from seedbed.records import Ask, Reply, Usage

__all__ = ["Attempts"]

_FEW_LOSSES, _MANY_LOSSES = 6, 60


class Attempts:
    """All attempts of one session: how many asks are in flight, whether one more may be, and what each goes through.

    `take_lane()`, and where that says so, `await settle(ask)`, which frees the lane again. `save` is awaited with each
    outcome and returns when it is on disk. `changed` is called when the session stops, or the endpoint asks for a
    pause. `progress` is kept true: the calls and what they took at once, the rest by `tell()`.
    """

    def __init__(
        self,
        *,
        stage: Stage,
        engine: Engine,
        limits: Limits,
        progress: Progress,
        save: Callable[[Outcome], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        self._stage, self._engine, self._limits, self._progress = stage, engine, limits, progress
        self._save, self._changed = save, changed
        self._lanes = Lanes(fixed=limits.lanes, most=min(limits.most_lanes, limits.look_back))
        self._breaker = Breaker(engine.probe, patience_s=limits.outage_s)
        self._budget = Budget(limits.caps, limits.prices)
        self._earlier: dict[str, tuple[int, int]] = {}  # asks of earlier sessions that are not settled
        self.in_flight = 0  # asks
        self._settled = 0  # asks, in this session
        self._lost_in_a_row, self._read_at = 0, 0.0  # time.monotonic() of the last reply that was read
        self._stopped = asyncio.Event()

    def resume(self, journal: Journal) -> None:
        """Take in what earlier sessions spent, and their attempts at asks that they did not settle."""
        self._budget = Budget(self._limits.caps, self._limits.prices, *journal.spent())
        self._earlier = journal.attempts()

    async def close(self) -> None:
        await self._breaker.close()

    # --- whether one more may begin ----------------------------------------------------------------------------

    @property
    def stopping(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Begin nothing new, and sleep no longer."""
        self._stopped.set()
        self._changed()

    def stop_by(self, cap: str) -> None:
        if not self.stopping:
            self._progress.stopped_by = cap
            self.stop()

    @property
    def lane_free(self) -> bool:
        return self.in_flight < self._lanes.limit

    def take_lane(self) -> bool:
        """Whether one more ask may be in flight, which it then is: a lane is free, and there is room below the caps
        for it and for those in flight. Where there is none, and nothing in flight either, the session stops."""
        cap: str | None
        if self._limits.asks is not None and self._settled + self.in_flight >= self._limits.asks:
            cap = "the pilot is done"
        elif not self.lane_free:
            return False
        elif (cap := self._budget.refuses(self.in_flight + 1)) is None:
            self.in_flight += 1
            return True
        if not self.in_flight:
            self.stop_by(cap)
        return False

    def tell(self) -> bool:
        """Keep the progress true; whether a pause or an outage began or ended meanwhile."""
        told = self._progress
        told.in_flight, told.lanes = self.in_flight, self._lanes.limit
        before = told.paused_until, told.down_since
        told.paused_until, told.down_since = self._lanes.paused_until, self._breaker.down_since
        return before != (told.paused_until, told.down_since)

    # --- one ask -----------------------------------------------------------------------------------------------

    async def settle(self, ask: Ask) -> None:
        """Attempts at `ask` until it is settled and on disk, or the session stops: then it stays open for the next.

        Raises EndpointError when the endpoint cannot do the work, and what kept an outcome from getting to disk.
        """
        try:
            await self._attempt(ask)
        finally:
            self.in_flight -= 1

    async def _attempt(self, ask: Ask) -> None:
        """Attempts of earlier sessions are counted on, and not held against the ask."""
        tries, spent, started = 0, 0.0, time.monotonic()
        attempt, unread = self._earlier.pop(ask.id, (0, 0))
        while True:
            await self._pause()
            if tries and (cap := self._budget.refuses(self.in_flight)) is not None:
                self.stop_by(cap)
            if self.stopping:
                return
            tries, attempt = tries + 1, attempt + 1
            self._progress.calls += 1
            outages, began = self._breaker.outages, time.monotonic()
            try:
                (reply,) = await self._engine.submit(self._stage, [_reseeded(ask, unread)])
            except RateLimited as error:
                self._refused(error, began)
                if error.spent is None:
                    tries, attempt = tries - 1, attempt - 1
                    continue
                # refused after a part of the ask was paid for: that is an attempt, or it could go on for ever
                await self._saved(self._lost(ask, attempt, error, tries >= self._limits.attempts, began))
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
                    elif self.stopping and last:
                        return  # whether the endpoint lives was not found out
                final = last or isinstance(error, RequestRefused)
                await self._saved(self._lost(ask, attempt, error, final, began))
                if final:
                    self._count_loss(error, started)
                    return
                self._progress.retries += 1
                if isinstance(error, UnreadableReply):  # it is not the endpoint that needs a rest
                    unread += 1
                else:
                    await self._sleep(min(30.0, self._limits.backoff_s * 2 ** max(0, tries - 1)) * _jitter())
            else:
                now = time.monotonic()
                self._breaker.replied()
                self._lanes.replied(began=began, now=now, in_flight=self.in_flight)
                self._pay(reply.usage)
                self._lost_in_a_row, self._read_at = 0, now
                await self._saved(Outcome(ask, attempt, reply, seconds=now - began))
                return

    async def _saved(self, outcome: Outcome) -> None:
        await self._save(outcome)
        self._settled += outcome.final

    # --- what an attempt tells ---------------------------------------------------------------------------------

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
                    self._lanes.replied(began=began, now=now, in_flight=self.in_flight)
                    self._pay(error.reply.usage)
                return
            case Overloaded():
                self._lanes.overloaded(began=began, now=now)
        self._breaker.failed(error, began=began, in_flight=self.in_flight, last=last)

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

    def _pay(self, usage: Usage) -> None:
        self._budget.pay(usage)
        self._progress.prompt_tokens += usage.prompt_tokens
        self._progress.completion_tokens += usage.completion_tokens
        self._progress.cost += self._limits.prices.of(usage)

    # --- rests -------------------------------------------------------------------------------------------------

    async def _pause(self) -> None:
        """Until the endpoint may be asked again."""
        while not self.stopping:
            await self._breaker.wait(self._stopped)
            if (left := self._lanes.paused_until - time.monotonic()) <= 0:
                return
            self._changed()  # so that the pause is shown
            await self._sleep(left + 0.05 * random.random())

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not through a stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)


def _reseeded(ask: Ask, unread: int) -> Ask:
    """With other random numbers after replies that could not be read: the same would give the same reply again.

    After an attempt that brought no reply the numbers stay: what a row says must not hang on a connection.
    """
    return replace(ask, seed=(ask.seed + unread * 1_000_000_007) % 2_000_000_000) if unread else ask


def _jitter() -> float:
    """So that rows that failed together do not come back together."""
    return 0.5 + random.random()
