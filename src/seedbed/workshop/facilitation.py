"""What moderators and those whom they lead tell one another, as the fold of the stream `facilitation`.

    question.ask        subject question {cmd, group} and the text `text`
    question.answer     subject question {cmd, public} and the text `text`
    question.same       subject question {cmd, as}
    message.add         subject message {cmd} and the text `text`
    note.set            subject note {cmd} and the text `text`
    checkin.open        subject checkin {cmd, about, groups}
    checkin.close       subject checkin {cmd}
    checkin.answer      subject checkin {cmd, group} and the text `values`: one number an item, in the order of `ITEMS`
    intervention.add    subject intervention {cmd, group, what} and the text `text`
    training.confirm    subject person {cmd, version}
    neutrality.rate     subject person {cmd, session, score} and the text `text`
    question.remove, message.remove, note.remove, intervention.remove {cmd}

Collections: `questions/<id>` {by, group, text, at, answer, answered_by, answered_at, public, same_as}, `messages/<id>`
{by, text, at}, `notes/<id>` {by, text, at}, `checkins/<id>` {about, at, by, closed, groups, answered, counts},
`answers/<checkin>:<person>` {checkin, person, group, values, at}, `interventions/<id>` {by, group, what, text, at},
`training/<person>` {version, at} and `neutrality/<of>:<session>:<by>` {of, session, by, score, text, at}.

What is whose: notes and answers to check-ins are their person's alone. Ratings of neutrality are seen by who gave them
and by organisers. The rest is for those who run the workshop; of it others see their own questions, public questions
without who asked, and the check-ins that ask them, without a number. Numbers of a check-in appear when it is closed,
all at once, and of a group only where at least `FEW` answered: while it is open the next answer would be the difference
between two numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from seedbed.workshop.applied import Applied, Change, Fold, Happened
from seedbed.workshop.commands.facilitation import ITEMS
from seedbed.workshop.places import FACILITATION
from seedbed.workshop.roles import EVERYWHERE, FACILITATORS, Member

__all__ = ["FEW", "Facilitation"]

FEW = 3  # answers of a group below which their numbers would tell whose they are
_COLLECTIONS = ("questions", "messages", "notes", "checkins", "answers", "interventions", "training", "neutrality")
_REMOVED = {
    "question.remove": "questions", "message.remove": "messages", "note.remove": "notes",
    "intervention.remove": "interventions",
}  # fmt: skip
_UNANSWERED = {"answer": "", "answered_by": "", "answered_at": "", "public": False, "same_as": None}
_ANSWER = ("answer", "answered_by", "answered_at")


class Facilitation(Fold):
    """Facilitation, from its first event on."""

    GUARDED = frozenset(_COLLECTIONS)
    doc = FACILITATION
    phase = "open"  # it never closes

    def __init__(self) -> None:
        super().__init__({collection: {} for collection in _COLLECTIONS})

    # --- who sees what --------------------------------------------------------------------------------------------

    def shown(self, viewer: Member, collection: str, id: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        match collection:
            case "notes":
                return value if value["by"] == viewer.id else None
            case "answers":
                return value if value["person"] == viewer.id else None
            case "neutrality":
                return value if value["by"] == viewer.id or viewer.role == "organiser" else None
        if viewer.role in FACILITATORS:
            return value
        match collection:
            case "questions" if value["by"] == viewer.id:
                # which other it was joined to is known to those who joined them
                return {**value, "same_as": None}
            case "questions" if value["public"]:
                return {**value, "by": "", "group": None, "same_as": None}
            case "checkins" if not value["groups"] or viewer.group in value["groups"] or viewer.role in EVERYWHERE:
                return {**value, "answered": {}, "counts": {}}
        return None

    def misses(self, viewer: Member, collection: str, id: str) -> bool:
        if collection == "neutrality":  # its id says who rated whom
            return viewer.role == "organiser" or id.endswith(f":{viewer.id}")
        return viewer.role in FACILITATORS or collection == "questions"

    def sight(self, viewer: Member) -> Hashable:
        return (viewer.role, viewer.group)

    def told(self, event: Applied, viewer: Member) -> dict[str, Any] | None:
        """An event names who did it only to those who run the workshop, and who answered a check-in to nobody else."""
        found = super().told(event, viewer)
        if found is None or event.actor == viewer.id:
            return found
        leads = viewer.role in FACILITATORS
        if not leads and not found["changes"]:
            return None
        return found if leads and event.kind != "checkin.answer" else {**found, "actor": ""}

    # --- what changes it ------------------------------------------------------------------------------------------

    def _changes(self, event: Happened) -> list[Change]:
        data, id, at, by = event.data, event.subject, event.at, event.actor
        if event.kind in _REMOVED:
            return self._removed(_REMOVED[event.kind], id)
        match event.kind:
            case "question.ask":
                # one whose words were erased stands without them: others may have been joined to it
                asked = {"by": by, "group": data["group"], "text": data["text"] or "", "at": at, **_UNANSWERED}
                return self._new("questions", id, asked)
            case "question.answer":
                return self._answered(event)
            case "question.same":
                return self._joined(id, str(data["as"]))
            case "message.add":
                return self._new("messages", id, {"by": by, "text": data["text"], "at": at}) if data["text"] else []
            case "note.set":
                mine = self._state["notes"].get(id, {"by": by})["by"] == by
                return [("notes", id, {"by": by, "text": data["text"], "at": at})] if mine and data["text"] else []
            case "checkin.open":
                opened = {"about": data["about"], "at": at, "by": by, "closed": None, "groups": list(data["groups"]),
                          "answered": {}, "counts": {}}  # fmt: skip
                return self._new("checkins", id, opened) if data["about"] in ITEMS else []
            case "checkin.close":
                return self._closed(id, at)
            case "checkin.answer":
                return self._checked_in(event)
            case "intervention.add":
                done = {"by": by, "group": data["group"], "what": data["what"], "text": data["text"] or "", "at": at}
                return self._new("interventions", id, done)
            case "training.confirm":
                return [("training", id, {"version": int(data["version"]), "at": at})] if id else []
            case "neutrality.rate":
                return self._rated(event)
        return []

    def _new(self, collection: str, id: str, value: Mapping[str, Any]) -> list[Change]:
        return [(collection, id, value)] if id and id not in self._state[collection] else []

    def _removed(self, collection: str, id: str) -> list[Change]:
        found: list[Change] = [(collection, id, None)] if id in self._state[collection] else []
        if collection == "questions":
            found += [(collection, other, {**one, "same_as": None}) for other, one in self._as(id)]
        return found

    def _as(self, id: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """The questions that were joined to this one."""
        return [(other, one) for other, one in self._state["questions"].items() if one["same_as"] == id]

    def _answered(self, event: Happened) -> list[Change]:
        question, text = self._state["questions"][event.subject], event.data["text"]
        if not text:
            return []  # erased: what stood before it stands
        answer = {"answer": text, "answered_by": event.actor, "answered_at": event.at}
        # what all have read is not unread
        public = bool(question["public"] or event.data["public"])
        return [
            ("questions", event.subject, {**question, **answer, "public": public, "same_as": None}),
            *(("questions", other, {**one, **answer}) for other, one in self._as(event.subject)),
        ]

    def _joined(self, id: str, to: str) -> list[Change]:
        questions = self._state["questions"]
        one, other = questions[id], questions[to]
        if id == to or other["same_as"] is not None:
            return []
        answer = {name: other[name] for name in _ANSWER} if other["answer"] else {}
        return [
            ("questions", known, {**item, **answer, "same_as": to}) for known, item in [(id, one), *self._as(id)]
        ]  # fmt: skip

    def _checked_in(self, event: Happened) -> list[Change]:
        id, person, group = event.subject, event.actor, event.data["group"]
        checkin, said = self._state["checkins"][id], event.data["values"]
        if checkin["closed"] is not None or not isinstance(group, str) or not said:
            return []
        items, _ = ITEMS[checkin["about"]]
        values = dict(zip(items, map(int, said.split()), strict=True))
        place = f"{id}:{person}"
        before = self._state["answers"].get(place)
        answered = dict(checkin["answered"])
        if before is not None:
            answered[before["group"]] -= 1
        answered[group] = answered.get(group, 0) + 1
        answer = {"checkin": id, "person": person, "group": group, "values": values, "at": event.at}
        return [
            ("answers", place, answer),
            ("checkins", id, {**checkin, "answered": {name: n for name, n in answered.items() if n}}),
        ]

    def _closed(self, id: str, at: str) -> list[Change]:
        checkin = self._state["checkins"][id]
        if checkin["closed"] is not None:
            return []
        items, most = ITEMS[checkin["about"]]
        counts: dict[str, Any] = {}
        for group, number in checkin["answered"].items():
            if number < FEW:
                counts[group] = "few"
                continue
            counts[group] = {item: [0] * most for item in items}
            for answer in self._state["answers"].values():
                if (answer["checkin"], answer["group"]) == (id, group):
                    for item, value in answer["values"].items():
                        counts[group][item][value - 1] += 1
        return [("checkins", id, {**checkin, "closed": at, "counts": counts})]

    def _rated(self, event: Happened) -> list[Change]:
        of, session, by = event.subject, str(event.data["session"]), event.actor
        if not of:
            return []
        place = f"{of}:{session}:{by}"
        if (score := event.data["score"]) is None:
            return [("neutrality", place, None)] if place in self._state["neutrality"] else []
        rating = {"of": of, "session": session, "by": by, "score": int(score), "text": event.data["text"] or ""}
        return [("neutrality", place, {**rating, "at": event.at})]
