from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.neighbors import NearestNeighbors

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.hull import hull_share, in_hull
from seedbed.measures.manifolds import Manifolds, manifolds


def number(answer: Measured[float]) -> float:
    assert isinstance(answer, Value), answer
    return answer.value


def by_definition(real: np.ndarray, made: np.ndarray, k: int) -> tuple[float, float, float, float]:
    """The published formulas over scikit-learn's neighbours."""

    def radii(points: np.ndarray) -> np.ndarray:
        found, _ = NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)
        return np.asarray(found[:, -1])

    gaps = np.linalg.norm(real[:, None] - made[None], axis=2)
    inside = gaps <= radii(real)[:, None]
    return (
        float(inside.any(axis=0).mean()),
        float((gaps <= radii(made)[None, :]).any(axis=1).mean()),
        float(inside.sum(axis=0).mean() / k),
        float(inside.any(axis=1).mean()),
    )


def figures(answer: Manifolds) -> tuple[float, ...]:
    return tuple(map(number, (answer.precision, answer.recall, answer.density, answer.coverage)))


@pytest.mark.parametrize(("n", "m", "d", "k", "shift"), itertools.product([9, 60], [9, 600], [3], [1, 5], [0, 1]))
def test_all_four_equal_the_definition(n: int, m: int, d: int, k: int, shift: int) -> None:
    rng = np.random.default_rng(n + m)
    real, made = rng.normal(size=(n, d)), rng.normal(size=(m, d)) + shift
    assert figures(manifolds(real, made, k)) == pytest.approx(by_definition(real, made, k), abs=1e-9)


def test_a_set_covers_itself_even_where_all_are_one_text() -> None:
    points = np.random.default_rng(0).normal(size=(40, 6))
    for same in (points, np.repeat(points[:1], 12, axis=0)):
        assert figures(manifolds(same, same))[::3] == (1, 1)
    far = figures(manifolds(points, points + 100))
    assert far == (0, 0, 0, 0)


def test_few_points_samples_and_intervals() -> None:
    points = np.random.default_rng(0).normal(size=(300, 4))
    few = manifolds(points[:5], points)
    assert isinstance(few.precision, NotApplicable)
    assert isinstance(few.coverage, NotApplicable)
    assert isinstance(few.recall, Value)
    answer = manifolds(points[:50], points, most=100, seed=2).coverage
    assert isinstance(answer, Value)
    assert "k = 5; synthetic: a sample of 100 of 300 texts, seed 2" in answer.note
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low <= answer.value <= answer.high
    with pytest.raises(ValueError, match="two embedders"):
        manifolds(points, points[:, :3])


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_hull_membership_equals_linear_programming(d: int) -> None:
    rng = np.random.default_rng(d)
    corners = rng.normal(size=(25, d))
    for point in (*rng.normal(size=(40, d)), *corners[:3], corners[:4].mean(axis=0), np.zeros(d)):
        solved = linprog(
            np.zeros(len(corners)), A_eq=np.vstack([corners.T, np.ones(len(corners))]), b_eq=np.append(point, 1)
        )
        assert in_hull(corners, point) == (solved.status == 0), point


def test_hull_share() -> None:
    rng = np.random.default_rng(5)
    plane = rng.normal(size=(2, 30))
    seeds, near = rng.normal(size=(80, 2)) @ plane, 0.1 * rng.normal(size=(50, 2)) @ plane
    answer = hull_share(seeds, near, dimensions=2)
    assert isinstance(answer, Value)
    assert answer.value == 1
    assert "2 axes hold 100% of the seeds' spread" in answer.note
    assert number(hull_share(seeds, near + 50 * plane[0], dimensions=2)) == 0
    # what lies off the axes is not seen: so the note says how much they hold
    assert isinstance(hull_share(seeds, near), NotApplicable)  # two axes are no five
    assert isinstance(hull_share(seeds[:5], near, dimensions=5), NotApplicable)
    with pytest.raises(ValueError, match="1 to 5"):
        hull_share(seeds, near, dimensions=6)
