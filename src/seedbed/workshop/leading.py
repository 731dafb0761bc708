"""What comes of a command of facilitation: see `facilitation` for what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed.workshop.answers import Decided, Refusal, done
from seedbed.workshop.applied import Fold
from seedbed.workshop.commands import (
    CheckinAnswer,
    CheckinClose,
    CheckinOpen,
    Command,
    InterventionAdd,
    InterventionRemove,
    MessageAdd,
    MessageRemove,
    NeutralityRate,
    NoteRemove,
    NoteSet,
    QuestionAnswer,
    QuestionAsk,
    QuestionRemove,
    QuestionSame,
    TrainingConfirm,
)
from seedbed.workshop.commands.facilitation import ITEMS
from seedbed.workshop.roles import FACILITATORS, Member

__all__ = ["decide"]

# How much stands of each kind, and how much of it may be one person's. Everybody who leads is sent nearly all of it.
_MOST: Mapping[str, tuple[int, int]] = {
    "questions": (1000, 100), "messages": (2000, 1000), "notes": (2000, 300), "checkins": (200, 200),
    "interventions": (2000, 1000), "neutrality": (2000, 500),
}  # fmt: skip


class _Asked:
    """One command of one member."""

    def __init__(self, state: Fold, member: Member, command: Command, fresh: str) -> None:
        self.state, self.member, self.command, self.fresh = state, member, command, fresh

    def full(self, collection: str) -> Refusal | None:
        most, each = _MOST[collection]
        items = self.state.items(collection).values()
        own = sum(item["by"] == self.member.id for item in items)
        return Refusal("document_full") if len(items) >= most or own >= each else None

    def add(self, collection: str, detail: Mapping[str, Any]) -> Decided:
        """A new item, where there is room. Raises ValueError where the caller brought no fresh id."""
        if not self.fresh or self.fresh in self.state.items(collection):
            raise ValueError(f"a new item of {collection} needs a fresh id")
        return self.full(collection) or done(self.command, self.fresh, detail)

    def remove(self, collection: str, id: str) -> Decided:
        """One's own alone. Whoever may not see another's hears that it is not there."""
        item = self.state.items(collection).get(id)
        if item is not None and item["by"] == self.member.id:
            return done(self.command, id)
        seen = item is not None and self.state.shown(self.member, collection, id, item) is not None
        return Refusal("not_yours" if seen else "unknown_item")


def decide(state: Fold, member: Member, command: Command, fresh: str) -> Decided:
    """What comes of a command that its sender may give."""
    asked = _Asked(state, member, command, fresh)
    match command:
        case QuestionAsk() | QuestionAnswer() | QuestionSame() | QuestionRemove():
            return _question(asked, command)
        case CheckinOpen() | CheckinClose() | CheckinAnswer():
            return _checkin(asked, command)
        case MessageAdd():
            return asked.add("messages", {"text": command.text})
        case MessageRemove():
            return asked.remove("messages", command.message)
        case NoteSet():
            if command.note is None:
                return asked.add("notes", {"text": command.text})
            own = state.items("notes").get(command.note, {}).get("by") == member.id
            return done(command, command.note, {"text": command.text}) if own else Refusal("unknown_item")
        case NoteRemove():
            return asked.remove("notes", command.note)
        case InterventionAdd():
            return asked.add("interventions", {"group": command.group, "what": command.what, "text": command.text})
        case InterventionRemove():
            return asked.remove("interventions", command.intervention)
        case TrainingConfirm():
            return done(command, member.id, {"version": command.version})
        case NeutralityRate():
            place = f"{command.of}:{command.session}:{member.id}"
            known = place in state.items("neutrality")
            if command.score is None and not known:
                return Refusal("unknown_item")
            full = None if known else asked.full("neutrality")
            rating = {"session": command.session, "score": command.score, "text": command.text}
            return full or done(command, command.of, rating)
    return Refusal("bad_command")


def _question(asked: _Asked, command: QuestionAsk | QuestionAnswer | QuestionSame | QuestionRemove) -> Decided:
    member, questions = asked.member, asked.state.items("questions")
    match command:
        case QuestionAsk():
            group = command.group
            if member.role not in FACILITATORS:
                if group not in (None, member.group):
                    return Refusal("not_yours")
                group = member.group
            return asked.add("questions", {"group": group, "text": command.text})
        case QuestionRemove():
            return asked.remove("questions", command.question)
    if command.question not in questions:
        return Refusal("unknown_item")
    if isinstance(command, QuestionAnswer):
        return done(command, command.question, {"text": command.text, "public": command.public})
    found = questions.get(command.same_as)
    if found is None:
        return Refusal("unknown_item")
    root = found["same_as"] or command.same_as
    return Refusal("bad_command") if root == command.question else done(command, command.question, {"as": root})


def _checkin(asked: _Asked, command: CheckinOpen | CheckinClose | CheckinAnswer) -> Decided:
    if isinstance(command, CheckinOpen):
        return asked.add("checkins", {"about": command.about, "groups": list(command.groups)})
    checkin = asked.state.items("checkins").get(command.checkin)
    if checkin is None or asked.state.shown(asked.member, "checkins", command.checkin, checkin) is None:
        return Refusal("unknown_item")
    if isinstance(command, CheckinClose):
        return done(command, command.checkin)
    if checkin["closed"] is not None:
        return Refusal("checkin_closed")
    items, most = ITEMS[checkin["about"]]
    if set(command.values) != set(items) or max(command.values.values()) > most or not asked.member.group:
        return Refusal("bad_command")
    # a text and no data: how somebody is goes with them when they are erased
    values = " ".join(str(command.values[item]) for item in items)
    return done(command, command.checkin, {"group": asked.member.group, "values": values})
