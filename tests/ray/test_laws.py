"""The Ray engine keeps law 1: replies come in any order; verdicts do not."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest
import ray

from seedbed.acts import Study
from seedbed.engine.ray_actors import RayActors
from seedbed.llm import EndpointSettings
from seedbed.records import State
from seedbed.testing import Latency, MockEndpoint, MockProcess
from tests.ray.made import conduct, living, locally, on_ray, ray_processes
from tests.studies import copy_of, told

ASKS = 120


@pytest.mark.slow
def test_lanes_over_actors_give_the_rows_of_a_sequential_run_here(tmp_path: Path) -> None:
    with MockEndpoint() as mock:
        expected = locally(tmp_path / "here" / "journal.db", mock.settings(), asks=ASKS)
    assert len(expected) == ASKS * 4
    gates = Counter(row[2] for row in expected if row[1] is State.REJECTED)
    assert gates["novelty"] > 10  # there is something to decide, and its outcome depends on the order

    with MockEndpoint(latency=Latency(0.004, sigma=1.0, tail=0.05)) as mock:
        started: set[int] = set()
        folders: list[Path] = []

        async def all_lanes(engine: RayActors) -> None:
            for nth, lanes in enumerate((1, 8, 64), start=1):
                rows = await conduct(tmp_path / str(lanes) / "journal.db", engine, asks=ASKS, lanes=lanes)
                assert rows == expected
                assert mock.stats()["requests"] == nth * ASKS
            # more than eight lanes can; how many more is the machine's business
            assert mock.stats()["max_in_flight"] > 16
            started.update(ray_processes(os.getpid()))
            folders.append(Path(ray._private.worker._global_node.get_session_dir_path()))
            assert folders[0].is_dir()
            await engine.probe(0)
            assert mock.stats()["requests"] == 3 * ASKS + 1

        handler = signal.getsignal(signal.SIGTERM)
        on_ray(mock.settings(), all_lanes, workers=2)
    assert len(started) >= 4
    assert living(started) == set()
    assert not folders[0].exists()
    assert signal.getsignal(signal.SIGTERM) == handler


@pytest.mark.slow
def test_a_run_with_a_target_is_the_same_by_actors_through_the_front_door(curated: Path, tmp_path: Path) -> None:
    here, there = copy_of(curated, tmp_path / "here"), copy_of(curated, tmp_path / "there")
    with MockProcess("--latency-ms", "20") as mock:
        endpoint = EndpointSettings(url=mock.url, model="mock")
        expected = Study.open(here).generate(endpoint=endpoint, target=60)
        summary = Study.open(there).generate(endpoint=endpoint, target=60, engine="ray", workers=2)
        assert mock.stats()["requests"] == expected.calls + summary.calls
    assert told(there) == told(here)
    assert (summary.kept, summary.over_target, summary.complete) == (expected.kept, expected.over_target, True)
