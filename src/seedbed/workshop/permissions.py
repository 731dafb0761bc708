"""What a member may do, asked at every subscription, update and command.

| | own group | other groups | phases | people |
|---|---|---|---|---|
| organiser | reads, writes, phase or not | the same | opens, closes | all |
| moderator | reads, writes, phase or not | the same | opens, closes | moves, removes participants and observers |
| curator | reads | reads | | reads |
| participant | reads; writes while the phase is open | | | |
| observer | reads | | | |

To say where pasted text came from stays possible when the phase has closed: it changes no text, and an answer that
comes late is better than none.
"""

from __future__ import annotations

from seedbed.workshop.places import WORKSHOP, parse_place
from seedbed.workshop.roles import EVERYWHERE, FACILITATORS, Member

__all__ = ["can"]

_WRITES = frozenset({"write", "row.add", "row.set", "row.remove", "row.restore", "paste.declare", "model.use"})
_PHASES = frozenset({"phase.open", "phase.close"})
_PEOPLE = frozenset({"member.move", "member.remove"})
_ORGANISING = frozenset({"member.join", "group.add"})


def can(member: Member, doc: str, act: str, phase: str = "open") -> str | None:
    """None when `member` may do `act` to the document `doc`, else the code of the refusal.

    `act` is "read", "write" (an update) or the kind of a command; `phase` is that of the board now. Codes: removed,
    unknown_document, not_yours, read_only, phase_closed, bad_command.
    """
    if member.removed:
        return "removed"
    if doc == WORKSHOP:
        return _of_workshop(member, act)
    place = parse_place(doc)
    if place is None:
        return "unknown_document"
    role = member.role
    if role not in EVERYWHERE and (role not in ("participant", "observer") or member.group != place.group):
        return "not_yours"
    if act == "read":
        return None
    if role in FACILITATORS:
        return None if act in _WRITES or act in _PHASES else "bad_command"
    if act in _PHASES:
        return "not_yours"
    if act not in _WRITES:
        return "bad_command"
    if role != "participant":
        return "read_only"
    return "phase_closed" if phase != "open" and act != "paste.declare" else None


def _of_workshop(member: Member, act: str) -> str | None:
    if member.role not in EVERYWHERE:
        return "not_yours"
    if act == "read":
        return None
    if act in _PEOPLE:
        return None if member.role in FACILITATORS else "read_only"
    if act in _ORGANISING:
        return None if member.role == "organiser" else "not_yours"
    return "bad_command"
