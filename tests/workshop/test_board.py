"""A board is the fold of its events, and every event says exactly what it changed."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.study.entries import Act
from seedbed.workshop import Already, Applied, Board, Member, Refusal, issued, merge, visible
from seedbed.workshop.applied import Commands
from tests.workshop.making import ANA, BEN, CLO, CUI, MIA, OBE, OLA, Desk, board, on_disk, place


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
    names = {f"misaligned:{row}", f"critique:{row}", f"aligned:{row}"}
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
    assert the(desk).snapshot("p_ana")["board"]["main"] == {
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
    state = the(desk).snapshot("p_ana")
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
    event = board().done(ANA, "secret-id", "row.add")
    assert event.to_json("p_ana")["cmd"] == "secret-id"
    assert event.to_json("p_ben")["cmd"] == ""


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
    pastes = the(desk).snapshot("p_ben")["pastes"]
    assert pastes == {"7-4": {"person": "p_ana", **declared(origin="model")}}
    assert [act.data["origin"] for *_, act in desk.log if act.kind == "paste.declare"] == ["unsaid", "model"]


def test_a_reply_is_its_askers_until_they_use_it() -> None:
    desk = board()
    row = desk.done(ANA, "1", "row.add").subject
    event = desk.reply(ANA, "c1", "A model's words")
    assert the(desk).snapshot("p_ana")["replies"] == {"c1": {"person": "p_ana", "text": "A model's words"}}
    for other in ("p_ben", "p_mia", "a_ola"):
        assert "A model's words" not in json.dumps([the(desk).snapshot(other), event.to_json(other)])
    use = {"call": "c1", "text": f"question:{row}", "position": "end"}
    assert desk.refused(BEN, "1", "model.use", **use) == "not_yours"
    assert desk.refused(ANA, "2", "model.use", **use | {"call": "c2"}) == "not_yours"
    assert desk.refused(ANA, "2", "model.use", **use | {"text": "question:zz"}) == "unknown_row"
    used = desk.done(ANA, "2", "model.use", **use)
    assert the(desk).call("c1") == {
        "person": "p_ana", "endpoint": "local", "model": "small", "at": desk.log[1][1], "used": [f"question:{row}"],
    }  # fmt: skip
    client = desk.log[-1][3].data["client"]
    assert the(desk).clients[client] == ("p_ana", "c1")
    assert used.cmd == "2"


def test_a_call_is_made_once() -> None:
    desk = board()
    desk.reply(ANA, "c1", "for Ana")
    event = desk.reply(BEN, "c1", "for Ben")
    assert event.changes == ()
    assert the(desk).snapshot("p_ana")["replies"] == {"c1": {"person": "p_ana", "text": "for Ana"}}


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


# --- what a later version writes -------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
KINDS = ["row.add", "row.set", "row.remove", "row.restore", "paste.declare", "phase.open", "client.issued",
         "model.called", "model.use", "timer.start", ""]  # fmt: skip
NAMES = ["cmd", "after", "field", "value", "client", "call", "from", "to", "chars", "origin", "endpoint", "model",
         "reply", "text"]  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS),
            st.sampled_from(["", "r1", "r2", "question:r1"]),
            st.dictionaries(st.sampled_from(NAMES), anything | st.sampled_from(["r1", "topic", 7])),
        ),
        max_size=15,
    )
)
def test_no_event_breaks_the_fold(events: list[tuple[str, str, dict[str, Any]]]) -> None:
    made = Board(place())
    state = made.snapshot(None)
    for seq, (kind, subject, data) in enumerate(events, 1):
        event = made.apply(seq, "t", "p_ana", Act(kind, subject, data))
        state = merge(state, event.changes)
        assert event.kind == kind
        assert made.seq == seq
    assert state == made.snapshot(None)
    made.ordered()


# --- the law of changes ----------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.sampled_from([ANA, BEN, CLO, MIA, OLA, OBE]),
        st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8"]),
        st.sampled_from(
            ["row.add", "row.add", "row.set", "row.remove", "row.restore", "phase.open", "phase.close", "issue",
             "reply", "paste.declare", "model.use"]
        ),
        st.integers(0, 5),
        st.sampled_from(["", "Health", "Saúde 🩺"]),
    ),
    max_size=40,
)  # fmt: skip


def step(desk: Desk, member: Member, id: str, kind: str, number: int, value: str) -> Applied | Already | Refusal:
    rows = [*the(desk).rows] or ["none"]
    row = rows[number % len(rows)]
    text = f"question:{row}"
    clients = [*the(desk).clients] or [1]
    match kind:
        case "issue":
            return desk.append(member.id, issued(member.id, number))
        case "reply":
            return desk.reply(member, f"c{number}", value)
        case "row.add":
            return desk.ask(member, id, kind, after=[None, "", row][number % 3] if rows != ["none"] else None)
        case "row.set":
            return desk.ask(member, id, kind, row=row, field=["topic", "question_type"][number % 2], value=value)
        case "paste.declare":
            client = clients[number % len(clients)]
            return desk.ask(member, id, kind, **declared(client, text=text))
        case "model.use":
            return desk.ask(member, id, kind, call=f"c{number}", text=text, position="end")
        case "row.remove" | "row.restore":
            return desk.ask(member, id, kind, row=row)
    return desk.ask(member, id, kind)


@settings(max_examples=400, deadline=None)
@given(steps, st.randoms(use_true_random=False))
def test_the_law_of_changes(todo: list[tuple[Member, str, str, int, str]], random: Any) -> None:
    desk = board()
    start = the(desk).snapshot(None)
    viewers = ("p_ana", "p_ben", "p_mia")
    views = {viewer: the(desk).snapshot(viewer) for viewer in viewers}
    stages = [(0, copy.deepcopy(start))]
    events: list[Applied] = []
    apply = desk.append

    def append(actor: str, act: Act) -> Applied:  # every event, also those that one command brings along
        events.append(apply(actor, act))
        stages.append((len(events), copy.deepcopy(the(desk).snapshot(None))))
        return events[-1]

    desk.append = append  # type: ignore[method-assign]
    seen: set[tuple[str, str]] = set()
    first = (MIA, "first", "row.add", 0, "")  # without a row hardly a step is one
    for member, id, kind, number, value in [first, *todo]:
        before = len(desk.log)
        answer = step(desk, member, id, kind, number, value)
        if kind in ("issue", "reply"):
            continue
        assert isinstance(answer, Applied) == (len(desk.log) > before)
        if (member.id, id) in seen:
            assert not isinstance(answer, Applied)  # the same id changes nothing twice
        if isinstance(answer, Applied):
            seen.add((member.id, id))
    # each event leads from the state before to the state after, one by one and in batches of any size
    state, at = start, 0
    while at < len(events):
        end = min(len(events), at + random.randint(1, 5))
        state = merge(state, [change for event in events[at:end] for change in event.changes])
        assert state == stages[end][1]
        at = end
    # for everyone's eyes too
    for viewer in viewers:
        for event in events:
            views[viewer] = merge(views[viewer], visible(event.changes, viewer))
        assert views[viewer] == the(desk).snapshot(viewer)
    # from the disk
    again = Board(place(), title="Pilot")
    told = [again.apply(seq, at_, actor, on_disk(act)) for seq, at_, actor, act in json_round(desk.log)]
    assert again.snapshot(None) == state
    assert told == events
    assert again.names == the(desk).names
    assert again.ordered() == the(desk).ordered()
    assert dict(again.clients) == dict(the(desk).clients)
    for person, id in seen:
        assert again.commands.find(person, id) == the(desk).commands.find(person, id) is not None


def json_round(log: list[tuple[int, str, str, Act]]) -> list[tuple[int, str, str, Act]]:
    return [
        (seq, at, actor, Act(act.kind, act.subject, json.loads(json.dumps(dict(act.data))), act.texts))
        for seq, at, actor, act in log
    ]


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
