"""A journal that was torn, emptied, swapped or lost: the run goes on rightly, or says clearly why it cannot."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError, StorageError
from seedbed.testing import Fault, FaultPlan, MockEndpoint, MockProcess
from tests.chaos.runs import Ended, generate, limited
from tests.kill.processes import command, on_disk, run_until
from tests.studies import copy_of, told

COUNT, LANES = 96, 6
ASKS = COUNT // 4


def session(study: Path) -> tuple[Ended, int]:
    """One session against a sound endpoint, and the calls it made."""
    with MockEndpoint() as mock:
        return generate(study, mock, COUNT, lanes=LANES), mock.stats()["requests"]


@pytest.fixture(scope="module")
def expected(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    whole = copy_of(curated, tmp_path_factory.mktemp("whole") / "study")
    assert session(whole)[0].error is None
    return told(whole)


@pytest.fixture(scope="module")
def killed(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose run was killed midway: journal.db with its write-ahead log beside it."""
    study = copy_of(curated, tmp_path_factory.mktemp("killed") / "study")
    with MockProcess("--latency-ms", "20") as mock:
        ended = run_until(command(study, mock.url, COUNT, LANES), lambda: on_disk(study) >= ASKS // 2)
    assert ended == -signal.SIGKILL
    assert (_run(study) / "journal.db-wal").stat().st_size > 4096
    return study


@pytest.fixture(scope="module")
def stopped(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose run ended early with an error: all of it stands in journal.db."""
    study = copy_of(curated, tmp_path_factory.mktemp("stopped") / "study")
    with MockEndpoint(faults=FaultPlan(script={k: Fault("401") for k in range(ASKS // 2, 99)})) as mock:
        assert generate(study, mock, COUNT, lanes=LANES).error is not None
    assert not (_run(study) / "journal.db-wal").exists()
    assert 0 < on_disk(study) < ASKS
    return study


def _run(study: Path) -> Path:
    return study / "runs" / "questions"


def goes_on_or_says_why(study: Path, expected: list[tuple[Any, ...]]) -> str:
    """The next session ends with the rows of an undisturbed run, or with an error of ours that has a next step."""
    ended, _ = session(study)
    if ended.error is None:
        assert told(study) == expected
        return "went on"
    assert isinstance(ended.error, InputError | StorageError), ended.shown
    assert ended.error.hint
    # and those who only read say so too, instead of telling half of it
    read = limited(lambda: told(study))
    if read.error is None:
        assert read.summary == expected[: len(read.summary)]
    return "said why"


# --- the write-ahead log of a run that was killed -----------------------------------------------------------------


@pytest.mark.parametrize("left", [0, 17, 32, 4000, 0.3, 0.6, 0.9, -1, -2000])
def test_a_log_that_breaks_off_costs_calls_and_no_row(
    killed: Path, tmp_path: Path, expected: list[tuple[Any, ...]], left: float
) -> None:
    study = copy_of(killed, tmp_path / "study")
    log = _run(study) / "journal.db-wal"
    size = log.stat().st_size
    with log.open("r+b") as file:
        file.truncate(int(size * left) if 0 < left < 1 else int(left) if left >= 0 else size + int(left))
    assert goes_on_or_says_why(study, expected) == "went on"


def test_a_log_with_other_bits_is_read_up_to_them(
    killed: Path, tmp_path: Path, expected: list[tuple[Any, ...]]
) -> None:
    draw = random.Random(2)
    for turn in range(4):
        study = copy_of(killed, tmp_path / f"study-{turn}")
        log = _run(study) / "journal.db-wal"
        content = bytearray(log.read_bytes())
        for _ in range(3):
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        log.write_bytes(content)
        assert goes_on_or_says_why(study, expected) == "went on"


@pytest.mark.parametrize("gone", [("-wal",), ("-shm",), ("-wal", "-shm")])
def test_what_stands_beside_the_journal_is_lost(
    killed: Path, tmp_path: Path, expected: list[tuple[Any, ...]], gone: tuple[str, ...]
) -> None:
    study = copy_of(killed, tmp_path / "study")
    for ending in gone:
        (_run(study) / f"journal.db{ending}").unlink()
    assert goes_on_or_says_why(study, expected) == "went on"


# --- the file itself ----------------------------------------------------------------------------------------------


def _zero(page: bytes) -> bytes:
    return bytes(len(page))


def _second_half_zero(page: bytes) -> bytes:
    return page[: len(page) // 2] + bytes(len(page) - len(page) // 2)


def _first_half_zero(page: bytes) -> bytes:
    return bytes(len(page) // 2) + page[len(page) // 2 :]


def _noise(page: bytes) -> bytes:
    return random.Random(len(page)).randbytes(len(page))


@pytest.mark.parametrize("damage", [_zero, _second_half_zero, _first_half_zero, _noise])
def test_a_torn_page_is_never_read_as_something_else(
    stopped: Path, tmp_path: Path, expected: list[tuple[Any, ...]], damage: Callable[[bytes], bytes]
) -> None:
    path = _run(stopped) / "journal.db"
    content, size = path.read_bytes(), _page_size(path)
    pages = len(content) // size
    chosen = sorted({0, 1, 2, pages - 1, *random.Random(3).sample(range(pages), min(6, pages))})
    for number in chosen:
        study = copy_of(stopped, tmp_path / f"study-{number}")
        at = number * size
        torn = content[:at] + damage(content[at : at + size]) + content[at + size :]
        (_run(study) / "journal.db").write_bytes(torn)
        goes_on_or_says_why(study, expected)


@pytest.mark.parametrize("less", [1, 100, 4096, 5000, 0.5])
def test_a_journal_that_breaks_off(stopped: Path, tmp_path: Path, expected: list[tuple[Any, ...]], less: float) -> None:
    study = copy_of(stopped, tmp_path / "study")
    path = _run(study) / "journal.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(int(size * less) if less < 1 else size - int(less))
    goes_on_or_says_why(study, expected)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"not a database at all, only words" * 9, b"SQLite format 3\0", bytes(8192)]
)
def test_a_file_that_is_no_journal(
    stopped: Path, tmp_path: Path, expected: list[tuple[Any, ...]], content: bytes
) -> None:
    study = copy_of(stopped, tmp_path / "study")
    (_run(study) / "journal.db").write_bytes(content)
    goes_on_or_says_why(study, expected)


def test_an_empty_journal_beside_a_full_log(killed: Path, tmp_path: Path, expected: list[tuple[Any, ...]]) -> None:
    study = copy_of(killed, tmp_path / "study")
    (_run(study) / "journal.db").write_bytes(b"")
    goes_on_or_says_why(study, expected)


def test_a_folder_where_the_journal_was(stopped: Path, tmp_path: Path, expected: list[tuple[Any, ...]]) -> None:
    study = copy_of(stopped, tmp_path / "study")
    (_run(study) / "journal.db").unlink()
    (_run(study) / "journal.db").mkdir()
    assert goes_on_or_says_why(study, expected) == "said why"


# --- run.json -----------------------------------------------------------------------------------------------------


def test_replies_without_the_settings_they_answer_are_refused(stopped: Path, tmp_path: Path) -> None:
    study = copy_of(stopped, tmp_path / "study")
    (_run(study) / "run.json").unlink()
    ended, calls = session(study)
    assert isinstance(ended.error, InputError)
    assert "run.json" in str(ended.error) + ended.error.hint
    assert calls == 0
    assert on_disk(study) > 0  # what was paid for is still there


def test_settings_without_a_journal_begin_anew(stopped: Path, tmp_path: Path, expected: list[tuple[Any, ...]]) -> None:
    study = copy_of(stopped, tmp_path / "study")
    (_run(study) / "journal.db").unlink()
    ended, calls = session(study)
    assert ended.error is None
    assert calls == ASKS
    assert told(study) == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"name": "questions"}',
        '{"name": "questions", "stage": "questions", "ask": [], "verdict": []}',
        "\x00\x01",
        '{"ask": "\udc80"}',
    ],
)
def test_settings_that_cannot_be_read_are_refused(stopped: Path, tmp_path: Path, content: str) -> None:
    study = copy_of(stopped, tmp_path / "study")
    before = on_disk(study)
    (_run(study) / "run.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    ended, calls = session(study)
    assert isinstance(ended.error, InputError), ended.shown
    assert "run.json" in str(ended.error)
    assert ended.error.hint
    assert calls == 0
    assert on_disk(study) == before


def test_the_journal_of_another_run_is_not_taken_for_this_one(
    stopped: Path, curated: Path, tmp_path: Path, expected: list[tuple[Any, ...]]
) -> None:
    other = copy_of(curated, tmp_path / "other")
    with MockEndpoint() as mock:
        assert generate(other, mock, COUNT, lanes=LANES, with_seeds=False, run="questions").error is None
    study = copy_of(stopped, tmp_path / "study")
    shutil.copy(_run(other) / "journal.db", _run(study) / "journal.db")
    before = told(study)
    ended, _ = session(study)
    assert isinstance(ended.error, InputError), ended.shown
    assert ended.error.hint
    assert told(study) == before


def test_verdicts_whose_calls_are_gone_are_not_left_out_in_silence(
    stopped: Path, tmp_path: Path, expected: list[tuple[Any, ...]]
) -> None:
    study = copy_of(stopped, tmp_path / "study")
    with closing(sqlite3.connect(_run(study) / "journal.db")) as db, db:
        db.execute("DELETE FROM calls WHERE first IN (4, 8)")
    goes_on_or_says_why(study, expected)


def _page_size(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA page_size").fetchone()[0])
