"""Plans as folds over verdicts: so many candidates, or so many accepted rows spread over cells.

A plan sees only the verdicts it is shown, in slot order, never a clock, a lane or a reply. So it is the same for any
number of lanes.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from seedbed.engine.contract import Step, Stop, Wait
from seedbed.records import OVER_TARGET, Ask, State, Verdict

__all__ = ["CountingPlanner", "Shortfall", "Tally", "TargetPlanner", "again", "apportion"]


AGAIN = 2
"""How often an ask that failed is made again. A row that fails three times over is its own fault, and a run over
many such rows must end."""

Again = Callable[[Ask, int], Ask]
"""The same ask at another first slot."""


def again(ask: Ask, first: int, *, seed: int) -> Ask:
    """`ask` made anew at slot `first`, with other random numbers: the same ones would draw the same words."""
    return replace(ask, id=f"a{first:07d}", first=first, seed=seed)


class CountingPlanner:
    """`asks` asks; `make(index, first)` gives the ask number `index`, standing at slot `first`, called in order.

    An ask whose slots failed is made again at the tail by `again`, at most AGAIN times. While an unseen ask might
    still have failed the plan waits: that costs slot numbers, not calls. Whether one failed hangs on no gate, so the
    plan is the same under any.
    """

    adopt = None

    def __init__(self, asks: int, make: Callable[[int, int], Ask], again: Again) -> None:
        self._asks, self._make, self._again = asks, make, again
        self._made = 0
        self._unseen: dict[int, tuple[Ask, int]] = {}  # by first slot: an ask not observed yet, how often made again
        self._lost: deque[tuple[Ask, int]] = deque()
        self._next = 0  # the slot of the ask that is made next, as long as none was made again

    def observe(self, verdict: Verdict) -> None:
        found = self._unseen.pop(verdict.slot, None)
        if found is not None and verdict.state is State.FAILED and found[1] < AGAIN:
            self._lost.append((found[0], found[1] + 1))

    def plan(self, slot: int) -> Step:
        times = 0
        if self._made < self._asks:
            ask = self._made_next(slot)
        elif self._lost:
            lost, times = self._lost.popleft()
            ask = self._again(lost, slot)
        elif self._unseen:
            return Wait()
        else:
            return Stop()
        self._unseen[slot] = ask, times
        return ask

    def _made_next(self, slot: int) -> Ask:
        ask = self._make(self._made, slot)
        self._made += 1
        self._next = slot + ask.count
        return ask

    def take_up(self, ask: Ask) -> None:
        """An ask on disk that this plan, whose seeds are others by now, would not make: it takes its like's place.

        What was in flight when the run stopped has left a hole before it, which is filled at the tail.
        """
        times = 0
        if self._made < self._asks:
            while self._made < self._asks and self._next < ask.first:
                self._lost.append((self._made_next(self._next), 0))
            if self._made < self._asks:
                self._made_next(ask.first)
                self._next = ask.first + ask.count
        elif self._lost:
            times = self._lost.popleft()[1]
        self._unseen[ask.first] = ask, times


class Tally:
    """How many rows each cell has of those it is to have. The planner and the judge both keep one.

    `quotas` maps cells to the rows wanted there, `target` is the number wanted in all; where the quotas add up to
    more (a question that may be answered, or not), the target ends the run.
    """

    def __init__(self, quotas: Mapping[str, int], target: int) -> None:
        self.quotas, self.target = dict(quotas), target
        self.accepted = dict.fromkeys(self.quotas, 0)
        self.within = 0

    def is_over(self, cell: str) -> bool:
        """Whether one more row of `cell` would be beyond what was asked for."""
        return self.within >= self.target or self.accepted.get(cell, 0) >= self.quotas.get(cell, 0)

    def take(self, cell: str, *, over: bool = False) -> None:
        """One more row of `cell`. `over` says what was noted of it, for a cell that a withdrawal took from the plan."""
        self.within += not (self.is_over(cell) if cell in self.quotas else over)
        self.accepted[cell] = self.accepted.get(cell, 0) + 1


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A cell that was given up: `accepted` of `wanted` rows after `tried` candidates."""

    cell: str
    wanted: int
    accepted: int
    tried: int


@dataclass(slots=True)
class _Cell:
    name: str
    quota: int
    accepted: int = 0
    tried: int = 0
    unseen: int = 0  # candidates asked for whose verdict was not shown yet
    dry: int = 0  # candidates since the last that was accepted
    exhausted: bool = False
    queued: bool = True


class TargetPlanner:
    """Asks until `tally` is full: each cell in turn, as often as its quota still seems to need.

    `make(cell, count, first)` gives an ask for `count` candidates of a cell, called in order of slots; `cell_of` tells
    the cell of an ask.

    How much may be under way unseen follows from the verdicts seen: what is still wanted over the share accepted so
    far (all, before anything was seen: asking again costs time, and a surplus costs money), and at most _BLIND
    candidates and twice as many as were seen. So a run ends with few rows over its target, and asks at full width as
    soon as it knows what it gets.

    A cell that had `patience` candidates in a row without one accepted is exhausted and asked for no longer; so are
    all when `stall` candidates in a row brought nothing anywhere. `shortfalls()` names them.
    """

    def __init__(
        self,
        tally: Tally,
        make: Callable[[str, int, int], Ask],
        *,
        cell_of: Callable[[Ask], str],
        per_ask: int,
        patience: int,
        stall: int | None = None,
    ) -> None:
        self._tally, self._make, self._per_ask, self._patience = tally, make, per_ask, patience
        self._cell_of = cell_of
        self._stall = max(_BLIND, 4 * patience) if stall is None else stall
        self._cells = {name: _Cell(name, quota) for name, quota in tally.quotas.items() if quota > 0}
        self._turn = deque(self._cells.values())  # cells that may need an ask; the others come back when observed
        self._unseen: deque[tuple[_Cell, int]] = deque()  # asks in slot order, with the candidates not yet shown
        self._under_way = self._seen = self._kept = self._dry = 0
        self._stalled = False

    @property
    def quotas(self) -> Mapping[str, int]:
        """The rows wanted of each cell."""
        return self._tally.quotas

    def observe(self, verdict: Verdict) -> None:
        cell, left = self._unseen[0]
        if left > 1:
            self._unseen[0] = cell, left - 1
        else:
            self._unseen.popleft()
        cell.unseen -= 1
        cell.tried += 1
        self._under_way -= 1
        self._seen += 1
        if verdict.state is State.KEPT:
            self._tally.take(cell.name, over=OVER_TARGET in verdict.notes)
            cell.accepted += 1
            self._kept += 1
            cell.dry = self._dry = 0
        else:
            cell.dry += 1
            self._dry += 1
            cell.exhausted = cell.exhausted or cell.dry >= self._patience
            self._stalled = self._stalled or self._dry >= self._stall
        if not cell.queued and not cell.exhausted:
            cell.queued = True
            self._turn.append(cell)

    def plan(self, slot: int) -> Step:
        if self._tally.within >= self._tally.target or self._stalled:
            return Stop()
        wanted = self._tally.target - self._tally.within
        if self._under_way and (
            self._under_way * (self._kept + 1) / (self._seen + 1) >= wanted
            or self._under_way >= max(_BLIND, 2 * self._seen)
        ):
            return Wait()
        while self._turn:
            cell = self._turn.popleft()
            cell.queued = False
            if cell.exhausted or (count := self._needs(cell)) < 1:
                continue
            cell.queued = True
            self._turn.append(cell)
            self._begin(cell, count)
            return self._make(cell.name, count, slot)
        return Wait() if self._unseen else Stop()

    def adopt(self, ask: Ask) -> None:
        name = self._cell_of(ask)
        cell = self._cells.get(name) or self._cells.setdefault(name, _Cell(name, 0, exhausted=True))
        if name in self._tally.quotas:
            self._make(name, ask.count, ask.first)  # so that what takes turns, takes them from where it was
        self._begin(cell, ask.count)

    take_up = adopt

    def _begin(self, cell: _Cell, count: int) -> None:
        cell.unseen += count
        self._under_way += count
        self._unseen.append((cell, count))

    def _share(self) -> float:
        """The share of candidates accepted, as far as it is known: one of two before anything is."""
        return (self._kept + 1) / (self._seen + 2)

    def _needs(self, cell: _Cell) -> int:
        """How many candidates to ask for in a cell; its own share counts the more, the more of it was seen."""
        if cell.dry + cell.unseen >= self._patience:
            return 0  # if those under way bring nothing either, it is exhausted
        share = (cell.accepted + _PRIOR * self._share()) / (cell.tried + _PRIOR)
        missing = cell.quota - cell.accepted - cell.unseen * share
        return min(self._per_ask, max(1, round(missing / share))) if missing > 0.5 * share else 0

    def shortfalls(self) -> list[Shortfall]:
        """Cells that got fewer rows than wanted, the emptiest first; none when the target was reached."""
        if self._tally.within >= self._tally.target:
            return []
        short = [cell for cell in self._cells.values() if cell.accepted < cell.quota]
        short.sort(key=lambda cell: (cell.accepted - cell.quota, cell.name))
        return [Shortfall(cell.name, cell.quota, cell.accepted, cell.tried) for cell in short]


_BLIND = 64
_PRIOR = 4.0


def apportion(shares: Mapping[str, float], rows: int) -> dict[str, int]:
    """`rows` spread over cells by their shares, by the largest remainder (Hamilton 1792); ties in the order given.

    Raises ValueError when no share is positive.
    """
    total = math.fsum(share for share in shares.values() if share > 0)
    if not total > 0:
        raise ValueError("no cell has a share")
    exact = {cell: rows * max(0.0, share) / total for cell, share in shares.items()}
    whole = {cell: int(value) for cell, value in exact.items()}
    rest = sorted(exact, key=lambda cell: whole[cell] - exact[cell])
    for cell in rest[: rows - sum(whole.values())]:
        whole[cell] += 1
    return whole
