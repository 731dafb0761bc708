"""A share of rows, put right for the errors of a judge: right, as often as the interval says, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from seedbed.judges.calibrating import prediction_powered, rogan_gladen
from seedbed.measures.definition import NotApplicable, Value


def _judged(rng: np.random.Generator, n: int, share: float, hit: float, keep: float) -> tuple[list[bool], list[float]]:
    truth = rng.random(n) < share
    said = np.where(truth, rng.random(n) < hit, rng.random(n) >= keep)
    return [bool(s) for s in said], [float(t) for t in truth]


def test_by_hand() -> None:
    # 100 labelled: sensitivity .9, specificity .8; the judge says yes to .62: (.62 + .8 - 1) / (.9 + .8 - 1) = .6
    said = [True] * 45 + [False] * 5 + [True] * 10 + [False] * 40
    truth = [1.0] * 50 + [0.0] * 50
    found = rogan_gladen([True] * 620 + [False] * 380, said, truth, draws=200)
    assert isinstance(found, Value)
    assert found.value == pytest.approx(0.6)
    assert found.low is not None
    assert found.high is not None
    assert 0.45 < found.low < 0.6 < found.high < 0.72
    # nothing said is no yes: the same as no
    unsaid = rogan_gladen([True] * 620 + [None] * 380, [s or None for s in said], truth, draws=200)
    assert unsaid == found


@pytest.mark.parametrize(
    ("share", "hit", "keep", "labelled"), [(0.875, 0.95, 0.7, 200), (0.7, 0.9, 0.8, 150), (0.3, 0.8, 0.8, 100)]
)
def test_both_ways_hold_the_true_share_as_often_as_they_say(
    share: float, hit: float, keep: float, labelled: int
) -> None:
    # 150 samples: at a true coverage of .95 fewer than 133 hits have a chance of 1 in 1,000. Three settings, two ways.
    rng = np.random.default_rng(7)
    gladen, powered, raw = 0, 0, 0
    for seed in range(150):
        every, _ = _judged(rng, 1000, share, hit, keep)
        said, truth = _judged(rng, labelled, share, hit, keep)
        found = rogan_gladen(every, said, truth, draws=300, seed=seed)
        assert isinstance(found, Value)
        assert found.low is not None
        assert found.high is not None
        gladen += found.low <= share <= found.high
        other = prediction_powered([float(e) for e in every], [float(s) for s in said], truth)
        assert isinstance(other, Value)
        assert other.low is not None
        assert other.high is not None
        powered += other.low <= share <= other.high
        raw += abs(sum(every) / 1000 - share) < 0.01
    assert gladen >= 133
    assert powered >= 133
    assert raw < 100  # and the judge's own word is mostly wrong by more than a point


def test_a_judge_that_tells_nothing_corrects_nothing() -> None:
    rng = np.random.default_rng(1)
    coin = [bool(one) for one in rng.random(400) < 0.5]
    truth = [float(row % 2) for row in range(400)]
    for said in (coin, [True] * 400, [None] * 400, [not t for t in truth]):
        found = rogan_gladen(coin, said, truth, draws=200)
        assert isinstance(found, NotApplicable)
        assert "add up to" in found.reason
    # prediction-powered inference leaves such a judge out, and says what the labels say
    found = prediction_powered([float(c) for c in coin], [0.5] * 400, truth)
    assert isinstance(found, Value)
    assert found.value == pytest.approx(0.5)
    assert "λ = 0.00" in found.note


def test_a_judge_that_may_tell_nothing_corrects_nothing_either() -> None:
    # on 40 rows it seems to tell something (.65 and .6), which noise would give as well
    said = [True] * 13 + [False] * 7 + [True] * 8 + [False] * 12
    truth = [1.0] * 20 + [0.0] * 20
    found = rogan_gladen([True, False] * 200, said, truth, draws=400)
    assert isinstance(found, NotApplicable)
    assert "too few labelled rows (40)" in found.reason
    assert isinstance(rogan_gladen([True, False] * 200, said * 10, truth * 10, draws=400), Value)


@pytest.mark.parametrize(
    ("every", "said", "truth"),
    [([], [True], [1.0]), ([True], [], []), ([True], [True], [1.0]), ([True], [False], [0.0])],
)
def test_too_little_is_refused_by_name(every: list[bool], said: list[bool], truth: list[float]) -> None:
    assert isinstance(rogan_gladen(every, said, truth), NotApplicable)
    numbers = [float(s) for s in said]
    assert isinstance(prediction_powered([float(e) for e in every], numbers, truth), NotApplicable)


def test_no_share_leaves_its_bounds() -> None:
    said = [True] * 48 + [False] * 2 + [True] * 5 + [False] * 45
    truth = [1.0] * 50 + [0.0] * 50
    for every in ([True] * 100, [False] * 100):
        found = rogan_gladen(every, said, truth, draws=200)
        assert isinstance(found, Value)
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.value == (1 if every[0] else 0)


def test_labels_and_judge_together_are_narrower_than_labels_alone() -> None:
    rng = np.random.default_rng(2)
    every, _ = _judged(rng, 20_000, 0.5, 0.95, 0.95)
    said, truth = _judged(rng, 200, 0.5, 0.95, 0.95)
    numbers = [float(s) for s in said]
    both = prediction_powered([float(e) for e in every], numbers, truth)
    alone = prediction_powered([0.5] * 20_000, [0.5] * 200, truth)
    assert isinstance(both, Value)
    assert isinstance(alone, Value)
    assert (both.high or 0) - (both.low or 0) < 0.6 * ((alone.high or 0) - (alone.low or 0))


def test_a_label_that_is_no_number_is_refused() -> None:
    found = prediction_powered([1.0] * 50, [1.0] * 20, [float("nan")] * 20)
    assert isinstance(found, NotApplicable)
    with pytest.raises(ValueError, match="predictions for"):
        prediction_powered([1.0], [1.0], [])
