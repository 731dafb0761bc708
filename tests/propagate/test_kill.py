"""Killed at any point, `seedbed propagate --controls` goes on: no call but those in flight is made twice, what was
declared stands, and the document is whole or not there."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_run
from seedbed.propagate import load
from seedbed.propagate.arms import options_of
from seedbed.propagate.planning import read_plan
from seedbed.testing import MockEndpoint, MockProcess
from tests.kill.forks import Forks
from tests.kill.processes import run_until
from tests.studies import copy_of, told

ROWS, LANES = 24, 3
ASKS = ROWS // 4
CONTROLS = ("questions-no-seed", "questions-swapped")


def settled(study: Path, run: str) -> int:
    """Asks of a run that are settled on disk, read as any SQL tool would."""
    path = study / "runs" / run / "journal.db"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM calls WHERE final").fetchone()[0])
    except sqlite3.OperationalError:  # no file yet, or between its creation and its tables'
        return 0


def saved(study: Path) -> int:
    return sum(settled(study, run) for run in CONTROLS)


@pytest.fixture(scope="module")
def base(measured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a run."""
    path = copy_of(measured, tmp_path_factory.mktemp("kill") / "study")
    with MockEndpoint() as mock:
        Study.open(path).generate(endpoint=mock.settings(), candidates=ROWS)
    return path


def test_kills_repeat_only_what_was_in_flight_and_change_no_plan(base: Path, tmp_path: Path) -> None:
    study = copy_of(base, tmp_path / "killed")
    plan, document = (study / "propagation" / name for name in ("plan.json", "propagation.json"))
    points: list[Callable[[], bool]] = [
        lambda: plan.exists(),  # declared, and nothing made
        lambda: settled(study, CONTROLS[0]) >= 2,
        lambda: settled(study, CONTROLS[1]) >= 2,
        lambda: (study / "runs" / CONTROLS[1] / "summary.json").exists(),  # made, and not tested
    ]
    draw, declared, lost, sent, kept = random.Random(3), b"", 0, 0, 0
    with Forks() as forks, MockProcess("--latency-ms", "40", "--sigma", "1") as mock:
        line = [
            sys.executable, "-m", "seedbed", "propagate", str(study), "--controls", "--yes", "--endpoint", mock.url,
            "--model", "mock", "--lanes", str(LANES),
        ]  # fmt: skip
        for at, point in enumerate(points):
            ended = run_until(line, point, pause=draw.random() * 0.03, forks=forks)
            assert ended == -signal.SIGKILL, f"ended before kill {at}"
            time.sleep(0.03)  # what was on its way has arrived at the mock
            sent_before, kept_before = sent, kept
            sent, kept = mock.stats()["requests"], saved(study)
            in_flight = (sent - sent_before) - (kept - kept_before)
            assert 0 <= in_flight <= LANES, f"kill {at}: {in_flight} calls were sent and not saved"
            lost += in_flight
            if plan.exists():
                declared = declared or plan.read_bytes()
                json.loads(declared)
                assert plan.read_bytes() == declared
            if document.exists():
                load(Study.open(study).folder)
        assert run_until(line, lambda: False) == 0
        stats = mock.stats()
    assert stats["requests"] == 2 * ASKS + lost
    assert stats["repeated"] <= lost
    assert plan.read_bytes() == declared
    assert sorted(path.name for path in plan.parent.glob("plan*.json")) == ["plan.json"]
    found = load(Study.open(study).folder)
    assert [(run.part, run.requests) for run in found.runs] == [("base", ASKS), ("no-seed", ASKS), ("swapped", ASKS)]

    whole = Study.open(copy_of(base, tmp_path / "whole"))
    made = read_plan(Study.open(study).folder)
    assert made is not None
    (design,) = made.designs
    with MockEndpoint() as calm:
        for arm in design.arms:
            whole.generate(endpoint=calm.settings(), **options_of(read_run(base / "runs" / "questions"), design, arm))
    for run in CONTROLS:
        assert told(study, run) == told(whole.folder.root, run)
