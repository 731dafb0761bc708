"""The set of commands is closed: anything else, or anything more, is refused with a code."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.workshop import CommandRefused, parse_command

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
]


@pytest.mark.parametrize("data", GOOD, ids=lambda data: data["kind"])
def test_each_kind_is_read(data: dict[str, Any]) -> None:
    assert parse_command({"id": "k1", **data}).kind == data["kind"]


@pytest.mark.parametrize("data", GOOD, ids=lambda data: data["kind"])
@pytest.mark.parametrize("extra", ["actor", "at", "person_id", "by", "seq", "start"])
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
        {"id": "k", "kind": "row.set", "row": "a", "field": "topic", "value": "x" * 1001},
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
