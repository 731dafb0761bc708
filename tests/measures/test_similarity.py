from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.similarity import (
    NoveltyIndex,
    copy_of_example,
    is_near_duplicate,
    lcs_len,
    ngram_containment,
    rouge_l_f1,
)
from seedbed.measures.tokens import tokenise

WORDS = st.lists(st.sampled_from("how can i save my money 你 क्या über today".split()), max_size=9)  # noqa: SIM905
TEXT = WORDS.map(" ".join)
# Long enough to fill the first 64 bits, over a vocabulary of 300 words.
LONG = st.lists(st.integers(0, 299).map(lambda i: f"w{i}"), min_size=30, max_size=120).map(" ".join)
CUT = st.tuples(st.integers(0, 10), st.just(10))


def oracle_lcs(a: list[str], b: list[str]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        previous = 0
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], previous + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


def oracle_nearest(kept: list[str], text: str, cut: tuple[int, int]) -> tuple[str, Fraction] | None:
    best: tuple[str, Fraction] | None = None
    query = tokenise(text)
    for id, other in enumerate(map(tokenise, kept)):
        if query and other:
            f1 = Fraction(2 * oracle_lcs(query, other), len(query) + len(other))
            if f1 >= Fraction(*cut) and (best is None or f1 > best[1]):
                best = str(id), f1
    return best


def check(kept: list[str], text: str, cut: tuple[int, int]) -> None:
    index = NoveltyIndex(cut)
    for id, other in enumerate(kept):
        index.add(str(id), other)
    expected, found = oracle_nearest(kept, text, cut), index.nearest(text)
    assert (found is None) == (expected is None)
    if found and expected:
        assert found == (expected[0], pytest.approx(float(expected[1])))


@given(WORDS, WORDS)
def test_lcs_equals_brute_force(a: list[str], b: list[str]) -> None:
    assert lcs_len(a, b) == oracle_lcs(a, b)


@given(st.lists(TEXT, max_size=12), TEXT, CUT)
def test_nearest_equals_brute_force(kept: list[str], text: str, cut: tuple[int, int]) -> None:
    check(kept, text, cut)


@settings(max_examples=40, deadline=None)
@given(st.lists(LONG, min_size=1, max_size=6), st.data())
def test_nearest_of_long_texts_equals_brute_force(kept: list[str], data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(kept)).split()
    dropped = data.draw(st.sets(st.integers(0, len(source) - 1), max_size=len(source) // 2))
    text = " ".join(word for i, word in enumerate(source) if i not in dropped)
    check(kept * 8, text, (7, 10))  # 48 rows: more than the second bound's threshold


def test_an_exact_tie_with_the_threshold_is_a_duplicate() -> None:
    # LCS 7 of 10 + 10 tokens: F1 = 14/20, which is .7 exactly.
    a, b = "a b c d e f g h i j", "a b c d e f g x y z"
    assert is_near_duplicate(a, b)
    assert not is_near_duplicate(a, b, cut=(71, 100))
    index = NoveltyIndex()
    index.add("a", a)
    assert index.nearest(b) == ("a", 0.7)
    assert not is_near_duplicate(a, "a b c d e f w x y z")


def test_among_equals_the_earliest_wins_and_a_better_one_before_all() -> None:
    index = NoveltyIndex()
    for id, text in [("one", "a b c d x"), ("two", "a b c d y"), ("three", "a b c d")]:
        index.add(id, text)
    assert index.nearest("a b c d z") == ("three", pytest.approx(8 / 9))
    assert index.nearest("a b c d z", cut=(9, 10)) is None
    index = NoveltyIndex()
    index.add("one", "a b c d x")
    index.add("two", "a b c d y")
    assert index.nearest("a b c d z") == ("one", pytest.approx(0.8))


def test_the_index_knows_its_ids_and_grows() -> None:
    index = NoveltyIndex()
    for number in range(1100):
        index.add(str(number), f"word{number} common words")
    assert len(index) == 1100
    assert "7" in index
    assert "1100" not in index
    assert index.nearest("word1050 common words") == ("1050", 1.0)
    with pytest.raises(InputError, match="already"):
        index.add("7", "other")
    with pytest.raises(InputError):
        NoveltyIndex((8, 7))


def test_texts_without_words_are_nobodys_duplicate() -> None:
    index = NoveltyIndex((0, 1))
    index.add("a", "???")
    assert index.nearest("???") is None
    assert index.nearest("word") is None
    assert not is_near_duplicate("", "")
    assert isinstance(rouge_l_f1("", "a"), NotApplicable)
    assert rouge_l_f1("A b", "a, c") == Value(0.5)


def test_hindi_and_chinese_are_compared_and_ascii_mode_is_blind_to_them() -> None:
    index = NoveltyIndex()
    index.add("hi", "क्या मैं पैसे बचा सकता हूँ?")
    index.add("zh", "我怎么省钱？")
    assert index.nearest("मैं पैसे कैसे बचाऊँ?") is None
    assert index.nearest("क्या मैं पैसे बचा सकता हूँ") == ("hi", 1.0)
    assert index.nearest("我怎么省钱") == ("zh", 1.0)
    blind = NoveltyIndex(mode="ascii")
    blind.add("hi", "क्या मैं पैसे बचा सकता हूँ?")
    assert blind.nearest("क्या मैं पैसे बचा सकता हूँ?") is None


def test_containment_and_copies() -> None:
    example = "I am a writer. Do you think how I dress can influence my readers at all?"
    answer = ngram_containment("Well: do you think how I dress can influence my readers?", [example])
    assert isinstance(answer, Value)
    assert (answer.value, answer.n) == (0.75, 4)
    assert isinstance(ngram_containment("too short", [example]), NotApplicable)
    assert copy_of_example("Do you think how I dress can influence my readers", [("x", "No."), ("e", example)]) == "e"
    assert copy_of_example("How do I become a writer?", [("e", example)]) is None
