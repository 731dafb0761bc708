from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.measures.definition import NotApplicable, Value
from seedbed.measures.novelty import Likeness, Nearest, SeedLikeness, copies_of_examples, ecdf, share_over
from seedbed.measures.similarity import copy_of_example, ngram_containment, rouge_l_f1

WORDS = "how can i save my money on a trip today".split()  # noqa: SIM905
TEXT = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


def value(near: Nearest | None) -> float | None:
    return None if near is None else near.value


def best(answers: list[Value[float] | NotApplicable]) -> float | None:
    return max((answer.value for answer in answers if isinstance(answer, Value)), default=None)


@settings(max_examples=80, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=5), st.lists(TEXT, max_size=4), st.data())
def test_each_likeness_is_the_greatest_of_the_pairwise_measure(
    seeds: list[str], rows: list[str], data: st.DataObject
) -> None:
    named = {f"s{number}": text for number, text in enumerate(seeds)}
    shown = [data.draw(st.lists(st.sampled_from([*named, "gone"]), unique=True, max_size=3)) for _ in rows]
    for text, examples, found in zip(rows, shown, SeedLikeness(named).rows(rows, examples=shown), strict=True):
        own = [(id, named[id]) for id in examples if id in named]
        assert value(found.rouge_l) == pytest.approx(best([rouge_l_f1(text, seed) for seed in seeds]))
        assert value(found.own) == pytest.approx(best([rouge_l_f1(text, seed) for _, seed in own]))
        assert value(found.contained) == pytest.approx(best([ngram_containment(text, [seed]) for seed in seeds]))
        assert found.copied == copy_of_example(text, own)
        assert found.cosine is None
        if found.rouge_l is not None:  # among equals the seed given first
            first = next(id for id, seed in named.items() if rouge_l_f1(text, seed) == Value(found.rouge_l.value))
            assert found.rouge_l.seed == first


def test_cosines_come_in_any_parts_and_not_from_vectors_that_are_none() -> None:
    rng = np.random.default_rng(2)
    seeds, rows = rng.normal(size=(6, 5)), rng.normal(size=(9, 5))
    rows[3], rows[4] = math.nan, 0.0
    index = SeedLikeness({str(row): f"text {row}" for row in range(6)}, seeds)
    texts = [f"words {row}" for row in range(9)]
    whole = index.rows(texts, rows)
    unit = seeds / np.linalg.norm(seeds, axis=1, keepdims=True)
    for row, found in enumerate(whole):
        if row in (3, 4):
            assert found.cosine is None
            continue
        cosines = unit @ rows[row] / np.linalg.norm(rows[row])
        assert found.cosine is not None
        assert (found.cosine.seed, found.cosine.value) == (
            str(cosines.argmax()),
            pytest.approx(cosines.max(), abs=1e-9),
        )
    assert index.rows(texts[:5], rows[:5]) + index.rows(texts[5:], rows[5:]) == whole


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="no direction"):
        SeedLikeness({"a": "x"}, [[0.0, 0.0]])
    with pytest.raises(InputError, match="1 seeds have 2 vectors"):
        SeedLikeness({"a": "x"}, [[1.0], [2.0]])
    with pytest.raises(ValueError, match="2 texts have 1"):
        SeedLikeness({"a": "x"}).rows(["a", "b"], examples=[["a"]])
    assert SeedLikeness({}).rows(["a b"]) == [Likeness(None, None, None, None, None)]


@given(st.lists(st.one_of(st.none(), st.integers(0, 9).map(float)), max_size=30), st.integers(2, 12))
def test_the_curve_is_the_empirical_distribution(values: list[float | None], points: int) -> None:
    known = [value for value in values if value is not None]
    answer = ecdf(values, points)
    if not known:
        assert isinstance(answer, NotApplicable)
        return
    assert isinstance(answer, Value)
    assert answer.n == len(known)
    for x, share in answer.value:
        assert share == pytest.approx(sum(value <= x for value in known) / len(known))
    assert (answer.value[0][0], answer.value[-1]) == (min(known), (max(known), 1.0))
    assert len(answer.value) <= points
    assert [x for x, _ in answer.value] == sorted({x for x, _ in answer.value})


def test_the_share_over_the_cut_counts_the_cut_itself_and_respects_prompts() -> None:
    values = [0.7, 0.69, 1.0, None, 0.1 + 0.6] * 8
    answer = share_over(values, 0.7)
    assert isinstance(answer, Value)
    assert (answer.value, answer.n) == (0.75, 32)
    assert "8 rows left out" in answer.note
    alike = [0.9] * 10 + [0.1] * 10 + [0.9] * 10
    by_row, by_prompt = share_over(alike, 0.7), share_over(alike, 0.7, [str(row // 10) for row in range(30)])
    assert isinstance(by_row, Value)
    assert isinstance(by_prompt, Value)
    assert by_row.low is not None
    assert by_prompt.low is not None
    assert by_prompt.low < by_row.low
    assert isinstance(share_over([None], 0.7), NotApplicable)


def test_a_row_at_the_cut_itself_is_a_copy() -> None:
    # LCS 7 of 10 + 10 tokens: F1 = .7 exactly
    (found,) = SeedLikeness({"a": "a b c d e f g h i j"}).rows(["a b c d e f g x y z"], examples=[["a"]])
    assert (found.rouge_l, found.copied) == (Nearest("a", 0.7), "a")


def test_copies_count_only_rows_whose_examples_are_known() -> None:
    rows = SeedLikeness({"a": "how can i save my money", "b": "is it far"}).rows(
        ["How can I save my money?", "How can I save my money?", "What is this?"], examples=[["a"], ["b"], []]
    )
    answer = copies_of_examples(rows, [["a"], ["b"], []])
    assert isinstance(answer, Value)
    assert (answer.value, answer.n, answer.note) == (0.5, 2, "1 rows left out")
    assert isinstance(copies_of_examples(rows, [[], [], []]), NotApplicable)
