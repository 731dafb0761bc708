"""How the mock endpoint misbehaves and how long it takes: both told beforehand, neither touching what it says."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from seedbed.errors import UsageError

__all__ = ["KINDS", "Fault", "FaultPlan", "Latency"]

# kind → what the client sees
KINDS: Mapping[str, str] = {
    "400": "the request is not valid",
    "401": "the key is wrong",
    "404": "the model is unknown",
    "413": "the prompt is too long",
    "429": "too many requests; 429:SECONDS sends Retry-After",
    "500": "an internal error",
    "503": "overloaded",
    "html": "status 200 with an HTML page, as gateways send",
    "truncated": "status 200 with JSON that breaks off",
    "cut": "the connection closes in the middle of the reply",
    "empty": "a reply with no choices",
    "null": "a reply whose content is null",
    "huge": "a reply of more than 8 MiB",
    "moved": "a redirect to another host",
    "hang": "no answer ever",
    "reset": "the connection is reset",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail. `retry_after` is the header of a 429 as sent: seconds or an HTTP date; empty for none."""

    kind: str
    retry_after: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"unknown fault: {self.kind}", hint=f"known: {', '.join(KINDS)}")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """'429:2' → a 429 with Retry-After 2; 'reset' → a reset."""
        kind, _, after = text.partition(":")
        return cls(kind, after)


@dataclass(slots=True)
class FaultPlan:
    """Which request meets which fault.

    `script` goes by arrival: the request that arrives as number k (from 0) meets script[k]. `shares` goes by
    body: that share of all bodies meets the fault the first `times` times it arrives (None: every time), so
    that the same requests fail in whatever order they come.
    """

    script: Mapping[int, Fault] = field(default_factory=dict)
    shares: Mapping[Fault, float] = field(default_factory=dict)
    times: int | None = 1
    _met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if any(share < 0 for share in self.shares.values()) or sum(self.shares.values()) > 1:
            raise UsageError("shares of faults are from 0 to 1, and at most 1 together")

    def next(self, arrival: int, name: str) -> Fault | None:
        """The fault for the request with digest `name` that arrived as number `arrival`, or None."""
        if fault := self.script.get(arrival):
            return fault
        if not self.shares:
            return None
        point = int(name[-12:], 16) / 16**12
        for fault, share in self.shares.items():
            if point < share:
                self._met[name] += 1
                return fault if self.times is None or self._met[name] <= self.times else None
            point -= share
        return None


class Latency:
    """Seconds before an answer: log-normal around `median_s`, and `tail` of them `tail_factor` times longer.

    Drawn by arrival from a generator of its own; sigma=0 and tail=0 make it constant.
    """

    def __init__(
        self, median_s: float = 0.0, *, sigma: float = 0.5, tail: float = 0.01, tail_factor: float = 8.0, seed: int = 0
    ) -> None:
        self.median_s = median_s
        self._sigma = sigma
        self._tail = tail
        self._factor = tail_factor
        self._random = random.Random(seed)

    def next(self) -> float:
        """The delay of the next arrival, in seconds."""
        if not self.median_s:
            return 0.0
        delay = self.median_s * self._random.lognormvariate(0.0, self._sigma)
        return delay * self._factor if self._random.random() < self._tail else delay
