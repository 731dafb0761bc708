"""Texts with paragraphs, tidied; responses that were cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.generate.triples.options import option_of, tidy, whole


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("One.\r\n\r\n\r\n\r\nTwo.", "One.\n\nTwo."),
        ("  One,  two.  \n  Three. ", "One, two.\nThree."),
        ("- a\n- b", "- a\n- b"),
        ('"All of it."', "All of it."),
        ('"Yes," he said, "no."', '"Yes," he said, "no."'),
        ("“All of it.”", "All of it."),
        ("One.<|im_end|>", "One."),
        ("a\x00b\x1b[31mc\u202ed", "ab[31mcd"),
        ("1. First.\n2. Second.", "1. First.\n2. Second."),
    ],
)
def test_paragraphs_and_lists_stay_and_the_rest_goes(text: str, left: str) -> None:
    assert tidy(text) == left


@given(st.text(alphabet=" \n\r\t\"'“”<|>ab.-\x00\x85\u2028\u202e", max_size=40))
def test_tidy_text_stays_as_it_is(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "\n\n\n" not in once
    assert "".join(once.split()) in "".join(text.split()).replace("\x00", "").replace("\u202e", "") or "<|" in text


@pytest.mark.parametrize(
    ("text", "finished", "left", "ended"),
    [
        ("They are slow. And they al", False, "They are slow.", True),
        ("They are slow.", False, "They are slow.", True),  # cut just where the sentence ended
        ('He said "No!" And', False, 'He said "No!"', True),
        ("They cost 3.50 an ho", False, "They cost 3.50 an ho", False),
        ("They are slow", True, "They are slow", True),
        ("", False, "", False),
    ],
)
def test_what_was_cut_off_loses_its_unfinished_sentence(text: str, finished: bool, left: str, ended: bool) -> None:
    found = whole(option_of(text, finished=finished))
    assert (found["text"], found["finished"]) == (left, ended)
    assert found.get("trimmed", False) == (left != text)
