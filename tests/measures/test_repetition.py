from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.diversity import mattr
from seedbed.measures.repetition import homogenisation, self_bleu, self_repetition
from seedbed.measures.similarity import lcs_len
from seedbed.measures.tokens import ngrams

TEXTS = st.lists(
    st.lists(st.sampled_from("how can i save my money today".split()), max_size=9).map(" ".join),  # noqa: SIM905
    max_size=7,
)


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value), answer
    return answer.value


def bleu_by_definition(texts: Sequence[str]) -> float:
    """BLEU-4 of each against all others, straight from Papineni et al. 2002 with smoothing 1."""
    words = [text.split() for text in texts]
    scores = []
    for row, own in enumerate(words):
        others = words[:row] + words[row + 1 :]
        logs = 0.0
        for n in range(1, 5):
            counts = Counter(ngrams(own, n))
            clipped = sum(
                min(count, max(Counter(ngrams(other, n))[gram] for other in others)) for gram, count in counts.items()
            )
            logs += math.log((clipped or 0.1) / counts.total()) / 4
        nearest = min((abs(len(other) - len(own)), len(other)) for other in others)[1]
        scores.append(math.exp(logs) * min(1.0, math.exp(1 - nearest / len(own))))
    return sum(scores) / len(scores)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_self_bleu_equals_its_definition(texts: list[str]) -> None:
    long = [text for text in texts if len(text.split()) >= 4]
    answer = self_bleu(texts)
    if len(long) < 2:
        assert isinstance(answer, NotApplicable)
    else:
        assert number(answer) == pytest.approx(bleu_by_definition(long), abs=1e-9)


def test_self_bleu_by_hand() -> None:
    assert number(self_bleu(["a b c d e"] * 3)) == pytest.approx(1)
    # 'a b c d' in 'a b c d e f': all n-grams match, but the reference is longer: exp(1 - 6/4). The other way
    # 4/6, 3/5, 2/4 and 1/3 match.
    expected = (math.exp(-0.5) + (4 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25) / 2
    assert number(self_bleu(["a b c d", "A, b c d e f."])) == pytest.approx(expected, abs=1e-12)
    # of two references equally near in length the shorter counts, so 'a b c d e f' is not penalised
    texts = ["a b c d e f", "a b c d e", "a b c d e f g"]
    last = (6 / 7 * 5 / 6 * 4 / 5 * 3 / 4) ** 0.25
    assert number(self_bleu(texts)) == pytest.approx((1 + math.exp(1 - 6 / 5) + last) / 3, abs=1e-12)
    # nothing in common: every count of 0 becomes .1
    assert number(self_bleu(["a b c d", "e f g h"])) == pytest.approx((0.1**4 / 24) ** 0.25, abs=1e-12)


def test_samples_are_named_and_repeatable() -> None:
    texts = [f"word{i % 11} of {i} many {'x ' * (i % 5)}here" for i in range(60)]
    for measure in (self_bleu, homogenisation):
        answer = measure(texts, most=20, seed=4)
        assert isinstance(answer, Value)
        assert answer.n == 20
        assert "a sample of 20 of 60 texts, seed 4" in answer.note
        assert answer == measure(texts, most=20, seed=4)
        assert number(measure(texts, most=20, seed=5)) != answer.value


def test_self_repetition_by_hand() -> None:
    # the first two texts share 'a b c d' and 'b c d e'; the third has its own
    texts = ["a b c d e", "x a b c d e", "k l m n", "short"]
    answer = self_repetition(texts)
    assert isinstance(answer, Value)
    assert answer.value == pytest.approx((2 * math.log(3)) / 3)
    assert "2 of 3 texts share" in answer.note
    assert "1 texts under 4 words" in answer.note
    # a run twice in one text is no repetition in another
    assert number(self_repetition(["a a a a a a", "b b b b"])) == 0


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_homogenisation_is_the_mean_over_pairs(texts: list[str]) -> None:
    said = [text.split() for text in texts if text]
    answer = homogenisation(texts)
    if len(said) < 2:
        assert isinstance(answer, NotApplicable)
        return
    pairs = [2 * lcs_len(a, b) / (len(a) + len(b)) for i, a in enumerate(said) for b in said[:i]]
    assert number(answer) == pytest.approx(sum(pairs) / len(pairs), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 8))
def test_mattr_is_the_mean_over_windows(texts: list[str], window: int) -> None:
    total = sum(len(text.split()) for text in texts)
    answer = mattr(texts, window)
    if total < window:
        assert isinstance(answer, NotApplicable)
        return
    # one text at a time has one order
    joined = " ".join(texts).split()
    expected = [len(set(joined[i : i + window])) / window for i in range(total - window + 1)]
    assert number(mattr([" ".join(texts)], window)) == pytest.approx(sum(expected) / len(expected), abs=1e-12)
    assert 1 / window - 1e-12 <= number(answer) <= 1 + 1e-12


def test_mattr_does_not_depend_on_rows_of_one_prompt_standing_together() -> None:
    together = [f"topic{i // 20} has words{i}" for i in range(400)]
    apart = sorted(together, key=lambda text: text[::-1])
    gap = number(mattr(together)) - number(mattr(apart))
    assert abs(gap) < 0.02
