"""How the mock endpoint misbehaves and how long it takes: all told beforehand, by arrival or by body."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from seedbed.errors import UsageError

__all__ = ["KINDS", "TEXT_KINDS", "Fault", "FaultPlan", "Latency"]

_WIRE_KINDS = {
    "400": "the request is not valid",
    "401": "the key is wrong",
    "404": "the model is unknown",
    "413": "the prompt is too long",
    "429": "too many requests; 429:TEXT sends Retry-After: TEXT, 429:date+2 an HTTP date 2 s from now",
    "500": "an internal error",
    "503": "overloaded",
    "echo": "an internal error that repeats the key and the prompt",
    "html": "status 200 with an HTML page, as gateways send",
    "truncated": "status 200 with JSON that breaks off",
    "blank": "status 200 with nothing in it",
    "cut": "the connection closes in the middle of the reply",
    "torn": "the connection is reset in the middle of the reply",
    "empty": "a reply with no choices",
    "null": "a reply whose content is null",
    "huge": "a reply of more than 8 MiB",
    "moved": "a redirect to another host",
    "hang": "no answer ever",
    "trickle": "the whole reply, a few bytes at a time; trickle:SECONDS for all of it (5)",
    "reset": "the connection is reset",
}
# The reply is a whole completion; something is wrong with what the model wrote, or with what the server says of it.
TEXT_KINDS: Mapping[str, str] = {
    "prose": "chatter before and after the JSON",
    "fence": "the JSON in a code fence",
    "comma": "trailing commas",
    "single": "single quotation marks for double ones",
    "quotes": "quotation marks within a text, not escaped",
    "newline": "line breaks within a text, not escaped",
    "length": "cut off at the token limit, finish_reason length",
    "filter": "cut off by a content filter, finish_reason content_filter",
    "list": "a JSON list instead of an object",
    "lines": "numbered or tagged lines instead of JSON",
    "keys": "other keys than those asked for",
    "portuguese": "texts in Portuguese",
    "chinese": "texts in Chinese",
    "mojibake": "texts in Portuguese, decoded wrongly",
    "silent": "an empty text",
    "surrogate": "half of a surrogate pair within a text",
    "control": "control characters within a text: NUL, escape, bell, a change of direction",
    "twice": "every choice twice",
    "fewer": "half of the choices; of a single one, half of the items in its list",
    "usage": 'no token counts; usage:JSON for absurd ones: usage:-7, usage:1e300, usage:"many"',
}
# kind → what the client sees
KINDS: Mapping[str, str] = {**_WIRE_KINDS, **TEXT_KINDS}
_WITH_VALUE = frozenset({"429", "trickle", "usage"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail. `value` says more of a 429 (the Retry-After header as sent), of a trickle (seconds) and of
    usage (the JSON that stands for each count); empty for none."""

    kind: str
    value: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"unknown fault: {self.kind}", hint=f"known: {', '.join(KINDS)}")
        if self.value and self.kind not in _WITH_VALUE:
            raise UsageError(f"the fault {self.kind} takes no value: {self.value}")
        try:
            if self.kind == "trickle" and self.value:
                float(self.value)
            if self.kind == "usage" and self.value:
                json.loads(self.value)
            if self.kind == "429" and self.value.startswith("date"):
                float(self.value.removeprefix("date"))
        except ValueError:
            raise UsageError(f"the fault {self.kind} cannot have the value {self.value}") from None

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.value else self.kind

    @classmethod
    def parse(cls, text: str) -> Fault:
        """'429:2' → a 429 with Retry-After 2; 'reset' → a reset."""
        kind, _, value = text.partition(":")
        return cls(kind, value)


@dataclass(slots=True)
class FaultPlan:
    """Which request meets which fault.

    `script` goes by arrival: the request that arrives as number k (from 0) meets script[k]. The rest goes by body,
    so that the same requests fail in whatever order they come. `shares`: that share of all bodies meets the fault
    the first `times` times it arrives (None: every time). `always`: as shares, every time, and drawn independently;
    a body that has both meets the one of `shares` first. `poison`: a text → the fault that every request meets whose
    body holds the text, before all others. Another `salt` lets other bodies fail.
    """

    script: Mapping[int, Fault] = field(default_factory=dict)
    shares: Mapping[Fault, float] = field(default_factory=dict)
    times: int | None = 1
    always: Mapping[Fault, float] = field(default_factory=dict)
    poison: Mapping[str, Fault] = field(default_factory=dict)
    salt: str = ""
    _met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for shares in (self.shares, self.always):
            # many equal shares of one sum to a hair more than one
            if any(share < 0 for share in shares.values()) or sum(shares.values()) > 1 + 1e-9:
                raise UsageError("shares of faults are from 0 to 1, and at most 1 together")

    def poisoned(self, body: bytes) -> Fault | None:
        """The fault of the first text of `poison` that stands in `body`, or None."""
        return next((fault for text, fault in self.poison.items() if text.encode() in body), None)

    def next(self, arrival: int, name: str) -> Fault | None:
        """The fault for the request with digest `name` that arrived as number `arrival`, or None."""
        if fault := self.script.get(arrival):
            return fault
        if not self.shares and not self.always:
            return None
        drawn = hashlib.blake2b((self.salt + name).encode(), digest_size=16).hexdigest() if self.salt else name
        if fault := _drawn(self.shares, drawn[-12:]):
            self._met[name] += 1
            if self.times is None or self._met[name] <= self.times:
                return fault
        return _drawn(self.always, drawn[:12])


def _drawn(shares: Mapping[Fault, float], digits: str) -> Fault | None:
    point = int(digits, 16) / 16 ** len(digits)
    for fault, share in shares.items():
        if point < share:
            return fault
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
