"""Of 100 forecasts, about 95 hold what came of the run: checked on runs whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from seedbed.engine import apportion
from seedbed.generate.forecast.prediction import Goal, predict
from tests.generate.forecast.made import Made, World, run

CELLS = 16
TARGET = 200
RUNS = 210


def quotas(cells: int = CELLS, target: int = TARGET) -> dict[str, int]:
    shares = np.random.default_rng(0).integers(1, 5, cells)
    return apportion({f"c{index}": float(share) for index, share in enumerate(shares)}, target)


def within(made: Made, pilot: int, draws: int = 200) -> dict[str, bool]:
    """Whether the run came to lie within the forecast that its first asks gave."""
    asks = made.asks[:pilot]
    found = predict(asks, made.goal, draws=draws, seed=pilot)
    kept, slots = sum(ask.kept or 0 for ask in asks), sum(ask.slots for ask in asks)
    spent = sum(ask.read + ask.written for ask in asks)
    pairs = {
        "calls": (pilot + found.calls, made.calls),
        "tokens": (spent + found.read + found.written, made.tokens),
        "acceptance": ((kept + found.kept) / (slots + found.candidates), made.acceptance),
    }
    return {
        name: bool(np.percentile(drawn, 2.5) <= true <= np.percentile(drawn, 97.5))
        for name, (drawn, true) in pairs.items()
    }


def covered(runs: list[Made], pilots: tuple[int, ...]) -> dict[str, float]:
    """Each run is forecast from one of the pilots in turn."""
    found = [within(made, pilots[index % len(pilots)]) for index, made in enumerate(runs)]
    return {name: sum(one[name] for one in found) / len(found) for name in found[0]}


def test_the_intervals_of_a_run_with_a_target_hold_what_they_promise() -> None:
    goal = Goal(target=TARGET, per_ask=4, patience=60, look_back=256, quotas=quotas())
    shares = covered([run(seed, goal, World()) for seed in range(RUNS)], (20, 30, 60))
    assert min(shares.values()) >= 0.88, shares


def test_so_do_those_of_a_fixed_number_of_candidates() -> None:
    goal = Goal(candidates=800, per_ask=4)
    shares = covered([run(seed, goal, World()) for seed in range(RUNS)], (20, 30, 60))
    assert min(shares.values()) >= 0.88, shares


def test_they_are_not_so_wide_that_they_say_nothing() -> None:
    goal = Goal(target=TARGET, per_ask=4, patience=60, look_back=256, quotas=quotas())
    widths = []
    for seed in range(10):
        calls = 30 + predict(run(seed, goal, World()).asks[:30], goal, draws=300).calls
        low, middle, high = np.percentile(calls, (2.5, 50, 97.5))
        widths.append((high - low) / middle)
    assert np.median(widths) < 1.0


@pytest.mark.parametrize(("cells", "asks"), [(0.0, 0.0), (0.15, 0.15)])
def test_the_middle_is_where_such_runs_end(cells: float, asks: float) -> None:
    goal = Goal(target=TARGET, per_ask=4, patience=60, look_back=256, quotas=quotas())
    runs = [run(seed, goal, World(cells=cells, asks=asks)) for seed in range(40)]
    ratios = [(40 + np.median(predict(made.asks[:40], goal, draws=200).calls)) / made.calls for made in runs]
    assert np.median(ratios) == pytest.approx(1, abs=0.08)


def test_more_is_known_the_more_was_seen() -> None:
    goal = Goal(candidates=800, per_ask=4)
    made = run(1, goal, World())

    def width(pilot: int) -> float:
        kept = predict(made.asks[:pilot], goal, draws=500).kept
        return float(np.percentile(kept, 97.5) - np.percentile(kept, 2.5))

    assert width(20) > 1.5 * width(80) > 3 * width(180)


def test_cells_that_were_seen_to_be_hard_cost_more() -> None:
    """The thin cells are topped up: their own acceptance decides, not the mean over all."""
    quota = {f"c{index}": 20 for index in range(8)}
    goal = Goal(target=160, per_ask=4, patience=60, quotas=quota)
    even = run(3, goal, World(cells=0, asks=0)).asks[:64]
    assert {ask.cell for ask in even} == set(quota)
    kept = sum(ask.kept or 0 for ask in even)
    order = sorted(range(64), key=lambda index: even[index].cell)
    left = kept
    hard = list(even)
    for index in order:  # as many kept in all, but the last cells get what the first leave over
        take = min(left, even[index].slots)
        left -= take
        hard[index] = type(even[index])(even[index].cell, even[index].slots, take, 0, 800, 160)
    assert np.median(predict(hard, goal, draws=300).calls) > 1.3 * np.median(predict(even, goal, draws=300).calls)


def test_a_pilot_that_kept_nothing_says_how_little_is_known() -> None:
    goal = Goal(target=100, per_ask=4, patience=60, quotas=quotas(10, 100))
    asks = [type(run(0, goal, World()).asks[0])(f"c{index % 10}", 4, 0, 0, 800, 160) for index in range(30)]
    found = predict(asks, goal, draws=300)
    low, high = np.percentile(found.counted, (2.5, 97.5))
    assert (low < 5, high > 50) == (True, True)  # it may be that cells only lose patience, and it may be that not
    assert np.isfinite(found.calls).all()


def test_the_same_pilot_gives_the_same_forecast() -> None:
    goal = Goal(target=TARGET, per_ask=4, patience=60, quotas=quotas())
    asks = run(5, goal, World()).asks[:30]
    one, other = (predict(asks, goal, draws=200, seed=7) for _ in range(2))
    assert (one.calls == other.calls).all()
    assert (one.written == other.written).all()
