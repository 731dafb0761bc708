"""What the model reads: the examples, the cell, who asks and the lead-in, and never the answer's labels."""

from __future__ import annotations

import pytest

from seedbed.generate.questions.prompts import question_chat, question_schema, question_tags, question_text
from seedbed.records import Example
from tests.generate.made import TAXONOMY, ask

EXAMPLES = {
    "s1": Example("s1", "Can my boss read my mail?", "human-resources", "legal-expertise"),
    "s2": Example("s2", "Should I pay cash?", "finance", "giving-advice"),
    "s3": Example("s3", "What now?"),  # a seed whose labels are not known
    "s4": Example(
        "s4", "May I take dipyrone to Brazil?", "travel", "legal-expertise", persona="a nurse who\n travels a lot",
        scenario="She packs her bag.", entities=(("medicine", "dipyrone"), ("country", "Brazil")),
    ),
}  # fmt: skip
ASK = ask(count=4, examples=("s1", "s2"), subtopic="savings", lead_in="Should I")
TOLD = (
    "Asked by: a nurse who travels a lot. Situation: She packs her bag. Names: medicine = dipyrone; country = Brazil."
)


def test_chat_shows_examples_as_turns_and_begins_the_reply() -> None:
    messages = question_chat(TAXONOMY, ASK, EXAMPLES)
    assert [message["role"] for message in messages] == [
        "system", "user", "assistant", "user", "assistant", "user", "assistant",
    ]  # fmt: skip
    contents = [message["content"] for message in messages]
    assert contents[2] == "Can my boss read my mail?"
    assert contents[5] == "Topic: Finance (savings). The question asks for advice."
    assert contents[6] == "Should I"


def test_chat_without_seeds_and_lead_in_asks_the_same() -> None:
    messages = question_chat(TAXONOMY, ask(subtopic="savings"), {})
    assert [message["role"] for message in messages] == ["system", "user"]
    assert messages[-1] == question_chat(TAXONOMY, ASK, EXAMPLES)[5]
    assert messages[0] == question_chat(TAXONOMY, ASK, EXAMPLES)[0]


def test_a_seed_without_labels_is_shown_without_them() -> None:
    shown = question_chat(TAXONOMY, ask(examples=("s3",)), EXAMPLES)
    assert shown[1]["content"] == "Topic: Anything."
    assert "- () What now?" in question_schema(TAXONOMY, ask(examples=("s3",)), EXAMPLES)[1]["content"]
    assert "1. topic: Anything; question: What now?" in question_text(TAXONOMY, ask(examples=("s3",)), EXAMPLES)


def test_who_asks_is_told_of_examples_and_of_the_row_that_is_asked_for() -> None:
    taking_on = ask(count=2, examples=("s1", "s4"), persona_from="s4")
    chat = [message["content"] for message in question_chat(TAXONOMY, taking_on, EXAMPLES)]
    assert chat[1] == "Topic: Human Resources. The question asks about laws or rights."
    assert chat[3] == f"Topic: Travel. The question asks about laws or rights. {TOLD}"
    assert chat[5] == f"Topic: Finance. The question asks for advice. {TOLD}"
    assert "others of the same kind" in chat[0]
    listed = question_schema(TAXONOMY, taking_on, EXAMPLES)[1]["content"]
    assert (
        "- (Travel; legal expertise; asked by: a nurse who travels a lot; situation: She packs her bag.; "
        "names: medicine = dipyrone; country = Brazil) May I take dipyrone to Brazil?" in listed
    )
    assert "\nAsked by: a nurse who travels a lot\nSituation: She packs her bag.\nNames: medicine = " in listed
    assert "put another medicine or another country in their place: only ever one of the same kind" in listed
    text = question_text(TAXONOMY, taking_on, EXAMPLES)
    assert text.endswith("country = Brazil; question:")
    assert text.count("asked by: a nurse who travels a lot") == 3  # of the lines to come, the example, the new line


@pytest.mark.parametrize("render", [question_chat, question_schema, question_tags, question_text])
def test_examples_may_have_personas_that_the_new_row_does_not_take_on(render: object) -> None:
    assert callable(render)
    shown = str(render(TAXONOMY, ask(examples=("s4",)), EXAMPLES))
    assert shown.lower().count("asked by: a nurse") == 1


@pytest.mark.parametrize("render", [question_chat, question_schema, question_tags, question_text])
def test_another_language_is_asked_for(render: object) -> None:
    assert callable(render)
    assert "Portuguese" in str(render(TAXONOMY, ASK, EXAMPLES, "pt-BR"))
    assert render(TAXONOMY, ASK, EXAMPLES, "en-GB") == render(TAXONOMY, ASK, EXAMPLES)


def test_schema_states_cell_examples_and_number() -> None:
    text = question_schema(TAXONOMY, ASK, EXAMPLES)[1]["content"]
    assert "- (Human Resources; legal expertise) Can my boss read my mail?" in text
    assert "Topic: Finance (" in text
    assert "In particular: savings." in text
    assert 'Write 4 new prompts for this topic and type, as JSON: {"questions": ["…", "…", "…"]}' in text
    assert 'Begin each prompt with "Should I".' in text


def test_tags_ask_for_numbered_lines_and_differ_in_nothing_else() -> None:
    schema, tags = (render(TAXONOMY, ASK, EXAMPLES) for render in (question_schema, question_tags))
    assert "each on one line of its own, numbered 1. to 4." in tags[1]["content"]
    assert "JSON" not in str(tags)
    assert "numbering" not in tags[0]["content"]
    assert tags[1]["content"].split("Write 4")[0] == schema[1]["content"].split("Write 4")[0]


@pytest.mark.parametrize("render", [question_schema, question_tags])
def test_without_seeds_only_the_examples_are_gone(render: object) -> None:
    assert callable(render)
    with_, without = (render(TAXONOMY, ask(examples=shown), EXAMPLES) for shown in (("s1", "s2"), ()))
    assert with_[0] == without[0]
    assert with_[1]["content"].endswith(without[1]["content"])
    assert "Examples" not in without[1]["content"]


def test_a_base_model_continues_a_numbered_list_at_the_next_number() -> None:
    intro, *lines = question_text(TAXONOMY, ASK, EXAMPLES).splitlines()
    assert "Lines 3 to 6 are new" in intro
    assert lines == [
        "",
        "1. topic: Human Resources; type: legal expertise; question: Can my boss read my mail?",
        "2. topic: Finance; type: giving advice; question: Should I pay cash?",
        "3. topic: Finance (savings); type: giving advice; question: Should I",
    ]
    alone = question_text(TAXONOMY, ask(), {})
    assert "Line 1 is new" in alone
    assert alone.endswith("\n1. topic: Finance; type: giving advice; question:")
