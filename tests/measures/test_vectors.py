from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.measures.vectors import VectorIndex


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(0, 10_000))
def test_nearest_vector_is_exact_and_does_not_depend_on_company(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Few directions and small jitter: many near-ties.
    vectors = rng.normal(size=(3, 16))[rng.integers(3, size=count)] + rng.normal(scale=1e-3, size=(count, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    query = vectors[0]
    wide = vectors.astype(np.float64)
    squares = (wide * wide).sum(axis=1)
    expected = (wide @ wide[0]) / np.sqrt(squares * squares[0])
    index = VectorIndex()
    assert index.nearest(query) is None
    for number, vector in enumerate(vectors):
        index.add(str(number), vector)
    found = index.nearest(query)
    assert found is not None
    assert found[1] == expected.max()
    assert found[0] == str(int(expected.argmax()))
    alone = VectorIndex()
    alone.add("only", vectors[int(found[0])])
    assert alone.nearest(query) == ("only", found[1])


def test_the_vector_index_grows_and_stands_a_zero_vector() -> None:
    index = VectorIndex()
    index.add("zero", np.zeros(4))
    for number in range(1100):
        index.add(str(number), np.array([1, number, 0, 0]) / np.hypot(1, number))
    assert len(index) == 1101
    found = index.nearest(np.array([0, 0, 1, 0], dtype=np.float16))
    assert found == ("zero", 0.0)
    nearest = index.nearest(np.array([1, 3, 0, 0]) / np.sqrt(10))
    assert nearest == ("3", pytest.approx(1))
