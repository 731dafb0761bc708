"""How long things take, by one clock: everybody of a rehearsal is in this process."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence

from seedbed.rehearse.page import Page

__all__ = ["Gauge", "quantile"]

_REMEMBERED = 50_000  # updates on their way to the others' pages


class Gauge:
    """Latencies in seconds, and counts of what people did.

    `saved`: from a key until its writer was told that it is on disk. `seen`: from a key until it stood in another
    person's page, once for each of them; updates that the server put together into one are not among these.
    """

    def __init__(self) -> None:
        self.saved: list[float] = []
        self.seen: list[float] = []
        self.counts: Counter[str] = Counter()
        self._under_way: OrderedDict[tuple[str, bytes], float] = OrderedDict()

    def watch(self, page: Page) -> None:
        """Measure what is typed on this page, and what arrives there."""
        waiting: deque[tuple[int, float]] = deque()

        def sent(number: int, update: bytes) -> None:
            now = time.perf_counter()
            if number == 1:  # a new line: what waited on the old one is sent again with it
                waiting.clear()
            waiting.append((number, now))
            self.counts["updates"] += 1
            self._under_way[page.name, update] = now
            if len(self._under_way) > _REMEMBERED:
                self._under_way.popitem(last=False)

        def acked(through: int) -> None:
            now = time.perf_counter()
            while waiting and waiting[0][0] <= through:
                self.saved.append(now - waiting.popleft()[1])

        def shown(update: bytes) -> None:
            begun = self._under_way.get((page.name, update))
            if begun is not None:
                self.seen.append(time.perf_counter() - begun)

        page.sent, page.acked, page.shown = sent, acked, shown


def quantile(times: Sequence[float], share: float) -> float | None:
    """The quantile `share` of the times; None where there is none."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
