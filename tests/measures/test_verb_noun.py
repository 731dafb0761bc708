from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.parser import Parse, Parser, Token
from seedbed.measures.verb_noun import (
    Pair,
    coverage,
    normalised_entropy,
    rarefied_repetition,
    repetition,
    root_is_auxiliary,
    si_pair,
    simpson,
    table,
    top_pair_share,
    wide_pair,
    wide_pairs,
)

A, B, C = Pair("write", "letter"), Pair("give", "advice"), Pair("have", "right")
PAIRS = st.lists(st.sampled_from([A, B, C, Pair("a", "b"), Pair("c", "d")]), min_size=2, max_size=7)


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value)
    return answer.value


@pytest.mark.model
class TestRules:
    @pytest.mark.parametrize(
        ("text", "si", "wide"),
        [
            ("Write a letter to my landlord.", Pair("write", "letter"), Pair("write", "letter")),
            ("What is the capital of France?", None, None),
            ("Anna is a doctor.", None, Pair("be", "doctor")),
            ("Go away. Then read the book.", None, Pair("read", "book")),
            ("The letter was written by Anna.", None, Pair("write", "letter")),
            ("Why?", None, None),
        ],
    )
    def test_pairs(self, parser: Parser, text: str, si: Pair | None, wide: Pair | None) -> None:
        parse = parser.one(text)
        assert (si_pair(parse), wide_pair(parse)) == (si, wide)

    def test_a_copula_is_an_auxiliary_root(self, parser: Parser) -> None:
        assert root_is_auxiliary(parser.one("What is the capital of France?"))
        assert not root_is_auxiliary(parser.one("Write a letter."))

    def test_the_wide_rule_lists_all_pairs_in_order(self, parser: Parser) -> None:
        text = "Write a letter and send an email."
        assert wide_pairs(parser.one(text)) == [Pair("write", "letter"), Pair("send", "email")]


def test_the_published_quirk_sees_only_the_first_child() -> None:
    # is(AUX) -> [quick(ADJ), read(VERB) -> book(NOUN, dobj)]
    tokens = tuple(
        Token(text, text, pos, "", dep, head, 0)
        for text, pos, dep, head in [
            ("is", "AUX", "ROOT", 0), ("quick", "ADJ", "acomp", 0), ("read", "VERB", "xcomp", 0),
            ("book", "NOUN", "dobj", 2),
        ]
    )  # fmt: skip
    parse = Parse("is quick read book", tokens, ((0, 4),))
    assert si_pair(parse) == Pair("read", "book")
    assert si_pair(parse, compat_first_child=True) is None


def test_repetition_top_share_simpson_and_entropy() -> None:
    pairs = [A, A, B, None, C]
    assert number(repetition(pairs)) == pytest.approx(1 / 4)
    assert number(top_pair_share(pairs)) == pytest.approx(1 / 2)
    assert number(simpson(pairs)) == pytest.approx((4 + 1 + 1) / 16)
    expected = -(0.5 * math.log(0.5) + 2 * 0.25 * math.log(0.25)) / math.log(3)
    assert number(normalised_entropy(pairs)) == pytest.approx(expected)
    answer = coverage(pairs)
    assert isinstance(answer, Value)
    assert (answer.value, answer.n) == (0.8, 5)


def test_without_pairs_there_is_no_number() -> None:
    for figure in (repetition, top_pair_share, simpson, normalised_entropy):
        assert isinstance(figure([None, None]), NotApplicable)
    assert isinstance(coverage([]), NotApplicable)
    assert isinstance(normalised_entropy([A, A]), NotApplicable)
    assert isinstance(rarefied_repetition([A, B], 3), NotApplicable)


@given(PAIRS, st.data())
def test_rarefied_repetition_is_the_mean_over_all_samples(pairs: list[Pair], data: st.DataObject) -> None:
    m = data.draw(st.integers(2, len(pairs)))
    samples = list(combinations(pairs, m))
    brute = sum(1 - len(set(sample)) / m for sample in samples) / len(samples)
    answer = rarefied_repetition(pairs, m, seed=3)
    assert isinstance(answer, Value)
    assert answer.value == pytest.approx(brute, abs=1e-9)
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low <= answer.value <= answer.high
    assert answer == rarefied_repetition(pairs, m, seed=3)


def test_repetition_grows_with_the_number_of_pairs() -> None:
    pairs = [Pair("v", str(i % 40)) for i in range(200)]
    values = [number(rarefied_repetition(pairs, m)) for m in (5, 20, 100, 200)]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(number(repetition(pairs)))


@given(st.lists(st.builds(Pair, st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), max_size=60))
def test_the_table_drops_nothing(pairs: list[Pair]) -> None:
    rows = table(pairs, verbs=2, nouns=2)
    assert sum(row.count for row in rows) == len(pairs)
    assert len({row.verb for row in rows}) <= 3
    if pairs:
        assert sum(row.share for row in rows) == pytest.approx(1)


def test_the_table_ranks_and_gathers_the_rest() -> None:
    pairs = [A] * 3 + [Pair("write", "essay")] * 2 + [Pair("write", "poem")] + [B] * 4 + [C]
    rows = [(row.verb, row.noun, row.count) for row in table(pairs, verbs=2, nouns=1)]
    assert rows == [
        ("write", "letter", 3), ("write", "other", 3), ("give", "advice", 4), ("other", "other", 1),
    ]  # fmt: skip
