"""Who may do what: the whole table, and that a removal or a closed phase acts at once."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from seedbed.workshop import Member, can
from seedbed.workshop.commands import AgendaCommand, BoardCommand, FacilitationCommand, WorkshopCommand
from tests.workshop.making import ANA, CLO, CUI, MIA, OBE, OLA

HERE, THERE = "board/A/questions", "board/B/triples"
WRITES = [
    "write", "row.add", "row.set", "row.remove", "row.restore", "paste.declare", "model.use",
    "comment.add", "comment.resolve", "comment.remove", "vote.set", "reaction.set", "version.keep",
    "slot.add", "slot.remove", "label.add", "tag.set", "span.add", "span.remove", "rating.set",
    "topic.keep", "topic.drop",
]  # fmt: skip
FACILITATING = ["phase.open", "phase.close", "label.review", "prompt.give", "prompt.swap"]
PEOPLE = ["member.join", "member.move", "member.remove", "group.add"]
ONESELF = ["consent.give", "profile.set", "warning.answer"]
STEERING = [
    "step.go",
    "timer.set",
    "break.begin",
    "break.end",
    "announcement.add",
    "announcement.remove",
    "bridge.give",
    "lesson.add",
    "lesson.set",
    "lesson.change",
    "lesson.remove",
]
AGENDA = ["template.set", "taxonomy.set", "lesson.decide", *STEERING]
LED = ["question.ask", "question.remove", "checkin.answer"]
LEADING = [
    "question.ask", "question.answer", "question.same", "question.remove", "message.add", "message.remove", "note.set",
    "note.remove", "checkin.open", "checkin.close", "intervention.add", "intervention.remove", "training.confirm",
    "neutrality.rate",
]  # fmt: skip
EVERYBODY = [OLA, MIA, CUI, ANA, OBE]


def kinds(commands: object) -> set[str]:
    return {get_args(command.model_fields["kind"].annotation)[0] for command in get_args(commands)}


def test_the_table_is_whole() -> None:
    assert kinds(BoardCommand) == {*WRITES, *FACILITATING} - {"write"}
    assert kinds(WorkshopCommand) == {*PEOPLE, *ONESELF}
    assert kinds(AgendaCommand) == {*AGENDA}
    assert kinds(FacilitationCommand) == {*LED, *LEADING}


@pytest.mark.parametrize("act", [*dict.fromkeys([*LED, *LEADING])])
def test_facilitation(act: str) -> None:
    for member in EVERYBODY:
        assert can(member, "facilitation", "read") is None
        assert can(member, "facilitation", "write") == "read_only"
    assert can(Member("p_rui", "rater"), "facilitation", "read") == "not_yours"
    assert can(OLA, "facilitation", act) == can(MIA, "facilitation", act) == (None if act in LEADING else "not_yours")
    assert can(ANA, "facilitation", act) == (None if act in LED else "not_yours")
    assert can(OBE, "facilitation", act) == can(CUI, "facilitation", act) == "read_only"


@pytest.mark.parametrize("act", WRITES)
def test_writing(act: str) -> None:
    assert can(ANA, HERE, act) is None
    assert can(ANA, THERE, act) == "not_yours"
    assert can(CLO, HERE, act) == "not_yours"
    assert can(OBE, HERE, act) == "read_only"
    assert can(OBE, THERE, act) == "not_yours"
    assert can(CUI, HERE, act) == "read_only"
    for facilitator in (MIA, OLA):
        for phase in ("open", "closed"):
            assert can(facilitator, HERE, act, phase) is None
            assert can(facilitator, THERE, act, phase) is None


@pytest.mark.parametrize("act", [act for act in WRITES if act != "paste.declare"])
def test_a_closed_phase_stops_participants(act: str) -> None:
    assert can(ANA, HERE, act, "closed") == "phase_closed"


def test_where_text_came_from_can_be_said_late() -> None:
    assert can(ANA, HERE, "paste.declare", "closed") is None


def test_reading() -> None:
    for member in (ANA, OBE, MIA, OLA, CUI):
        assert can(member, HERE, "read", "closed") is None
    assert can(CLO, HERE, "read") == "not_yours"
    assert can(Member("p_x", "participant", None), HERE, "read") == "not_yours"
    assert can(Member("p_x", "janitor", "A"), HERE, "read") == "not_yours"


@pytest.mark.parametrize("act", FACILITATING)
def test_facilitating(act: str) -> None:
    assert [can(member, doc, act, "closed") for member in (OLA, MIA) for doc in (HERE, THERE)] == [None] * 4
    assert [can(member, HERE, act) for member in (ANA, OBE, CUI)] == ["not_yours"] * 3


def test_the_workshop() -> None:
    acts = ("read", "member.move", "member.remove", "member.join", "group.add")
    assert [can(OLA, "workshop", act) for act in acts] == [None] * 5
    assert [can(MIA, "workshop", act) for act in acts] == [None, None, None, "not_yours", "not_yours"]
    assert [can(CUI, "workshop", act) for act in acts] == [None, "read_only", "read_only", "not_yours", "not_yours"]
    assert {can(member, "workshop", act) for act in acts for member in (ANA, OBE)} == {"not_yours"}


@pytest.mark.parametrize("act", ONESELF)
def test_of_oneself_everyone_may_speak(act: str) -> None:
    assert [can(member, "workshop", act) for member in EVERYBODY] == [None] * 5


def test_the_agenda() -> None:
    acts = ("read", "step.go", "bridge.give", "template.set", "taxonomy.set", "write")
    assert [can(OLA, "agenda", act) for act in acts] == [None] * 5 + ["read_only"]
    assert [can(MIA, "agenda", act) for act in acts] == [None] * 3 + ["not_yours"] * 2 + ["read_only"]
    for member in (CUI, ANA, OBE, CLO, Member("p_x", "participant", None)):
        assert [can(member, "agenda", act) for act in acts] == [None] + ["not_yours"] * 4 + ["read_only"]
    assert can(Member("p_x", "janitor", "A"), "agenda", "read") == "not_yours"


@pytest.mark.parametrize("member", EVERYBODY, ids=lambda member: member.role)
@pytest.mark.parametrize("doc", [HERE, "workshop", "agenda", "nowhere"])
@pytest.mark.parametrize("act", ["read", *WRITES, *FACILITATING, *PEOPLE, *ONESELF, *AGENDA])
def test_the_removed_may_do_nothing(member: Member, doc: str, act: str) -> None:
    assert can(Member(member.id, member.role, member.group, removed=True), doc, act) == "removed"


@pytest.mark.parametrize(
    "doc",
    ["", "board/A", "board/A/", "board/A/other", "board/A/questions/x", "board//questions", "curate", "agenda/x",
     "board/A\n/questions", "board/A/questions\n", "agenda\n"],
)  # fmt: skip
def test_unknown_documents(doc: str) -> None:
    assert can(OLA, doc, "read") == "unknown_document"


@pytest.mark.parametrize("member", [OLA, MIA], ids=lambda member: member.role)
def test_what_belongs_to_another_document_is_refused(member: Member) -> None:
    for doc, others in (
        (HERE, [*PEOPLE, *ONESELF, *AGENDA, *LEADING]),
        ("workshop", [*WRITES, *FACILITATING, *AGENDA, *LEADING]),
        ("agenda", [*WRITES[1:], *FACILITATING, *PEOPLE, *ONESELF, *LEADING]),
        ("facilitation", [*WRITES[1:], *FACILITATING, *PEOPLE, *ONESELF, *AGENDA]),
    ):
        assert {can(member, doc, act) for act in others} == {"bad_command"}
        assert can(member, doc, "client.issued") == "bad_command"
    assert can(ANA, HERE, "client.issued") == can(ANA, HERE, "template.set") == "bad_command"


def test_a_check_is_quick() -> None:
    can(ANA, HERE, "write")
    begun = time.process_time()
    for _ in range(10_000):
        can(ANA, HERE, "write", "open")
    assert (time.process_time() - begun) / 10_000 < 20e-6


def test_the_board_of_a_debrief_is_for_those_who_run_the_study() -> None:
    doc = "board/method/debrief"
    for member in (ANA, OBE, Member("p_eve", "participant", "method"), Member("p_rui", "rater")):
        assert can(member, doc, "read") == "not_yours"
        assert can(member, doc, "write") == "not_yours"
    for act in ("write", "topic.keep", "comment.add"):
        assert can(OLA, doc, act, "closed") is can(MIA, doc, act, "closed") is None
        assert can(CUI, doc, act) == "read_only"
    assert can(CUI, doc, "read") is None
