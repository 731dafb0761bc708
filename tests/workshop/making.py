"""Boards and commands for the tests of this room, and the hub's part: decide, append, apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from seedbed.study.entries import Act
from seedbed.workshop import (
    Already,
    Applied,
    Board,
    Member,
    Members,
    Place,
    Refusal,
    decide,
    issued,
    model_called,
    parse_command,
    parse_place,
)

ANA = Member("p_ana", "participant", "A")
BEN = Member("p_ben", "participant", "A")
CLO = Member("p_clo", "participant", "B")
MIA = Member("p_mia", "moderator")
OLA = Member("a_ola", "organiser")
CUI = Member("a_cui", "curator")
OBE = Member("p_obe", "observer", "A")


def place(activity: str = "questions", group: str = "A") -> Place:
    found = parse_place(f"board/{group}/{activity}")
    assert found
    return found


def on_disk(act: Act) -> Act:
    """The act as it comes back: the texts among the data."""
    return Act(act.kind, act.subject, {**act.data, **act.texts})


@dataclass
class Desk:
    """A state and its log."""

    state: Board | Members
    log: list[tuple[int, str, str, Act]] = field(default_factory=list)

    def append(self, actor: str, act: Act) -> Applied:
        entry = (
            len(self.log) + 1,
            f"2026-03-01T10:{len(self.log) // 60:02}:{len(self.log) % 60:02}.000+00:00",
            actor,
            act,
        )
        self.log.append(entry)
        return self.state.apply(*entry)

    def ask(self, member: Member, id: str, kind: str, **detail: Any) -> Applied | Already | Refusal:
        command = parse_command({"id": id, "kind": kind, **detail})
        number = len(self.log) + 1
        answer = decide(self.state, member, command, fresh=f"r{number}", client=10_000 + number)
        if not isinstance(answer, Act):
            return answer
        if answer.kind == "model.use":
            self.append(member.id, issued(member.id, answer.data["client"], answer.subject))
        return self.append(member.id, answer)

    def done(self, member: Member, id: str, kind: str, **detail: Any) -> Applied:
        answer = self.ask(member, id, kind, **detail)
        assert isinstance(answer, Applied), answer
        return answer

    def refused(self, member: Member, id: str, kind: str, **detail: Any) -> str:
        answer = self.ask(member, id, kind, **detail)
        assert isinstance(answer, Refusal), answer
        return answer.code

    def issue(self, member: Member, client: int) -> None:
        self.append(member.id, issued(member.id, client))

    def reply(self, member: Member, call: str, text: str) -> Applied:
        return self.append(member.id, model_called(call, endpoint="local", model="small", reply=text))


def board(activity: str = "questions", group: str = "A", rows: int = 500) -> Desk:
    return Desk(Board(place(activity, group), title="Pilot", rows=rows))


def people(groups: Iterable[str] = ("A", "B")) -> Desk:
    return Desk(Members(groups))
