"""Boards and commands for the tests of this room, and the hub's part: decide, append, apply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.study.entries import Act
from seedbed.workshop import (
    Agenda,
    Already,
    Applied,
    Board,
    Facilitation,
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
from seedbed.workshop.families.returns import Return, due

ANA = Member("p_ana", "participant", "A")
BEN = Member("p_ben", "participant", "A")
CLO = Member("p_clo", "participant", "B")
DAN = Member("p_dan", "participant", "A")
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
    return Act(act.kind, act.subject, json.loads(json.dumps({**act.data, **act.texts})))


def erased(act: Act, actor: str, person: str) -> Act:
    """The act as it comes back when the words of `person` were erased."""
    if (act.person or actor) != person:
        return on_disk(act)
    return Act(act.kind, act.subject, json.loads(json.dumps({**act.data, **dict.fromkeys(act.texts)})))


@dataclass
class Desk:
    """A state and its log."""

    state: Board | Members | Agenda | Facilitation
    log: list[tuple[int, str, str, Act]] = field(default_factory=list)
    taxonomy: int = 1

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
        answer = decide(
            self.state, member, command, fresh=f"r{number}", client=10_000 + number, taxonomy=self.taxonomy
        )  # fmt: skip
        if not isinstance(answer, Act):
            return answer
        if answer.kind == "model.use":
            self.append(member.id, issued(member.id, answer.data["client"], answer.subject))
        return self.append(member.id, answer)

    def give_back(self, wanted: Mapping[str, Return]) -> list[Applied]:
        """What the server does so that the board shows what is wanted."""
        assert isinstance(self.state, Board)
        return [self.append(actor, act) for actor, act in list(due(self.state, wanted))]

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


def agenda() -> Desk:
    return Desk(Agenda())


def facilitation() -> Desk:
    return Desk(Facilitation())


def people(groups: Iterable[str] = ("A", "B")) -> Desk:
    return Desk(Members(groups))
