"""Each figure against its definition, written the slow way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from seedbed.judges.figures import FIGURES, auroc, figures, gain_in_kappa, kappa, length_figures
from seedbed.measures.definition import Value

# few different numbers, so that ties are frequent
SCORES = st.lists(st.tuples(*[st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.500001, 0.8, 1.0])] * 2), min_size=1, max_size=25)


def rows(found: list[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(found, dtype=float).reshape(len(found), 2)


@given(SCORES)
def test_every_figure_is_its_definition(found: list[tuple[float, float]]) -> None:
    zeros, ones = [m for m, _ in found], [a for _, a in found]
    items = [(p, 0) for p in zeros] + [(p, 1) for p in ones]
    n = len(items)

    def above(a: float, b: float) -> float:
        return 1.0 if a > b else 0.5 if a == b else 0.0

    accuracy = sum((p >= 0.5) == bool(y) for p, y in items) / n
    said = sum(p >= 0.5 for p, _ in items) / n
    chance = (said + (1 - said)) / 2
    gaps = 0.0
    for index in range(10):
        inside = [(p, y) for p, y in items if min(int(p * 10), 9) == index]
        gaps += abs(sum(p for p, _ in inside) - sum(y for _, y in inside)) / n
    clipped = [(min(max(p, 1e-6), 1 - 1e-6), y) for p, y in items]
    expected = {
        "accuracy": accuracy,
        "auroc": sum(above(a, m) for a in ones for m in zeros) / len(ones) / len(zeros),
        "pairwise": sum(above(a, m) for m, a in found) / len(found),
        "kappa": (accuracy - chance) / (1 - chance),
        "sensitivity": sum(p >= 0.5 for p in ones) / len(ones),
        "specificity": sum(p < 0.5 for p in zeros) / len(zeros),
        "log_loss": -sum(math.log(p if y else 1 - p) for p, y in clipped) / n,
        "brier": sum((p - y) ** 2 for p, y in items) / n,
        "ece": gaps,
    }
    assert {name: figure(rows(found)) for name, figure in FIGURES.items()} == pytest.approx(expected, abs=1e-9)


def test_kappa_and_auroc_of_unequal_classes() -> None:
    said = np.array([True, True, False, False, False])
    labels = np.array([True, False, True, False, False])
    assert kappa(said, labels) == pytest.approx((0.6 - 0.52) / 0.48)
    assert kappa(np.array([True]), np.array([True])) == 0
    assert auroc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True])) == 0.875


def test_intervals_widen_where_pairs_are_alike() -> None:
    found = np.random.default_rng(1).random((60, 2))
    alone = figures(found, [str(index) for index in range(60)], draws=400)["accuracy"]
    doubled = figures(np.repeat(found, 4, axis=0), [str(index // 4) for index in range(240)], draws=400)["accuracy"]
    naive = figures(np.repeat(found, 4, axis=0), [str(index) for index in range(240)], draws=400)["accuracy"]
    assert isinstance(alone, Value)
    assert isinstance(doubled, Value)
    assert isinstance(naive, Value)
    assert width(doubled) == pytest.approx(width(alone), rel=0.2)
    assert width(naive) < 0.7 * width(alone)


def test_no_error_seen_is_not_no_error_possible() -> None:
    perfect = figures(np.tile([0.1, 0.9], (12, 1)), [str(index) for index in range(12)], draws=50)
    for name in ("accuracy", "auroc", "kappa", "pairwise", "sensitivity", "specificity"):
        figure = perfect[name]
        assert isinstance(figure, Value)
        assert figure.value == figure.high == 1
        assert figure.low is not None
        assert 0.5 < figure.low < 0.8
        assert figure.note


def test_the_gain_is_over_the_same_pairs() -> None:
    draw = np.random.default_rng(0)
    good, poor = np.column_stack([draw.random(80) * 0.6, 1 - draw.random(80) * 0.6]), draw.random((80, 2))
    names = [str(index) for index in range(80)]
    both = np.column_stack([good, poor])
    gain = gain_in_kappa(both, names, draws=300)
    assert isinstance(gain, Value)
    assert gain.value == pytest.approx(FIGURES["kappa"](good) - FIGURES["kappa"](poor), abs=1e-6)
    assert gain.low is not None
    assert gain.low > 0
    none = gain_in_kappa(np.column_stack([good, good]), names, draws=50)
    assert isinstance(none, Value)
    assert (none.low, none.value, none.high) == (0, 0, 0)
    assert length_figures(both, names, draws=50)["auroc"] == figures(poor, names, draws=50)["auroc"]


def width(figure: Value[float]) -> float:
    assert figure.low is not None
    assert figure.high is not None
    return figure.high - figure.low
