from __future__ import annotations

import json
import math
from typing import Any

import pytest

from seedbed.llm.completion import Malformed, read_completion
from seedbed.records import Usage


def chat(*texts: Any, reason: str | None = "stop", **more: Any) -> dict[str, Any]:
    choices = [{"message": {"content": text}, "finish_reason": reason} for text in texts]
    return {"choices": choices, **more}


def test_texts_reasons_and_counts() -> None:
    data = chat("One?", "Two?", model="x", usage={"prompt_tokens": 7, "completion_tokens": 5})
    data["choices"][1]["finish_reason"] = "length"
    found = read_completion(data, asked=2)
    assert [(c.text, c.finished) for c in found.choices] == [("One?", True), ("Two?", False)]
    assert found.usage == Usage(7, 5)
    assert found.model == "x"


def test_plain_completions_are_read_too() -> None:
    data = {"choices": [{"text": " more", "finish_reason": "stop", "logprobs": {"token_logprobs": [None, -1.0, -3.0]}}]}
    (choice,) = read_completion(data, asked=1, model="asked-for").choices
    assert (choice.text, choice.mean_logprob) == (" more", -2.0)


def test_more_choices_than_asked_are_cut_and_fewer_are_taken() -> None:
    assert len(read_completion(chat("a", "b", "c"), asked=2).choices) == 2
    assert len(read_completion(chat("a"), asked=4).choices) == 1


def test_a_repeated_prefill_is_cut_only_where_all_choices_repeat_it() -> None:
    both = read_completion(chat("Can my cat?", "Can my dog?"), asked=2, prefill="Can my")
    assert [c.text for c in both.choices] == [" cat?", " dog?"]
    one = read_completion(chat("Can my cat?", " dog?"), asked=2, prefill="Can my")
    assert [c.text for c in one.choices] == ["Can my cat?", " dog?"]


def test_tokens_are_counted_from_logprobs_where_the_count_is_of_one_choice() -> None:
    data = chat("a b", "c d e", usage={"prompt_tokens": 9, "completion_tokens": 2})
    for choice, values in zip(data["choices"], ([-1.0, -2.0], [-1.0, -math.inf, -3.0]), strict=True):
        choice["logprobs"] = {"content": [{"token": "t", "logprob": value} for value in values]}
    found = read_completion(data, asked=2)
    assert found.usage == Usage(9, 5)
    assert [c.mean_logprob for c in found.choices] == [-1.5, -2.0]


def test_one_choice_without_text_does_not_lose_the_others() -> None:
    found = read_completion(chat("Good?", None), asked=2)
    assert [(c.text, c.finished) for c in found.choices] == [("Good?", True), ("", False)]


def test_typed_parts_are_joined() -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Why "}, {"type": "text", "text": "not?"}]
    assert read_completion(chat(parts), asked=1).choices[0].text == "Why not?"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "no choices"),
        ({"choices": []}, "no choices"),
        ({"choices": "x"}, "no choices"),
        ({"choices": [1]}, "not an object"),
        (chat(None), "finish_reason: stop"),
        (chat("", reason="length"), "token limit"),
        ({"choices": [{"finish_reason": 3}]}, "finish_reason: none"),
    ],
)
def test_what_is_no_completion_says_why(data: Any, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        read_completion(data, asked=1)


def test_half_of_a_surrogate_pair_becomes_text_that_can_be_stored() -> None:
    data = json.loads('{"choices": [{"message": {"content": "a \\ud83d b"}, "finish_reason": "stop"}]}')
    assert read_completion(data, asked=1).choices[0].text.encode() == b"a ? b"
