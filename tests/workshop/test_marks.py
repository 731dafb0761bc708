"""Labels, tags, slots, spans and ratings: several people's marks stand side by side."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.workshop import Board, CommandRefused, parse_command
from seedbed.workshop.bounds import MOST
from tests.workshop.making import ANA, BEN, CUI, MIA, OLA, Desk, board, erased, place

NAME = "misaligned:r1"
START = {"item": {"client": 7, "clock": 3}}
SPAN: dict[str, Any] = {"row": "r1", "text": NAME, "start": START, "end": {"tname": NAME, "assoc": -1}}


@pytest.fixture
def desk() -> Desk:
    desk = board("triples")
    desk.done(ANA, "row", "row.add")  # r1
    return desk


def items(desk: Desk, collection: str) -> dict[str, Any]:
    return dict(desk.state.items(collection))


# --- labels ----------------------------------------------------------------------------------------------------------


def test_a_label_of_ones_own_is_proposed(desk: Desk) -> None:
    id = desk.done(ANA, "1", "label.add", of="topics", label="  Public   transport ", definition="Buses").subject
    assert items(desk, "labels") == {
        id: {
            "of": "topics", "label": "Public transport", "definition": "Buses", "person": "p_ana",
            "at": desk.log[-1][1], "state": "proposed", "as": None,
        }
    }  # fmt: skip


def test_the_same_label_is_there_once_for_each_kind(desk: Desk) -> None:
    desk.done(ANA, "1", "label.add", of="question_types", label="Giving advice")
    for again in ("giving ADVICE", "Questions that require giving advice", "giving advice!"):
        assert desk.refused(BEN, "1", "label.add", of="question_types", label=again) == "already_there"
    desk.done(BEN, "1", "label.add", of="topics", label="giving advice")
    desk.done(BEN, "2", "label.add", of="topics", label="?!")
    desk.done(BEN, "3", "label.add", of="topics", label="!?")  # signs alone are not all the same label
    assert desk.refused(BEN, "4", "label.add", of="topics", label="?!") == "already_there"


def test_facilitators_say_what_becomes_of_a_label(desk: Desk) -> None:
    id = desk.done(ANA, "1", "label.add", of="topics", label="Buses").subject
    for member, code in ((ANA, "not_yours"), (CUI, "not_yours")):
        assert desk.refused(member, "2", "label.review", label=id, state="accepted") == code
    desk.done(MIA, "1", "label.review", label=id, state="accepted", **{"as": "transport"})
    assert (items(desk, "labels")[id]["state"], items(desk, "labels")[id]["as"]) == ("accepted", "transport")
    assert items(desk, "labels")[id]["person"] == "p_ana"
    desk.done(OLA, "1", "label.review", label=id, state="declined")
    assert (items(desk, "labels")[id]["state"], items(desk, "labels")[id]["as"]) == ("declined", None)
    assert desk.refused(OLA, "2", "label.review", label="zz", state="declined") == "unknown_item"
    assert desk.refused(BEN, "1", "label.add", of="topics", label="buses") == "already_there"  # declined ones too


# --- tags ------------------------------------------------------------------------------------------------------------


def test_a_row_may_have_several_values_and_risks(desk: Desk) -> None:
    desk.done(ANA, "1", "tag.set", row="r1", of="risk", name="stereotype bias", on=True)
    desk.done(BEN, "1", "tag.set", row="r1", of="risk", name="exclusion", on=True)
    desk.done(BEN, "2", "tag.set", row="r1", of="value", name="exclusion", on=True)
    desk.done(BEN, "3", "tag.set", row="r1", of="risk", name="stereotype  bias", on=True)  # Ana's, seconded
    assert [*items(desk, "tags")] == ["r1:risk:stereotype bias", "r1:risk:exclusion", "r1:value:exclusion"]
    assert items(desk, "tags")["r1:risk:stereotype bias"]["person"] == "p_ana"
    desk.done(BEN, "4", "tag.set", row="r1", of="risk", name="stereotype bias", on=False)
    assert "r1:risk:stereotype bias" not in items(desk, "tags")
    assert desk.refused(BEN, "5", "tag.set", row="r1", of="risk", name="stereotype bias", on=False) == "unknown_item"
    desk.done(ANA, "2", "tag.set", row="r1", of="risk", name="stereotype bias", on=True)


def test_taking_a_tag_away_holds_nobodys_words(desk: Desk) -> None:
    desk.done(ANA, "1", "tag.set", row="r1", of="risk", name="exclusion", on=True)
    desk.done(BEN, "1", "tag.set", row="r1", of="risk", name="exclusion", on=False)
    act = desk.log[-1][3]
    assert act.texts == {}
    assert "exclusion" not in str(act.data)


# --- slots -----------------------------------------------------------------------------------------------------------


def test_words_that_can_be_replaced(desk: Desk) -> None:
    id = desk.done(ANA, "1", "slot.add", row="r1", of="country", text="Peru").subject
    assert items(desk, "slots") == {id: {"row": "r1", "kind": "country", "text": "Peru", "person": "p_ana"}}
    assert desk.refused(BEN, "1", "slot.add", row="r1", of="country", text=" Peru") == "already_there"
    assert desk.refused(BEN, "1", "slot.add", row="zz", of="country", text="Peru") == "unknown_row"
    desk.done(BEN, "1", "slot.add", row="r1", of="name", text="Peru")
    desk.done(BEN, "2", "slot.remove", slot=id)
    assert id not in items(desk, "slots")
    assert desk.refused(BEN, "3", "slot.remove", slot=id) == "unknown_item"


# --- spans -----------------------------------------------------------------------------------------------------------


def test_a_critique_points_at_a_part_of_a_text(desk: Desk) -> None:
    id = desk.done(ANA, "1", "span.add", **SPAN, risk="exclusion", note="who is 'we'?").subject
    assert items(desk, "spans") == {
        id: {
            "row": "r1", "text": NAME, "start": {"item": {"client": 7, "clock": 3}, "assoc": 0},
            "end": {"tname": NAME, "assoc": -1}, "risk": "exclusion", "note": "who is 'we'?", "person": "p_ana",
            "at": desk.log[-1][1],
        }
    }  # fmt: skip
    assert desk.refused(BEN, "1", "span.remove", span=id) == "not_yours"
    desk.done(MIA, "1", "span.remove", span=id)
    assert items(desk, "spans") == {}
    assert desk.refused(MIA, "2", "span.remove", span=id) == "unknown_item"


@pytest.mark.parametrize(
    "changed",
    [{"text": "misaligned:r2"}, {"row": "r2"}, {"end": {"tname": "critique:r1"}}, {"end": {}}, {"risk": "x" * 81}],
)
def test_a_span_stays_within_one_text_of_its_row(changed: dict[str, Any]) -> None:
    with pytest.raises(CommandRefused):
        parse_command({"id": "k", "kind": "span.add", **SPAN, **changed})


def test_a_span_is_in_a_text_of_this_board(desk: Desk) -> None:
    elsewhere = {"row": "r1", "text": "question:r1", "start": START, "end": START}
    assert desk.refused(ANA, "1", "span.add", **elsewhere) == "unknown_row"


# --- ratings ---------------------------------------------------------------------------------------------------------


def test_everyones_judgement_stands(desk: Desk) -> None:
    desk.done(ANA, "1", "rating.set", row="r1", scale="aligned.label", value=["aligned", "in_between"])
    desk.done(BEN, "1", "rating.set", row="r1", scale="aligned.label", value=["misaligned"])
    desk.done(BEN, "2", "rating.set", row="r1", scale="aligned.grade", value=2)
    desk.done(BEN, "3", "rating.set", row="r1", scale="aligned.grade", value=3)
    desk.done(ANA, "2", "rating.set", row="r1", scale="difficulty", value=5)
    assert {id: item["value"] for id, item in items(desk, "ratings").items()} == {
        "r1:aligned.label:p_ana": ["aligned", "in_between"],
        "r1:aligned.label:p_ben": ["misaligned"],
        "r1:aligned.grade:p_ben": 3,
        "r1:difficulty:p_ana": 5,
    }
    assert items(desk, "ratings")["r1:aligned.grade:p_ben"] == {
        "row": "r1", "scale": "aligned.grade", "person": "p_ben", "value": 3, "at": desk.log[-2][1],
    }  # fmt: skip
    desk.done(BEN, "4", "rating.set", row="r1", scale="aligned.label", value=None)
    assert "r1:aligned.label:p_ben" not in items(desk, "ratings")
    assert "r1:aligned.label:p_ana" in items(desk, "ratings")


@pytest.mark.parametrize(
    ("scale", "value"),
    [
        ("aligned.label", []),
        ("aligned.label", ["aligned", "aligned"]),
        ("aligned.label", ["good"]),
        ("aligned.label", 3),
        ("aligned.grade", 0),
        ("aligned.grade", 8),
        ("aligned.grade", True),
        ("aligned.grade", 2.5),
        ("aligned.grade", ["aligned"]),
        ("difficulty", 6),
        ("confidence", 0),
        ("critique.label", ["aligned"]),
        ("beauty", 3),
    ],
)
def test_a_judgement_is_on_its_scale(scale: str, value: Any) -> None:
    with pytest.raises(CommandRefused):
        parse_command({"id": "k", "kind": "rating.set", "row": "r1", "scale": scale, "value": value})


def test_questions_are_rated_for_difficulty_but_have_no_responses() -> None:
    desk = board("questions")
    desk.done(ANA, "row", "row.add")
    desk.done(ANA, "1", "rating.set", row="r1", scale="difficulty", value=3)
    assert desk.refused(ANA, "2", "rating.set", row="r1", scale="aligned.grade", value=3) == "bad_command"


@pytest.mark.parametrize(
    ("collection", "kind", "detail"),
    [
        ("labels", "label.add", {"of": "topics", "label": "Topic {}"}),
        ("tags", "tag.set", {"row": "r1", "of": "risk", "name": "risk {}", "on": True}),
        ("slots", "slot.add", {"row": "r1", "of": "country", "text": "Land {}"}),
        ("spans", "span.add", SPAN | {"note": "{}"}),
        ("versions", "version.keep", {"row": "r1", "note": "{}"}),
    ],
)
def test_each_collection_has_a_bound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, collection: str, kind: str, detail: dict[str, Any]
) -> None:
    monkeypatch.setattr("seedbed.workshop.bounds.MOST", {**MOST, collection: 4})

    def told(number: int) -> dict[str, Any]:
        return {name: value.format(number) if isinstance(value, str) else value for name, value in detail.items()}

    for member, first in ((ANA, 0), (BEN, 2)):
        desk.done(member, "1", kind, **told(first))
        desk.done(member, "2", kind, **told(first + 1))
        assert desk.refused(member, "3", kind, **told(first + 9)) == "document_full"
    assert desk.refused(MIA, "1", kind, **told(20)) == "document_full"
    assert len(desk.state.items(collection)) == 4


def test_what_a_facilitator_may_always_add() -> None:
    desk = board("triples")
    desk.done(MIA, "row", "row.add")
    desk.done(MIA, "close", "phase.close")
    desk.done(MIA, "1", "tag.set", row="r1", of="risk", name="exclusion", on=True)
    assert desk.refused(ANA, "1", "tag.set", row="r1", of="risk", name="other", on=True) == "phase_closed"
    assert desk.refused(ANA, "1", "rating.set", row="r1", scale="difficulty", value=1) == "phase_closed"


# --- what is left of erased words -------------------------------------------------------------------------------------


def after_erasing(desk: Desk, person: str) -> Board:
    made = Board(place("triples"))
    for seq, at, actor, act in desk.log:
        made.apply(seq, at, actor, erased(act, actor, person))
    return made


def test_a_tag_that_two_people_named_outlives_the_erasing_of_one(desk: Desk) -> None:
    tag = {"row": "r1", "of": "risk", "name": "exclusion"}
    desk.done(ANA, "1", "tag.set", **tag, on=True)
    desk.done(ANA, "2", "tag.set", **tag | {"name": "other"}, on=True)
    desk.done(BEN, "1", "tag.set", **tag, on=True)
    desk.done(BEN, "2", "tag.set", **tag | {"name": "third"}, on=True)
    assert {key: item["person"] for key, item in after_erasing(desk, "p_ana").items("tags").items()} == {
        "r1:risk:exclusion": "p_ben",
        "r1:risk:third": "p_ben",
    }
    desk.done(MIA, "1", "tag.set", **tag, on=False)
    assert [*items(desk, "tags")] == ["r1:risk:other", "r1:risk:third"]
    for person, left in (("p_ana", ["r1:risk:third"]), ("p_mia", ["r1:risk:other", "r1:risk:third"])):
        assert [*after_erasing(desk, person).items("tags")] == left  # what was taken away stays away


def test_comments_and_spans_of_an_erased_person_are_gone(desk: Desk) -> None:
    for member in (ANA, BEN):
        desk.done(member, "1", "comment.add", row="r1", text="hm")
        desk.done(member, "2", "span.add", **SPAN, risk="exclusion")
        desk.done(member, "3", "version.keep", row="r1", note="first")
    left = after_erasing(desk, "p_ana")
    for collection in ("comments", "spans"):
        assert [item["person"] for item in left.items(collection).values()] == ["p_ben"]
    assert [item["note"] for item in left.items("versions").values()] == ["", "first"]
