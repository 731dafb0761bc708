from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.lengths import quantiles, share_under, token_length, tokens, word_length, words


def test_words_are_pieces_with_a_letter_or_digit() -> None:
    assert words("A well-known fact – 2 of 3 don't know.") == 8
    assert words(" — … ") == 0


def test_word_count_is_refused_where_no_spaces_part_words() -> None:
    assert isinstance(word_length("今天天气怎么样", "zh-CN"), NotApplicable)
    assert word_length("Wie geht es dir?", "de") == Value(4, unit="words")


def test_tokens_of_the_named_tokenizer() -> None:
    assert tokens("unaffable?") == 4 + 0  # una ##ffa ##ble ?
    assert tokens("") == 0


def test_token_count_is_refused_where_the_vocabulary_is_lost() -> None:
    assert isinstance(token_length("สวัสดี ครับ ไป ไหน มา ถ้า เฮ้ ຫຍັງ ဘာလဲ"), NotApplicable)
    answer = token_length("How are you?")
    assert isinstance(answer, Value)
    assert answer.value == 4


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_quantiles_equal_numpys(values: list[int]) -> None:
    answer = quantiles(values)
    assert isinstance(answer, Value)
    assert list(answer.value.values()) == pytest.approx(list(np.quantile(values, list(answer.value))))


def test_quantiles_of_nothing_and_beyond_range() -> None:
    assert isinstance(quantiles([]), NotApplicable)
    with pytest.raises(ValueError):
        quantiles([1, 2], at=[50])


def test_share_under_is_strict() -> None:
    shares = share_under([99, 100, 101, 250], limits=(100, 120))
    assert [answer.value for answer in shares.values() if isinstance(answer, Value)] == [0.25, 0.75]
    assert all(isinstance(answer, NotApplicable) for answer in share_under([], limits=(1,)).values())
