"""What is set for everybody: the template is complete from the start, and steps, labels and bridge are on record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedbed.study.entries import Act
from seedbed.workshop import AGENDA, Agenda, Already, Member, Template, phases_of
from seedbed.workshop.template import KINDS, OF_FACILITATORS, SECTIONS
from tests.workshop.making import ANA, CUI, MIA, OBE, OLA, Desk, agenda, erased


def the(desk: Desk) -> Agenda:
    assert isinstance(desk.state, Agenda)
    return desk.state


def set_(desk: Desk, id: str, section: str, value: Any) -> Any:
    return desk.ask(OLA, id, "template.set", section=section, value=json.dumps(value))


def test_the_template_is_complete_from_the_start() -> None:
    for language in ("en", "pt"):
        made = Agenda(language)
        found = made.snapshot(ANA)
        sections = {
            name: {"value": value, "at": None, "by": None}
            for name, value in Template.default(language).sections().items()
        }
        assert made.snapshot(MIA)["template"] == made.snapshot()["template"] == sections
        assert found["template"] == {name: one for name, one in sections.items() if name not in OF_FACILITATORS}
        assert found["about"]["main"] == {"version": made.template_version, "script": 0}
        assert made.template_version == 0
        nowhere = {"step": None, "at": None, "by": None, "timer": None, "break": None, "working": None}
        assert found["now"]["main"] == nowhere
        assert found["announcements"] == {}
        assert found["taxonomy"]["main"] == {"version": 1, "at": None}
        assert found["bridge"] == {}
        assert made.step is None
        assert made.template.about.language == language
    assert Agenda(taxonomy=7).taxonomy == 7


def test_it_can_be_held_where_a_board_is() -> None:
    made = Agenda()
    assert (made.doc, made.phase) == (AGENDA, "open")


def test_a_section_is_set_as_a_whole_by_the_organiser() -> None:
    desk = agenda()
    groups = {"A": {"value": "safety", "call_url": "https://call.example/a", "goal_questions": 12}}
    event = set_(desk, "1", "groups", groups)
    kept = {"A": {**groups["A"], "goal_triples": 10}}
    assert the(desk).snapshot()["template"]["groups"] == {"value": kept, "at": desk.log[-1][1], "by": "a_ola"}
    assert {change[:2] for change in event.changes} == {("template", "groups"), ("about", "main")}
    assert the(desk).template.group("A").goal_questions == 12
    assert the(desk).template.group("Z").goal_questions == 10
    assert the(desk).template_version == 1
    assert isinstance(set_(desk, "1", "groups", groups), Already)
    assert the(desk).template_version == 1
    for member in (ANA, OBE, MIA, CUI):
        assert desk.refused(member, "1", "template.set", section="groups", value="{}") == "not_yours"
    words = desk.log[-1][3]
    assert "call.example" in words.texts["value"]
    assert "call.example" not in str(words.data)


def session(steps: str) -> str:
    return f'[{{"id": "a", "title": "A", "steps": [{steps}]}}]'


def words(values: str) -> str:
    return f'{{"regions": ["BR"], "kinds": [{{"kind": "c", "label": "C", "values": [{values}]}}]}}'


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("weather", "{}"),
        ("groups", "{"),
        ("groups", "[" * 10_000),
        ("groups", '{"A": {"call_url": "http://call.example"}}'),
        ("groups", '{"A": {"call_url": "javascript:alert(1)"}}'),
        ("groups", '{"A": {"call_url": "https://x y"}}'),
        ("groups", '{"a/b": {}}'),
        ("groups", '{"A": {"more": 1}}'),
        ("tasks", '[{"id": "a", "label": "A", "text": ""}, {"id": "a", "label": "B", "text": ""}]'),
        ("tasks", '[{"id": "a", "label": "\\ud83d", "text": ""}]'),
        ("tasks", '[{"id": "a", "label": "\\u0000", "text": ""}]'),
        ("sessions", session('{"id": "s", "kind": "party", "title": "S", "minutes": 1, "text": ""}')),
        ("sessions", session('{"id": "S", "kind": "break", "title": "S", "minutes": 1, "text": ""}')),
        ("sessions", session('{"id": "s", "kind": "break", "title": "S", "minutes": -1, "text": ""}')),
        ("sessions", session(", ".join(2 * ['{"id": "s", "kind": "break", "title": "S", "minutes": 1, "text": ""}']))),
        ("helper", '{"temperature": NaN}'),
        ("helper", '{"temperature": 3}'),
        ("helper", '{"endpoints": ["a b"]}'),
        ("entities", words('{"value": "x", "regions": ["US"]}')),
        ("entities", words('{"value": "x", "forbidden": ["US"]}')),
        ("entities", words('{"value": "x", "regions": ["BR"], "forbidden": ["BR"]}')),
        ("entities", words('{"value": "x"}, {"value": "x"}')),
    ],
)
def test_what_is_no_section(section: str, value: str) -> None:
    desk = agenda()
    assert desk.refused(OLA, "1", "template.set", section=section, value=value) == "bad_template"
    assert the(desk).template_version == 0


def test_everybody_goes_to_a_step_that_is_there() -> None:
    desk = agenda()
    assert desk.refused(ANA, "1", "step.go", step="questions") == "not_yours"
    assert desk.refused(CUI, "1", "step.go", step="questions") == "not_yours"
    assert desk.refused(MIA, "1", "step.go", step="no-such") == "unknown_step"
    desk.done(MIA, "1", "step.go", step="questions")
    at = desk.log[-1][1]
    assert the(desk).now == {
        "step": "questions", "at": at, "by": "p_mia", "timer": {"left_s": 1500, "running": True, "at": at},
        "break": None, "working": {"since": at, "tasks": 1},
    }  # fmt: skip
    step = the(desk).step
    assert step is not None
    assert step.kind == "questions"
    set_(desk, "2", "sessions", [])
    assert the(desk).step is None
    assert desk.refused(OLA, "3", "step.go", step="questions") == "unknown_step"
    desk.done(OLA, "3", "step.go", step=None)
    assert the(desk).now["step"] is None


def test_labels_only_become_newer() -> None:
    desk = agenda()
    desk.done(OLA, "1", "taxonomy.set", version=3)
    assert the(desk).taxonomy == 3
    for version in (3, 2):
        assert desk.refused(OLA, "2", "taxonomy.set", version=version) == "bad_command"
    assert desk.refused(MIA, "1", "taxonomy.set", version=4) == "not_yours"


def test_the_bridge_is_given() -> None:
    desk = agenda()
    assert the(desk).bridge is None
    assert desk.refused(ANA, "1", "bridge.give", run="bridge-1", source="grown") == "not_yours"
    desk.done(MIA, "1", "bridge.give", run="bridge-1", source="grown")
    assert the(desk).bridge == {"run": "bridge-1", "at": desk.log[-1][1], "source": "grown"}
    desk.done(OLA, "1", "bridge.give", run=None, source="seeds")
    assert the(desk).bridge == {"run": None, "at": desk.log[-1][1], "source": "seeds"}


def test_the_removed_see_nothing_and_no_other_command_is_one_here() -> None:
    desk = agenda()
    gone = Member("p_mia", "moderator", removed=True)
    assert desk.refused(gone, "1", "step.go", step=None) == "removed"
    for kind, detail in (("row.add", {}), ("phase.open", {}), ("group.add", {"group": "C"})):
        assert desk.refused(OLA, "1", kind, **detail) == "bad_command"


def test_a_section_of_another_version_does_not_break_the_template() -> None:
    made = Agenda()
    made.apply(1, "t", "a_ola", Act("template.set", "helper", {"cmd": "1", "value": '{"moods": 3}'}))
    made.apply(2, "t", "a_ola", Act("template.set", "weather", {"cmd": "2", "value": "1"}))
    assert made.template == Template.default("en")
    assert made.template_version == 2
    assert set(made.template.sections()) == set(SECTIONS)


def test_what_a_step_opens_and_closes() -> None:
    opens = {kind: [name for name, phase in phases_of(kind).items() if phase == "open"] for kind in KINDS}
    assert opens == {
        "welcome": [], "questions": ["questions"], "refine": ["questions"], "break": [], "bridge": [],
        "triples": ["triples"], "reflection": ["reflection"], "close": [],
    }  # fmt: skip
    assert all(set(phases_of(kind)) == {"questions", "triples", "reflection"} for kind in KINDS)


def test_where_a_section_was_erased_what_stood_before_it_stands() -> None:
    desk = agenda()
    set_(desk, "1", "tasks", [])
    other = Member("a_oto", "organiser")
    desk.done(other, "1", "template.set", section="tasks", value='[{"id": "a", "label": "Mine", "text": ""}]')
    assert the(desk).template.tasks[0].label == "Mine"
    made = Agenda()
    for seq, at, actor, act in desk.log:
        made.apply(seq, at, actor, erased(act, actor, "a_oto"))
    assert made.template.tasks == ()
    assert made.template_version == 2  # consents name a version: none comes twice
