from __future__ import annotations

import pytest

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.text_format import is_traditional, traditional


@pytest.mark.parametrize(
    "text",
    ["Why?", "Why? ", "Why?\n", 'She asked "Why?"', "(really?)", "“Why?” ", "»Warum?«", "„Warum?“", "Why?!", "Why!?",
     "Why??", "どうして？", "لماذا؟", "ለምን፧", "Why?\u200b", "Why?'", "Why?]"],
)  # fmt: skip
def test_a_final_question_mark_is_found_behind_spaces_quotes_and_brackets(text: str) -> None:
    assert is_traditional(text)


@pytest.mark.parametrize(
    "text", ["", " ", '"', "Tell me why.", "Why? Because.", "Why? 😀", "Γιατί;", "Γιατί\u037e", "Is it? ok", "why"]
)
def test_other_ends_are_not_traditional(text: str) -> None:
    assert not is_traditional(text)


@pytest.mark.parametrize("language", ["el", "ja", "th", "el-GR", "ja_JP"])
def test_languages_without_a_testable_question_mark_get_no_number(language: str) -> None:
    answer = traditional("Τι είναι;", language)
    assert isinstance(answer, NotApplicable)
    assert language in answer.reason


def test_other_languages_get_a_value() -> None:
    assert traditional("¿Qué es?", "es-MX") == Value(True)
    assert traditional("Dime.", "es") == Value(False)
