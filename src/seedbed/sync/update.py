"""Yjs updates, version 1, as data: `parse` and its inverse `write`.

An update is, for each client (highest number first), a row of structs from some clock on, and then a delete set.
`parse` knows every kind of struct and judges none of them; that is `checks`. It takes one form of each update only, the
one that Yjs and yrs write: clients strictly descending and each once, no empty sections, no empty structs, delete
ranges ascending without overlap, nothing after the end. What the two libraries would read differently (a second
section of one client, flag bits on GC and skip, clocks near 2^31) is thereby `Refused("malformed")`.

`write(parse(data)) == data` for whatever `parse` takes.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from seedbed.sync.encoding import (
    DEPTH,
    Refused,
    malformed,
    read_bytes,
    read_string,
    read_varuint,
    skip_any,
    utf16_length,
    write_string,
    write_varuint,
)

__all__ = [
    "ANY",
    "BINARY",
    "DELETED",
    "DOC",
    "EMBED",
    "FORMAT",
    "GC",
    "JSON",
    "MAX_CLIENT",
    "MAX_CLOCK",
    "SKIP",
    "STRING",
    "SUB",
    "TYPE",
    "UNLIMITED",
    "Bounds",
    "Ranges",
    "Section",
    "Struct",
    "Update",
    "parse",
    "write",
]

GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)
_ORIGIN, _RIGHT, SUB, _KIND = 0x80, 0x40, 0x20, 0x1F  # of the info byte; SUB: the item has a key
_LAST_TYPE = 6  # YXmlText; yrs knows more, Yjs throws at them
_NAMED_TYPES = (3, 5)  # YXmlElement, YXmlHook: a name follows

MAX_CLIENT = 2**32 - 1  # Yjs draws client ids from 32 bits
MAX_CLOCK = 2**31 - 1  # yrs keeps clocks in 32 bits and takes differences of them as signed


class Bounds(NamedTuple):
    """What one update may cost to read: bytes, structs, clients (of either half), delete ranges."""

    size: int = 1 << 20
    structs: int = 20_000
    clients: int = 10_000
    ranges: int = 100_000


UNLIMITED = Bounds(1 << 40, 1 << 40, 1 << 40, 1 << 40)


class Struct(NamedTuple):
    """One struct. `kind` and `flags` make up the info byte; `clock` and `length` are in UTF-16 units for text.

    `origin` and `right` are (client, clock) or None. `parent` is the name of a root, or the (client, clock) of the item
    that holds the type, or None where it follows from a neighbour. `text` is the content of a string; `raw` is the
    encoded content of anything else, without interpretation.
    """

    kind: int
    flags: int
    clock: int
    length: int
    origin: tuple[int, int] | None = None
    right: tuple[int, int] | None = None
    parent: str | tuple[int, int] | None = None
    sub: str | None = None
    text: str = ""
    raw: bytes = b""


class Section(NamedTuple):
    """Structs of one client, each beginning where the one before it ends; at least one."""

    client: int
    structs: list[Struct]


class Ranges(NamedTuple):
    """Deleted clocks of one client: (start, end), end excluded, ascending."""

    client: int
    spans: list[tuple[int, int]]


class Update(NamedTuple):
    """What was written, highest client first, and what was deleted."""

    sections: list[Section]
    deletes: list[Ranges]


def parse(data: bytes, bounds: Bounds = Bounds()) -> Update:  # noqa: B008 (immutable)
    """The update in `data`; raises `Refused` ("malformed" or "too_large") and nothing else."""
    if len(data) > bounds.size:
        raise Refused("too_large")
    try:
        sections, pos = _sections(data, bounds)
        deletes, pos = _deletes(data, pos, bounds)
    except IndexError:
        raise malformed() from None
    if pos != len(data):
        raise malformed()
    return Update(sections, deletes)


def _sections(data: bytes, bounds: Bounds) -> tuple[list[Section], int]:
    count, pos = read_varuint(data, 0)
    if count > bounds.clients:
        raise Refused("too_large")
    sections = []
    left = bounds.structs
    previous = MAX_CLIENT + 1
    for _ in range(count):
        number, pos = read_varuint(data, pos)
        client, pos = read_varuint(data, pos)
        clock, pos = read_varuint(data, pos)
        if number == 0 or client >= previous:
            raise malformed()
        if number > left:
            raise Refused("too_large")
        left -= number
        previous = client
        structs = []
        for _ in range(number):
            struct, pos = _struct(data, pos, clock)
            clock += struct.length
            if clock > MAX_CLOCK:
                raise malformed()
            structs.append(struct)
        sections.append(Section(client, structs))
    return sections, pos


def _struct(data: bytes, pos: int, clock: int) -> tuple[Struct, int]:
    info = data[pos]
    pos += 1
    kind = info & _KIND
    if kind in (GC, SKIP):
        if info != kind:
            raise malformed()
        length, pos = read_varuint(data, pos)
        if length == 0:
            raise malformed()
        return Struct(kind, 0, clock, length), pos
    origin = right = parent = sub = None
    if info & _ORIGIN:
        client, pos = read_varuint(data, pos)
        at, pos = read_varuint(data, pos)
        origin = (client, at)
    if info & _RIGHT:
        client, pos = read_varuint(data, pos)
        at, pos = read_varuint(data, pos)
        right = (client, at)
    if origin is None and right is None:
        parent, pos = _parent(data, pos)
        if info & SUB:
            sub, pos = read_string(data, pos)
    if kind == STRING:
        text, pos = read_string(data, pos)
        length = utf16_length(text)
        if length == 0:
            raise malformed()
        return Struct(kind, info - kind, clock, length, origin, right, parent, sub, text), pos
    start = pos
    length, pos = _content(data, pos, kind)
    return Struct(kind, info - kind, clock, length, origin, right, parent, sub, "", data[start:pos]), pos


def _parent(data: bytes, pos: int) -> tuple[str | tuple[int, int], int]:
    named, pos = read_varuint(data, pos)
    if named == 1:
        return read_string(data, pos)
    if named != 0:
        raise malformed()
    client, pos = read_varuint(data, pos)
    clock, pos = read_varuint(data, pos)
    return (client, clock), pos


def _content(data: bytes, pos: int, kind: int) -> tuple[int, int]:
    """(length in clocks, position after) of a content that is not a string."""
    length = 1
    if kind == DELETED:
        length, pos = read_varuint(data, pos)
    elif kind in (JSON, ANY):
        length, pos = read_varuint(data, pos)
        for _ in range(length):
            pos = skip_any(data, pos) if kind == ANY else _skip_json(data, pos, undefined=True)
    elif kind == BINARY:
        _, pos = read_bytes(data, pos)
    elif kind == EMBED:
        pos = _skip_json(data, pos)
    elif kind == FORMAT:
        _, pos = read_string(data, pos)
        pos = _skip_json(data, pos)
    elif kind == TYPE:
        which, pos = read_varuint(data, pos)
        if which > _LAST_TYPE:
            raise malformed()
        if which in _NAMED_TYPES:
            _, pos = read_string(data, pos)
    elif kind == DOC:
        _, pos = read_string(data, pos)
        pos = skip_any(data, pos)
    else:
        raise malformed()
    if length == 0:
        raise malformed()
    return length, pos


def _skip_json(data: bytes, pos: int, *, undefined: bool = False) -> int:
    text, pos = read_string(data, pos)
    if undefined and text == "undefined":
        return pos
    if text.count("[") + text.count("{") > DEPTH:  # more than any mark of an editor; keeps json off the stack's end
        raise malformed()
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise malformed() from None
    return pos


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are Python's own additions to JSON


def _deletes(data: bytes, pos: int, bounds: Bounds) -> tuple[list[Ranges], int]:
    count, pos = read_varuint(data, pos)
    if count > bounds.clients:
        raise Refused("too_large")
    deletes: list[Ranges] = []
    left = bounds.ranges
    seen = set()
    for _ in range(count):
        client, pos = read_varuint(data, pos)
        number, pos = read_varuint(data, pos)
        if client in seen or client > MAX_CLIENT or number == 0:
            raise malformed()
        if number > left:
            raise Refused("too_large")
        left -= number
        seen.add(client)
        spans = []
        after = 0
        for _ in range(number):
            start, pos = read_varuint(data, pos)
            length, pos = read_varuint(data, pos)
            if start < after or length == 0 or start + length > MAX_CLOCK:
                raise malformed()
            after = start + length
            spans.append((start, after))
        deletes.append(Ranges(client, spans))
    return deletes, pos


def write(update: Update) -> bytes:
    """The bytes of `update`. It is the caller's to keep the order that `parse` asks for."""
    out = bytearray()
    write_varuint(out, len(update.sections))
    for client, structs in update.sections:
        write_varuint(out, len(structs))
        write_varuint(out, client)
        write_varuint(out, structs[0].clock)
        for struct in structs:
            _write_struct(out, struct)
    write_varuint(out, len(update.deletes))
    for client, spans in update.deletes:
        write_varuint(out, client)
        write_varuint(out, len(spans))
        for start, end in spans:
            write_varuint(out, start)
            write_varuint(out, end - start)
    return bytes(out)


def _write_struct(out: bytearray, struct: Struct) -> None:
    out.append(struct.kind | struct.flags)
    if struct.kind in (GC, SKIP):
        write_varuint(out, struct.length)
        return
    for reference in (struct.origin, struct.right):
        if reference is not None:
            write_varuint(out, reference[0])
            write_varuint(out, reference[1])
    if isinstance(struct.parent, str):
        out.append(1)
        write_string(out, struct.parent)
    elif struct.parent is not None:
        out.append(0)
        write_varuint(out, struct.parent[0])
        write_varuint(out, struct.parent[1])
    if struct.sub is not None:
        write_string(out, struct.sub)
    if struct.kind == STRING:
        write_string(out, struct.text)
    else:
        out += struct.raw
