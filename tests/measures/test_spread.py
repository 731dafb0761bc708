from __future__ import annotations

import math

import numpy as np
import pytest

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.spread import chamfer, mean_pairwise_distance, remote_clique, vendi


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value), answer
    return answer.value


def cosine_distances(vectors: np.ndarray) -> np.ndarray:
    pairwise = pytest.importorskip("sklearn.metrics.pairwise")
    return np.asarray(pairwise.cosine_distances(vectors))


@pytest.mark.parametrize(("n", "d"), [(2, 3), (12, 5), (40, 3), (5, 40)])
def test_distances_equal_the_reference(n: int, d: int) -> None:
    vectors = np.random.default_rng(n).normal(size=(n, d))
    apart = cosine_distances(vectors)
    assert number(remote_clique(vectors)) == pytest.approx(apart.mean(), abs=1e-9)
    assert number(mean_pairwise_distance(vectors)) == pytest.approx(apart.sum() / (n * (n - 1)), abs=1e-9)
    np.fill_diagonal(apart, np.inf)
    assert number(chamfer(vectors)) == pytest.approx(apart.min(axis=1).mean(), abs=1e-9)


def test_chamfer_over_several_blocks_and_samples() -> None:
    vectors = np.random.default_rng(7).normal(size=(1_500, 4))
    apart = cosine_distances(vectors)
    np.fill_diagonal(apart, np.inf)
    assert number(chamfer(vectors)) == pytest.approx(apart.min(axis=1).mean(), abs=1e-9)
    sampled = chamfer(vectors, most=100, seed=3)
    assert isinstance(sampled, Value)
    assert sampled.note == "a sample of 100 of 1,500 texts, seed 3"
    assert sampled.value > number(chamfer(vectors))
    assert number(chamfer(np.repeat(np.eye(3), 2, axis=0))) == pytest.approx(0, abs=1e-12)


def test_vendi_counts_different_texts() -> None:
    basis = np.eye(6)
    assert number(vendi(basis)) == pytest.approx(6)
    assert number(vendi(np.repeat(basis[:1], 9, axis=0))) == pytest.approx(1)
    assert number(vendi(np.repeat(basis[:3], 5, axis=0))) == pytest.approx(3)


@pytest.mark.parametrize("shape", [(8, 3), (3, 8)])
def test_vendi_is_of_the_kernels_own_eigenvalues(shape: tuple[int, int]) -> None:
    vectors = np.random.default_rng(1).normal(size=shape)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    gaps = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    for kernel, matrix in (("cosine", unit @ unit.T), ("laplace", np.exp(-gaps))):
        weights = np.linalg.eigvalsh(matrix / len(vectors))
        expected = math.exp(-sum(w * math.log(w) for w in weights if w > 1e-12))
        answer = vendi(vectors, kernel)  # type: ignore[arg-type]
        assert number(answer) == pytest.approx(expected, abs=1e-9)
        assert isinstance(answer, Value)
        assert kernel in answer.note


def test_the_published_example_of_vendi() -> None:
    # Friedman & Dieng's own: exp(-|a-b|) on six numbers of three kinds; they print 2.9999, cut after four places
    answer = number(vendi([[0], [0], [10], [10], [20], [20]], "laplace"))
    assert math.floor(answer * 10_000) / 10_000 == 2.9999
    near, far = math.exp(-10), math.exp(-20)
    weights = np.linalg.eigvalsh(np.array([[1, near, far], [near, 1, near], [far, near, 1]]) / 3)
    assert answer == pytest.approx(math.exp(-sum(w * math.log(w) for w in weights)), abs=1e-12)


@pytest.mark.parametrize("measure", [mean_pairwise_distance, remote_clique, chamfer, vendi])
def test_vectors_that_are_none(measure) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(measure(np.empty((0, 3))), NotApplicable)
    assert isinstance(measure([[1.0, math.nan], [0.0, 1.0]]), NotApplicable)
    assert "no direction" in measure([[0.0, 0.0], [0.0, 1.0]]).reason
    with pytest.raises(ValueError, match="shape"):
        measure([1.0, 2.0])
