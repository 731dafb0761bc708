"""The wire of the live workshop: one WebSocket, binary messages, one frame a message, several documents.

    frame = type (1 byte) · channel (varuint, chosen by the browser at HELLO; 0 for PING and PONG) · payload

Numbers are lib0's unsigned LEB128, so that the browser reads them with lib0. `bytes` is a length and that many bytes;
`rest` goes to the end; JSON is UTF-8 and always a `rest`.

    from the browser                                  from the server
    HELLO    JSON {protocol, doc, epoch, previous}    WELCOME   JSON {client, epoch, person, name, role, write, limits}
    SYNC1    rest state vector                        SYNC2     varuint seq, bytes state vector, bytes diff, JSON state
    UPDATE   varuint n, rest update                   ACK       varuint n, varuint after, varuint through
    AWARE    JSON {text, anchor, head}                NACK      varuint n, JSON {code}
    CMD      JSON {id, kind, …}                       UPDATES   varuint after, varuint through, bytes…
    PING                                              PRESENCE  JSON {here, gone}
    LEAVE                                             EVENTS    varuint after, varuint through, JSON [event, …]
                                                      REFUSED   JSON {id, code}
                                                      PONG, CLOSED JSON {code}, RESYNC

`after` and `through` are the document's sequence numbers before and after what a frame carries: a browser whose number
is not `after` has missed something and asks again with SYNC1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

__all__ = [
    "PROTOCOL",
    "BadFrame",
    "Down",
    "Frame",
    "Up",
    "ack",
    "events",
    "jsonly",
    "nack",
    "piece",
    "read",
    "sync2",
    "updates",
]

PROTOCOL = 1
HIGHEST_CHANNEL = 63  # one byte; nobody has 63 boards open


class Up(IntEnum):
    """What a browser sends."""

    HELLO = 1
    SYNC1 = 2
    UPDATE = 3
    AWARE = 4
    CMD = 5
    PING = 6
    LEAVE = 7


class Down(IntEnum):
    """What the server sends."""

    WELCOME = 17
    SYNC2 = 18
    ACK = 19
    NACK = 20
    UPDATES = 21
    PRESENCE = 22
    EVENTS = 23
    REFUSED = 24
    PONG = 25
    CLOSED = 26
    RESYNC = 27


class BadFrame(Exception):
    """What came is no frame of this protocol. The connection is closed: an honest browser cannot send one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame from a browser: `number` is an UPDATE's n, `body` what follows."""

    kind: Up
    channel: int
    body: bytes
    number: int = 0

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, whose texts are whole. Raises BadFrame for anything else."""
        try:
            text = self.body.decode()  # json itself would take UTF-16, and halves of surrogate pairs
            found = json.loads(text, parse_constant=_no_constant)
            if "\\u" in text:
                # the other way to half a pair, which no frame to others could carry
                json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise BadFrame("not JSON") from None
        if not isinstance(found, dict):
            raise BadFrame("not a JSON object")
        return found


def read(message: bytes) -> Frame:
    """The frame in `message`. Raises BadFrame."""
    if len(message) < 2:
        raise BadFrame("too short")
    try:
        kind = Up(message[0])
    except ValueError:
        raise BadFrame("unknown type") from None
    channel = message[1]
    if channel > HIGHEST_CHANNEL or (channel == 0) != (kind is Up.PING):
        raise BadFrame("bad channel")
    if kind is Up.UPDATE:
        number, start = _number(message, 2)
        return Frame(kind, channel, message[start:], number)
    return Frame(kind, channel, message[2:])


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are Python's own additions to JSON


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise BadFrame("bad number")


def _varuint(value: int) -> bytes:
    if value < 128:
        return bytes((value,))
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def jsonly(kind: Down, channel: int, value: Any = None) -> bytes:
    """A frame that holds nothing but JSON, or nothing at all."""
    return bytes((kind, channel)) + (b"" if value is None else _json(value))


def sync2(channel: int, seq: int, state_vector: bytes, diff: bytes, snapshot: Any) -> bytes:
    """All that the browser lacks, and the board as it stands at `seq`."""
    head = bytes((Down.SYNC2, channel)) + _varuint(seq)
    return b"".join((head, _varuint(len(state_vector)), state_vector, _varuint(len(diff)), diff, _json(snapshot)))


def ack(channel: int, number: int, after: int, through: int) -> bytes:
    """The browser's updates up to `number` are on disk."""
    return bytes((Down.ACK, channel)) + _varuint(number) + _varuint(after) + _varuint(through)


def nack(channel: int, number: int, code: str) -> bytes:
    """Update `number`, and everything after it on this channel, is not accepted."""
    return bytes((Down.NACK, channel)) + _varuint(number) + _json({"code": code})


def piece(update: bytes) -> bytes:
    """An update as UPDATES carries it: made once, for everybody who is told of it."""
    return _varuint(len(update)) + update


def updates(channel: int, after: int, through: int, pieces: Iterable[bytes]) -> bytes:
    """Other people's updates, each as a `piece`; the reader's own between them are left out and counted."""
    return bytes((Down.UPDATES, channel)) + _varuint(after) + _varuint(through) + b"".join(pieces)


def events(channel: int, after: int, through: int, carried: list[dict[str, Any]]) -> bytes:
    """What people did besides typing."""
    return bytes((Down.EVENTS, channel)) + _varuint(after) + _varuint(through) + _json(carried)
