from __future__ import annotations

import math

import numpy as np
import pytest

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.diversity import (
    at_equal_size,
    compression_ratio,
    distinct_n,
    expectation_adjusted_distinct,
    mean_pairwise_distance,
    vendi,
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


def test_pairwise_distance_equals_brute_force() -> None:
    vectors = np.random.default_rng(0).normal(size=(12, 5))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = [1 - unit[i] @ unit[j] for i in range(12) for j in range(i)]
    assert number(mean_pairwise_distance(vectors)) == pytest.approx(np.mean(pairs))
    assert isinstance(mean_pairwise_distance(vectors[:1]), NotApplicable)


def test_vendi_counts_different_texts() -> None:
    basis = np.eye(6)
    assert number(vendi(basis)) == pytest.approx(6)
    assert number(vendi(np.repeat(basis[:1], 9, axis=0))) == pytest.approx(1)
    assert number(vendi(np.repeat(basis[:3], 5, axis=0))) == pytest.approx(3)
    # Against the kernel's own eigenvalues.
    vectors = np.random.default_rng(1).normal(size=(8, 3))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = np.linalg.eigvalsh(unit @ unit.T / 8)
    expected = math.exp(-sum(w * math.log(w) for w in weights if w > 1e-9))
    assert number(vendi(vectors)) == pytest.approx(expected)
    assert isinstance(vendi(np.empty((0, 3))), NotApplicable)


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
