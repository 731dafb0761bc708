"""Lessons: what they change of the template comes through whole, and never over what somebody else changed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.workshop import Agenda, Member, Template
from seedbed.workshop.lessons import Moved, applied, clash_of, differences, following, in_words, lines
from seedbed.workshop.lessons.edits import from_json, to_json
from tests.workshop.making import ANA, CUI, MIA, OLA, Desk, agenda

SECTIONS = Template.default("en").sections()
OTO = Member("p_oto", "moderator")


def changed(section: str, *way: Any, value: Any) -> Any:
    """The section with another value at a place, which is named by keys and by numbers of items."""
    made = deepcopy(SECTIONS[section])
    holder = made
    for name in way[:-1]:
        holder = holder[name]
    holder[way[-1]] = value
    return made


def lesson(desk: Desk, section: str, value: Any, *, by: Member = MIA, text: str = "We ran out of time.") -> str:
    number = len(desk.log)
    id = desk.done(by, f"add{number}", "lesson.add", text=text, **{"from": ["note:A/reflection/r1"]}).subject
    desk.done(by, f"change{number}", "lesson.change", lesson=id, section=section, value=json.dumps(value))
    return id


def accept(desk: Desk, id: str) -> None:
    desk.done(OLA, f"yes{len(desk.log)}", "lesson.decide", lesson=id, accepted=True, reason="Everybody said so.")


def next_of(desk: Desk) -> Any:
    assert isinstance(desk.state, Agenda)
    return following(desk.state.template, desk.state.items("lessons"))


# --- differences -----------------------------------------------------------------------------------------------------

names = st.sampled_from("abcdef")
words = st.sampled_from(["", "one", "two", "three"])
things = st.recursive(
    words | st.booleans() | st.integers(0, 3) | st.none(),
    lambda inner: (
        st.dictionaries(names, inner, max_size=3)
        | st.lists(inner, max_size=3)
        | st.lists(words, unique=True, max_size=4)
        | st.lists(
            st.builds(lambda id, more: {**more, "id": id}, names, st.dictionaries(names, inner, max_size=2)),
            unique_by=lambda item: str(item["id"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(things, things)
def test_the_edits_make_the_one_of_the_other_and_travel_as_text(was: Any, now: Any) -> None:
    same = json.dumps(was, sort_keys=True) == json.dumps(now, sort_keys=True)
    if was == now and not same:
        return  # 1 and true: a section has each of its kind
    before = deepcopy(was)
    edits = from_json(to_json(differences(was, now)))
    assert (edits == ()) == (was == now)
    assert applied(was, edits) == now
    assert was == before
    for edit in edits:  # what stands already is not done again
        if edit.do == "set":
            assert applied(now, [edit]) == now


@settings(max_examples=200, deadline=None)
@given(things, things, things)
def test_two_changes_of_one_base_never_undo_each_other_in_silence(base: Any, one: Any, other: Any) -> None:
    """Where the second goes through after the first, everything that the first set and the second left is there."""
    first, second = [*differences(base, one)], [*differences(base, other)]
    try:
        made = applied(one, second)
    except Moved:
        return
    kept = {edit.at: edit.now for edit in first if edit.do == "set"}
    touched = [edit.at for edit in second if edit.do != "order"]
    for at, value in kept.items():
        if not any(at[: len(way)] == way or way[: len(at)] == at for way in touched):
            assert applied(made, [edit for edit in first if edit.at == at]) == made, (at, value)


def test_an_edit_holds_no_word_of_what_it_takes_away() -> None:
    was = [{"step": "questions", "text": "old secret", "say": ["a secret", "kept"], "watch_for": []}]
    now = [{"step": "questions", "text": "new", "say": ["kept"], "watch_for": []}]
    assert "secret" not in to_json(differences(was, now))
    assert "secret" not in to_json(differences(was, []))


# --- the next template -----------------------------------------------------------------------------------------------


def test_accepted_lessons_make_the_next_template_and_the_present_one_stays() -> None:
    desk = agenda()
    longer = lesson(desk, "sessions", changed("sessions", 0, "steps", 1, "minutes", value=30))
    fewer = lesson(desk, "reflection", SECTIONS["reflection"][:-1])
    assert next_of(desk).sections == SECTIONS
    accept(desk, longer)
    desk.done(OLA, "no", "lesson.decide", lesson=fewer, accepted=False, reason="They liked it.")
    found = next_of(desk)
    assert (found.entered, found.clashes) == ((longer,), {})
    assert found.template.sessions[0].steps[1].minutes == 30
    assert found.sections["reflection"] == SECTIONS["reflection"]
    assert isinstance(desk.state, Agenda)
    assert desk.state.template.sections() == SECTIONS
    assert desk.state.template_version == 0
    desk.done(OLA, "back", "lesson.decide", lesson=longer, accepted=None)
    assert next_of(desk).sections == SECTIONS


def test_changes_of_different_items_enter_side_by_side() -> None:
    desk = agenda()
    for way, value in [((0, "steps", 1, "minutes"), 30), ((0, "steps", 1, "text"), "Write."), ((1, "title"), "Two")]:
        accept(desk, lesson(desk, "sessions", changed("sessions", *way, value=value)))
    found = next_of(desk)
    assert len(found.entered) == 3
    step = found.template.sessions[0].steps[1]
    assert (step.minutes, step.text, found.template.sessions[1].title) == (30, "Write.", "Two")


@pytest.mark.parametrize(
    ("section", "one", "other"),
    [
        ("sessions", changed("sessions", 0, "steps", 1, "minutes", value=30),
         changed("sessions", 0, "steps", 1, "minutes", value=40)),
        ("sessions", SECTIONS["sessions"][1:], changed("sessions", 0, "steps", 1, "minutes", value=40)),
        ("sessions", changed("sessions", 0, "steps", 1, "minutes", value=40), SECTIONS["sessions"][1:]),
        ("reflection", [*SECTIONS["reflection"], {"id": "new", "title": "One", "text": ""}],
         [*SECTIONS["reflection"], {"id": "new", "title": "Other", "text": ""}]),
        ("reflection", SECTIONS["reflection"][::-1], [SECTIONS["reflection"][1], SECTIONS["reflection"][0],
                                                     *SECTIONS["reflection"][2:]]),
    ],
)  # fmt: skip
def test_who_comes_second_is_told_and_undoes_nothing(section: str, one: Any, other: Any) -> None:
    desk = agenda()
    first, second = lesson(desk, section, one), lesson(desk, section, other)
    accept(desk, second)
    accept(desk, first)  # the order of acceptance counts, not that of adding
    found = next_of(desk)
    assert found.entered == (second,)
    assert [(clash.section, clash.why) for clash in found.clashes.values()] == [(section, "moved")]
    assert [*found.clashes] == [first]
    assert found.sections[section] == other


def test_a_template_that_was_set_anew_is_never_written_over() -> None:
    desk = agenda()
    id = lesson(desk, "sessions", changed("sessions", 0, "steps", 1, "minutes", value=30))
    elsewhere = changed("sessions", 0, "title", value="First")
    desk.done(OLA, "set1", "template.set", section="sessions", value=json.dumps(elsewhere))
    accept(desk, id)
    assert next_of(desk).entered == (id,)
    there = deepcopy(elsewhere)
    there[0]["steps"][1]["minutes"] = 20
    desk.done(OLA, "set2", "template.set", section="sessions", value=json.dumps(there))
    (clash,) = next_of(desk).clashes.values()
    assert (clash.why, clash.found) == ("moved", 20)
    there[0]["steps"][1]["minutes"] = 30  # the organiser has done it already
    desk.done(OLA, "set3", "template.set", section="sessions", value=json.dumps(there))
    assert next_of(desk).entered == (id,)


def test_what_fits_alone_and_not_together_is_told() -> None:
    desk = agenda()
    regions = {"regions": ["Bahia"], "kinds": []}
    desk.done(OLA, "set", "template.set", section="entities", value=json.dumps(regions))
    value = {"value": "beach", "regions": ["Bahia"], "forbidden": []}
    uses = lesson(desk, "entities", {**regions, "kinds": [{"kind": "place", "label": "Place", "values": [value]}]})
    drops = lesson(desk, "entities", {"regions": [], "kinds": []})
    accept(desk, uses)
    assert isinstance(desk.state, Agenda)
    waiting = clash_of(drops, next_of(desk).sections, desk.state.items("lessons")[drops])
    accept(desk, drops)
    (clash,) = next_of(desk).clashes.values()
    assert clash == waiting
    assert clash.why == "unfit"
    assert "names 'Bahia', which is no region" in clash.said


# --- commands --------------------------------------------------------------------------------------------------------


def test_who_leads_proposes_and_the_organiser_decides() -> None:
    desk = agenda()
    id = lesson(desk, "managers", ["lead"])
    for member in (MIA, CUI, ANA):
        assert desk.refused(member, "d", "lesson.decide", lesson=id, accepted=True, reason="So.") == "not_yours"
    for member in (CUI, ANA):
        assert desk.refused(member, "a", "lesson.add", text="Mine") == "not_yours"
    assert desk.refused(OTO, "s", "lesson.set", lesson=id, text="Other") == "not_yours"
    assert desk.refused(OTO, "r", "lesson.remove", lesson=id) == "not_yours"
    desk.done(OTO, "c", "lesson.change", lesson=id, section="managers", value='["boss"]')
    accept(desk, id)
    for kind, more in [("set", {"text": "x"}), ("change", {"section": "managers", "value": None}), ("remove", {})]:
        assert desk.refused(OLA, f"no{kind}", f"lesson.{kind}", lesson=id, **more) == "lesson_decided"
    desk.done(OLA, "open", "lesson.decide", lesson=id, accepted=None)
    desk.done(MIA, "words", "lesson.set", lesson=id, text="Shorter", **{"from": ["figure:yield"]})
    desk.done(MIA, "nothing", "lesson.change", lesson=id, section="managers", value=None)
    stands = desk.state.items("lessons")[id]
    assert (stands["text"], stands["from"], stands["changes"]) == ("Shorter", ["figure:yield"], {})
    desk.done(OLA, "gone", "lesson.remove", lesson=id)
    assert desk.state.items("lessons") == {}
    assert desk.refused(OLA, "again", "lesson.remove", lesson=id) == "unknown_item"


def test_a_change_is_of_the_templates_own_shape_and_of_what_differs() -> None:
    desk = agenda()
    id = lesson(desk, "sessions", SECTIONS["sessions"])
    assert desk.state.items("lessons")[id]["changes"] == {}
    for section, value in [("weather", "1"), ("sessions", "{"), ("helper", '{"per_hour": -1}')]:
        refused = desk.refused(MIA, f"c{section}", "lesson.change", lesson=id, section=section, value=value)
        assert refused == "bad_template"
    long = [{"id": f"n{number}", "title": "x", "text": "y" * 4000} for number in range(60)]
    huge = {**SECTIONS["cards"], "personas": long}
    assert (
        desk.refused(MIA, "h", "lesson.change", lesson=id, section="cards", value=json.dumps(huge)) == "document_full"
    )


@pytest.mark.parametrize(
    "source",
    ["topic:method-issues/ab12", "note:A/reflection/r1", "note:A/questions/ab12", "source:s1:0-12", "intervention:r3",
     "checkin:r4", "question:r5", "figure:yield.questions"],
)  # fmt: skip
def test_where_a_lesson_comes_from_is_an_address_and_no_words(source: str) -> None:
    desk = agenda()
    desk.done(MIA, "a", "lesson.add", text="So", **{"from": [source]})
    for wrong in (source + " ", source.replace(":", ";", 1), "x" + source, "note:Ana said so/a/b", source + "\n"):
        with pytest.raises(Exception, match="no such command"):
            desk.ask(MIA, "b", "lesson.add", text="So", **{"from": [wrong]})


def test_participants_hear_nothing_of_lessons() -> None:
    desk = agenda()
    id = lesson(desk, "managers", ["lead"])
    removed = desk.done(OLA, "gone", "lesson.remove", lesson=id)
    added = desk.done(MIA, "x", "lesson.add", text="Secret")
    assert desk.state.snapshot(ANA)["lessons"] == {}
    assert [*desk.state.snapshot(CUI)["lessons"]] == [added.subject]
    assert desk.state.told(added, ANA) is desk.state.told(removed, ANA) is None
    assert desk.state.told(added, CUI)


# --- in words --------------------------------------------------------------------------------------------------------


def test_a_change_reads_as_a_sentence() -> None:
    made = deepcopy(SECTIONS["sessions"])
    made[0]["steps"][1]["minutes"] = 30
    made[0]["steps"].append(made[0]["steps"].pop(0))
    del made[1]["steps"][3]
    made[1]["steps"].insert(0, {"id": "tea", "kind": "break", "title": "Tea", "minutes": 5, "text": ""})
    told = [in_words(line) for line in lines("sessions", SECTIONS["sessions"], differences(SECTIONS["sessions"], made))]
    assert told == [
        'sessions › Session 1: questions › steps › Welcome: moved behind "See you next week"',
        "sessions › Session 1: questions › steps › Write questions › minutes: 25 → 30",
        "sessions › Session 2: replies › steps › Break: removed",
        "sessions › Session 2: replies › steps › Tea: added",
    ]
    said = differences([{"step": "a", "say": ["One", "Two"]}], [{"step": "a", "say": ["Two", "Three"]}])
    assert [in_words(line) for line in lines("script", [{"step": "a", "say": ["One", "Two"]}], said)] == [
        'script › a › say: removed "One"', 'script › a › say: added "Three"',
    ]  # fmt: skip


def test_of_a_base_that_moved_a_line_does_not_say_what_was() -> None:
    edits = [*differences(["lead"], ["boss"])]
    (gone, new) = lines("managers", ["chief"], edits)
    assert (gone.known, new.known) == (False, True)
