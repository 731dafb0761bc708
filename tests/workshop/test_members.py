"""People and groups: who comes in as what, who moves and removes whom, and that a removal stays."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.study.entries import Act
from seedbed.workshop import Already, Member, Members, merge
from tests.workshop.making import ANA, BEN, CUI, MIA, OLA, Desk, on_disk, people


def join(desk: Desk, member: Member, id: str = "j") -> object:
    return desk.ask(member, id, "member.join", person=member.id, group=member.group, role=member.role)


def test_a_person_comes_in_as_their_link_says() -> None:
    desk = people()
    assert desk.refused(ANA, "j", "member.join", person="p_ana", group="A", role="moderator") == "not_yours"
    assert desk.refused(ANA, "j", "member.join", person="p_ana", group="B", role="participant") == "not_yours"
    assert desk.refused(ANA, "j", "member.join", person="p_ben", group="A", role="participant") == "not_yours"
    desk.done(ANA, "j", "member.join", person="p_ana", group="A", role="participant")
    assert desk.state.member("p_ana") == ANA  # type: ignore[union-attr]


def test_coming_in_again_changes_nothing() -> None:
    desk = people()
    join(desk, ANA)
    desk.done(OLA, "m", "member.move", person="p_ana", group="B")
    assert isinstance(join(desk, ANA), Already)
    assert desk.refused(ANA, "j2", "member.join", person="p_ana", group="A", role="participant") == "bad_command"
    assert desk.state.member("p_ana") == Member("p_ana", "participant", "B")  # type: ignore[union-attr]
    desk.done(OLA, "r", "member.remove", person="p_ana")
    assert desk.refused(ANA, "j3", "member.join", person="p_ana", group="A", role="participant") == "removed"
    assert desk.refused(ANA, "j", "member.join", person="p_ana", group="A", role="participant") == "removed"
    desk.done(OLA, "back", "member.join", person="p_ana", group="A", role="participant")
    assert desk.state.member("p_ana") == ANA  # type: ignore[union-attr]


def test_who_may_move_and_remove_whom() -> None:
    desk = people()
    for member in (ANA, BEN, MIA):
        join(desk, member)
    assert desk.refused(ANA, "1", "member.remove", person="p_ben") == "not_yours"
    assert desk.refused(CUI, "1", "member.remove", person="p_ben") == "read_only"
    assert desk.refused(MIA, "1", "member.remove", person="p_mia") == "not_yours"
    assert desk.refused(MIA, "1", "member.remove", person="p_nobody") == "bad_command"
    assert desk.refused(MIA, "1", "member.move", person="p_ben", group="Z") == "bad_command"
    desk.done(MIA, "1", "member.move", person="p_ben", group="B")
    desk.done(OLA, "1", "member.remove", person="p_mia")
    # the server's word for who someone is may be older than the log
    assert desk.refused(MIA, "2", "member.remove", person="p_ben") == "removed"
    assert desk.refused(MIA, "1", "member.move", person="p_ben", group="B") == "removed"


def test_groups() -> None:
    desk = people()
    assert desk.refused(MIA, "g", "group.add", group="C") == "not_yours"
    desk.done(OLA, "g", "group.add", group="C")
    assert desk.refused(OLA, "g2", "group.add", group="c") == "bad_command"
    members = desk.state
    assert isinstance(members, Members)
    assert members.groups == ("A", "B", "C")
    assert len(members.boards()) == 9
    assert members.has_board("board/C/triples")
    assert members.has_board("board/C/reflection")
    assert Members(("A",), activities=("triples",)).boards() == ["board/A/triples", "board/A/reflection"]
    assert not members.has_board("board/D/triples")
    assert not members.has_board("workshop")


def test_boards_have_no_commands_of_people_and_people_none_of_boards() -> None:
    assert people().refused(OLA, "x", "row.add") == "bad_command"


def test_changes_lead_from_state_to_state_and_the_disk_says_the_same() -> None:
    desk = people()
    state = desk.state.snapshot(None)
    for member in (ANA, BEN, MIA):
        event = desk.done(member, "j", "member.join", person=member.id, group=member.group, role=member.role)
        state = merge(state, event.changes)
    for number, (kind, detail) in enumerate(
        [
            ("member.move", {"person": "p_ana", "group": "B"}),
            ("group.add", {"group": "C"}),
            ("member.remove", {"person": "p_ben"}),
        ]
    ):
        state = merge(state, desk.done(OLA, f"o{number}", kind, **detail).changes)
    assert state == desk.state.snapshot(None)
    again = Members(("A", "B"))
    for seq, at, actor, act in desk.log:
        again.apply(seq, at, actor, on_disk(act))
    assert again.snapshot() == state
    assert again.seq == len(desk.log)


# --- what people say of themselves -----------------------------------------------------------------------------------


def the(desk: Desk) -> Members:
    assert isinstance(desk.state, Members)
    return desk.state


def here() -> Desk:
    desk = people()
    for member in (ANA, BEN, MIA):
        join(desk, member)
    return desk


def test_consent_is_given_item_by_item() -> None:
    desk = here()
    assert the(desk).people["p_ana"]["consent"] is None
    assert not the(desk).consents("p_ana", "training")
    desk.done(ANA, "1", "consent.give", person="p_ana", items={"training": True, "quoting": False}, version=3)
    assert the(desk).people["p_ana"]["consent"] == {
        "items": {"training": True, "quoting": False}, "version": 3, "at": desk.log[-1][1],
    }  # fmt: skip
    assert the(desk).consents("p_ana", "training")
    assert not the(desk).consents("p_ana", "quoting")
    assert not the(desk).consents("p_ana", "recording")
    assert not the(desk).consents("p_nobody", "training")
    desk.done(ANA, "2", "consent.give", person="p_ana", items={"training": False}, version=4)
    assert not the(desk).consents("p_ana", "training")
    assert isinstance(desk.ask(ANA, "1", "consent.give", person="p_ana", items={"training": True}, version=3), Already)
    assert not the(desk).consents("p_ana", "training")


def test_a_profile_is_said_and_taken_back_as_a_whole() -> None:
    desk = here()
    assert the(desk).profile("p_ana") is None
    desk.done(ANA, "1", "profile.set", person="p_ana", position=" Nurse ", positionality="I write as a migrant.")
    assert the(desk).profile("p_ana") == {
        "position": "Nurse", "background": "", "place": "", "positionality": "I write as a migrant.",
        "at": desk.log[-1][1],
    }  # fmt: skip
    assert "Nurse" not in str(desk.log[-1][3].data)
    desk.done(ANA, "2", "profile.set", person="p_ana")
    assert the(desk).profile("p_ana") is None


def test_the_warning_is_answered_and_the_answer_can_change() -> None:
    desk = here()
    assert the(desk).people["p_ana"]["misaligned"] is None
    desk.done(ANA, "1", "warning.answer", person="p_ana", choice="opt_out")
    desk.done(ANA, "2", "warning.answer", person="p_ana", choice="write")
    assert the(desk).people["p_ana"]["misaligned"] == "write"


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("consent.give", {"items": {"training": True}, "version": 1}),
        ("profile.set", {"place": "Recife"}),
        ("warning.answer", {"choice": "write"}),
    ],
)
def test_nobody_speaks_for_another(kind: str, detail: dict[str, Any]) -> None:
    desk = here()
    for member in (BEN, MIA, OLA, CUI):
        assert desk.refused(member, "1", kind, person="p_ana", **detail) == "not_yours"
    assert desk.refused(OLA, "1", kind, person="a_ola", **detail) == "unknown_person"
    desk.done(OLA, "2", "member.remove", person="p_ana")
    assert desk.refused(ANA, "1", kind, person="p_ana", **detail) == "removed"


def test_who_is_anonymous_is_so_from_arrival_on() -> None:
    desk = people()
    desk.done(ANA, "j", "member.join", person="p_ana", group="A", role="participant", anonymous=True)
    join(desk, BEN)
    desk.done(ANA, "c", "consent.give", person="p_ana", items={"training": True}, version=1)
    assert (the(desk).is_anonymous("p_ana"), the(desk).is_anonymous("p_ben")) == (True, False)
    assert not the(desk).is_anonymous("p_nobody")
    desk.done(OLA, "1", "member.move", person="p_ana", group="B")
    desk.done(OLA, "2", "member.remove", person="p_ana")
    desk.done(OLA, "3", "member.join", person="p_ana", group="A", role="participant")
    assert the(desk).is_anonymous("p_ana")
    assert the(desk).consents("p_ana", "training")  # what was answered stays answered


def test_people_of_an_older_log_have_answered_nothing() -> None:
    members = Members(("A",))
    members.apply(1, "t", "p_ana", Act("member.join", "p_ana", {"cmd": "1", "group": "A", "role": "participant"}))
    assert members.people["p_ana"] == {
        "group": "A", "role": "participant", "removed": False, "at": "t", "anonymous": False, "consent": None,
        "misaligned": None,
    }  # fmt: skip
