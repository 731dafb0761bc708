"""Law 1: replies come in any order; verdicts do not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.records import State
from seedbed.testing import Latency, MockEndpoint
from tests.studies import copy_of, told

TARGET = 800


@pytest.fixture(scope="module")
def sequential(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = copy_of(curated, tmp_path_factory.mktemp("sequential") / "study")
    with MockEndpoint() as mock:
        Study.open(study).generate(endpoint=mock.settings(), candidates=TARGET, lanes=1)
    return study


@pytest.mark.parametrize("lanes", [1, 8, 256])
@pytest.mark.parametrize("latency_seed", [1, 2])
def test_lanes_and_latencies_change_nothing(
    curated: Path, sequential: Path, tmp_path: Path, lanes: int, latency_seed: int
) -> None:
    study = copy_of(curated, tmp_path / "study")
    with MockEndpoint(latency=Latency(0.004, sigma=1.0, tail=0.05, seed=latency_seed)) as mock:
        Study.open(study).generate(endpoint=mock.settings(), candidates=TARGET, lanes=lanes)
        assert mock.stats()["requests"] == TARGET / 4
    expected = told(sequential)
    assert len(expected) == TARGET
    assert told(study) == expected


def test_the_run_has_something_to_decide(sequential: Path) -> None:
    rows = told(sequential)
    states = Counter(row[1] for row in rows)
    gates = Counter(row[2] for row in rows)
    assert states[State.KEPT] > 50
    assert gates["novelty"] > 10  # the order-dependent gates are exercised
    assert any(row[5] and row[5].startswith("questions.") for row in rows)  # rivals among the rows kept before
