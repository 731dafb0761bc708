from __future__ import annotations

import numpy as np
import pytest

from seedbed.propagate.testing import Sample, one_hot
from seedbed.propagate.testing.samples import common_kind, grid_of


def test_rows_without_a_value_are_left_out_and_counted() -> None:
    marks = Sample.flags([True, None, False, float("nan")], ["a", "a", "b", "c"])
    assert (marks.n, marks.clusters, marks.missing, marks.mean) == (2, 2, 2, 0.5)
    assert marks.rows.tolist() == [0, 2]
    words = Sample.labels(["x", None, "y"])
    assert (words.n, words.clusters, words.missing) == (2, 2, 1)
    tokens = Sample.numbers([3.0, None, float("inf"), 5.0])
    assert (tokens.n, tokens.missing, tokens.mean) == (2, 2, 4.0)


def test_what_is_no_feature_is_refused() -> None:
    with pytest.raises(ValueError, match="flag"):
        Sample.flags([0.5])
    with pytest.raises(ValueError, match="2 rows have 1"):
        Sample.labels(["a", "b"], ["one"])
    with pytest.raises(ValueError, match="different kinds"):
        common_kind(Sample.flags([True]), Sample.numbers([1.0]))
    with pytest.raises(ValueError, match="no mean"):
        _ = Sample.flags([]).mean


def test_counts_are_of_clusters_by_values() -> None:
    sample = Sample.labels(["a", "b", "b", "c"], ["p", "p", "q", "q"])
    grid = grid_of(sample, Sample.labels(["d"]))
    assert grid.tolist() == ["a", "b", "c", "d"]
    assert sample.counts(grid).tolist() == [[1, 1, 0, 0], [0, 1, 1, 0]]
    assert sample.shares(grid).tolist() == [0.25, 0.5, 0.25, 0]
    marked = sample.where(np.array([True, False, True, False]))
    assert marked.counts(grid).tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]


def test_many_distinct_numbers_go_to_the_nearest_of_512() -> None:
    values = np.random.default_rng(0).normal(size=5_000)
    sample = Sample.numbers(values)
    grid = grid_of(sample)
    assert len(grid) == 512
    nearest = np.abs(values[:, None] - grid[None, :]).argmin(axis=1)
    assert (np.abs(grid[sample.places(grid)] - values) == np.abs(grid[nearest] - values)).all()


def test_cluster_means() -> None:
    assert Sample.flags([1, 0, 1], ["a", "a", "b"]).cluster_means().tolist() == [0.5, 1.0]


def test_one_hot_leaves_out_what_has_no_column() -> None:
    table = one_hot(["b", None, "z"], ["a", "b"])
    assert table[0].tolist() == [0, 1]
    assert np.isnan(table[1:]).all()
