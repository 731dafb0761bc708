"""How fast a run goes, by the times in its journal."""

from __future__ import annotations

import pytest

from seedbed.generate.forecast.pace import Call, pace


def steady(calls: int, lanes: int, seconds: float, start: float = 0.0) -> list[Call]:
    return [Call(start + (index // lanes + 1) * seconds + 1e-6 * (index % lanes), seconds) for index in range(calls)]


@pytest.mark.parametrize("lanes", [1, 4, 16])
def test_lanes_that_never_rest(lanes: int) -> None:
    found = pace(steady(8 * lanes, lanes, 2.0))
    assert found is not None
    assert found.lanes == lanes
    assert found.high == pytest.approx(lanes / 2, rel=0.01)
    assert found.low == pytest.approx(lanes / 2, rel=0.01)
    assert found.spent == pytest.approx(16, rel=0.01)
    assert not found.rising


def test_a_session_that_found_more_lanes_is_said_to_rise() -> None:
    found = pace([*steady(8, 2, 1.0), *steady(16, 8, 1.0, start=4.0)])
    assert found is not None
    assert found.rising
    assert found.lanes == 8
    assert found.high == pytest.approx(8, rel=0.05)


def test_the_pause_between_two_sessions_is_no_time_of_the_run() -> None:
    found = pace([*steady(20, 2, 1.0), *steady(20, 2, 1.0, start=86_400)])
    assert found is not None
    assert found.spent == pytest.approx(20, rel=0.01)
    assert found.low == pytest.approx(2, rel=0.1)


def test_a_journal_without_times_has_no_pace() -> None:
    assert pace([Call(1.0 * index, 0.0) for index in range(20)]) is None
    assert pace(steady(3, 1, 1.0)) is None
