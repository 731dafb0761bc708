"""The lane controller against simulated servers, in virtual time: what it settles at and what that costs."""

from __future__ import annotations

import heapq
import random
import statistics
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.engine.lanes import Lanes


@dataclass
class Ran:
    seconds: float
    settled: float  # the mean limit over the second half of the calls
    refusals: int
    cuts: int


def serve(
    lanes: Lanes,
    calls: int,
    *,
    slots: int,
    service: float = 1.0,
    sigma: float = 0.4,
    per_second: float | None = None,
    retry_after: float | None = None,
    seed: int = 0,
) -> Ran:
    """A server with `slots` places and an endless queue, which refuses more than `per_second` requests."""
    draw = random.Random(seed)
    now, in_flight, done, refusals, cuts, number = 0.0, 0, 0, 0, 0, 0
    free = [0.0] * slots
    tokens, filled = per_second or 0.0, 0.0
    events: list[tuple[float, int, float, bool]] = []
    limits = []
    while done < calls:
        while in_flight < lanes.limit and done + in_flight < calls and now >= lanes.paused_until:
            number, in_flight = number + 1, in_flight + 1
            if per_second is not None:
                tokens, filled = min(per_second, tokens + (now - filled) * per_second), now
                if tokens < 1:
                    heapq.heappush(events, (now + 0.01, number, now, False))
                    continue
                tokens -= 1
            start = max(now, free[0])
            end = start + service * draw.lognormvariate(0, sigma)
            heapq.heapreplace(free, end)
            heapq.heappush(events, (end, number, now, True))
        if not events or (in_flight < lanes.limit and now < lanes.paused_until < events[0][0]):
            now = lanes.paused_until
            continue
        now, _, began, served = heapq.heappop(events)
        before = lanes.limit
        if served:
            done += 1
            lanes.replied(began=began, now=now, in_flight=in_flight)
        else:
            refusals += 1
            lanes.refused(began=began, now=now, retry_after=retry_after)
            cuts += lanes.limit < before
        in_flight -= 1
        limits.append(lanes.limit)
    return Ran(now, statistics.mean(limits[len(limits) // 2 :]), refusals, cuts)


@pytest.mark.parametrize("seed", range(8))
def test_one_slot_is_kept_busy_by_few_calls(seed: int) -> None:
    ran = serve(Lanes(), 200, slots=1, seed=seed)
    alone = serve(Lanes(fixed=1), 200, slots=1, seed=seed)
    assert ran.settled <= 8
    assert ran.seconds <= 1.05 * alone.seconds


@pytest.mark.parametrize("seed", range(4))
def test_five_hundred_slots_are_found_and_used(seed: int) -> None:
    ran = serve(Lanes(), 15_000, slots=500, seed=seed)
    full = serve(Lanes(fixed=500), 15_000, slots=500, seed=seed)
    assert ran.settled >= 400
    assert ran.seconds <= 1.6 * full.seconds  # the way up takes about fifteen times the latency


@pytest.mark.parametrize("slots", [4, 16, 64])
def test_slots_between_are_used_and_not_buried(slots: int) -> None:
    ran = serve(Lanes(), 100 * slots, slots=slots, seed=3)
    full = serve(Lanes(fixed=slots), 100 * slots, slots=slots, seed=3)
    assert slots * 0.9 <= ran.settled <= 4 * slots
    assert ran.seconds <= 1.2 * full.seconds


@pytest.mark.parametrize("retry_after", [None, 0.5])
def test_a_rate_limit_is_approached_with_few_refusals_and_no_stall(retry_after: float | None) -> None:
    ran = serve(Lanes(), 3000, slots=500, per_second=20, retry_after=retry_after)
    assert ran.seconds <= 1.25 * 3000 / 20
    assert ran.refusals <= 0.02 * 3000
    assert ran.cuts >= 2


def test_one_episode_is_one_cut() -> None:
    lanes = Lanes(fixed=100)
    for _ in range(60):
        lanes.refused(began=1.0, now=2.0, retry_after=3.0)
    assert (lanes.limit, lanes.paused_until) == (70, 5.0)
    lanes.refused(began=1.5, now=6.0, retry_after=None)  # begun before the cut: the same episode
    assert lanes.limit == 70
    lanes.refused(began=6.5, now=7.0, retry_after=None)
    assert lanes.limit == 49


def test_after_a_cut_it_grows_by_one_a_round_and_only_when_in_full_use() -> None:
    lanes = Lanes(fixed=10)
    lanes.refused(began=0.0, now=0.0, retry_after=0.0)
    assert lanes.limit == 7
    for call in range(7):
        lanes.replied(began=1.0 + call, now=2.0 + call, in_flight=7)
    assert lanes.limit == 8
    for call in range(80):
        lanes.replied(began=20.0 + call, now=21.0 + call, in_flight=3)
    assert lanes.limit == 8


def test_a_long_retry_after_is_honoured_and_a_shorter_one_does_not_cut_it_short() -> None:
    lanes = Lanes()
    lanes.refused(began=0.0, now=10.0, retry_after=60.0)
    lanes.refused(began=0.0, now=11.0, retry_after=1.0)
    assert lanes.paused_until == 70.0
    assert lanes.refusing_since == 10.0
    lanes.replied(began=80.0, now=81.0, in_flight=1)
    assert lanes.refusing_since is None


def test_overload_cuts_without_a_pause() -> None:
    lanes = Lanes(fixed=64)
    lanes.overloaded(began=0.0, now=1.0)
    assert (lanes.limit, lanes.paused_until) == (44, 0.0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["replied", "refused", "overloaded"]), st.floats(0, 5), st.floats(0, 5), st.integers(0, 600)
        ),
        max_size=300,
    ),
    st.one_of(st.none(), st.integers(1, 600)),
    st.integers(1, 600),
)
def test_whatever_happens_the_limit_is_a_number_of_lanes(
    events: list[tuple[str, float, float, int]], fixed: int | None, most: int
) -> None:
    lanes, now = Lanes(fixed=fixed, most=most), 0.0
    for what, after, ago, in_flight in events:
        now += after
        began = max(0.0, now - ago)
        if what == "replied":
            lanes.replied(began=began, now=now, in_flight=in_flight)
        elif what == "refused":
            lanes.refused(began=began, now=now, retry_after=ago if in_flight % 2 else None)
        else:
            lanes.overloaded(began=began, now=now)
        assert 1 <= lanes.limit <= (fixed if fixed is not None else most)
        assert isinstance(lanes.limit, int)
