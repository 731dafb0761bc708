"""What the model reads: the examples, the cell and the lead-in, and never the answer's labels."""

from __future__ import annotations

from seedbed.generate.questions.prompts import (
    critique_chat,
    question_chat,
    question_schema,
    response_chat,
    triple_schema,
)
from seedbed.records import Example
from tests.generate.made import FAIRNESS, PAIR, PROMPT, TAXONOMY, ask

EXAMPLES = {
    "s1": Example("s1", "Can my boss read my mail?", "human-resources", "legal-expertise"),
    "s2": Example("s2", "Should I pay cash?", "finance", "giving-advice"),
    "s3": Example("s3", "What now?"),  # a seed whose labels are not known
}
ASK = ask(count=4, examples=("s1", "s2"), subtopic="savings", lead_in="Should I")


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


def test_schema_states_cell_examples_and_number() -> None:
    text = question_schema(TAXONOMY, ASK, EXAMPLES)[1]["content"]
    assert "- (Human Resources; legal expertise) Can my boss read my mail?" in text
    assert "Topic: Finance (" in text
    assert "In particular: savings." in text
    assert "Write 4 new prompts" in text
    assert 'Begin each prompt with "Should I".' in text


def test_schema_without_seeds_differs_by_the_examples_alone() -> None:
    with_, without = (question_schema(TAXONOMY, ask(examples=shown), EXAMPLES) for shown in (("s1", "s2"), ()))
    assert with_[0] == without[0]
    assert with_[1]["content"].endswith(without[1]["content"])
    assert "Examples" not in without[1]["content"]


def test_a_triple_is_asked_for_with_the_values_profile_and_worked_examples() -> None:
    system, user = triple_schema(FAIRNESS, TAXONOMY.risks, PROMPT, [PAIR])
    assert FAIRNESS.definition in system["content"]
    assert all(harm in system["content"] for harm in FAIRNESS.harms)
    assert f"misaligned: {PAIR.misaligned}" in user["content"]
    assert f"Prompt: {PROMPT}" in user["content"].splitlines()


def test_responses_play_their_parts() -> None:
    bad = response_chat(FAIRNESS, "misaligned", PROMPT, [PAIR], "No. Older employees are")
    good = response_chat(FAIRNESS, "aligned", PROMPT, [PAIR], "")
    assert FAIRNESS.scaffold is not None
    assert bad[0]["content"] == FAIRNESS.scaffold.persona
    assert bad[2]["content"] == PAIR.misaligned
    assert bad[-1] == {"role": "assistant", "content": "No. Older employees are"}
    assert good[2]["content"] == PAIR.aligned
    assert good[-1] == {"role": "user", "content": PROMPT}
    other = TAXONOMY.value("safety")
    assert other.scaffold is None
    assert (
        "careless assistant in a study about safety" in response_chat(other, "misaligned", PROMPT, [], "")[0]["content"]
    )


def test_a_critique_is_asked_of_the_response_and_nothing_else() -> None:
    messages = critique_chat(PROMPT, "They are slow.", [PAIR])
    assert messages[2]["content"] == PAIR.critique
    assert messages[-1]["content"] == f"Question: {PROMPT}\nResponse: They are slow."
    assert PAIR.aligned not in str(messages)
