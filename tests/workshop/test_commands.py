"""The set of commands is closed: anything else, or anything more, is refused with a code."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.workshop import Command, CommandRefused, parse_command

GOOD: list[dict[str, Any]] = [
    {"kind": "row.add"},
    {"kind": "row.add", "after": ""},
    {"kind": "row.add", "after": "abc234"},
    {"kind": "row.set", "row": "abc234", "field": "topic", "value": "Saúde 🩺"},
    {"kind": "row.remove", "row": "a"},
    {"kind": "row.restore", "row": "a"},
    {"kind": "paste.declare", "text": "question:a", "chars": 3, "client": 7, "from": 0, "to": 6, "origin": "web"},
    {"kind": "model.use", "call": "c1", "text": "question:a", "position": "end"},
    {
        "kind": "model.use",
        "call": "c1",
        "text": "question:a",
        "position": {"type": None, "tname": "question:a", "item": {"client": 7, "clock": 2}, "assoc": -1},
    },
    {"kind": "phase.open"},
    {"kind": "phase.close"},
    {"kind": "member.join", "person": "p_ana", "group": "A", "role": "participant"},
    {"kind": "member.move", "person": "p_ana", "group": "B"},
    {"kind": "member.remove", "person": "p_ana"},
    {"kind": "group.add", "group": "C"},
    {"kind": "member.join", "person": "p_ana", "group": "A", "role": "participant", "anonymous": True},
    {"kind": "row.set", "row": "a", "field": "stance_2", "value": "care first"},
    {"kind": "comment.add", "row": "a", "text": "Who asks?\n\tAnd where?"},
    {"kind": "comment.resolve", "comment": "a", "resolved": True},
    {"kind": "comment.remove", "comment": "a"},
    {"kind": "vote.set", "row": "a", "on": False},
    {"kind": "version.keep", "row": "a"},
    {"kind": "version.keep", "row": "a", "note": "before the break"},
    {"kind": "slot.add", "row": "a", "of": "country", "text": "Peru"},
    {"kind": "slot.remove", "slot": "a"},
    {"kind": "tag.set", "row": "a", "of": "value", "name": "Fairness", "on": True},
    {"kind": "span.add", "row": "a", "text": "aligned_2:a", "start": {"item": {"client": 7, "clock": 2}},
     "end": {"tname": "aligned_2:a", "assoc": -1}, "risk": "exclusion", "note": "here"},
    {"kind": "span.remove", "span": "a"},
    {"kind": "rating.set", "row": "a", "scale": "aligned_2.label", "value": ["aligned", "unsure"]},
    {"kind": "rating.set", "row": "a", "scale": "confidence", "value": 5},
    {"kind": "rating.set", "row": "a", "scale": "confidence", "value": None},
    {"kind": "label.add", "of": "risks", "label": "Flattery", "definition": "Says what one likes to hear"},
    {"kind": "label.review", "label": "a", "state": "accepted", "as": "flattery"},
    {"kind": "label.review", "label": "a", "state": "declined", "as": None},
    {"kind": "prompt.give", "text": "Why?", "source": "own"},
    {"kind": "prompt.give", "text": "Why?", "source": "grown", "from": "bridge-1:q7", "parents": ["A-r1"],
     "run": "bridge-1", "topic": "Health", "question_type": "giving advice"},
    {"kind": "prompt.swap", "row": "a", "text": "Why?", "source": "seed", "from": "A-r1", "parents": []},
    {"kind": "consent.give", "person": "p_ana", "items": {"training": True, "quoting": False}, "version": 0},
    {"kind": "profile.set", "person": "p_ana", "position": "Nurse", "positionality": "I write as\na migrant."},
    {"kind": "warning.answer", "person": "p_ana", "choice": "opt_out"},
    {"kind": "template.set", "section": "groups", "value": "{}"},
    {"kind": "step.go", "step": "questions"},
    {"kind": "step.go", "step": None},
    {"kind": "taxonomy.set", "version": 2},
    {"kind": "bridge.give", "run": "bridge-1", "source": "grown"},
    {"kind": "reaction.set", "row": "a", "emoji": "idea", "on": True},
    {"kind": "topic.keep", "name": "Too little time"},
    {"kind": "topic.keep", "name": "Time", "topic": "a"},
    {"kind": "topic.drop", "topic": "a"},
    {"kind": "lesson.add", "text": "Too little time", "from": ["note:A/reflection/r1"]},
    {"kind": "lesson.set", "lesson": "a", "text": "More time", "from": []},
    {"kind": "lesson.change", "lesson": "a", "section": "tasks", "value": "[]"},
    {"kind": "lesson.decide", "lesson": "a", "accepted": True, "reason": "Three groups said so"},
    {"kind": "lesson.remove", "lesson": "a"},
    {"kind": "timer.set", "action": "pause"},
    {"kind": "timer.set", "action": "start"},
    {"kind": "timer.set", "action": "add", "minutes": -5},
    {"kind": "break.begin", "minutes": 5},
    {"kind": "break.end"},
    {"kind": "announcement.add", "text": "Two minutes more\nfor all"},
    {"kind": "announcement.add", "text": "For you", "groups": ["A"]},
    {"kind": "announcement.remove", "announcement": "a"},
    {"kind": "question.ask", "text": "May we?"},
    {"kind": "question.ask", "text": "May we?", "group": "A"},
    {"kind": "question.answer", "question": "a", "text": "Yes", "public": True},
    {"kind": "question.same", "question": "a", "as": "b"},
    {"kind": "question.remove", "question": "a"},
    {"kind": "message.add", "text": "How is it in B?"},
    {"kind": "message.remove", "message": "a"},
    {"kind": "note.set", "text": "For me"},
    {"kind": "note.set", "note": "a", "text": "For me"},
    {"kind": "note.remove", "note": "a"},
    {"kind": "checkin.open", "about": "fatigue"},
    {"kind": "checkin.open", "about": "workload", "groups": ["A", "B"]},
    {"kind": "checkin.close", "checkin": "a"},
    {"kind": "checkin.answer", "checkin": "a", "values": {"fatigue": 5}},
    {"kind": "intervention.add", "group": "A", "what": "redirect", "text": ""},
    {"kind": "intervention.add", "group": None, "what": "technical", "text": "The call broke down"},
    {"kind": "intervention.remove", "intervention": "a"},
    {"kind": "training.confirm", "version": 0},
    {"kind": "neutrality.rate", "of": "p_mia", "session": "session-1", "score": 4, "text": "Once too eager"},
    {"kind": "neutrality.rate", "of": "p_mia", "session": "session-1", "score": None},
]  # fmt: skip


def test_every_kind_is_among_them() -> None:
    kinds = {get_args(command.model_fields["kind"].annotation)[0] for command in get_args(Command)}
    assert {data["kind"] for data in GOOD} == kinds


@pytest.mark.parametrize("data", GOOD, ids=lambda data: data["kind"])
def test_each_kind_is_read(data: dict[str, Any]) -> None:
    assert parse_command({"id": "k1", **data}).kind == data["kind"]


@pytest.mark.parametrize("data", GOOD, ids=lambda data: data["kind"])
@pytest.mark.parametrize("extra", ["actor", "at", "person_id", "by", "seq", "owner", "origin", "into"])
def test_a_command_names_neither_actor_nor_time(data: dict[str, Any], extra: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        parse_command({"id": "k1", **data, extra: "p_ben"})
    assert refused.value.code == "bad_command"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "row.add",
        {},
        {"kind": "row.add"},
        {"id": "", "kind": "row.add"},
        {"id": "x" * 65, "kind": "row.add"},
        {"id": 5, "kind": "row.add"},
        {"id": "k\n", "kind": "row.add"},
        {"id": "k", "kind": "row.delete"},
        {"id": "k", "kind": "client.issued", "client": 5},
        {"id": "k", "kind": "model.called", "call": "c", "reply": "x"},
        {"id": "k", "kind": "row.add", "after": "../x"},
        {"id": "k", "kind": "row.set", "row": "a", "field": "topic", "value": "x" * 2001},
        {"id": "k", "kind": "row.set", "row": "a", "field": "topic", "value": "two\nlines"},
        {"id": "k", "kind": "row.set", "row": "a", "field": "__class__!", "value": ""},
        {"id": "k", "kind": "row.set", "row": "a", "field": "topic", "value": 5},
        {"id": "k", "kind": "row.set", "row": "a", "field": "topic", "value": "\ud83d"},
        {"id": "k", "kind": "model.use", "call": "c", "text": "question:a", "position": "start"},
        {"id": "k", "kind": "model.use", "call": "c", "text": "question:a", "position": {"assoc": 0}},
        {"id": "k", "kind": "model.use", "call": "c", "text": "q:a", "position": {"type": {"client": 1, "clock": 0}}},
        {"id": "k", "kind": "member.join", "person": "p", "group": "A", "role": "organiser"},
        {"id": "k", "kind": "member.join", "person": "p", "group": None, "role": "participant"},
        {"id": "k", "kind": "group.add", "group": "a/b"},
        {"id": "k", "kind": "group.add", "group": "A\n"},
        {"id": "k", "kind": "comment.add", "row": "a", "text": " \n "},
        {"id": "k", "kind": "comment.add", "row": "a", "text": "x" * 2001},
        {"id": "k", "kind": "comment.add", "row": "a", "text": "a\x00b"},
        {"id": "k", "kind": "comment.add", "row": "a", "text": "\udc00"},
        {"id": "k", "kind": "comment.resolve", "comment": "a", "resolved": 1},
        {"id": "k", "kind": "version.keep", "row": "a", "note": "two\nlines"},
        {"id": "k", "kind": "version.keep", "row": "a", "note": "x" * 201},
        {"id": "k", "kind": "slot.add", "row": "a", "of": "a b", "text": "Peru"},
        {"id": "k", "kind": "slot.add", "row": "a", "of": "country", "text": "  "},
        {"id": "k", "kind": "tag.set", "row": "a", "of": "topic", "name": "x", "on": True},
        {"id": "k", "kind": "tag.set", "row": "a", "of": "risk", "name": "x" * 81, "on": True},
        {"id": "k", "kind": "label.add", "of": "topics", "label": "", "definition": ""},
        {"id": "k", "kind": "label.add", "of": "topics", "label": "x" * 81},
        {"id": "k", "kind": "label.add", "of": "topics", "label": "x", "definition": "x" * 501},
        {"id": "k", "kind": "label.review", "label": "a", "state": "declined", "as": "x"},
        {"id": "k", "kind": "consent.give", "person": "p", "items": {"training": "yes"}, "version": 1},
        {"id": "k", "kind": "consent.give", "person": "p", "items": {f"i{n}": True for n in range(21)}, "version": 1},
        {"id": "k", "kind": "consent.give", "person": "p", "items": {"A B": True}, "version": 1},
        {"id": "k", "kind": "profile.set", "person": "p", "place": "x" * 501},
        {"id": "k", "kind": "warning.answer", "person": "p", "choice": None},
        {"id": "k", "kind": "member.join", "person": "p", "group": "A", "role": "participant", "anonymous": 1},
        {"id": "k", "kind": "template.set", "section": "about", "value": {}},
        {"id": "k", "kind": "template.set", "section": "about", "value": " " * 500_001},
        {"id": "k", "kind": "step.go", "step": "Two Words"},
        {"id": "k", "kind": "taxonomy.set", "version": 0},
        {"id": "k", "kind": "bridge.give", "run": None, "source": "seed"},
    ],
)
def test_what_is_no_command(data: Any) -> None:
    with pytest.raises(CommandRefused) as refused:
        parse_command(data)
    assert refused.value.code == "bad_command"


@pytest.mark.parametrize(
    ("chars", "start", "end"), [(3, 5, 5), (3, 5, 7), (3, 5, 12), (0, 5, 5), (3, 8, 5), (3, -1, 2), (True, 0, 1)]
)
def test_a_declared_range_holds_its_characters(chars: int, start: int, end: int) -> None:
    detail = {"text": "question:a", "chars": chars, "client": 7, "from": start, "to": end, "origin": "web"}
    with pytest.raises(CommandRefused):
        parse_command({"id": "k", "kind": "paste.declare", **detail})


def test_the_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(CommandRefused) as refused:
        parse_command({"id": "k", "kind": "row.set", "row": "a", "field": "topic", "value": "secret\nwords"})
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(GOOD), st.data())
def test_any_json_is_a_command_or_refused(base: dict[str, Any], data: st.DataObject) -> None:
    changed = {"id": "k", **base}
    for key in data.draw(st.lists(st.sampled_from([*changed]), max_size=2)):
        changed[key] = data.draw(json_values)
    try:
        command = parse_command(changed)
    except CommandRefused:
        return
    assert command.kind == changed["kind"]
