"""How often: token buckets for requests, and a growing wait for sign-ins that fail. Both of bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seedbed.server.refusals import Refusal

__all__ = ["Backoff", "Buckets"]

_MOST = 10_000  # keys remembered; each costs some 200 bytes


class Buckets:
    """Token buckets by key: `burst` at once, `rate` a second for ever. The least recently used key is forgotten."""

    def __init__(self, rate: float, burst: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Raises Refusal too_many, with the seconds to wait."""
        now = self._clock()
        left, at = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        self._buckets[key] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        if left < 1:
            raise Refusal("too_many", retry_after=(1 - left) / self._rate)


@dataclass(frozen=True, slots=True)
class _Failing:
    count: int
    last: float
    until: float


class Backoff:
    """After `free` failures of a key each further one doubles the wait, from 1 s up to `longest` seconds.

    An attempt during the wait is refused unseen and lengthens nothing, so nobody is locked out for longer than
    `longest` after an attack has ended. An hour without a failure forgets the key.
    """

    def __init__(self, free: int, longest: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._longest, self._clock = free, longest, clock
        self._failing: OrderedDict[str, _Failing] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until the key may try again; 0 when it may now."""
        found = self._failing.get(key)
        return 0.0 if found is None else max(0.0, found.until - self._clock())

    def charge(self, key: str) -> None:
        """Count an attempt as failed, before it is looked at: many at once must not all be free."""
        now = self._clock()
        found = self._failing.pop(key, None)
        count = 1 if found is None or now - found.last > 3600 else found.count + 1
        over = count - self._free
        pause = min(self._longest, 2.0 ** min(over - 1, 30)) if over > 0 else 0.0
        self._failing[key] = _Failing(count, now, now + pause)
        if len(self._failing) > _MOST:
            self._failing.popitem(last=False)

    def forgive(self, key: str) -> None:
        self._failing.pop(key, None)

    @staticmethod
    def check(keys: Sequence[tuple[Backoff, str]]) -> None:
        """Raises Refusal try_later when any key must wait; otherwise charges them all."""
        wait = max(backoff.wait(key) for backoff, key in keys)
        if wait > 0:
            raise Refusal("try_later", retry_after=wait)
        for backoff, key in keys:
            backoff.charge(key)
