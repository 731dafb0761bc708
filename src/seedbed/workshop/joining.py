"""What comes of a command about people: who comes in, who moves and removes whom, what people say of themselves."""

from __future__ import annotations

from seedbed.workshop.answers import Already, Decided, Refusal, done
from seedbed.workshop.commands import (
    Command,
    ConsentGive,
    GroupAdd,
    MemberJoin,
    MemberMove,
    MemberRemove,
    ProfileSet,
    WarningAnswer,
)
from seedbed.workshop.commands.people import PROFILE
from seedbed.workshop.members import Members
from seedbed.workshop.permissions import can
from seedbed.workshop.roles import Member

__all__ = ["decide"]


def decide(members: Members, member: Member, command: Command) -> Decided:
    """What comes of `command` when `member` gives it to the workshop."""
    known = members.member(member.id)
    if isinstance(command, MemberJoin) and command.person == member.id:
        return _join(members, member, known, command)
    if isinstance(command, ConsentGive | ProfileSet | WarningAnswer):
        return _of_oneself(members, member, known, command)
    if (refused := can(known or member, members.doc, "read")) is not None:
        return Refusal(refused)
    if (event := members.commands.find(member.id, command.id)) is not None:
        return Already(event)
    if (refused := can(known or member, members.doc, command.kind)) is not None:
        return Refusal(refused)
    if isinstance(command, GroupAdd):
        taken = {group.casefold() for group in members.groups}  # a folder or a spreadsheet may not tell a from A
        return Refusal("bad_command") if command.group.casefold() in taken else done(command, command.group)
    if isinstance(command, MemberJoin):
        return _placed(members, command)
    if not isinstance(command, MemberMove | MemberRemove):
        return Refusal("bad_command")
    whom = members.member(command.person)
    if whom is None:
        return Refusal("bad_command")
    if member.role != "organiser" and whom.role not in ("participant", "observer"):
        return Refusal("not_yours")
    if isinstance(command, MemberRemove):
        return done(command, command.person)
    if command.group not in members.groups or whom.role in ("rater", "contributor"):
        return Refusal("bad_command")
    return done(command, command.person, {"group": command.group})


def _join(members: Members, member: Member, known: Member | None, command: MemberJoin) -> Decided:
    """Someone's own first arrival: as what the server says they are, which is what their link says."""
    if (event := members.commands.find(member.id, command.id)) is not None and known and not known.removed:
        return Already(event)
    if known is not None:
        # who was moved or removed since does not undo that by coming in again
        return Refusal("removed") if known.removed else Refusal("bad_command")
    if (command.role, command.group) != (member.role, member.group) or member.removed:
        return Refusal("not_yours")
    return _placed(members, command)


def _placed(members: Members, command: MemberJoin) -> Decided:
    if command.group is not None and command.group not in members.groups:
        return Refusal("bad_command")
    detail = {"group": command.group, "role": command.role, "anonymous": command.anonymous}
    return done(command, command.person, detail)


def _of_oneself(
    members: Members, member: Member, known: Member | None, command: ConsentGive | ProfileSet | WarningAnswer
) -> Decided:
    if (known or member).removed:
        return Refusal("removed")
    if command.person != member.id:
        return Refusal("not_yours")
    if known is None:
        return Refusal("unknown_person")  # an account takes part in no group
    if (event := members.commands.find(member.id, command.id)) is not None:
        return Already(event)
    match command:
        case ConsentGive():
            return done(command, command.person, {"items": dict(command.items), "version": command.version})
        case ProfileSet():
            return done(command, command.person, {name: getattr(command, name).strip() for name in PROFILE})
        case WarningAnswer():
            return done(command, command.person, {"choice": command.choice})
