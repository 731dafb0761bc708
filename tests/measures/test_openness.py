from __future__ import annotations

from collections import Counter

import pytest

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.openness import functional, openness_of, rule_a, rule_b, sentences


def test_the_seven_printed_questions(printed: list[str]) -> None:
    assert Counter(map(rule_a, printed)) == {"open": 1, "closed": 1, "other": 5}
    assert Counter(map(rule_b, printed)) == {"open": 4, "closed": 3}


@pytest.mark.parametrize(
    ("text", "first_word", "last_question"),
    [
        ("What is it?", "open", "open"),
        ("what's it", "open", "other"),
        ("Whats it?", "open", "open"),
        ("Isn’t it?", "closed", "closed"),
        ("Dont you?", "closed", "closed"),
        ('"How?" she asked', "open", "other"),
        ("1. Can I go?", "closed", "closed"),
        ("Q3: Who pays?", "open", "open"),
        ("So, what now?", "other", "open"),
        ("We're late. Are you?", "other", "closed"),
        ("If so, what now?", "other", "other"),
        ("List three dishes.", "other", "other"),
        ("Will it rain? I hope so.", "closed", "closed"),
        ("I take vitamin C. Is it safe?", "other", "closed"),
        ("Do you like fruit, e.g. apples?", "closed", "closed"),
        ("I am 19\nWhere can I vote?", "other", "open"),
        ('I asked "Why?" and he left.', "other", "other"),
        ("¿?", "other", "other"),
    ],
)
def test_rules(text: str, first_word: str, last_question: str) -> None:
    assert (rule_a(text), rule_b(text)) == (first_word, last_question)


def test_a_polite_request_is_closed_in_form_and_open_in_function() -> None:
    text = "My visa was refused. Can you please explain what to do?"
    assert rule_b(text) == "closed"
    assert functional(text) == "open"
    assert functional("Can you swim?") == "closed"


def test_the_checked_wrapper_knows_its_limits() -> None:
    assert openness_of("What?", "a") == Value("open")
    assert openness_of("So what?", "b") == Value("open")
    assert isinstance(openness_of("Was ist das?", language="de"), NotApplicable)
    assert isinstance(openness_of(" ?! "), NotApplicable)


def test_sentences_keep_abbreviations_together() -> None:
    assert sentences("I met Dr. Smith. He (really!) left. Why?") == [
        "I met Dr. Smith.", "He (really!) left.", "Why?",
    ]  # fmt: skip
    assert sentences("你好吗？好。") == ["你好吗？", "好。"]
    assert sentences("") == []
