"""How many calls may be in flight: found from how the endpoint answers, with no setting.

Pure: the time is handed in, nothing sleeps. Whoever calls asks for `limit` before each call and reports how each
ended. One controller for a run, so that its answer holds over all workers of any engine.

    slow start   The limit grows fourfold as long as that brings clearly more replies a second. By Little's law the
                 rate is limit / latency, so a level is judged by the median latency of the calls begun under it.
    steady       Where growth brought nothing, the limit goes back; now and then a quarter more is tried. So one slot
                 is served by two calls (one computing, one at the door), and 500 slots by 512.
    rate limit   One cut for an episode: the refusals of calls begun before the cut belong to it and change nothing.
                 Then one more call for each round of replies, and only when every lane was in use (AIMD, Chiu & Jain
                 1989, as in TCP). What Retry-After asks for is waited for by all.
    overload     A time-out or a 503 counts as a rate limit that names no pause.
"""

from __future__ import annotations

import statistics

__all__ = ["Lanes"]

_FIRST = 2
_GROWTH = 4  # by 2 the way to 500 lanes takes a third longer, by 4 one slot is still found to want two
_FEWEST_REPLIES = 8  # the median latency of fewer says little
_STEADY_REPLIES = 64  # a step of a quarter is a small difference: with fewer, chance would let the limit creep up
_GAIN, _STEADY_GAIN = 0.2, 0.5  # of the rate that more lanes would bring, were there no limit: less is no gain
_CUT = 0.7
_HOLD = 4  # rounds until a steady limit is tried again; doubled each time in vain
_LONGEST_HOLD = 64
_PROBE = 1.25


class Lanes:
    """`limit` calls may be in flight, and none before `paused_until` (on the caller's clock, in seconds).

    With `fixed` the limit starts there and never rises above it; refusals still cut it. Else it is found, up to
    `most`.
    """

    def __init__(self, *, fixed: int | None = None, most: int = 512) -> None:
        self.most = fixed if fixed is not None else max(1, most)
        self.limit = self.most if fixed is not None else min(_FIRST, self.most)
        self.paused_until = 0.0
        self.refusing_since: float | None = None  # of unbroken rate limiting: no reply between
        self._searching = fixed is None
        self._rising = fixed is None  # slow start
        self._level_began = 0.0  # calls begun later are of this level
        self._last_cut = float("-inf")
        self._pauses = 0
        self._latencies: list[float] = []
        self._idle = 0  # replies of this level that came while lanes were free
        self._before: tuple[int, float] | None = None  # the level below: its limit, and its rate
        self._doubts = 0
        self._hold, self._held = _HOLD, 0
        self._additive = False

    def replied(self, *, began: float, now: float, in_flight: int) -> None:
        """A call that began at `began` got its reply, with `in_flight` calls open just before."""
        self.refusing_since, self._pauses = None, 0
        if began < self._level_began:
            return
        self._latencies.append(now - began)
        self._idle += in_flight < self.limit
        fewest = 1 if self._additive or not self._searching else _FEWEST_REPLIES if self._rising else _STEADY_REPLIES
        if len(self._latencies) < max(self.limit, fewest):
            return
        saturated = 2 * self._idle < len(self._latencies)
        rate = self.limit / max(statistics.median(self._latencies), 1e-6)
        self._next_round(now)
        if not saturated or (self.limit >= self.most and self._before is None):
            return
        if self._additive:
            self._set(self.limit + 1, now)
        elif self._searching:
            self._search(rate, now)

    def _search(self, rate: float, now: float) -> None:
        """Go on from a level that was in full use and answered `rate` a second."""
        if self._before is None:
            if not self._rising:
                self._held += 1
                if self._held < self._hold:
                    return
                self._held = 0
            self._before = self.limit, rate
            self._set(self.limit * _GROWTH if self._rising else max(self.limit + 1, int(self.limit * _PROBE)), now)
            return
        limit, rate_before = self._before
        wanted = 1 + (_GAIN if self._rising else _STEADY_GAIN) * (self.limit / limit - 1)
        if rate >= wanted * rate_before:
            self._doubts, self._hold, self._before = 0, _HOLD, None
            if self.limit < self.most:
                self._before = self.limit, rate
                self._set(self.limit * _GROWTH if self._rising else max(self.limit + 1, int(self.limit * _PROBE)), now)
        elif self._rising and self._doubts == 0:
            self._doubts = 1  # few replies, and latencies vary: one more look
        else:
            self._hold = self._hold if self._rising else min(2 * self._hold, _LONGEST_HOLD)
            self._rising, self._doubts, self._before = False, 0, None
            self._set(limit, now)

    def refused(self, *, began: float, now: float, retry_after: float | None) -> None:
        """A call was refused for a rate limit. `retry_after` in seconds, None where the endpoint did not say."""
        self.refusing_since = now if self.refusing_since is None else self.refusing_since
        if began >= self._last_cut:
            self._cut(now)
            self._pauses += 1
        pause = min(30.0, 0.5 * 2 ** min(self._pauses, 7)) if retry_after is None else max(0.0, retry_after)
        self.paused_until = max(self.paused_until, now + pause)

    def overloaded(self, *, began: float, now: float) -> None:
        """A call ran into its time-out, or the endpoint said that it is overloaded."""
        if began >= self._last_cut:
            self._cut(now)

    def _cut(self, now: float) -> None:
        self._last_cut = now
        self._rising, self._before, self._doubts, self._additive = False, None, 0, True
        self._set(int(self.limit * _CUT), now)

    def _set(self, limit: int, now: float) -> None:
        self.limit = max(1, min(limit, self.most))
        self._next_round(now)
        self._level_began = now

    def _next_round(self, now: float) -> None:
        self._latencies.clear()
        self._idle = 0
