"""Nothing that a score is quoted on has touched it."""

from __future__ import annotations

import numpy as np
import pytest

from seedbed.judges.crossval import cross_fit, fit_pairs, length_only, out_of_fold, shuffled
from seedbed.judges.figures import FIGURES, auroc, figures
from seedbed.measures.definition import Value
from tests.judges.made import clouds

ALONE = [f"g{index:03d}" for index in range(60)]


@pytest.mark.parametrize("pair", [0, 17, 59])
def test_a_pairs_own_labels_never_reach_its_scores(pair: int) -> None:
    """With its labels swapped a pair's two scores change places and nothing else: neither the line nor its calibration
    has seen them."""
    sides = clouds(60, 1.0)
    swapped = sides.copy()
    swapped[pair] = sides[pair, ::-1]
    one, other = cross_fit(sides, ALONE, 1.0), cross_fit(swapped, ALONE, 1.0)
    assert other[pair, ::-1].tolist() == one[pair].tolist()
    assert (one != other).any()


def test_the_labels_of_a_whole_cluster_never_reach_its_scores() -> None:
    sides, names = clouds(60, 1.0), [f"g{index // 3:03d}" for index in range(60)]
    swapped = sides.copy()
    swapped[6:9] = sides[6:9, ::-1]
    one, other = cross_fit(sides, names, 1.0), cross_fit(swapped, names, 1.0)
    assert other[6:9, ::-1].tolist() == one[6:9].tolist()


def test_features_that_name_the_pair_do_not_help() -> None:
    """One feature a pair, of which either side has half: what one pair teaches says nothing of another."""
    draw = np.random.default_rng(0)
    identity = np.zeros((60, 2, 60))
    identity[np.arange(60), 0, np.arange(60)] = draw.choice([-1, 1], 60)
    identity[np.arange(60), 1, np.arange(60)] = draw.choice([-1, 1], 60)
    assert 0.4 < FIGURES["accuracy"](cross_fit(identity, ALONE, 1.0)) < 0.6


def test_copies_of_a_pair_leak_only_where_they_are_parted() -> None:
    """Random labels, each pair there three times: to know the copies is to know the labels."""
    sides = np.repeat(np.random.default_rng(3).standard_normal((30, 2, 100)), 3, axis=0)
    together = cross_fit(sides, [f"g{index // 3}" for index in range(90)], 1.0)
    parted = cross_fit(sides, [f"g{index}" for index in range(90)], 1.0)
    assert FIGURES["auroc"](together) < 0.65
    assert FIGURES["auroc"](parted) > 0.9


def test_random_labels_give_chance() -> None:
    """A 95 % interval may miss one half now and then: not in more than 3 of 24 repetitions (P = .03)."""
    missed, found = 0, []
    names = ALONE[:40]
    for seed in range(24):
        figure = figures(cross_fit(clouds(40, 0.0, seed=seed), names, 1.0), names, draws=300)["auroc"]
        assert isinstance(figure, Value)
        assert figure.low is not None
        assert figure.high is not None
        missed += not figure.low <= 0.5 <= figure.high
        found.append(figure.value)
    assert missed <= 3
    assert abs(np.mean(found) - 0.5) < 0.05


def test_true_labels_are_found() -> None:
    assert FIGURES["auroc"](cross_fit(clouds(60, 2.0), ALONE, 1.0)) > 0.85
    assert FIGURES["auroc"](cross_fit(clouds(60, 6.0), ALONE, 1.0)) > 0.99


def test_swapped_labels_are_the_mirror_image() -> None:
    sides = clouds(60, 1.0)
    one, other = cross_fit(sides, ALONE, 1.0), cross_fit(sides[:, ::-1], ALONE, 1.0)
    np.testing.assert_allclose(other, 1 - one[:, ::-1], atol=2e-6)


def test_the_order_of_the_pairs_is_nothing() -> None:
    sides, order = clouds(60, 1.0), np.random.default_rng(5).permutation(60)
    one, other = cross_fit(sides, ALONE, 1.0), cross_fit(sides[order], [ALONE[at] for at in order], 1.0)
    np.testing.assert_allclose(other, one[order], atol=1e-6)


def test_probabilities_are_calibrated() -> None:
    """Two normal clouds 1.5 apart have true probabilities sigmoid(1.5·x - 1.125)."""
    sides = clouds(800, 1.5, dim=2)
    found = cross_fit(sides, [str(index) for index in range(800)], 1.0)
    true = 1 / (1 + np.exp(1.125 - 1.5 * sides[:, :, 0]))
    assert np.abs(found - true).mean() < 0.03
    assert FIGURES["ece"](found) < 0.05
    line, calibration = fit_pairs(sides, [str(index) for index in range(800)], 1.0)
    assert np.abs(calibration(line(sides[:, 1])) - true[:, 1]).mean() < 0.03


def test_length_alone_knows_what_length_tells() -> None:
    draw = np.random.default_rng(0)
    sizes = np.log1p(np.stack([draw.integers(20, 40, 60), draw.integers(35, 60, 60)], axis=1))[:, :, None]
    assert FIGURES["auroc"](length_only(sizes, ALONE)) > 0.9
    level = np.log1p(draw.integers(20, 40, (60, 2)))[:, :, None]
    assert FIGURES["auroc"](length_only(level, ALONE)) < 0.65


def test_shuffled_labels_are_chance_and_swap_whole_clusters() -> None:
    sides = clouds(60, 2.0)
    names = [f"g{index // 2}" for index in range(60)]
    scores, swapped = shuffled(sides, names, 1.0, 60)
    found = [
        auroc(np.concatenate([scores[:, 0, at], scores[:, 1, at]]), np.concatenate([swapped[:, at], ~swapped[:, at]]))
        for at in range(60)
    ]
    assert (swapped[::2] == swapped[1::2]).all()
    assert 0.4 < swapped.mean() < 0.6
    raw = out_of_fold(sides, names, 1.0)
    assert auroc(raw.T.reshape(-1), np.repeat([False, True], 60)) > 0.85
    assert 0.4 < np.mean(found) < 0.6
    assert max(found) < 0.85
