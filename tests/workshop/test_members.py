"""People and groups: who comes in as what, who moves and removes whom, and that a removal stays."""

from __future__ import annotations

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
    assert len(members.boards()) == 6
    assert members.has_board("board/C/triples")
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
