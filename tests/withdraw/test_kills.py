"""A withdrawal that is killed at any of its steps, and given again, ends as one that was not."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows
from seedbed.release.taken import read_record
from seedbed.seeds import load
from seedbed.study.events import EventStore
from seedbed.testing import MockEndpoint
from seedbed.withdraw import withdraw_seeds
from tests.studies import copy_of
from tests.withdraw.studies import holding, shown_by

TOUCHING = {"open", "sqlite3.connect", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}


@pytest.fixture(scope="module")
def released(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with a run, a release of it, and an assessment that quotes a seed."""
    path = copy_of(curated, tmp_path_factory.mktemp("released") / "study")
    study = Study.open(path)
    with MockEndpoint() as mock:
        study.generate(endpoint=mock.settings(), lanes=2, candidates=48)
    rows = [{"id": row.id, "text": row.verdict.text} for row in read_rows(path / "runs/questions") if row.kept]
    rows += [{"id": item.id, "text": item.text} for item in load(study.folder).questions]
    (path / "releases" / "1.0" / "questions").mkdir(parents=True)
    told = "".join(json.dumps(row) + "\n" for row in rows)
    (path / "releases" / "1.0" / "questions" / "train.jsonl").write_text(told)
    study.folder.assessment.mkdir()
    (study.folder.assessment / "quotes.json").write_text(load(study.folder).question(shown_by(path)).text)
    return path


def _withdraw(path: Path, seed: str) -> None:
    folder = Study.open(path).folder
    with EventStore.of(folder) as store:
        withdraw_seeds(store, [seed], folder, "purge")


def _killed(path: Path, seed: str, at: int) -> bool:
    """The same in a process that is killed when it touches a file for the time `at`; whether it was."""
    child = os.fork()
    if child == 0:
        left = at

        def count(event: str, _: Any) -> None:
            nonlocal left
            if event in TOUCHING:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            _withdraw(path, seed)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _end(path: Path) -> dict[str, Any]:
    """All that a withdrawal leaves."""
    folder = Study.open(path).folder
    record = json.loads((path / "withdrawals.json").read_text())
    for one in (*record["withdrawals"], *record["releases"]):
        one["at"] = ""
    return {
        "rows": [(row.id, row.verdict, row.ask) for row in read_rows(path / "runs/questions", withdrawn=True)],
        "record": record,
        "seeds": load(folder),
        "view": {file.name: file.read_bytes() for file in (path / "seeds").iterdir()},
        "folders": [(path / name).exists() for name in ("releases/1.0", "assessment/quotes.json", "report")],
        "hidden": sorted(file.name for file in (path / "releases").iterdir()),
    }


def test_killed_at_any_file_it_touches_it_ends_the_same(released: Path, tmp_path: Path) -> None:
    seed = shown_by(released)
    words = load(Study.open(released).folder).question(seed).text
    whole = copy_of(released, tmp_path / "whole")
    assert len(holding(whole, words)) >= 4
    _withdraw(whole, seed)
    assert not holding(whole, words)
    expected, kills, at = _end(whole), 0, 3
    assert expected["folders"] == [False, False, False]
    while True:
        path = copy_of(released, tmp_path / f"killed-{at}")
        if not _killed(path, seed, at):
            break
        kills += 1
        over = (path / "withdrawals.json").exists() and not read_record(Study.open(path).folder).unfinished
        _withdraw(path, seed)
        ended = _end(path)
        if over:  # it was killed after it had said that it is done: asked again, it is another one, of nothing
            assert ended["record"]["withdrawals"].pop()["rows"] == {}
        assert ended == expected
        assert not holding(path, words)
        at = at * 3 // 2 + 2
    assert kills >= 6
