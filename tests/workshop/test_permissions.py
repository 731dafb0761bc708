"""Who may do what: the whole table, and that a removal or a closed phase acts at once."""

from __future__ import annotations

import time

import pytest

from seedbed.workshop import Member, can
from tests.workshop.making import ANA, CLO, CUI, MIA, OBE, OLA

HERE, THERE = "board/A/questions", "board/B/triples"
WRITES = ["write", "row.add", "row.set", "row.remove", "row.restore", "paste.declare", "model.use"]


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


@pytest.mark.parametrize("act", ["phase.open", "phase.close"])
def test_phases_are_the_facilitators(act: str) -> None:
    assert [can(member, HERE, act, "closed") for member in (OLA, MIA)] == [None, None]
    assert [can(member, HERE, act) for member in (ANA, OBE, CUI)] == ["not_yours"] * 3


def test_the_workshop() -> None:
    acts = ("read", "member.move", "member.remove", "member.join", "group.add")
    assert [can(OLA, "workshop", act) for act in acts] == [None] * 5
    assert [can(MIA, "workshop", act) for act in acts] == [None, None, None, "not_yours", "not_yours"]
    assert [can(CUI, "workshop", act) for act in acts] == [None, "read_only", "read_only", "not_yours", "not_yours"]
    assert {can(member, "workshop", act) for act in acts for member in (ANA, OBE)} == {"not_yours"}
    assert can(OLA, "workshop", "row.add") == "bad_command"


@pytest.mark.parametrize("member", [ANA, OBE, MIA, OLA, CUI], ids=lambda member: member.role)
@pytest.mark.parametrize("doc", [HERE, "workshop", "nowhere"])
@pytest.mark.parametrize("act", ["read", "write", "phase.open", "member.remove"])
def test_the_removed_may_do_nothing(member: Member, doc: str, act: str) -> None:
    assert can(Member(member.id, member.role, member.group, removed=True), doc, act) == "removed"


@pytest.mark.parametrize(
    "doc",
    ["", "board/A", "board/A/", "board/A/other", "board/A/questions/x", "board//questions", "curate",
     "board/A\n/questions", "board/A/questions\n"],
)  # fmt: skip
def test_unknown_documents(doc: str) -> None:
    assert can(OLA, doc, "read") == "unknown_document"


def test_unknown_acts_are_refused_for_everyone() -> None:
    for member in (ANA, MIA, OLA):
        assert can(member, HERE, "client.issued") == "bad_command"
        assert can(member, HERE, "member.join") == "bad_command"


def test_a_check_is_quick() -> None:
    can(ANA, HERE, "write")
    begun = time.process_time()
    for _ in range(10_000):
        can(ANA, HERE, "write", "open")
    assert (time.process_time() - begun) / 10_000 < 20e-6
