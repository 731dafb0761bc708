"""What each page is sent: by random acts, whatever they are, no value that its person may not see.

What may be seen is said here a second time, by itself: each text carries a mark of its own, and for each mark that
turns up in what somebody is sent there must be a reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.server.live.frames import Down
from seedbed.server.live.seats import Seat, Seats
from seedbed.server.live.streams import Happened
from seedbed.study.entries import Act, Entry
from seedbed.workshop import Agenda, Applied, Facilitation, Member
from seedbed.workshop.applied import Fold
from tests.server.page import read_varuint
from tests.workshop.commanding import AGENDA, FACILITATION, made
from tests.workshop.making import ANA, BEN, CLO, CUI, DAN, MIA, OBE, OLA, Desk

EVERYBODY = (ANA, BEN, DAN, CLO, OBE, CUI, MIA, Member("p_max", "moderator"), OLA)
PARTICIPANTS = (ANA, BEN, DAN, CLO)
LEAD = {member.id for member in EVERYBODY if member.role in ("moderator", "organiser")}
MARK = re.compile(r"<(\d+)>")


@dataclass(eq=False)
class Line:
    """What one page was sent, in words."""

    frames: list[bytes] = field(default_factory=list)

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for frame in self.frames:
            assert frame[0] == Down.EVENTS
            _, at = read_varuint(frame, 2)
            _, at = read_varuint(frame, at)
            found += json.loads(frame[at:])
        return found


def marked(kind: str, detail: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The detail of a command with its mark in its words."""
    if kind == "template.set":
        section = ("script", "managers", "tasks")[number % 3]
        value = {"script": [{"step": "questions", "text": f"<{number}>"}], "managers": [f"<{number}>"],
                 "tasks": [{"id": "a", "label": f"<{number}>", "text": ""}]}[section]  # fmt: skip
        return {"section": section, "value": json.dumps(value)}
    return {name: f"<{number}>" if name == "text" else value for name, value in detail.items()}


def reason(viewer: Member, number: int, log: list[tuple[Member, str, dict[str, Any], Applied]]) -> bool:
    """Whether `viewer` may ever have seen the words marked with this number."""
    by, kind, detail, event = log[number]
    leads, own = viewer.id in LEAD, by.id == viewer.id
    public = {told.subject for _, kind_, said, told in log if kind_ == "question.answer" and said["public"]}
    asked = {told.subject for who, kind_, _, told in log if kind_ == "question.ask" and who.id == viewer.id}
    match kind:
        case "question.ask":
            return own or leads or event.subject in public
        case "question.answer":
            joined = {detail_["as"] for _, kind_, detail_, told in log
                      if kind_ == "question.same" and told.subject in asked}  # fmt: skip
            chains = any(kind_ == "question.same" for _, kind_, _, _ in log)
            return leads or own or event.subject in public | asked | joined or (chains and bool(joined))
        case "note.set":
            return own
        case "message.add" | "intervention.add":
            return leads
        case "neutrality.rate":
            return own or viewer.role == "organiser"
        case "announcement.add":
            return leads or viewer.role == "curator" or not detail["groups"] or viewer.group in detail["groups"]
        case "lesson.add" | "lesson.set":
            return leads or viewer.role == "curator"
        case "template.set":
            return leads or viewer.role == "curator" or detail["section"] == "tasks"
    raise AssertionError(kind)


def told(fold: Fold, kinds: Mapping[str, Any], todo: list[Any]) -> None:
    desk = Desk(fold)  # type: ignore[arg-type]
    seats, lines, first = Seats(), {}, {}
    for member in EVERYBODY:
        line = Line()
        seat = Seat(line, 1, member, member.id)
        seat.live = True
        seats.take(seat, None, [])
        lines[member.id], first[member.id] = line, fold.snapshot(member)
    log: list[tuple[Member, str, dict[str, Any], Applied]] = []
    waiting: list[Happened] = []
    for member, kind, number, together in todo:
        detail = marked(kind, made(fold, kind, number, "words"), len(log))  # type: ignore[arg-type]
        event = desk.ask(member, f"c{len(desk.log)}", kind, **detail)
        if not isinstance(event, Applied):
            continue
        log.append((member, kind, detail, event))
        waiting.append(Happened(Entry(fold.doc, event.seq, event.at, member.id, Act(kind)), event))  # type: ignore[attr-defined]
        if not together:
            seats.tell_happened(waiting, waiting[0].entry.seq - 1, waiting[-1].entry.seq, fold)
            waiting = []
    if waiting:
        seats.tell_happened(waiting, waiting[0].entry.seq - 1, waiting[-1].entry.seq, fold)
    for member in EVERYBODY:
        events = lines[member.id].events()
        sent = json.dumps([first[member.id], events, fold.snapshot(member)])
        for mark in set(MARK.findall(sent)):
            assert reason(member, int(mark), log), (member, log[int(mark)])
        # everybody is told what is theirs, whoever shares a frame with them
        seen = {collection: dict(items) for collection, items in first[member.id].items()}
        for one in events:
            for collection, id, value in one["changes"]:
                seen[collection].pop(id, None) if value is None else seen[collection].__setitem__(id, value)
        assert seen == json.loads(json.dumps(fold.snapshot(member)))
        own = {event.cmd for by, _, _, event in log if by.id == member.id}
        assert {one["cmd"] for one in events if one["cmd"]} == own  # each hears that what they asked is done
        if isinstance(fold, Facilitation):
            check_in(member, events, sent, log)


def check_in(
    member: Member, events: list[dict[str, Any]], sent: str, log: list[tuple[Member, str, dict[str, Any], Applied]]
) -> None:
    for one in events:
        for collection, _, value in one["changes"]:
            if collection == "answers":
                assert value["person"] == member.id
            if collection == "checkins":
                assert value["closed"] or value["counts"] == {}
                for counts in value["counts"].values():
                    assert counts == "few" or all(sum(numbers) >= 3 for numbers in counts.values())
                assert member.id in LEAD or (value["answered"], value["counts"]) == ({}, {})
        assert one["kind"] != "checkin.answer" or one["actor"] in ("", member.id)
    if member.id not in LEAD:
        # no other participant is ever named to a participant
        assert [who.id for who in PARTICIPANTS if who.id != member.id and who.id in sent] == []


def todo(kinds: Mapping[str, Any], likely: list[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(
        st.tuples(st.sampled_from([*EVERYBODY, MIA, OLA]), st.sampled_from([*kinds, *likely]), st.integers(0, 8),
                  st.booleans()),
        min_size=15, max_size=70,
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(todo(FACILITATION, ["question.ask", "question.answer", "checkin.answer", "checkin.answer", "checkin.answer"]))
def test_nobody_is_sent_what_they_may_not_see_of_facilitation(todo: list[Any]) -> None:
    begun = [(member, "question.ask", 0, True) for member in PARTICIPANTS]
    told(Facilitation(), FACILITATION, [*begun, (MIA, "checkin.open", 0, False), *todo])


@settings(max_examples=60, deadline=None)
@given(todo(AGENDA, ["announcement.add", "announcement.add", "template.set"]))
def test_nobody_is_sent_what_they_may_not_see_of_the_agenda(todo: list[Any]) -> None:
    told(Agenda(), AGENDA, todo)
