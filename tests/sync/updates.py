"""Updates made by hand, as no honest page would make them."""

from __future__ import annotations

from seedbed.sync.encoding import utf16_length, write_varuint
from seedbed.sync.update import DELETED, GC, SKIP, STRING, Ranges, Section, Struct, Update, write

Id = tuple[int, int]


def text(
    clock: int, content: str, origin: Id | None = None, right: Id | None = None, root: str | None = None
) -> Struct:
    """A string item. With neither origin nor right origin it stands in `root` ("t")."""
    return Struct(
        STRING,
        _flags(origin, right),
        clock,
        utf16_length(content),
        origin,
        right,
        _parent(origin, right, root),
        None,
        content,
    )


def gone(clock: int, length: int, origin: Id | None = None, right: Id | None = None, root: str | None = None) -> Struct:
    raw = bytearray()
    write_varuint(raw, length)
    return Struct(
        DELETED, _flags(origin, right), clock, length, origin, right, _parent(origin, right, root), None, "", bytes(raw)
    )


def item(kind: int, raw: str, clock: int = 0, length: int = 1, root: str = "t") -> Struct:
    """An item of any kind, with its content in hexadecimal."""
    return Struct(kind, 0, clock, length, None, None, root, None, "", bytes.fromhex(raw))


def gc(clock: int, length: int) -> Struct:
    return Struct(GC, 0, clock, length)


def skip(clock: int, length: int) -> Struct:
    return Struct(SKIP, 0, clock, length)


def update(sections: dict[int, list[Struct]] | None = None, deletes: dict[int, list[Id]] | None = None) -> bytes:
    return write(
        Update(
            [Section(client, structs) for client, structs in sorted((sections or {}).items(), reverse=True)],
            [Ranges(client, spans) for client, spans in (deletes or {}).items()],
        )
    )


def _flags(origin: Id | None, right: Id | None) -> int:
    return (0x80 if origin else 0) | (0x40 if right else 0)


def _parent(origin: Id | None, right: Id | None, root: str | None) -> str | None:
    return ("t" if root is None else root) if origin is None and right is None else None
