"""Law 2: after kill -9 at any point the same command repeats at most the calls in flight, and never a row."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.testing import MockEndpoint, MockProcess
from tests.kill.forks import Forks
from tests.kill.processes import command, on_disk, run_until
from tests.studies import copy_of, told

COUNT, LANES, KILLS = 96, 6, 50
ASKS = COUNT // 4
# A run is killed at these points one after another, each time taken up where it stands.
POINTS = ("start", "middle", "resume", "resume", "middle", "end")
MOST_RUNS = 16


def stop_at(point: str, study: Path, draw: random.Random) -> Callable[[], bool]:
    """When to kill: by what stands on disk, so that a slow machine is killed at the same points."""
    found = on_disk(study)
    if point == "end":  # the last reply is there, and the summary is not
        return lambda: on_disk(study) >= ASKS
    if point == "middle":
        wanted = min(found + draw.randrange(1, 8), ASKS - 1)
        return lambda: on_disk(study) >= wanted
    # while it starts, or reads what is there: at some moment, but before much of it is done
    until = time.monotonic() + draw.random() * 0.6
    return lambda: time.monotonic() >= until or on_disk(study) > found


@pytest.fixture
def forks() -> Iterator[Forks]:
    with Forks() as made:
        yield made


@pytest.mark.slow
def test_fifty_kills_change_nothing_and_repeat_only_what_was_in_flight(
    curated: Path, tmp_path: Path, forks: Forks
) -> None:
    whole = copy_of(curated, tmp_path / "whole")
    with MockEndpoint() as mock:
        Study.open(whole).generate(endpoint=mock.settings(), lanes=1, candidates=COUNT)  # type: ignore[arg-type]
    expected = told(whole)
    assert len(expected) == COUNT

    draw, seen, runs = random.Random(11), Counter[str](), 0
    while seen["kills"] < KILLS and runs < MOST_RUNS:
        runs += 1
        study = copy_of(curated, tmp_path / f"killed-{runs}")
        with MockProcess("--latency-ms", "20", "--sigma", "1", "--tail", "0.05", "--latency-seed", str(runs)) as mock:
            line = command(study, mock.url, COUNT, LANES)
            lost, sent, saved = 0, 0, 0
            for point in POINTS:
                if seen["kills"] == KILLS:
                    break
                pause = 0.0 if point == "end" else draw.random() * 0.03
                if run_until(line, stop_at(point, study, draw), pause=pause, forks=forks) != -signal.SIGKILL:
                    break  # it had ended first
                time.sleep(0.03)  # what was on its way has arrived at the mock
                sent_before, saved_before = sent, saved
                sent, saved = mock.stats()["requests"], on_disk(study)
                in_flight = (sent - sent_before) - (saved - saved_before)
                assert 0 <= in_flight <= LANES, f"kill at {point}: {in_flight} calls were sent and not saved"
                lost += in_flight
                seen["kills"] += 1
                seen["before any reply"] += saved == 0
                seen["midway"] += 0 < saved < ASKS
                seen["resumed without a reply"] += saved == saved_before > 0
                seen["at the end"] += saved == ASKS and not _summary(study).exists()
            # to the end from nothing, with hashes of its own: what was killed and goes on, in another order of sets
            assert run_until(line, lambda: False) == 0
            stats = mock.stats()
        assert _summary(study).exists()
        assert told(study) == expected
        assert len({row[0] for row in told(study)}) == COUNT
        assert stats["requests"] == ASKS + lost
        assert stats["repeated"] <= lost
        assert _settled_twice(study) == 0
    assert seen["kills"] == KILLS
    for point in ("before any reply", "midway", "resumed without a reply", "at the end"):
        assert seen[point] >= 3, seen


def _summary(study: Path) -> Path:
    return study / "runs" / "questions" / "summary.json"


def _settled_twice(study: Path) -> int:
    with closing(sqlite3.connect(study / "runs" / "questions" / "journal.db")) as db:
        query = "SELECT count(*) - count(DISTINCT first) FROM calls WHERE final"
        return int(db.execute(query).fetchone()[0])
