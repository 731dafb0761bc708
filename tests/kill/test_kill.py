"""Law 2: after kill -9 at any point the same command repeats at most the calls in flight, and never a row."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.testing import MockEndpoint, MockProcess
from tests.studies import copy_of, told

TARGET, LANES, KILLS = 480, 8, 20
ASKS = TARGET // 4


def command(study: Path, url: str) -> list[str]:
    return [
        sys.executable, "-m", "seedbed", "generate", str(study), "--endpoint", url, "--model", "mock",
        "--target", str(TARGET), "--lanes", str(LANES),
    ]  # fmt: skip


def replies(study: Path) -> int:
    """Replies on disk, read as any SQL tool would."""
    path = study / "runs" / "questions" / "journal.db"
    if not path.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT count(*) FROM calls WHERE final").fetchone()[0])
    except sqlite3.OperationalError:  # between the file's creation and its tables'
        return 0


@pytest.mark.slow
def test_twenty_kills_change_nothing_and_repeat_only_what_was_in_flight(curated: Path, tmp_path: Path) -> None:
    expected_study = copy_of(curated, tmp_path / "whole")
    with MockEndpoint() as mock:
        Study.open(expected_study).generate(endpoint=mock.settings(), target=TARGET, lanes=1)
    expected = told(expected_study)

    draw, kills, runs = random.Random(7), 0, 0
    while kills < KILLS:
        runs += 1
        study = copy_of(curated, tmp_path / f"killed-{runs}")
        killed_here = 0
        with MockProcess("--latency-ms", "40", "--sigma", "1", "--tail", "0.05", "--latency-seed", str(runs)) as mock:
            while True:
                # a point in the run, not on the clock: some number of further replies on disk, and a moment more
                until = replies(study) + draw.randrange(0, 22)
                pause = draw.random() * 0.05
                silent = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
                process = subprocess.Popen(command(study, mock.url), **silent)
                while process.poll() is None and (kills >= KILLS or replies(study) < until):
                    time.sleep(0.005)
                if process.poll() is None:
                    time.sleep(pause)
                    process.send_signal(signal.SIGKILL)
                    kills += process.wait() == -signal.SIGKILL
                    killed_here += 1
                    continue
                assert process.returncode == 0
                break
            calls = mock.stats()["requests"]
        assert told(study) == expected
        assert len({row[0] for row in told(study)}) == TARGET
        assert ASKS <= calls <= ASKS + killed_here * LANES
    assert kills == KILLS
