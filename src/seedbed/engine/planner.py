"""A plan with a fixed number of asks, where an ask that failed is made again at the tail."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from seedbed.engine.contract import Step, Stop, Wait
from seedbed.records import Ask, State, Verdict

__all__ = ["CountingPlanner"]


AGAIN = 2
"""How often an ask that failed is made again. A row that fails three times over is its own fault, and a run over
many such rows must end."""


class CountingPlanner:
    """`asks` asks; `make(index, first)` gives the ask number `index`, standing at slot `first`.

    An ask whose slots failed is made again at the tail: `make` is called with its index and a new first slot, at
    most AGAIN times. While an unseen ask might still have failed the plan waits: that costs slot numbers, not calls.
    """

    def __init__(self, asks: int, make: Callable[[int, int], Ask]) -> None:
        self._asks, self._make = asks, make
        self._made = 0
        self._times: dict[int, int] = {}  # how often a failed index was made again
        self._unseen: dict[int, int] = {}  # first slot of an ask that was not observed yet -> its index
        self._lost: deque[int] = deque()

    def observe(self, verdict: Verdict) -> None:
        index = self._unseen.pop(verdict.slot, None)
        if index is None or verdict.state is not State.FAILED:
            return
        self._times[index] = self._times.get(index, 0) + 1
        if self._times[index] <= AGAIN:
            self._lost.append(index)

    def plan(self, slot: int) -> Step:
        if self._made < self._asks:
            index = self._made
            self._made += 1
        elif self._lost:
            index = self._lost.popleft()
        elif self._unseen:
            return Wait()
        else:
            return Stop()
        self._unseen[slot] = index
        return self._make(index, slot)
