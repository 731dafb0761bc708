"""A board is the fold of its events, and every event says exactly what it changed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from seedbed.study.entries import Act
from seedbed.workshop import Already, Applied, Board, Member, issued, merge
from seedbed.workshop.applied import Commands
from tests.workshop.making import ANA, BEN, CLO, CUI, MIA, OBE, OLA, Desk, board, place


def the(desk: Desk) -> Board:
    assert isinstance(desk.state, Board)
    return desk.state


# --- rows ------------------------------------------------------------------------------------------------------------


def test_rows_come_where_they_are_asked_for() -> None:
    desk = board()
    first = desk.done(ANA, "1", "row.add").subject
    last = desk.done(BEN, "1", "row.add").subject
    middle = desk.done(ANA, "2", "row.add", after=first).subject
    top = desk.done(ANA, "3", "row.add", after="").subject
    assert the(desk).ordered() == [top, first, middle, last]
    assert desk.refused(ANA, "4", "row.add", after="nowhere") == "unknown_row"
    desk.done(ANA, "5", "row.remove", row=middle)
    below = desk.done(ANA, "6", "row.add", after=middle).subject
    assert the(desk).ordered() == [top, first, below, last]


def test_a_row_says_who_made_it_and_when_by_the_server() -> None:
    desk = board()
    row = the(desk).rows[desk.done(ANA, "1", "row.add").subject]
    assert (row["by"], row["at"], row["removed"], row["fields"]) == ("p_ana", desk.log[0][1], False, {})


def test_fields() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    desk.done(BEN, "1", "row.set", row=row, field="topic", value="Health")
    desk.done(ANA, "2", "row.set", row=row, field="question_type", value="giving advice")
    assert the(desk).rows[row]["fields"] == {"topic": "Health", "question_type": "giving advice"}
    desk.done(ANA, "3", "row.set", row=row, field="topic", value="")
    assert the(desk).rows[row]["fields"] == {"question_type": "giving advice"}
    assert desk.refused(ANA, "4", "row.set", row=row, field="colour", value="red") == "bad_command"
    assert desk.refused(ANA, "4", "row.set", row="zz", field="topic", value="red") == "unknown_row"


def test_what_people_wrote_stands_apart_in_the_event() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    desk.done(ANA, "2", "row.set", row=row, field="topic", value="Ana's own words")
    act = desk.log[-1][3]
    assert act.texts == {"value": "Ana's own words"}
    assert "Ana's own words" not in json.dumps(dict(act.data))


def test_names_of_removed_rows_stay_and_restoring_shows_them() -> None:
    desk = board("triples")
    row = desk.done(ANA, "1", "row.add").subject
    names = {f"{text}:{row}" for text in ("misaligned", "critique", "aligned", "aligned_2")}
    assert the(desk).names == names
    desk.done(BEN, "1", "row.remove", row=row)
    assert the(desk).names == names
    assert the(desk).ordered() == []
    desk.done(ANA, "2", "row.restore", row=row)
    assert the(desk).ordered() == [row]
    assert desk.refused(ANA, "3", "row.remove", row="zz") == "unknown_row"
    assert desk.refused(ANA, "3", "row.restore", row="zz") == "unknown_row"


def test_a_board_has_a_most_of_rows() -> None:
    desk = board(rows=2)
    row = desk.done(ANA, "1", "row.add").subject
    desk.done(ANA, "2", "row.add")
    assert desk.refused(BEN, "1", "row.add") == "document_full"
    desk.done(ANA, "3", "row.remove", row=row)
    assert desk.refused(ANA, "4", "row.add") == "document_full"  # her own, removed ones included
    desk.done(BEN, "2", "row.add")  # and yet the board is not full for others


# --- phases and permission -------------------------------------------------------------------------------------------


def test_a_closed_phase_stops_participants_at_once() -> None:
    desk = board()
    assert the(desk).phase == "open"
    desk.done(MIA, "1", "phase.close")
    assert desk.refused(ANA, "1", "row.add") == "phase_closed"
    assert desk.refused(ANA, "1", "phase.open") == "not_yours"
    assert the(desk).snapshot(ANA)["board"]["main"] == {
        "phase": "closed", "activity": "questions", "group": "A", "title": "Pilot",
    }  # fmt: skip
    desk.done(MIA, "2", "row.add")
    desk.done(OLA, "1", "phase.open")
    desk.done(ANA, "1", "row.add")


@pytest.mark.parametrize(("member", "code"), [(CLO, "not_yours"), (OBE, "read_only"), (CUI, "read_only")])
def test_others_write_nothing(member: Member, code: str) -> None:
    assert board().refused(member, "1", "row.add") == code


def test_the_removed_do_not_even_learn_that_a_command_was_done() -> None:
    desk = board()
    desk.done(ANA, "1", "row.add")
    assert desk.refused(Member("p_ana", "participant", "A", removed=True), "1", "row.add") == "removed"


def test_commands_of_people_are_none_of_a_board() -> None:
    assert board().refused(OLA, "1", "group.add", group="C") == "bad_command"


# --- the same command again ------------------------------------------------------------------------------------------


def test_the_same_command_is_done_once_and_answered_again() -> None:
    desk = board()
    first = desk.done(ANA, "1", "row.add")
    again = desk.ask(ANA, "1", "row.add")
    assert isinstance(again, Already)
    assert (again.event.seq, again.event.subject, again.event.cmd) == (first.seq, first.subject, "1")
    assert len(desk.log) == 1


def test_an_answer_again_does_not_bring_back_an_older_state() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    desk.done(ANA, "2", "row.set", row=row, field="topic", value="old")
    desk.done(BEN, "1", "row.set", row=row, field="topic", value="new")
    state = the(desk).snapshot(ANA)
    again = desk.ask(ANA, "2", "row.set", row=row, field="topic", value="old")
    assert isinstance(again, Already)
    assert merge(state, again.event.changes) == state


def test_an_id_is_its_senders_own() -> None:
    desk = board()
    desk.done(ANA, "1", "row.add")
    other = desk.done(BEN, "1", "row.add")
    assert other.actor == "p_ben"
    assert len(the(desk).rows) == 2


def test_what_was_done_stays_done_when_the_phase_has_closed() -> None:
    desk = board()
    desk.done(ANA, "1", "row.add")
    desk.done(MIA, "1", "phase.close")
    assert isinstance(desk.ask(ANA, "1", "row.add"), Already)


def test_a_refused_command_may_be_sent_again() -> None:
    desk = board()
    desk.done(MIA, "1", "phase.close")
    assert desk.refused(ANA, "1", "row.add") == "phase_closed"
    desk.done(MIA, "2", "phase.open")
    desk.done(ANA, "1", "row.add")


def test_command_ids_are_forgotten_oldest_first_and_per_person() -> None:
    commands = Commands()
    commands.remember(Applied(1, "", "p_ben", "row.add", "b", "0"))
    for number in range(Commands.BOUND + 1):
        commands.remember(Applied(number + 2, "", "p_ana", "row.add", "a", str(number)))
    assert commands.find("p_ana", "0") is None
    assert commands.find("p_ana", "1") is not None
    assert commands.find("p_ben", "0") is not None
    commands.remember(Applied(9999, "", "p_ben", "row.add", "b", "0"))
    assert commands.find("p_ben", "0") == Applied(1, "", "p_ben", "row.add", "b", "0")


def test_others_do_not_see_a_command_id() -> None:
    desk = board()
    event = desk.done(ANA, "secret-id", "row.add")
    assert (the(desk).told(event, ANA) or {})["cmd"] == "secret-id"
    assert (the(desk).told(event, BEN) or {})["cmd"] == ""


# --- whose text it is ------------------------------------------------------------------------------------------------


def test_clients_are_issued_once_and_to_one_person() -> None:
    desk = board()
    desk.issue(ANA, 7)
    desk.issue(BEN, 7)
    desk.append("p_ana", issued("p_ana", 8, "call1"))
    assert dict(the(desk).clients) == {7: ("p_ana", None), 8: ("p_ana", "call1")}
    assert the(desk).may_write("p_ana", 7)
    assert not the(desk).may_write("p_ben", 7)
    assert not the(desk).may_write("p_ana", 8)  # a model's text is the server's to write
    assert not the(desk).may_write("p_ana", 9)
    assert the(desk).snapshot(None)["clients"]["8"] == {"person": "p_ana", "call": "call1"}


def declared(client: int = 7, origin: str = "web", text: str = "question:r1") -> dict[str, Any]:
    return {"text": text, "chars": 3, "client": client, "from": 4, "to": 8, "origin": origin}


def test_a_paste_is_declared_for_own_text_and_may_be_declared_better() -> None:
    desk = board()
    desk.done(ANA, "1", "row.add")
    desk.issue(ANA, 7)
    desk.append("p_ana", issued("p_ana", 8, "call1"))
    assert desk.refused(BEN, "1", "paste.declare", **declared()) == "not_yours"
    assert desk.refused(ANA, "2", "paste.declare", **declared(client=8)) == "not_yours"
    assert desk.refused(ANA, "2", "paste.declare", **declared(text="question:zz")) == "unknown_row"
    desk.done(ANA, "2", "paste.declare", **declared(origin="unsaid"))
    desk.done(MIA, "1", "phase.close")
    desk.done(ANA, "3", "paste.declare", **declared(origin="model"))
    pastes = the(desk).snapshot(BEN)["pastes"]
    assert pastes == {"7-4": {"person": "p_ana", **declared(origin="model")}}
    assert [act.data["origin"] for *_, act in desk.log if act.kind == "paste.declare"] == ["unsaid", "model"]


def test_a_reply_is_its_askers_until_they_use_it() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    event = desk.reply(ANA, "c1", "A model's words")
    assert the(desk).snapshot(ANA)["replies"] == {"c1": {"person": "p_ana", "text": "A model's words", "prompt": ""}}
    for other in (BEN, MIA, OLA):
        assert "A model's words" not in json.dumps([the(desk).snapshot(other), the(desk).told(event, other)])
    use = {"call": "c1", "text": f"question:{row}", "position": "end"}
    assert desk.refused(BEN, "1", "model.use", **use) == "not_yours"
    assert desk.refused(ANA, "2", "model.use", **use | {"call": "c2"}) == "not_yours"
    assert desk.refused(ANA, "2", "model.use", **use | {"text": "question:zz"}) == "unknown_row"
    used = desk.done(ANA, "2", "model.use", **use)
    assert the(desk).call("c1") == {
        "person": "p_ana", "endpoint": "local", "model": "small", "at": desk.log[1][1], "used": [f"question:{row}"],
        "purpose": "free", "batch": "", "part": "", "temperature": None, "max_tokens": None, "row": "",
    }  # fmt: skip
    client = desk.log[-1][3].data["client"]
    assert the(desk).clients[client] == ("p_ana", "c1")
    assert used.cmd == "2"


def test_a_call_is_made_once() -> None:
    desk = board()
    desk.reply(ANA, "c1", "for Ana")
    event = desk.reply(BEN, "c1", "for Ben")
    assert event.changes == ()
    assert the(desk).snapshot(ANA)["replies"] == {"c1": {"person": "p_ana", "text": "for Ana", "prompt": ""}}


def test_a_reply_goes_into_no_removed_row_and_no_erased_reply_goes_anywhere() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    use = {"call": "c1", "text": f"question:{row}", "position": "end"}
    desk.append("p_ana", Act("model.called", "c1", {"endpoint": "local", "model": "small", "reply": None}))
    assert the(desk).reply("c1") is None
    assert desk.refused(ANA, "2", "model.use", **use) == "bad_command"
    desk.reply(ANA, "c2", "words")
    desk.done(ANA, "3", "row.remove", row=row)
    assert desk.refused(ANA, "4", "model.use", **use | {"call": "c2"}) == "unknown_row"


def test_erased_words_leave_an_empty_field() -> None:
    made = Board(place())
    made.apply(1, "t", "p_ana", Act("row.add", "r1", {"cmd": "1", "after": None}))
    made.apply(2, "t", "p_ana", Act("row.set", "r1", {"cmd": "2", "field": "topic", "value": None}))
    assert made.rows["r1"]["fields"] == {}


def test_applying_an_event_is_quick() -> None:
    made = Board(place(), rows=1000)
    for number in range(500):
        made.apply(number + 1, "t", "p_ana", Act("row.add", f"r{number}", {"cmd": f"a{number}", "after": None}))
    acts = [
        Act("row.set", f"r{number % 500}", {"cmd": f"s{number}", "field": "topic"}, {"value": "Health"})
        for number in range(5000)
    ]
    begun = time.process_time()
    for number, act in enumerate(acts):
        made.apply(501 + number, "t", "p_ana", act)
    assert (time.process_time() - begun) / len(acts) < 20e-6
