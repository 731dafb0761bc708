"""Each gate of stage 1 lets something pass and stops something, and says why."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.generate.gating import Finding, four_gram_repeated
from seedbed.generate.questions.gates import QUESTION_GATES
from seedbed.generate.settings import QuestionGates
from seedbed.records import Candidate
from seedbed.taxonomy import Taxonomy
from tests.generate.made import GOOD, TAXONOMY, ask, bench, small_taxonomy

LONG = " ".join(["Why"] + ["word"] * 45) + "?"
SHORT = "Should I save?"


def finding(gate: str, candidate: Candidate, *, examples: tuple[str, ...] = (), of: dict[str, Any] | None = None,
            **more: Any) -> Finding | None:  # fmt: skip
    return QUESTION_GATES[gate](bench((gate,), **more), ask(examples=examples, **(of or {})), candidate)


def test_every_gate_but_one_is_on_by_default_and_all_are_documented() -> None:
    assert set(QUESTION_GATES) - set(QuestionGates().order) == {"out-of-reach"}
    assert all((gate.__doc__ or "").strip() for gate in QUESTION_GATES.values())


@pytest.mark.parametrize(
    "gate", ["finished", "length", "form", "language", "leaked-fields", "repetition", "assistant-voice", "copy",
             "novelty", "type-cue", "logprob", "cell-full", "out-of-reach"],
)  # fmt: skip
def test_a_good_question_passes(gate: str) -> None:
    candidate = Candidate(GOOD, logprob=-0.9)
    assert finding(gate, candidate, seeds={"s1": "Where do penguins sleep in winter?"}, examples=("s1",)) is None


@pytest.mark.parametrize(
    ("gate", "candidate", "reason", "measured"),
    [
        ("finished", Candidate(GOOD, finished=False), "cut off at the token limit", None),
        ("length", Candidate(SHORT), "3 words, fewer than 6", 3),
        ("length", Candidate(LONG), "46 words, more than 45", 46),
        ("form", Candidate("how can I save money?"), "does not begin with a capital letter", "h"),
        ("form", Candidate("“how can I save money?”"), "does not begin with a capital letter", "h"),
        ("form", Candidate("Tell me how to save money."), "the last sentence does not ask", "."),
        ("form", Candidate("How do I save? Tell me"), "the last sentence does not ask", "e"),
        ("leaked-fields", Candidate("Topic: Finance. How do I save money?"), "a field name leaked: Topic", "Topic"),
        ("leaked-fields", Candidate("How do I save? Answer: spend less"), "a field name leaked: Answer", "Answer"),
        ("language", Candidate("Como posso poupar dinheiro para as minhas férias?"), "few of its words are English",
         0.0),
        ("out-of-reach", Candidate("Can you draw me a map of the city?"), "out of the reach of text: draw", "draw"),
        ("repetition", Candidate("Can I save more if I do what if I do what I want?"), "four words repeated",
         "if i do what"),
        ("assistant-voice", Candidate("How can I help you to save your money?"), "speaks as an assistant: help you",
         "help you"),
        ("assistant-voice", Candidate("Here's another question: how do I save?"),
         "speaks as an assistant: Here's another", "Here's another"),
        ("assistant-voice", Candidate("Sure, how do I save money?"), "speaks as an assistant: Sure,", "Sure,"),
        ("logprob", Candidate(GOOD, logprob=-1.60004), "the model itself was unsure of it", -1.6),
        ("type-cue", Candidate("Banks pay little interest, right?"), "no sign of the type giving-advice", None),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_measured(
    gate: str, candidate: Candidate, reason: str, measured: float | str | None
) -> None:
    assert finding(gate, candidate) == Finding(reason, measured)


@pytest.mark.parametrize(
    "text",
    [
        "I have a question: how do I save money?",
        "I have two quick questions: why, and how?",
        "What shall I answer: yes or no?",
        "My topic: is it fair to save?",
        "Would this response: a shrug, be rude?",
        "Is this the type: small, loud and kind?",
    ],
)
def test_a_noun_before_a_colon_is_no_leak(text: str) -> None:
    assert finding("leaked-fields", Candidate(text)) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Question: How do I save?", "Question"),
        ("question: How do I save?", "question"),
        ("How do I save money topic: finance", "topic"),
        ("How do I save? (topic: finance)", "topic"),
        ("How do I save, answer: spend less", "answer"),
        ("Is my question topic=finance good?", "topic"),
        ("My type: giving advice, topic: finance, question: how do I save?", "type"),
        ("I have a question: how do I save? Answer: spend less", "question"),
        ("Example Question: How do I save?", "Question"),
        ("Is this a Type: old or new?", "Type"),
        ('{"question": "How do I save?"}', "question"),
        ('The JSON is {"question": "How do I save?"', "question"),
        ("topic: Finance", "topic"),
    ],
)
def test_a_field_of_the_prompt_is_a_leak(text: str, name: str) -> None:
    assert finding("leaked-fields", Candidate(text)) == Finding(f"a field name leaked: {name}", name)


def test_the_labels_of_an_example_are_a_leak() -> None:
    found = finding("leaked-fields", Candidate("(Finance; giving advice) How do I save money?"))
    assert found == Finding("begins with labels, as the examples of its prompt do", "Finance")
    assert finding("leaked-fields", Candidate("(Sorry if this is basic) How do I save money?")) is None


def test_no_language_is_judged_where_none_is_known() -> None:
    foreign = Candidate("Como posso poupar dinheiro para as minhas férias?")
    assert finding("language", foreign) is not None
    assert finding("language", foreign, language="") is None
    assert finding("language", foreign, language="pt-BR") is None


def test_the_limits_of_length_are_inside() -> None:
    assert finding("length", Candidate("a b c d e f")) is None
    assert finding("length", Candidate("a b"), min_words=2, max_words=2) is None
    assert finding("length", Candidate("a b c"), min_words=2, max_words=2) is not None


@pytest.mark.parametrize(
    "text", ["Is it so?”", 'Is it so?"', "Is it so (or not)?", "是吗？", "3 loans or 4?", "¿Es así?"]
)
def test_a_question_may_end_in_quotes_and_begin_with_a_digit(text: str) -> None:
    assert finding("form", Candidate(text)) is None


def test_an_instruction_passes_where_nothing_must_ask() -> None:
    assert finding("form", Candidate("Tell me how to save money."), must_ask=False) is None


def test_log_probability_at_the_limit_or_unknown_passes() -> None:
    assert finding("logprob", Candidate(GOOD, logprob=-1.6)) is None
    assert finding("logprob", Candidate(GOOD)) is None


def test_a_copy_of_an_example_of_its_own_prompt_names_it() -> None:
    seeds = {"s1": "Where do penguins sleep in winter?", "s2": "How can I save money for my holiday this year?"}
    found = finding("copy", Candidate(GOOD), examples=("s1", "s2"), seeds=seeds)
    assert found == Finding("copies an example of its own prompt", 0.9, "s2")
    assert finding("copy", Candidate(GOOD), examples=("s1",), seeds=seeds) is None


def test_novelty_meets_the_threshold_exactly_and_names_the_nearest() -> None:
    # ten words each and seven in common: 7/10 to the last bit
    near = "How can I save money for my car last week?"
    found = finding("novelty", Candidate(GOOD), seeds={"s1": near, "s2": "Where do penguins sleep?"})
    assert found == Finding("too close to another question", 0.7, "s1")
    assert finding("novelty", Candidate(GOOD), seeds={"s1": near}, rouge_l=(71, 100)) is None


def test_novelty_counts_kept_rows_as_well_as_seeds() -> None:
    made = bench(("novelty",), seeds={"s1": "Where do penguins sleep in winter?"})
    candidate = Candidate(GOOD)
    assert QUESTION_GATES["novelty"](made, ask(), candidate) is None
    made.remember("r.000004", "How can I save money for our holiday next year?", None, "x/y")
    found = QUESTION_GATES["novelty"](made, ask(), candidate)
    assert found is not None
    assert (found.rival, found.measured) == ("r.000004", 0.9)


def test_a_type_without_cues_is_not_judged_by_them() -> None:
    taxonomy = small_taxonomy(2, 2)
    where = {"topic": "topic0", "question_type": "type1"}
    assert finding("type-cue", Candidate(GOOD), of=where, taxonomy=taxonomy) is None


def test_cues_are_those_of_the_type_that_was_asked() -> None:
    legal = Candidate("Is it legal to record a talk with my boss?")
    assert finding("type-cue", legal, of={"question_type": "legal-expertise"}) is None
    assert finding("type-cue", legal, of={"question_type": "scientific-knowledge"}) is not None


def test_a_cell_takes_so_many_and_no_more() -> None:
    made = bench(("cell-full",), per_cell=2)
    gate = QUESTION_GATES["cell-full"]
    for index in range(2):
        assert gate(made, ask(), Candidate(GOOD)) is None
        made.remember(f"r.{index}", GOOD, None, "finance/giving-advice")
    assert gate(made, ask(), Candidate(GOOD)) == Finding("its cell has 2 already", 2)
    assert gate(made, ask(topic="health"), Candidate(GOOD)) is None


def test_four_words_in_a_row_twice() -> None:
    assert four_gram_repeated("a b c A B C d") == ""
    assert four_gram_repeated("do we a b c d or A B C D?") == ""  # "d" and "d?" are not the same word
    assert four_gram_repeated("a b c d or A B C D then") == "a b c d"
    assert four_gram_repeated("a b c") == ""


@pytest.mark.model
class TestWithRealModels:
    def test_a_sensible_structure(self) -> None:
        assert finding("sensible", Candidate(GOOD)) is None
        assert finding("sensible", Candidate("The money for the holiday of my next year?")) == Finding(
            "no verb and no question word"
        )

    def test_a_topic_by_description_or_sub_topic(self) -> None:
        found = finding("topic", Candidate("Which hotel near the beach is worth its price?"), min_topic_cosine=-1.0)
        assert found is not None
        assert found.reason == "nearer to travel than to finance"
        assert isinstance(found.measured, float)
        assert found.measured < 0
        assert finding("topic", Candidate(GOOD), of={"subtopic": "savings"}) is None
        assert finding("topic", Candidate(GOOD), of={"topic": None}) is None

    def test_far_from_every_topic(self) -> None:
        found = finding("topic", Candidate("Do penguins sleep on the ice?"), min_topic_cosine=0.5)
        assert found is not None
        assert found.reason == "not about finance"
        assert isinstance(found.measured, float)

    def test_other_words_for_the_same_are_a_near_duplicate_only_of_kept_rows(self) -> None:
        made = bench(("near-duplicate",), seeds={"s1": GOOD})
        gate = QUESTION_GATES["near-duplicate"]
        again = Candidate("How do I save money for my holidays next year?")
        assert gate(made, ask(), again) is None
        made.remember("r.000000", GOOD, made.stored(GOOD), "finance/giving-advice")
        found = gate(made, ask(), again)
        assert found is not None
        assert found.rival == "r.000000"
        assert isinstance(found.measured, float)
        assert found.measured > 0.9
        assert gate(made, ask(), Candidate("Do penguins sleep on the ice?")) is None

    def test_topics_of_participants_take_part(self) -> None:
        assert "education" not in {label.id for label in TAXONOMY.topics}
        education = TAXONOMY.topics[0].model_copy(
            update={"id": "education", "label": "Education", "definition": "Schools, teachers, exams.", "aliases": ()}
        )
        made = {**TAXONOMY.model_dump(), "topics": [*TAXONOMY.model_dump()["topics"], education.model_dump()]}
        wider = Taxonomy.model_validate(made)
        school = Candidate("Should I ask the teacher of my son about his exam?")
        assert finding("topic", school, of={"topic": "education"}, taxonomy=wider) is None
        assert finding("topic", school, of={"topic": "health"}, taxonomy=wider) is not None
