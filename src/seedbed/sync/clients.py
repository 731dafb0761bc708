"""What is known of each client beside the order: deletions and surrogate pairs, in flat arrays."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

__all__ = ["NOBODY", "Client", "Growth"]


class Client:
    """What is known of one client beside its place in the order; all ascending."""

    __slots__ = ("dead_ends", "dead_starts", "halves")

    def __init__(self) -> None:
        self.halves = array("I")  # second halves of surrogate pairs
        self.dead_starts = array("I")
        self.dead_ends = array("I")

    def is_half(self, clock: int) -> bool:
        halves = self.halves
        if not halves or clock > halves[-1]:
            return False
        return halves[bisect_left(halves, clock)] == clock

    def alive(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The stretches between `start` and `end` that are not deleted."""
        at = bisect_right(self.dead_ends, start)
        while start < end:
            stop = self.dead_starts[at] if at < len(self.dead_starts) else end
            if start < stop:
                yield start, min(stop, end)
            if stop >= end:
                return
            start = self.dead_ends[at]
            at += 1

    def bury(self, start: int, end: int) -> None:
        """Add a deleted stretch that touches none of the known ones, or joins them end to end."""
        starts, ends = self.dead_starts, self.dead_ends
        at = bisect_right(starts, start)
        joins_left = at > 0 and ends[at - 1] == start
        joins_right = at < len(starts) and starts[at] == end
        if joins_left and joins_right:
            ends[at - 1] = ends[at]
            del starts[at], ends[at]
        elif joins_left:
            ends[at - 1] = end
        elif joins_right:
            starts[at] = start
        else:
            starts.insert(at, start)
            ends.insert(at, end)


NOBODY = Client()


class Growth:
    """What an update adds to one client, from clock `base` on; `news` is for it what `Client` is for the rest."""

    __slots__ = ("base", "clock", "news")

    def __init__(self, base: int, clock: int, news: Client) -> None:
        self.base = base
        self.clock = clock
        self.news = news
