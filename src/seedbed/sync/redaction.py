"""Erasure of a person's text from stored updates: `redact`."""

from __future__ import annotations

from collections.abc import Container

from seedbed.sync.encoding import write_varuint
from seedbed.sync.update import DELETED, GC, SKIP, UNLIMITED, Section, Struct, Update, parse, write

__all__ = ["redact"]


def redact(update: bytes, clients: Container[int]) -> bytes:
    """`update` with what these clients wrote turned into deleted content of the same length.

    No struct disappears and none moves: clients, clocks, lengths, origins and parents stay, so whatever stands on the
    text that is gone (a colleague's word in the middle of it, a later deletion) still finds its place. Structs are
    rewritten by the client that they belong to, wherever they stand: also in an update that somebody else sent, as a
    page does that sends again what it is not sure the server has.

    Replaying a log redacted throughout gives the same state vector, and every other client's text unchanged. Where
    nothing was theirs the same bytes come back. Raises `Refused("malformed")` if `update` is not one.

    Out of reach: text that somebody else's client holds a copy of. Whoever undoes a deletion, or pastes, writes the
    characters anew under an id of their own.
    """
    parsed = parse(update, UNLIMITED)
    changed = False
    sections = []
    for section in parsed.sections:
        if section.client in clients and any(struct.kind not in (GC, SKIP, DELETED) for struct in section.structs):
            changed = True
            section = Section(section.client, [_blank(struct) for struct in section.structs])
        sections.append(section)
    return write(Update(sections, parsed.deletes)) if changed else update


def _blank(struct: Struct) -> Struct:
    if struct.kind in (GC, SKIP, DELETED):
        return struct
    length = bytearray()
    write_varuint(length, struct.length)
    return struct._replace(kind=DELETED, text="", raw=bytes(length))
