"""What a file of figures may hold."""

from __future__ import annotations

import pytest

from seedbed.measures.written import refuse_wild_numbers


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e300", "9" * 5000, str(2**63)])
def test_what_is_no_number_of_figures_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        refuse_wild_numbers(f'{{"a": [1, {{"b": {number}}}]}}')


def test_numbers_are_let_pass_and_words_that_look_like_none_of_them() -> None:
    refuse_wild_numbers(b'{"a": [1, -2.5, 1e-300, null, true, "NaN", "Infinity", 9007199254740993]}')


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        refuse_wild_numbers(text)
