"""Questions, messages, notes, check-ins, interventions, training, neutrality: what each comes to, and who sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed.workshop import NOBODY, Already, CommandRefused, Facilitation, Member
from seedbed.workshop.facilitation import FEW
from tests.workshop.making import ANA, BEN, CLO, CUI, DAN, MIA, OBE, OLA, Desk, facilitation

ZOE = Member("p_zoe", "participant", "B")
MAX = Member("p_max", "moderator")


def the(desk: Desk) -> Facilitation:
    assert isinstance(desk.state, Facilitation)
    return desk.state


def sees(desk: Desk, member: Member, collection: str) -> dict[str, Any]:
    return dict(the(desk).snapshot(member)[collection])


def test_a_question_is_answered_once_for_everybody() -> None:
    desk = facilitation()
    asked = desk.done(ANA, "1", "question.ask", text="May two rows be alike?").subject
    for member in (ANA, MIA, OLA):
        assert sees(desk, member, "questions")[asked] == {
            "by": ANA.id, "group": "A", "text": "May two rows be alike?", "at": desk.log[-1][1], "answer": "",
            "answered_by": "", "answered_at": "", "public": False, "same_as": None,
        }  # fmt: skip
    for member in (BEN, CLO, OBE, CUI, NOBODY):
        assert sees(desk, member, "questions") == {}
    assert desk.refused(ANA, "2", "question.answer", question=asked, text="Yes", public=True) == "not_yours"
    answered = desk.done(MIA, "2", "question.answer", question=asked, text="Yes", public=True)
    for member in (BEN, CLO, OBE, CUI):
        (seen,) = sees(desk, member, "questions").values()
        assert (seen["text"], seen["answer"], seen["answered_by"]) == ("May two rows be alike?", "Yes", MIA.id)
        assert (seen["by"], seen["group"]) == ("", None)
        assert ANA.id not in json.dumps(the(desk).told(answered, member))
    # a correction; what all have read is not unread
    desk.done(OLA, "3", "question.answer", question=asked, text="Better not", public=False)
    assert sees(desk, CLO, "questions")[asked]["answer"] == "Better not"
    gone = desk.done(ANA, "4", "question.remove", question=asked)
    assert sees(desk, CLO, "questions") == {}
    assert (the(desk).told(gone, CLO) or {})["actor"] == ""  # who took it away had asked it


def test_who_asks_for_whom() -> None:
    desk = facilitation()
    assert desk.refused(ANA, "1", "question.ask", text="Why?", group="B") == "not_yours"
    assert desk.refused(OBE, "1", "question.ask", text="Why?") == "read_only"
    assert desk.refused(CUI, "1", "question.ask", text="Why?") == "read_only"
    for member, group, kept in ((ANA, None, "A"), (ANA, "A", "A"), (MIA, None, None), (OLA, "B", "B")):
        event = desk.done(member, f"{member.id}{group}", "question.ask", text="Why?", group=group)
        assert the(desk).items("questions")[event.subject]["group"] == kept
    mine = desk.done(BEN, "b", "question.ask", text="Mine").subject
    assert desk.refused(MIA, "x", "question.remove", question=mine) == "not_yours"
    assert desk.refused(ANA, "x", "question.remove", question=mine) == "unknown_item"  # she does not know of it
    assert isinstance(desk.ask(BEN, "b", "question.ask", text="Mine"), Already)


def test_a_question_asked_twice_has_one_answer() -> None:
    desk = facilitation()
    first, second, third = (
        desk.done(member, "q", "question.ask", text=f"Of {member.id}").subject for member in (ANA, CLO, DAN)
    )
    assert desk.refused(MIA, "0", "question.same", question=first, **{"as": first}) == "bad_command"
    assert desk.refused(MIA, "0", "question.same", question=first, **{"as": "none"}) == "unknown_item"
    desk.done(MIA, "1", "question.same", question=second, **{"as": first})
    assert desk.refused(MIA, "0", "question.same", question=first, **{"as": second}) == "bad_command"  # no circle
    desk.done(MIA, "2", "question.same", question=third, **{"as": second})  # by way of another
    assert the(desk).items("questions")[third]["same_as"] == first
    desk.done(MIA, "3", "question.answer", question=first, text="So.", public=False)
    for member, question in ((ANA, first), (CLO, second), (DAN, third)):
        (seen,) = sees(desk, member, "questions").items()
        assert (seen[0], seen[1]["answer"], seen[1]["same_as"]) == (question, "So.", None)
    assert sees(desk, BEN, "questions") == {}
    # an answer of its own parts it again, and the first may go
    desk.done(MIA, "4", "question.answer", question=third, text="Otherwise.", public=False)
    desk.done(ANA, "5", "question.remove", question=first)
    left = the(desk).items("questions")
    assert {id: (one["answer"], one["same_as"]) for id, one in left.items()} == {
        second: ("So.", None), third: ("Otherwise.", None),
    }  # fmt: skip
    # joined to one that is answered, it is answered
    late = desk.done(BEN, "late", "question.ask", text="And I?").subject
    desk.done(OLA, "6", "question.same", question=late, **{"as": second})
    assert sees(desk, BEN, "questions")[late]["answer"] == "So."


def test_the_back_channel_and_interventions_are_for_those_who_lead() -> None:
    desk = facilitation()
    message = desk.done(MIA, "1", "message.add", text="B is slow").subject
    done = desk.done(MIA, "2", "intervention.add", group="B", what="encourage", text="Asked for one each").subject
    for member in (MIA, MAX, OLA):
        assert sees(desk, member, "messages")[message]["text"] == "B is slow"
        assert sees(desk, member, "interventions")[done]["what"] == "encourage"
    for member in (ANA, CUI, OBE):
        assert sees(desk, member, "messages") == sees(desk, member, "interventions") == {}
        assert desk.refused(member, "1", "message.add", text="Hello") in ("not_yours", "read_only")
    assert desk.refused(MAX, "1", "message.remove", message=message) == "not_yours"
    desk.done(MIA, "3", "message.remove", message=message)
    desk.done(MIA, "4", "intervention.remove", intervention=done)
    assert sees(desk, OLA, "messages") == sees(desk, OLA, "interventions") == {}


def test_notes_are_ones_own() -> None:
    desk = facilitation()
    event = desk.done(MIA, "1", "note.set", text="Ask A about rents")
    note = event.subject
    for member in (OLA, MAX, ANA, CUI, NOBODY):
        assert sees(desk, member, "notes") == {}
        assert the(desk).told(event, member) is None
    for kind, detail in (("note.set", {"note": note, "text": "x"}), ("note.remove", {"note": note})):
        assert desk.refused(OLA, "1", kind, **detail) == "unknown_item"  # as if there were none
    desk.done(MIA, "2", "note.set", note=note, text="Done")
    assert [one["text"] for one in sees(desk, MIA, "notes").values()] == ["Done"]
    assert desk.refused(MIA, "3", "note.set", note="none", text="x") == "unknown_item"
    desk.done(MIA, "4", "note.remove", note=note)
    assert sees(desk, MIA, "notes") == {}


def test_a_check_in_gives_numbers_of_three_and_only_when_it_is_over() -> None:
    desk = facilitation()
    id = desk.done(MIA, "1", "checkin.open", about="fatigue").subject
    events = [desk.done(member, "a", "checkin.answer", checkin=id, values={"fatigue": value})
              for member, value in ((ANA, 5), (BEN, 2), (CLO, 4), (ZOE, 4), (DAN, 2))]  # fmt: skip
    desk.done(DAN, "b", "checkin.answer", checkin=id, values={"fatigue": 5})  # thought again
    assert sees(desk, MIA, "checkins")[id]["answered"] == {"A": 3, "B": 2}
    assert sees(desk, MIA, "checkins")[id]["counts"] == {}
    for event in events:
        for member in (MIA, OLA):
            told = the(desk).told(event, member)
            assert told is not None
            assert event.actor not in json.dumps(told)
    for member in (ANA, CLO, OBE, CUI):
        asked = sees(desk, member, "checkins")[id]
        assert (asked["about"], asked["answered"], asked["counts"]) == ("fatigue", {}, {})
    assert [one["values"] for one in sees(desk, DAN, "answers").values()] == [{"fatigue": 5}]
    for member in (MIA, OLA, OBE):
        assert sees(desk, member, "answers") == {}
    desk.done(MIA, "2", "checkin.close", checkin=id)
    assert sees(desk, OLA, "checkins")[id]["counts"] == {"A": {"fatigue": [0, 1, 0, 0, 2]}, "B": "few"}
    assert sees(desk, ANA, "checkins")[id]["counts"] == {}
    assert desk.refused(ANA, "c", "checkin.answer", checkin=id, values={"fatigue": 1}) == "checkin_closed"


def test_the_workload_has_six_items_of_seven_steps() -> None:
    desk = facilitation()
    id = desk.done(OLA, "1", "checkin.open", about="workload", groups=["A"]).subject
    whole = {"mental": 6, "physical": 1, "temporal": 7, "performance": 3, "effort": 5, "frustration": 2}
    for values in ({"mental": 1}, {"fatigue": 1}):
        assert desk.refused(ANA, "x", "checkin.answer", checkin=id, values=values) == "bad_command"
    for broken in ({}, {**whole, "joy": 1}, {**whole, "mental": 8}, {**whole, "mental": 0}):
        with pytest.raises(CommandRefused):
            desk.ask(ANA, "x", "checkin.answer", checkin=id, values=broken)
    for member in (ANA, BEN, DAN):
        desk.done(member, "a", "checkin.answer", checkin=id, values=whole)
    assert sees(desk, CLO, "checkins") == {}  # her group is not asked
    assert desk.refused(CLO, "a", "checkin.answer", checkin=id, values=whole) == "unknown_item"
    assert desk.refused(MIA, "a", "checkin.answer", checkin=id, values=whole) == "not_yours"
    desk.done(OLA, "2", "checkin.close", checkin=id)
    counts = sees(desk, OLA, "checkins")[id]["counts"]["A"]
    assert {item: counts[item].index(FEW) + 1 for item in counts} == whole
    assert all(len(numbers) == 7 for numbers in counts.values())


def test_training_is_confirmed_of_a_version_of_the_script() -> None:
    desk = facilitation()
    desk.done(MIA, "1", "training.confirm", version=0)
    desk.done(MIA, "2", "training.confirm", version=3)
    assert sees(desk, OLA, "training") == {MIA.id: {"version": 3, "at": desk.log[-1][1]}}
    assert sees(desk, ANA, "training") == {}


def test_neutrality_is_rated_by_oneself_and_ones_peers() -> None:
    desk = facilitation()
    own = desk.done(MIA, "1", "neutrality.rate", of=MIA.id, session="session-1", score=3, text="Too eager")
    peer = desk.done(MAX, "1", "neutrality.rate", of=MIA.id, session="session-1", score=5)
    assert {*sees(desk, OLA, "neutrality")} == {f"{MIA.id}:session-1:{MIA.id}", f"{MIA.id}:session-1:{MAX.id}"}
    assert [one["by"] for one in sees(desk, MIA, "neutrality").values()] == [MIA.id]
    assert the(desk).told(peer, MIA) is the(desk).told(own, MAX) is the(desk).told(own, ANA) is None
    back = desk.done(MAX, "2", "neutrality.rate", of=MIA.id, session="session-1", score=None)
    assert the(desk).told(back, MIA) is the(desk).told(back, ANA) is None  # its id says who rated
    assert {*sees(desk, OLA, "neutrality")} == {f"{MIA.id}:session-1:{MIA.id}"}
    assert desk.refused(MAX, "3", "neutrality.rate", of=MIA.id, session="session-1", score=None) == "unknown_item"
    assert desk.refused(ANA, "1", "neutrality.rate", of=MIA.id, session="session-1", score=1) == "not_yours"


def test_nobody_fills_it_for_all() -> None:
    desk = facilitation()
    for number in range(100):
        desk.done(ANA, f"{number}", "question.ask", text="Why?")
    assert desk.refused(ANA, "more", "question.ask", text="Why?") == "document_full"
    desk.done(BEN, "1", "question.ask", text="Why?")
