"""How fast a run goes: calls a second at the concurrency that its latest session reached. Pure, from the journal's
times."""

from __future__ import annotations

import bisect
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Call", "Pace", "pace"]

_PAUSE = 120.0  # seconds in which nothing was in flight, after which a new session began
_RISING = 1.5


@dataclass(frozen=True, slots=True)
class Call:
    """When a request's reply was on disk (seconds since any one moment), and how long its slowest attempt took."""

    end: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """`low` and `high` in calls a second: as counted over the second half of the session, its end included, and as
    the lanes then in use would give without a gap. `rising`: there were more of them in the second half than in the
    first. `spent` is the time of all sessions, in seconds; `latency` the mean of the second half."""

    low: float
    high: float
    lanes: int
    rising: bool
    latency: float
    spent: float


def pace(calls: Sequence[Call]) -> Pace | None:
    """None where the journal does not hold how long calls took, or holds fewer than four."""
    ordered = sorted((call for call in calls if call.seconds > 0), key=lambda call: call.end)
    if len(ordered) < 4:
        return None
    sessions = _sessions(ordered)
    last = sessions[-1] if len(sessions[-1]) >= 4 else max(sessions, key=len)
    half = len(last) // 2
    early, late = last[:half], last[half:]
    lanes, before = _abreast(late, last), _abreast(early, last)
    latency = statistics.fmean(call.seconds for call in late)
    counted = _done(last, early[-1].end, late[-1].end)
    full = max(1, lanes) / latency
    return Pace(
        low=min(counted, full),
        high=max(counted, full),
        lanes=lanes,
        rising=lanes >= _RISING * max(1, before),
        latency=latency,
        spent=sum(one[-1].end - min(call.end - call.seconds for call in one) for one in sessions),
    )


def _done(calls: Sequence[Call], start: float, end: float) -> float:
    """Calls a second between two moments; of a call that lay partly without, the part within counts."""
    window = max(end - start, 1e-3)
    parts = (max(0.0, min(call.end, end) - max(call.end - call.seconds, start)) / call.seconds for call in calls)
    return max(sum(parts) / window, 1e-6)


def _sessions(ordered: Sequence[Call]) -> list[list[Call]]:
    found = [[ordered[0]]]
    for call in ordered[1:]:
        if call.end - call.seconds - found[-1][-1].end > _PAUSE:
            found.append([])
        found[-1].append(call)
    return found


def _abreast(some: Sequence[Call], every: Sequence[Call]) -> int:
    """How many calls were in flight when those of `some` began: the upper quartile, because at a session's end
    lanes run dry."""
    starts, ends = sorted(call.end - call.seconds for call in every), [call.end for call in every]
    counts = []
    for call in some:
        at = call.end - call.seconds
        counts.append(bisect.bisect_right(starts, at) - bisect.bisect_right(ends, at))
    return max(1, sorted(counts)[(3 * len(counts)) // 4])
