"""What a stream holds: events (acts that were appended) and updates (bytes of typed text), under one numbering."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from seedbed.errors import Busy

__all__ = ["Act", "Conflict", "Entry", "Event", "iso", "milliseconds", "now"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Act:
    """Something to append. `texts` are words that people wrote: stored apart, and named in the event by id.

    `person` owns those texts (default: the actor), so that a withdrawal finds them.
    """

    kind: str
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    person: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One appended act. `data` is the act's data with each text in its place again (None where erased)."""

    stream: str
    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    data: dict[str, Any]

    @property
    def act(self) -> Act:
        """The act as it is read back: its texts in `data`."""
        return Act(self.kind, self.subject, self.data)


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a stream. `body` is an update (bytes, which this room does not read) or an act.

    `at` is ISO 8601 in UTC with milliseconds, as `now` gives it. An act that is read back has its texts in `data`.
    """

    stream: str
    seq: int
    at: str
    actor: str
    body: bytes | Act


class Conflict(Busy):
    """The stream has gone on since its last number was read: another process wrote to it. Nothing was written."""

    def __init__(self, stream: str, *, expected: int, last: int) -> None:
        super().__init__(
            f"{stream!r} stands at {last}, not at {expected}", hint="Read what is new in the stream, then try again."
        )
        self.stream, self.expected, self.last = stream, expected, last


def now() -> str:
    """The time of an entry: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def milliseconds(at: str) -> int:
    """An ISO time as whole milliseconds since 1970, UTC (a time without zone is UTC)."""
    moment = datetime.fromisoformat(at)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MS


def iso(moment: int) -> str:
    """The inverse of `milliseconds`, as `now` writes it."""
    second, rest = divmod(moment, 1000)
    return f"{_second(second)}.{rest:03d}+00:00"


@functools.lru_cache(maxsize=64)  # neighbours in a log share their second: half the time of reading one
def _second(second: int) -> str:
    return (_EPOCH + timedelta(seconds=second)).isoformat(timespec="seconds").removesuffix("+00:00")
