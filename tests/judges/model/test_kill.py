"""A judging run that is killed at any point: the same command repeats at most the calls in flight, and no row."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from seedbed.judges.model import JudgeSpec, judge, read_judgements
from seedbed.judges.model.rows import rows_of_seeds
from seedbed.records import Question
from seedbed.seeds.codec import encode
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.testing import MockEndpoint, MockProcess
from tests.kill.forks import Forks
from tests.kill.processes import run_until
from tests.seeds.studies import make_study

ROWS, LANES = 60, 5
# Each kill comes while it starts, when so many replies are on disk, or with the last reply there and no summary yet
POINTS: tuple[str | int, ...] = ("start", 3, 11, "start", 24, 37, 52, ROWS)


def _study(root: Path) -> Folder:
    folder = make_study(root)
    with EventStore.of(folder) as store:
        store.append("seeds", "import", [
            encode(Question(f"q{n:02d}", f"May I take {n} pills a day?", topic_raw="Health")) for n in range(ROWS)
        ])  # fmt: skip
    folder.digest("")  # makes the study's key, from which the random numbers of a call follow
    return folder


def _saved(folder: Folder) -> int:
    path = folder.root / "judgements" / "killed" / "journal.db"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM calls WHERE final").fetchone()[0])
    except sqlite3.OperationalError:  # between the file's creation and its tables'
        return 0


def _stop(point: str | int, folder: Folder, draw: random.Random) -> Callable[[], bool]:
    if isinstance(point, int):
        return lambda: _saved(folder) >= point
    until = time.monotonic() + draw.random() * 0.6
    return lambda: time.monotonic() >= until


@pytest.mark.slow
def test_kills_repeat_only_what_was_in_flight_and_no_row(tmp_path: Path) -> None:
    folder, draw = _study(tmp_path / "pilot"), random.Random(5)
    seen = Counter[str]()
    never = Folder(shutil.copytree(folder.root, tmp_path / "never killed"))
    with MockEndpoint() as endpoint:
        judge(never, JudgeSpec("sensibility"), rows_of_seeds(never, "question"), endpoint.settings(), name="whole")
    expected = {one.row: one.says for one in read_judgements(never)}
    # 60 rows over 5 lanes take three seconds and more: the one who looks and kills is not outrun on a busy machine
    with Forks() as forks, MockProcess("--latency-ms", "250", "--sigma", "1", "--latency-seed", "7") as mock:
        line = [
            sys.executable, "-m", "seedbed", "judges", str(folder.root), "--ask", "sensibility", "--seeds", "question",
            "--endpoint", mock.url, "--model", "mock", "--lanes", str(LANES), "--name", "killed",
        ]  # fmt: skip
        lost, sent, saved = 0, 0, 0
        for point in POINTS:
            pause = 0.0 if point == ROWS else draw.random() * 0.03
            if run_until(line, _stop(point, folder, draw), pause=pause, forks=forks) != -signal.SIGKILL:
                break  # it had ended first
            time.sleep(0.05)  # what was on its way has arrived at the mock
            sent_before, saved_before = sent, saved
            sent, saved = mock.stats()["requests"], _saved(folder)
            in_flight = (sent - sent_before) - (saved - saved_before)
            assert 0 <= in_flight <= LANES, f"kill at {point}: {in_flight} calls were sent and not saved"
            lost += in_flight
            seen["kills"] += 1
            seen["midway"] += 0 < saved < ROWS
        assert run_until(line, lambda: False) == 0
        stats = mock.stats()
    assert seen["kills"] >= 6
    assert seen["midway"] >= 4
    assert stats["requests"] == ROWS + lost
    assert stats["repeated"] <= lost
    with closing(sqlite3.connect(folder.root / "judgements" / "killed" / "journal.db")) as db:
        twice = "SELECT count(*) FROM (SELECT first FROM calls WHERE final GROUP BY first HAVING count(*) > 1)"
        assert db.execute(twice).fetchone() == (0,)
        assert db.execute("SELECT count(*), count(DISTINCT slot) FROM verdicts").fetchone() == (ROWS, ROWS)
    told = {one.row: one.says for one in read_judgements(folder, "killed")}
    assert len(told) == ROWS
    assert told == expected
