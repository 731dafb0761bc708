from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.diversity import (
    at_equal_size,
    at_equal_tokens,
    common_sizes,
    compression_ratio,
    distinct_n,
    expectation_adjusted_distinct,
)


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value)
    return answer.value


def test_distinct_n() -> None:
    assert number(distinct_n(["a b c", "a b d"], 2)) == 0.75
    assert isinstance(distinct_n(["a", "b"], 2), NotApplicable)


def test_expectation_adjusted_distinct() -> None:
    # Two of two draws from two words: expected 2·(1 - 1/4) = 1.5 distinct.
    assert number(expectation_adjusted_distinct(["a b"], 2)) == pytest.approx(2 / 1.5)
    assert isinstance(expectation_adjusted_distinct(["a b c"], 2), NotApplicable)
    assert isinstance(expectation_adjusted_distinct(["?"], 2), NotApplicable)


def test_repetition_compresses() -> None:
    varied = [" ".join(str(hash((i, j)) % 9973) for j in range(8)) for i in range(60)]
    assert number(compression_ratio(varied[:1] * 60)) > 3 * number(compression_ratio(varied))
    assert isinstance(compression_ratio(["short"]), NotApplicable)


def test_equal_size_takes_the_size_out() -> None:
    words = [f"w{i % 50} v{i % 7}" for i in range(700)]
    few, many = words[:70], words
    assert number(distinct_n(few)) > 1.5 * number(distinct_n(many))
    one, other = at_equal_size(few, 60, distinct_n), at_equal_size(many, 60, distinct_n)
    assert isinstance(one, Value)
    assert isinstance(other, Value)
    assert one.value == pytest.approx(other.value, rel=0.1)
    assert other == at_equal_size(many, 60, distinct_n)
    assert other.low is not None
    assert other.high is not None
    assert other.low <= other.value <= other.high
    assert isinstance(at_equal_size(few, 71, distinct_n), NotApplicable)
    assert isinstance(at_equal_size(["a", "b"], 1, distinct_n), NotApplicable)
    # the whole of the smaller set is no sample: it has no range
    whole = at_equal_size(few, 70, distinct_n)
    assert isinstance(whole, Value)
    assert (whole.value, whole.low) == (number(distinct_n(few)), None)


def test_equal_tokens_takes_the_length_out() -> None:
    # one source of words, in texts of 5 and of 50 words: at equal number the long ones repeat more
    words = [f"w{(i * i) % 997 % 200}" for i in range(4_000)]
    short = [" ".join(words[i : i + 5]) for i in range(0, 2_000, 5)]
    long = [" ".join(words[i : i + 50]) for i in range(0, 4_000, 50)]
    sizes = common_sizes([short, long, ["?", ""]])
    assert (sizes.texts, sizes.tokens) == (80, 2_000)

    def distinct(texts: Sequence[str]) -> Measured[float]:
        return distinct_n(texts, 1)

    by_number = [number(at_equal_size(side, 60, distinct)) for side in (short, long)]
    by_words = [number(at_equal_tokens(side, 1_000, distinct)) for side in (short, long)]
    assert by_number[0] > 1.5 * by_number[1]
    assert by_words[0] == pytest.approx(by_words[1], rel=0.15)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(1, 48))
def test_a_sample_has_exactly_the_tokens_asked_for(lengths: list[int], tokens: int) -> None:
    texts = [" ".join(f"t{row}w{word}" for word in range(length)) for row, length in enumerate(lengths)]
    seen: list[int] = []

    def count(sample: Sequence[str]) -> Measured[float]:
        seen.append(sum(len(text.split()) for text in sample))
        return Value(0.0)

    answer = at_equal_tokens(texts, tokens, count, draws=5)
    assert isinstance(answer, NotApplicable) == (tokens > sum(lengths))
    assert set(seen) <= {tokens}
