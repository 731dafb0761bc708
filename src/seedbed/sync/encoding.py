"""The lib0 encoding on which Yjs updates stand: bounded reading, and writing.

Every reader is a function `(data, pos) -> (value, next pos)`. Whatever the bytes, it returns or raises `Refused`;
it never reads before `pos`, never allocates more than the bytes that are there, and nests at most `DEPTH` deep.
Encodings that another implementation could read differently are refused: over-long integers, integers beyond 2^53 - 1
(JavaScript's exact integers), and text that is not strict UTF-8 (yrs takes bytes for UTF-8 without looking).
"""

from __future__ import annotations

import struct
from typing import Any

from seedbed.errors import InputError

__all__ = [
    "DEPTH",
    "MAX_INTEGER",
    "REFUSALS",
    "Refused",
    "astral",
    "malformed",
    "read_any",
    "read_bytes",
    "read_string",
    "read_varint",
    "read_varuint",
    "skip_any",
    "utf16_length",
    "write_any",
    "write_bytes",
    "write_string",
    "write_varint",
    "write_varuint",
]

MAX_INTEGER = 2**53 - 1  # Number.MAX_SAFE_INTEGER: lib0 throws beyond it
DEPTH = 32  # of objects and arrays inside each other: far beyond any editor's, far below Python's stack

REFUSALS = {
    "malformed": "the change cannot be read",
    "too_large": "the change is too large",
    "foreign_client": "the change writes under the number of somebody else",
    "unknown_root": "the change writes into a text that is not part of this document",
    "bad_content": "the change holds something other than plain text",
    "gap": "earlier changes of the same page are missing",
    "unknown_reference": "the change builds on something that is not there",
    "surrogate": "the change cuts a character in half",
    "cell_full": "the text has reached its greatest length",
    "document_full": "the document has reached its greatest length",
}
"""Why an update is not taken: each code, and what it says to people."""


class Refused(InputError):
    """An update that is not taken. `code` says why, for programs; the message says it for people.

    Codes of this room: those of `REFUSALS`. Whoever asks it may add their own.
    """

    def __init__(self, code: str) -> None:
        super().__init__(REFUSALS.get(code, code))
        self.code = code


def malformed() -> Refused:
    return Refused("malformed")


def read_varuint(data: bytes, pos: int) -> tuple[int, int]:
    """An unsigned integer, seven bits a byte, low bits first; the shortest form only.

    Running off the end raises IndexError here and nowhere else: the readers of whole updates turn it into a refusal
    once, which is cheaper than a check for every byte.
    """
    byte = data[pos]
    pos += 1
    if byte < 0x80:
        return byte, pos
    value = byte & 0x7F
    shift = 7
    while True:
        byte = data[pos]
        pos += 1
        if byte < 0x80:
            if byte == 0:
                raise malformed()
            value |= byte << shift
            if value > MAX_INTEGER:
                raise malformed()
            return value, pos
        value |= (byte & 0x7F) << shift
        shift += 7
        if shift > 49:
            raise malformed()


def read_varint(data: bytes, pos: int) -> tuple[int, int]:
    """A signed integer: the first byte holds sign (0x40) and six bits. Negative zero is refused: it is a float."""
    byte = data[pos]
    pos += 1
    negative = byte & 0x40
    value = byte & 0x3F
    shift = 6
    while byte >= 0x80:
        if shift > 48:
            raise malformed()
        byte = data[pos]
        pos += 1
        if byte == 0:
            raise malformed()
        value |= (byte & 0x7F) << shift
        shift += 7
    if value > MAX_INTEGER or (negative and value == 0):
        raise malformed()
    return (-value if negative else value), pos


def read_bytes(data: bytes, pos: int) -> tuple[bytes, int]:
    """A length and that many bytes."""
    length, pos = read_varuint(data, pos)
    end = pos + length
    if end > len(data):
        raise malformed()
    return data[pos:end], end


def read_string(data: bytes, pos: int) -> tuple[str, int]:
    """A byte length and strict UTF-8: no lone surrogates, nothing over-long."""
    raw, pos = read_bytes(data, pos)
    try:
        return raw.decode(), pos
    except UnicodeDecodeError:
        raise malformed() from None


def utf16_length(text: str) -> int:
    """UTF-16 code units, in which Yjs counts: characters beyond U+FFFF count two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def astral(text: str) -> list[int]:
    """Where the second halves of surrogate pairs stand, in UTF-16 code units from the start of `text`."""
    halves = []
    at = 0
    for char in text:
        at += 1
        if char > "\uffff":
            halves.append(at)
            at += 1
    return halves


def read_any(data: bytes, pos: int, depth: int = DEPTH) -> tuple[Any, int]:
    """A JSON-like value of lib0. `undefined` and `null` are both None; a bigint is an int."""
    tag = data[pos]
    pos += 1
    if tag == 119:
        return read_string(data, pos)
    if tag == 125:
        return read_varint(data, pos)
    if tag in _CONSTANTS:
        return _CONSTANTS[tag], pos
    if tag in _FIXED:
        form, size = _FIXED[tag]
        if pos + size > len(data):
            raise malformed()
        return struct.unpack_from(form, data, pos)[0], pos + size
    if tag == 116:
        return read_bytes(data, pos)
    if depth <= 0:
        raise malformed()
    if tag == 117:
        count, pos = read_varuint(data, pos)
        items = []
        for _ in range(count):
            item, pos = read_any(data, pos, depth - 1)
            items.append(item)
        return items, pos
    if tag == 118:
        count, pos = read_varuint(data, pos)
        fields: dict[str, Any] = {}
        for _ in range(count):
            key, pos = read_string(data, pos)
            fields[key], pos = read_any(data, pos, depth - 1)
        return fields, pos
    raise malformed()


def skip_any(data: bytes, pos: int) -> int:
    """The position after a value of `read_any`."""
    return read_any(data, pos)[1]


_CONSTANTS: dict[int, bool | None] = {127: None, 126: None, 121: False, 120: True}
_FIXED = {124: (">f", 4), 123: (">d", 8), 122: (">q", 8)}


def write_varuint(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)


def write_varint(out: bytearray, value: int) -> None:
    sign = 0x40 if value < 0 else 0
    value = abs(value)
    byte = sign | (value & 0x3F)
    value >>= 6
    if value:
        out.append(0x80 | byte)
        write_varuint(out, value)
    else:
        out.append(byte)


def write_bytes(out: bytearray, value: bytes) -> None:
    write_varuint(out, len(value))
    out += value


def write_string(out: bytearray, value: str) -> None:
    write_bytes(out, value.encode())


def write_any(out: bytearray, value: Any) -> None:
    """The inverse of `read_any`; integers beyond 2^31 - 1 are written as doubles, as lib0 does."""
    if value is None:
        out.append(126)
    elif isinstance(value, bool):
        out.append(120 if value else 121)
    elif isinstance(value, int) and abs(value) <= 0x7FFFFFFF:
        out.append(125)
        write_varint(out, value)
    elif isinstance(value, int | float):
        out.append(123)
        out += struct.pack(">d", value)
    elif isinstance(value, str):
        out.append(119)
        write_string(out, value)
    elif isinstance(value, bytes | bytearray):
        out.append(116)
        write_bytes(out, bytes(value))
    elif isinstance(value, list | tuple):
        out.append(117)
        write_varuint(out, len(value))
        for item in value:
            write_any(out, item)
    elif isinstance(value, dict):
        out.append(118)
        write_varuint(out, len(value))
        for key, item in value.items():
            write_string(out, key)
            write_any(out, item)
    else:
        raise TypeError(f"lib0 has no form for {type(value).__name__}")
