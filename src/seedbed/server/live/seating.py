"""What a HELLO comes to: a seat and WELCOME, or CLOSED with the reason."""

from __future__ import annotations

import logging
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.server.identity import Who
from seedbed.server.live import frames
from seedbed.server.live.connection import Connection
from seedbed.server.live.frames import BadFrame, Down
from seedbed.server.live.seats import Seat
from seedbed.server.live.study import LiveStudy
from seedbed.server.refusals import Refusal
from seedbed.workshop import WORKSHOP, can

__all__ = ["barred", "seated"]

_log = logging.getLogger(__name__)


def barred(study: LiveStudy, who: Who, doc: str) -> str | None:
    """Why `who` may not open `doc` now, or None."""
    code = can(study.member(who), doc, "read")
    if code is None and (doc == WORKSHOP or not study.has(doc)):
        return "unknown_document"
    return code


async def seated(study: LiveStudy, who: Who, connection: Connection, channel: int, hello: dict[str, Any]) -> None:
    """Answer a HELLO that came by `connection`. Raises BadFrame."""
    doc, epoch, previous = _checked(hello)
    try:
        await study.level()  # of the members: whoever was just let in by another process is let in here
        code = barred(study, who, doc)
        if code is None:
            room = await study.turned(doc)
            code = barred(study, who, doc)  # moved or removed while it was read
            if code is None and epoch is not None and epoch != room.epoch:
                code = "epoch"
    except (SeedbedError, Refusal) as error:
        _log.error("%s could not be read: %s: %s", doc, type(error).__name__, error)
        code = "storage"
    if code is not None:
        connection.send(frames.jsonly(Down.CLOSED, channel, {"code": code}))
        return
    if connection.over:
        return  # gone while the document was read
    member = study.member(who)
    anonymous = study.roll.members.is_anonymous(member.id)
    seat = Seat(connection, channel, member, who.name, anonymous)
    connection.seats[channel] = (seat, room)
    limits = study.settings.limits

    def welcome() -> None:
        said = {
            "client": seat.client, "epoch": room.epoch, "person": member.id, "role": member.role,
            "name": "" if anonymous else who.name, "write": can(seat.member, doc, "write", room.fold.phase) is None,
            "limits": {"update": limits.update, "cell": limits.cell, "document": limits.document},
        }  # fmt: skip
        if not seat.gone:
            connection.send(frames.jsonly(Down.WELCOME, channel, said))

    room.sit(seat, writes=can(member, doc, "write", "open") is None, previous=previous, welcome=welcome)


def _checked(hello: dict[str, Any]) -> tuple[str, int | None, list[int]]:
    """(doc, epoch, previous) of a HELLO. Raises BadFrame."""
    doc, epoch, previous = hello.get("doc"), hello.get("epoch"), hello.get("previous", [])
    if hello.get("protocol") != frames.PROTOCOL:
        raise BadFrame("protocol")
    if not isinstance(doc, str) or len(doc) > 200 or not (epoch is None or type(epoch) is int):
        raise BadFrame("bad hello")
    if not isinstance(previous, list) or len(previous) > 64 or any(type(id) is not int for id in previous):
        raise BadFrame("bad hello")
    return doc, epoch, previous
