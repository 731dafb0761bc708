"""Rows that curators give back: what a board lacks until it shows what stands, and when the asking is over."""

from __future__ import annotations

from seedbed.workshop import Board
from seedbed.workshop.families.returns import Return, changed, due
from tests.workshop.making import ANA, OLA, Desk, board

ONE = Return("r1", "Which hill?", "a_cora", 4)


def asked() -> Desk:
    desk = board()
    for number in range(2):
        desk.done(ANA, f"{number}", "row.add")
    return desk


def shown(desk: Desk) -> dict[str, tuple[str, str, str, bool]]:
    assert isinstance(desk.state, Board)
    found = desk.state.items("returns")
    return {seed: (one["row"], one["note"], one["by"], bool(one["changed"])) for seed, one in found.items()}


def test_a_board_is_given_what_it_lacks_once() -> None:
    desk = asked()
    assert [event.kind for event in desk.give_back({"A-r1": ONE})] == ["row.return"]
    assert shown(desk) == {"A-r1": ("r1", "Which hill?", "a_cora", False)}
    assert desk.give_back({"A-r1": ONE}) == []
    again = Return("r1", "Which hill, and whose?", "a_dan", 7)
    assert [event.kind for event in desk.give_back({"A-r1": again})] == ["row.return"]
    assert shown(desk) == {"A-r1": ("r1", "Which hill, and whose?", "a_dan", False)}
    assert [(event.kind, event.actor) for event in desk.give_back({})] == [("row.settled", "server")]
    assert shown(desk) == {}


def test_a_row_that_is_not_there_is_asked_nothing() -> None:
    desk = asked()
    desk.done(OLA, "x", "row.remove", row="r2")
    assert desk.give_back({"A-zz": Return("zz", "?", "a", 1), "A-r2": Return("r2", "?", "a", 2)}) == []
    desk.done(OLA, "y", "row.restore", row="r2")
    assert len(desk.give_back({"A-r2": Return("r2", "?", "a", 2)})) == 1


def test_the_first_change_answers_what_is_asked_of_that_row() -> None:
    desk = asked()
    assert isinstance(desk.state, Board)
    assert changed(desk.state, "r1") is None
    desk.give_back({"A-r1": ONE, "A-r2": Return("r2", "Why?", "a_cora", 5)})
    act = changed(desk.state, "r1")
    assert act is not None
    desk.append(ANA.id, act)
    assert {seed: one[3] for seed, one in shown(desk).items()} == {"A-r1": True, "A-r2": False}
    assert changed(desk.state, "r1") is None
    # what is decided anew is asked anew
    anew = {"A-r1": Return("r1", "And whose?", "a_cora", 9)}
    assert [event.kind for event in desk.give_back(anew)] == ["row.return", "row.settled"]
    assert [*due(desk.state, anew)] == []
    assert shown(desk) == {"A-r1": ("r1", "And whose?", "a_cora", False)}
    assert changed(desk.state, "r1") is not None


def test_a_note_that_was_erased_leaves_no_words() -> None:
    desk = asked()
    (event,) = desk.give_back({"A-r1": ONE})
    _, at, actor, act = desk.log[-1]
    fold = Board(desk.state.place)  # type: ignore[union-attr]
    for seq, when, who, one in desk.log[:-1]:
        fold.apply(seq, when, who, one)
    fold.apply(event.seq, at, actor, type(act)(act.kind, act.subject, {**act.data, "note": None}))
    assert fold.items("returns")["A-r1"]["note"] == ""
