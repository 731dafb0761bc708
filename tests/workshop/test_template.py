"""The template: two languages of one workshop, a file that comes back as it went, and faults that are named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.taxonomy import default_taxonomy
from seedbed.workshop import Template
from seedbed.workshop.commands.agenda import LONGEST
from seedbed.workshop.template import KINDS, SECTIONS

EN, PT = Template.default("en"), Template.default("pt")


def shape(value: Any) -> Any:
    """What is the same in every language: everything but the words."""
    if isinstance(value, dict):
        return {name: value[name] if name in ("id", "kind", "minutes", "value") and "regions" not in value
                else shape(value[name]) for name in value}  # fmt: skip
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_both_languages_are_the_same_workshop() -> None:
    assert shape(EN.sections()) == shape(PT.sections())
    assert Template.default("xx") == EN
    same = {text for text in texts(EN.sections()) if len(text) > 40} & set(texts(PT.sections()))
    assert same == set()  # nothing was left untranslated


@pytest.mark.parametrize("template", [EN, PT], ids=["en", "pt"])
def test_the_default_is_the_datathon(template: Template) -> None:
    assert [sum(step.minutes for step in session.steps) for session in template.sessions] == [60, 60]
    kinds = [step.kind for session in template.sessions for step in session.steps]
    assert set(kinds) == set(KINDS)
    first, second = ([step.kind for step in session.steps] for session in template.sessions)
    assert first.index("questions") < first.index("break") < first.index("refine") < first.index("reflection")
    assert second.index("bridge") < second.index("triples") < second.index("reflection")
    assert [item.id for item in template.consent] == ["training", "recording", "quoting", "demographics"]
    assert not any(item.required for item in template.consent)
    assert all(item.consequence for item in template.consent)
    assert len(template.cards.personas) >= 4
    assert "hacker" in {card.id for card in template.cards.role_cards}
    assert {"good-question", "misaligned", "critique", "aligned"} <= {item.id for item in template.cards.advice}
    assert [task.id for task in template.tasks] == ["question", "summarise", "comprehend", "reason"]
    values = {value.id for value in default_taxonomy().values}
    assert {plan.value for plan in template.groups.values()} == values
    assert {scenario.value for scenario in template.cards.scenarios} == values


@pytest.mark.parametrize("template", [EN, PT], ids=["en", "pt"])
def test_a_forbidden_pair_never_comes_out(template: Template) -> None:
    entities = template.entities
    assert {kind.kind for kind in entities.kinds} == {"country", "medicine"}
    forbidden = [
        (kind.kind, value.value, region)
        for kind in entities.kinds
        for value in kind.values
        for region in value.forbidden
    ]
    assert forbidden
    for kind, value, region in forbidden:
        assert value not in entities.allowed(kind, region)
    for region in entities.regions:
        assert entities.allowed("country", region) == entities.regions
        assert entities.allowed("medicine", region)
    assert entities.allowed("medicine", "nowhere") == entities.allowed("weather", entities.regions[0]) == ()


@pytest.mark.parametrize("template", [EN, PT], ids=["en", "pt"])
def test_the_file_comes_back_as_it_went(template: Template) -> None:
    text = template.to_json()
    assert json.loads(text)["seedbed_template"] == 1
    assert Template.from_json(text) == template
    for name, value in template.sections().items():
        assert Template.section(name, value) == value
        assert Template.section(name, json.loads(json.dumps(value))) == value


def test_a_file_may_hold_some_sections_only() -> None:
    short = json.dumps({"seedbed_template": 1, "about": PT.about.model_dump(), "tasks": []})
    assert Template.from_json(short).cards == PT.cards
    assert Template.from_json(short).tasks == ()
    assert Template.from_json('{"seedbed_template": 1}') == EN


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "seedbed_template"),
        ("{}", "seedbed_template"),
        ('{"seedbed_template": 2}', "seedbed_template"),
        ('{"seedbed_template": 1, "weather": 3}', "weather"),
        ('{"seedbed_template": 1, "about": 3}', "about"),
        ('{"seedbed_template": 1, "helper": {"per_hour": "lots"}}', "helper.per_hour"),
        ('{"seedbed_template": 1, "groups": {"A": {"call_url": "http://secret.example"}}}', "groups.A.call_url"),
    ],
)
def test_a_fault_is_named(text: str, says: str) -> None:
    with pytest.raises(InputError) as fault:
        Template.from_json(text)
    assert says in str(fault.value)
    assert "secret" not in str(fault.value)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SECTIONS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=6,
    ),
    st.data(),
)
def test_anything_is_a_section_or_refused(name: str, value: Any, data: st.DataObject) -> None:
    if data.draw(st.booleans()):  # a section that is nearly right
        whole = EN.sections()[name]
        if isinstance(whole, dict):
            value = {**whole, data.draw(st.sampled_from([*whole])): value}
        elif whole and isinstance(whole[-1], dict):
            value = [*whole[:-1], {**whole[-1], data.draw(st.sampled_from([*whole[-1]])): value}]
    try:
        section = Template.section(name, value)
    except InputError:
        return
    json.dumps(section, ensure_ascii=False, allow_nan=False).encode()
    assert Template.section(name, section) == section


def test_required_consent() -> None:
    asked = [item.model_dump() | {"required": item.id == "recording"} for item in EN.consent]
    strict = Template.of({**EN.sections(), "consent": asked})
    assert strict.lacking({"training": True}) == ["recording"]
    assert strict.lacking({"recording": False}) == ["recording"]
    assert strict.lacking({"recording": True}) == []
    assert EN.lacking({}) == []


def test_the_default_is_far_from_the_bounds() -> None:
    for section in EN.sections().values():
        assert len(json.dumps(section, ensure_ascii=False)) < LONGEST / 10
