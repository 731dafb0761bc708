"""Comments, votes and kept versions: who may, what stands, and how much."""

from __future__ import annotations

import pytest

from seedbed.workshop.bounds import MOST
from tests.workshop.making import ANA, BEN, CLO, CUI, MIA, OBE, Desk, board


@pytest.fixture
def desk() -> Desk:
    desk = board()
    desk.done(ANA, "row", "row.add")  # r1
    return desk


def test_a_comment_says_whose_it_is_and_when(desk: Desk) -> None:
    id = desk.done(BEN, "1", "comment.add", row="r1", text="Who asks?\nAnd where?").subject
    assert dict(desk.state.items("comments")) == {
        id: {"row": "r1", "person": "p_ben", "at": desk.log[-1][1], "text": "Who asks?\nAnd where?", "resolved": False}
    }
    desk.done(ANA, "2", "comment.resolve", comment=id, resolved=True)
    assert desk.state.items("comments")[id]["resolved"] is True
    desk.done(ANA, "3", "comment.resolve", comment=id, resolved=False)
    assert desk.state.items("comments")[id]["resolved"] is False
    assert desk.state.items("comments")[id]["person"] == "p_ben"


def test_one_removes_ones_own_comments_and_a_facilitator_any(desk: Desk) -> None:
    first = desk.done(BEN, "1", "comment.add", row="r1", text="one").subject
    second = desk.done(BEN, "2", "comment.add", row="r1", text="two").subject
    assert desk.refused(ANA, "1", "comment.remove", comment=first) == "not_yours"
    desk.done(BEN, "3", "comment.remove", comment=first)
    desk.done(MIA, "1", "comment.remove", comment=second)
    assert desk.state.items("comments") == {}
    assert desk.refused(BEN, "4", "comment.remove", comment=first) == "unknown_item"
    assert desk.refused(BEN, "4", "comment.resolve", comment=first, resolved=True) == "unknown_item"


def test_nothing_is_said_of_a_row_that_is_not_there(desk: Desk) -> None:
    desk.done(BEN, "gone", "row.remove", row="r1")
    for row in ("r1", "zz"):
        assert desk.refused(BEN, "1", "comment.add", row=row, text="hm") == "unknown_row"
        assert desk.refused(BEN, "1", "vote.set", row=row, on=True) == "unknown_row"
        assert desk.refused(BEN, "1", "version.keep", row=row) == "unknown_row"


def test_who_may_not_write_may_not_talk_either(desk: Desk) -> None:
    for member, code in ((OBE, "read_only"), (CUI, "read_only"), (CLO, "not_yours")):
        assert desk.refused(member, "1", "comment.add", row="r1", text="hm") == code
        assert desk.refused(member, "1", "vote.set", row="r1", on=True) == code
    desk.done(MIA, "close", "phase.close")
    assert desk.refused(ANA, "1", "comment.add", row="r1", text="hm") == "phase_closed"
    desk.done(MIA, "1", "comment.add", row="r1", text="hm")


def test_a_vote_is_ones_own_and_counts_once(desk: Desk) -> None:
    desk.done(ANA, "1", "vote.set", row="r1", on=True)
    desk.done(ANA, "2", "vote.set", row="r1", on=True)
    desk.done(BEN, "1", "vote.set", row="r1", on=True)
    assert dict(desk.state.items("votes")) == {
        "r1:p_ana": {"row": "r1", "person": "p_ana"},
        "r1:p_ben": {"row": "r1", "person": "p_ben"},
    }
    desk.done(ANA, "3", "vote.set", row="r1", on=False)
    desk.done(ANA, "4", "vote.set", row="r1", on=False)
    assert [*desk.state.items("votes")] == ["r1:p_ben"]


def test_a_version_is_a_mark_in_the_log(desk: Desk) -> None:
    event = desk.done(BEN, "1", "version.keep", row="r1", note="before we split it")
    assert desk.state.items("versions")[event.subject] == {
        "row": "r1", "person": "p_ben", "at": desk.log[-1][1], "seq": event.seq, "note": "before we split it",
    }  # fmt: skip
    again = desk.done(BEN, "2", "version.keep", row="r1")
    assert desk.state.items("versions")[again.subject]["note"] == ""


def test_nobody_alone_fills_a_board_with_comments(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 6
    monkeypatch.setattr("seedbed.workshop.bounds.MOST", {**MOST, "comments": most, "votes": 1})
    for number in range(most // 2):
        desk.done(ANA, f"{number}", "comment.add", row="r1", text="hm")
    assert desk.refused(ANA, "more", "comment.add", row="r1", text="hm") == "document_full"
    for number in range(most // 2):
        desk.done(BEN, f"{number}", "comment.add", row="r1", text="hm")
    assert desk.refused(MIA, "more", "comment.add", row="r1", text="hm") == "document_full"
    desk.done(MIA, "less", "comment.remove", comment=next(iter(desk.state.items("comments"))))
    desk.done(MIA, "more", "comment.add", row="r1", text="hm")
    desk.done(ANA, "vote", "vote.set", row="r1", on=True)
    assert desk.refused(BEN, "vote", "vote.set", row="r1", on=True) == "document_full"
    desk.done(ANA, "vote2", "vote.set", row="r1", on=True)  # hers has its place
