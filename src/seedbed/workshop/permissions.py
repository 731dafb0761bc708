"""What a member may do, asked at every subscription, update and command.

| | own group | other groups | phases, labels, prompts | agenda | facilitation | people |
|---|---|---|---|---|---|---|
| organiser | reads, writes, phase or not | the same | sets | reads, sets | leads | all |
| moderator | reads, writes, phase or not | the same | sets | reads, sets step, time | leads | moves, removes some |
| curator | reads | reads | | reads | reads what all may | reads |
| participant | reads; writes while the phase is open | | | reads | asks, answers | |
| observer | reads | | | reads | reads what all may | |
| rater | | | | | | |

A rater sees no board: rating tasks are no part of a workshop. A moderator moves and removes participants and
observers. Writing is also to comment, vote, keep versions, tag, mark, rate and propose labels. To say where pasted text
came from stays possible when the phase has closed: it changes no text, and an answer that comes late is better than
none. The board of a debrief is for organisers, moderators and curators to read, and for the first two to write. What a
person says of themselves (consent, profile, the answer to the warning) everyone may say, of themselves alone: `decide`
sees to that.
"""

from __future__ import annotations

from seedbed.workshop.places import AGENDA, DEBRIEF, FACILITATION, WORKSHOP, parse_place
from seedbed.workshop.roles import EVERYWHERE, FACILITATORS, Member

__all__ = ["can"]

_WRITES = frozenset(
    {
        "write", "row.add", "row.set", "row.remove", "row.restore", "paste.declare", "model.use",
        "comment.add", "comment.resolve", "comment.remove", "vote.set", "reaction.set", "version.keep",
        "slot.add", "slot.remove", "label.add", "tag.set", "span.add", "span.remove", "rating.set",
        "topic.keep", "topic.drop",
    }
)  # fmt: skip
_FACILITATING = frozenset({"phase.open", "phase.close", "label.review", "prompt.give", "prompt.swap"})
_PEOPLE = frozenset({"member.move", "member.remove"})
_ORGANISING = frozenset({"member.join", "group.add"})
_OF_ONESELF = frozenset({"consent.give", "profile.set", "warning.answer"})
_STEERING = frozenset(
    {
        "step.go", "bridge.give", "timer.set", "break.begin", "break.end", "announcement.add", "announcement.remove",
        "lesson.add", "lesson.set", "lesson.change", "lesson.remove",
    }
)  # fmt: skip
_SETTING = frozenset({"template.set", "taxonomy.set", "lesson.decide"})
_LEADING = frozenset(
    {
        "question.ask", "question.answer", "question.same", "question.remove", "message.add", "message.remove",
        "note.set", "note.remove", "checkin.open", "checkin.close", "intervention.add", "intervention.remove",
        "training.confirm", "neutrality.rate",
    }
)  # fmt: skip
_LED = frozenset({"question.ask", "question.remove", "checkin.answer"})
_IN_A_GROUP = frozenset({"participant", "observer"})


def can(member: Member, doc: str, act: str, phase: str = "open") -> str | None:
    """None when `member` may do `act` to the document `doc`, else the code of the refusal.

    `act` is "read", "write" (an update) or the kind of a command; `phase` is that of the board now. Codes: removed,
    unknown_document, not_yours, read_only, phase_closed, bad_command.
    """
    if member.removed:
        return "removed"
    if doc == WORKSHOP:
        return _of_workshop(member, act)
    if doc == AGENDA:
        return _of_agenda(member, act)
    if doc == FACILITATION:
        return _of_facilitation(member, act)
    place = parse_place(doc)
    if place is None:
        return "unknown_document"
    role = member.role
    if role not in EVERYWHERE and (
        role not in _IN_A_GROUP or member.group != place.group or place.activity.name == DEBRIEF
    ):
        return "not_yours"
    if act == "read":
        return None
    if role in FACILITATORS:
        return None if act in _WRITES or act in _FACILITATING else "bad_command"
    if act in _FACILITATING:
        return "not_yours"
    if act not in _WRITES:
        return "bad_command"
    if role != "participant":
        return "read_only"
    return "phase_closed" if phase != "open" and act != "paste.declare" else None


def _of_workshop(member: Member, act: str) -> str | None:
    if act in _OF_ONESELF:
        return None
    if member.role not in EVERYWHERE:
        return "not_yours"
    if act == "read":
        return None
    if act in _PEOPLE:
        return None if member.role in FACILITATORS else "read_only"
    if act in _ORGANISING:
        return None if member.role == "organiser" else "not_yours"
    return "bad_command"


def _of_agenda(member: Member, act: str) -> str | None:
    if member.role not in EVERYWHERE and member.role not in _IN_A_GROUP:
        return "not_yours"
    if act == "read":
        return None
    if act == "write":
        return "read_only"  # nobody types here
    if act in _STEERING:
        return None if member.role in FACILITATORS else "not_yours"
    if act in _SETTING:
        return None if member.role == "organiser" else "not_yours"
    return "bad_command"


def _of_facilitation(member: Member, act: str) -> str | None:
    role = member.role
    if role not in EVERYWHERE and role not in _IN_A_GROUP:
        return "not_yours"
    if act == "read":
        return None
    if act == "write":
        return "read_only"
    if act not in _LEADING and act not in _LED:
        return "bad_command"
    if role in FACILITATORS:
        return None if act in _LEADING else "not_yours"
    if role != "participant":
        return "read_only"
    return None if act in _LED else "not_yours"
