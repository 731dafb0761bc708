from __future__ import annotations

import random
import sys

import pytest

from seedbed.assess.reading import readings
from seedbed.errors import MissingExtra
from seedbed.measures import grammar
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.grammar import (
    grammar_problems,
    is_sensible_structure,
    problems,
    sensible_structure,
    structure_fault,
)
from seedbed.measures.parser import Parser
from seedbed.measures.tokens import mostly_latin

pytestmark = pytest.mark.model


def test_the_papers_questions_are_sensible_and_harper_flags_three(
    parser: Parser, printed: list[str], appendix: list[dict[str, str]]
) -> None:
    prompts = [row["prompt"] for row in appendix]
    assert [structure_fault(parse) for parse in parser.parse(printed + prompts)] == [None] * 9
    assert sum(bool(problems(text)) for text in printed) == 3
    assert [grammar_problems(text) for text in printed] == [Value(0, unit="problems")] * 7


def test_all_texts_by_people_are_sensible(
    parser: Parser, questions: list[dict[str, str]], pairs: list[dict[str, str]]
) -> None:
    texts = [row["question"] for row in questions]
    texts += [row[field] for row in pairs for field in ("question", "misaligned", "critique", "aligned")]
    faults = [(parse.text, fault) for parse in parser.parse(texts) if (fault := structure_fault(parse))]
    assert faults == []


@pytest.mark.parametrize(
    "text",
    [
        "List five famous inventors.",
        "Tell me the best way to save money",
        "Who should I travel with",
        "I have a question: is it legal? My reasons are: a) money, b) time (mostly).",
        'Is a 27" screen too big?',
        "What is 12*(34-5)/6?",
        "So sorry :) Can you help me?",
        "Discrimination in favor of women or discrimination in favor of men, which is worse?",
        "Define lecture.",
        "Should I tell him “no”?",
    ],
)
def test_sound_texts_pass(parser: Parser, text: str) -> None:
    assert structure_fault(parser.one(text)) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("$$$ 123 ??? 456", "letters"),
        ("guns in the UK", "no verb"),
        ("Topic: Finance. What should I do?", "leaked"),
        ("What should I do? Question: how?", "leaked"),
        ("What is it?<|im_end|>", "leaked"),
        ("## Task\nWhat is it?", "leaked"),
        ("Is it (really true?", "unbalanced ("),
        ("Is it really) true?", "unbalanced )"),
        ('He said "no to me, right?', 'unbalanced "'),
        ("Is it “really true?", "unbalanced “"),
        ("How can I save money and save money and save money and save money?", "repeats"),
        ("I am flying to Brazil and I want to see the", "stops at 'the'"),
        ("I asked my doctor about the side effects of", "stops at 'of'"),
        ("Generate a title for the following email:", "not finished"),
        ("I asked my doctor,", "not finished"),
    ],
)
def test_faults_are_named(parser: Parser, text: str, fault: str) -> None:
    found = structure_fault(parser.one(text))
    assert found is not None
    assert fault in found


def test_most_cuts_after_an_article_or_preposition_are_seen(parser: Parser, questions: list[dict[str, str]]) -> None:
    draw = random.Random(5)
    openers = {"the", "a", "an", "my", "of", "and", "to", "their"}
    cut: list[str] = []
    for row in questions:
        words = row["question"].split()
        places = [i for i in range(5, len(words) - 1) if words[i] in openers]
        if places:
            cut.append(" ".join(words[: draw.choice(places) + 1]))
    seen = sum(structure_fault(parse) is not None for parse in parser.parse(cut))
    assert len(cut) > 60
    assert seen > 0.8 * len(cut)  # measured: 82 of 92


def test_the_verdict_carries_its_reason(parser: Parser) -> None:
    assert is_sensible_structure("Why is the sky blue?")
    verdict = is_sensible_structure("guns in the UK", parser.one("guns in the UK"))
    assert not verdict
    assert verdict.reason == "no verb and no question word"
    assert sensible_structure("guns in the UK") == Value(False, note=verdict.reason)
    assert isinstance(sensible_structure("Waffen im Land", language="de"), NotApplicable)


def test_problems_have_kind_message_and_span() -> None:
    text = "What is the the best way to recieve it?"
    found = {(problem.kind, text[slice(*problem.span)]) for problem in problems(text)}
    assert found == {("Repetition", "the the"), ("Spelling", "recieve")}
    assert all(problem.message for problem in problems(text))
    assert grammar_problems(text) == Value(1, unit="problems")


def test_grammar_is_refused_for_other_languages_and_for_nothing() -> None:
    assert isinstance(grammar_problems("Wie geht's?", "de"), NotApplicable)
    assert isinstance(grammar_problems("  "), NotApplicable)


def test_without_harper_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "harper", None)
    grammar._linter.cache_clear()
    with pytest.raises(MissingExtra, match="harper"):
        problems("a")


@pytest.mark.parametrize(
    "text", ["مرحبا كيف حالك؟", "为什么天空是蓝色的？", "Где находится вокзал?", "この AI は何ですか？"]
)
def test_a_question_in_other_letters_is_not_called_faulty_by_english_rules(parser: Parser, text: str) -> None:
    reading = next(readings([text], "en", parser))
    assert (reading.sensible, reading.verb, reading.noun, reading.openness_a, reading.openness_b) == (None,) * 5
    assert not reading.parsed
    assert "not Latin" in reading.sensible_reason


@pytest.mark.parametrize(
    "text", ["Què vol dir això?", "What does 水 mean?", "\uff37\uff48\uff41\uff54 is it?", "Is 100% > 5?", "?!"]
)
def test_latin_letters_are_read_whatever_stands_among_them(text: str) -> None:
    assert mostly_latin(text)
