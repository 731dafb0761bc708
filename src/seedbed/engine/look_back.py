"""What a plan may know: the ask of slot k sees the verdicts of slots before k - look_back, and nothing newer. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from seedbed.engine.contract import Planner, Step, Stop, Wait
from seedbed.records import Ask, Verdict

__all__ = ["LookBack"]


class LookBack:
    """Has `planner` plan slot after slot, and shows it exactly the verdicts of slots before slot - `size`.

    `judged(verdict)` takes in the next verdict, in slot order, and moves `cursor`, the first slot without one.
    """

    def __init__(self, planner: Planner, size: int) -> None:
        self._planner, self._size = planner, size
        self.slot = 0  # the next to plan
        self.cursor = 0
        self.ended = False
        self._adopted: Iterator[Ask] = iter(())
        self._take: Callable[[Ask], None] | None = None
        self._hidden: deque[Ask] = deque()  # planned, and not all of its verdicts shown to the planner
        self._unseen: deque[Verdict] = deque()  # judged, not yet shown to the planner

    def adopt(self, asks: Iterator[Ask], take: Callable[[Ask], None] | None = None) -> None:
        """Asks on disk that were planned by verdicts which a new judgement has replaced, or with seeds that have been
        withdrawn since: they were asked, and paid for, so they stand before all else, whatever the plan would be now.
        `take` is how the planner hears of them; left out: by its `adopt`, if it has that."""
        self._adopted, self._take = asks, take or self._planner.adopt

    @property
    def may_plan(self) -> bool:
        return not self.ended and self.cursor >= self.slot - self._size

    def plan(self) -> Step:
        """The step for `slot`, which moves on; after a Stop, `ended`."""
        self._show(self.slot - self._size)
        step = self._adopt() or self._planner.plan(self.slot)
        if isinstance(step, Stop):
            self.ended = True
        elif isinstance(step, Wait):
            self.slot = max(self.slot + 1, self._hidden[0].slots.stop + self._size)
        else:
            self.slot += step.count
            self._hidden.append(step)
        return step

    def _show(self, shown: int) -> None:
        while self._unseen and self._unseen[0].slot < shown:
            self._planner.observe(self._unseen.popleft())
        while self._hidden and self._hidden[0].slots.stop <= shown:
            self._hidden.popleft()

    def _adopt(self) -> Ask | None:
        if self._take is None or (ask := next(self._adopted, None)) is None:
            return None
        self.slot = ask.first
        self._show(self.slot - self._size)  # it may stand behind slots that were waited through
        self._take(ask)
        return ask

    def judged(self, verdict: Verdict) -> None:
        self._unseen.append(verdict)
        self.cursor = verdict.slot + 1

    def show_all(self) -> None:
        """Show the planner every verdict there is, so that it can tell how the run ended."""
        while self._unseen:
            self._planner.observe(self._unseen.popleft())
