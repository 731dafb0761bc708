"""Lessons go along with a package, and the next workshop can be set up with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.replicate import pack, set_up
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.workshop import AGENDA, WORKSHOP, Template
from seedbed.workshop.lessons import differences
from seedbed.workshop.lessons.edits import to_json
from seedbed.workshop.words import act
from tests.cli.command import call, refused
from tests.replicate.test_package import contents

PRESENT = Template.default("en").sections()
SAID = "Twenty-five minutes were too few."
QUIET = "What Mia would not have quoted."


def learnt(root: Path) -> Folder:
    """A study with two lessons of the organiser, one accepted, and one of a moderator who is not to be quoted."""
    folder = Study.new(root).folder
    sessions = json.loads(json.dumps(PRESENT["sessions"]))
    sessions[0]["steps"][1]["minutes"] = 40
    edits = to_json(differences(PRESENT["sessions"], sessions))
    groups = {**PRESENT["groups"], "A": {**PRESENT["groups"]["A"], "call_url": "https://call.example/room"}}
    with EventStore.of(folder) as store:
        store.append(WORKSHOP, "p_mia", [
            Act("member.join", "p_mia", {"cmd": "j", "group": None, "role": "moderator", "anonymous": False}),
            Act("consent.give", "p_mia", {"cmd": "c", "items": {"training": True, "quoting": False}, "version": 1}),
        ])  # fmt: skip
        store.append(AGENDA, "a_olga", [
            act("template.set", "groups", {"cmd": "g", "value": json.dumps(groups)}),
            act("lesson.add", "l1", {"cmd": "1", "text": SAID, "from": ["note:A/reflection/r1"]}),
            act("lesson.change", "l1", {"cmd": "2", "section": "sessions", "value": edits}),
            act("lesson.decide", "l1", {"cmd": "3", "accepted": True, "reason": "All five groups"}),
            act("lesson.add", "l2", {"cmd": "4", "text": "Fewer cards.", "from": []}),
            act("lesson.decide", "l2", {"cmd": "5", "accepted": False, "reason": "They were used"}),
        ])  # fmt: skip
        managers = to_json(differences(PRESENT["managers"], [QUIET]))
        store.append(AGENDA, "p_mia", [
            act("lesson.add", "l3", {"cmd": "6", "text": QUIET, "from": []}),
            act("lesson.change", "l3", {"cmd": "7", "section": "managers", "value": managers}),
        ])  # fmt: skip
    return folder


def minutes(folder: Path) -> int:
    return Study.open(folder).lessons().present.sessions[0].steps[1].minutes


def test_the_next_workshop_begins_with_what_was_learnt(tmp_path: Path) -> None:
    pack(learnt(tmp_path / "pilot"), tmp_path / "one.zip")
    again, after = tmp_path / "again", tmp_path / "after"
    set_up(tmp_path / "one.zip", again)
    set_up(tmp_path / "one.zip", after, next=True)
    assert (minutes(tmp_path / "pilot"), minutes(again), minutes(after)) == (25, 25, 40)
    # all else is the same workshop, and the room of a call is in neither
    for name, value in PRESENT.items():
        if name != "sessions":
            assert Study.open(after).lessons().present.sections()[name] == value
    assert Study.open(after).lessons().learnt == ()


def test_what_was_learnt_is_told_on_through_every_package(tmp_path: Path) -> None:
    pack(learnt(tmp_path / "pilot"), tmp_path / "one.zip")
    set_up(tmp_path / "one.zip", tmp_path / "after", next=True)
    with EventStore.of(Folder(tmp_path / "after")) as store:
        store.append(AGENDA, "a_olga", [act("lesson.add", "m1", {"cmd": "1", "text": "Now too many.", "from": []})])
    pack(Folder(tmp_path / "after"), tmp_path / "two.zip")
    first, second = (
        [json.loads(line) for line in contents(tmp_path / f"{name}.zip")["lessons.jsonl"].splitlines()]
        for name in ("one", "two")
    )
    assert [(one["lesson"], one["state"], one["text"], one["reason"]) for one in first] == [
        ("l1", "accepted", SAID, "All five groups"), ("l2", "declined", "Fewer cards.", "They were used"),
        ("l3", "open", None, ""),
    ]  # fmt: skip
    assert first[0]["changes"][0]["edits"][0]["now"] == 40
    assert first[0]["from"] == ["note:A/reflection/r1"]
    assert second == [*first, second[-1]]
    assert second[-1]["text"] == "Now too many."
    decided = [json.loads(line) for line in contents(tmp_path / "one.zip")["decisions.jsonl"].splitlines()]
    assert [line["detail"] for line in decided if line["what"] == "lesson.decide"] == [
        {"accepted": True}, {"accepted": False},
    ]  # fmt: skip


def test_who_is_not_to_be_quoted_is_not_and_no_package_says_where_people_talk(tmp_path: Path) -> None:
    folder = learnt(tmp_path / "pilot")
    pack(folder, tmp_path / "one.zip")
    pack(folder, tmp_path / "boards.zip", boards=True)
    for name in ("one.zip", "boards.zip"):
        whole = b"\n".join(contents(tmp_path / name).values()).decode()
        assert QUIET not in whole
        assert "call.example" not in whole
        assert SAID in whole


def test_a_package_of_a_copy_is_that_package_with_lessons_too(tmp_path: Path) -> None:
    pack(learnt(tmp_path / "pilot"), tmp_path / "one.zip")
    set_up(tmp_path / "one.zip", tmp_path / "again")
    pack(Folder(tmp_path / "again"), tmp_path / "two.zip")
    one, two = contents(tmp_path / "one.zip"), contents(tmp_path / "two.zip")
    assert one["lessons.jsonl"] == two["lessons.jsonl"]
    assert "next.json" not in two  # this workshop learnt nothing yet
    assert one["template.json"] == two["template.json"]


# --- the commands ----------------------------------------------------------------------------------------------------


def test_the_command_lists_writes_and_is_readable_for_programs(tmp_path: Path) -> None:
    folder = learnt(tmp_path / "pilot").root
    told = call("lessons", folder, "--write", tmp_path / "next.json")
    assert told.code == 0, told
    assert told.out == ""
    for words in (
        f"l1  accepted: {SAID}", "sessions › Session 1: questions › steps › Write questions › minutes: 25 → 40",
        "from note:A/reflection/r1", "because: All five groups", "l2  declined: Fewer cards.", "l3  open:",
    ):  # fmt: skip
        assert words in told.err, told.err
    assert Template.from_json((tmp_path / "next.json").read_bytes()).sessions[0].steps[1].minutes == 40
    refused(call("lessons", folder, "--write", tmp_path / "next.json"), 2, "is there already")
    found = call("lessons", folder, "--json").json
    assert (found["schema"], found["next"]["entered"]) == (1, ["l1"])
    assert [one["state"] for one in found["lessons"]] == ["accepted", "declined", "open"]
    assert Template.from_json(json.dumps(found["next"]["template"])).sessions[0].steps[1].minutes == 40
    with EventStore.of(Folder(folder)) as store:
        there = json.loads(json.dumps(PRESENT["sessions"]))
        there[0]["steps"][1]["minutes"] = 30
        store.append(AGENDA, "a_olga", [act("template.set", "sessions", {"cmd": "s", "value": json.dumps(there)})])
    told = call("lessons", folder)
    assert "l1  accepted, needs a new look" in told.err
    assert "The next template is the present one." in told.err
    assert "1 accepted need a new look" in told.err


@pytest.mark.parametrize("lessons", [False, True])
def test_a_new_study_with_the_next_template_by_command(tmp_path: Path, lessons: bool) -> None:
    folder = learnt(tmp_path / "pilot") if lessons else Study.new(tmp_path / "pilot").folder
    assert call("replicate", folder.root, tmp_path / "one.zip").code == 0
    made = call("new", tmp_path / "after", "--from", tmp_path / "one.zip", "--next")
    if lessons:
        assert made.code == 0, made
        assert minutes(tmp_path / "after") == 40
        assert "No lessons were put down." in call("lessons", tmp_path / "after").err
    else:
        refused(made, 2, "has no next template", hint="Leave --next out")
        assert not (tmp_path / "after").exists()
    refused(call("new", tmp_path / "other", "--next"), 2, "--next is of a package")
