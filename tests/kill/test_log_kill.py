"""kill -9 at any moment: what was acknowledged is there, once; a backup or a restored study is whole, or not there."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seedbed.study import Folder
from seedbed.study.address import postgres_url
from seedbed.study.backup import backup
from seedbed.study.entries import Act, Entry, now
from seedbed.study.events import EventStore
from seedbed.study.log import Log
from seedbed.study.restore import restore
from tests.postgres import postgres_schema, postgres_server
from tests.study.made import BOARD, board, make_study, telling
from tests.study.processes import die_in, finish, fork

STREAMS = ("board/A/questions", "board/B/questions", "workshop")


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], EventStore]]:
    if request.param == "sqlite":
        yield lambda: EventStore.at(tmp_path / "people.db")
        return
    with postgres_server() as server, postgres_schema(server) as url:
        yield lambda: EventStore(postgres_url(url))


def write_until_killed(opened: Callable[[], EventStore], name: int, pipe: int) -> None:
    """Submit from three threads, never more than 40 under way each, and say on the pipe what was acknowledged."""
    with opened() as store:
        log = Log(store)

        def submit(stream: str) -> None:
            seq, room = store.last(stream), threading.Semaphore(40)
            draw = random.Random(f"{name}{stream}")
            while True:
                count = draw.choice([1, 1, 1, 4])
                entries: list[Entry] = []
                for _ in range(count):
                    seq += 1
                    word = f"{name} {stream} {seq}"
                    body = Act("row.add", word) if draw.random() < 0.1 else word.encode()
                    entries.append(Entry(stream, seq, now(), f"p_{name}", body))

                def done(error: BaseException | None, through: int = seq) -> None:
                    assert error is None, error
                    os.write(pipe, f"{stream} {through}\n".encode())
                    room.release()

                room.acquire()
                log.submit(entries, done)

        threads = [threading.Thread(target=submit, args=(stream,), daemon=True) for stream in STREAMS]
        for thread in threads:
            thread.start()
        time.sleep(60)


def test_nothing_acknowledged_is_lost(opened: Callable[[], EventStore]) -> None:
    draw = random.Random(4)
    acknowledged, reached = 0, dict.fromkeys(STREAMS, 0)
    for number in range(20):
        reading, writing = os.pipe()
        child = fork(lambda number=number, writing=writing: write_until_killed(opened, number, writing))  # type: ignore[misc]
        os.close(writing)
        with os.fdopen(reading) as heard:
            line = heard.readline()  # it has begun
            time.sleep(draw.uniform(0, 0.12))
            os.kill(child, signal.SIGKILL)
            assert finish(child) == -signal.SIGKILL
            told = [line, *heard]
        for said in told:
            if said.endswith("\n"):  # the last may be cut
                stream, through = said.split()
                reached[stream] = max(reached[stream], int(through))
                acknowledged += 1
        with opened() as store:
            for stream in STREAMS:
                entries = list(store.entries(stream))
                assert [entry.seq for entry in entries] == list(range(1, store.last(stream) + 1))
                assert len(entries) >= reached[stream]
                for entry in entries:
                    word = entry.body.decode() if isinstance(entry.body, bytes) else entry.body.subject
                    assert word == f"{entry.actor.removeprefix('p_')} {stream} {entry.seq}"
                reached[stream] = len(entries)
    assert acknowledged > 100


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return make_study(tmp_path_factory.mktemp("made") / "study", updates=30_000)


def is_the_study(root: Path, made: Folder) -> None:
    assert telling(root) == telling(made.root)
    with EventStore.of(Folder(root)) as store:
        assert list(store.entries(BOARD)) == board(1, 30_000)
        assert store.epoch(BOARD) == 2


def killed(work: Callable[[], object], after_s: float) -> bool:
    """Run `work` in a child and kill it after a while; whether it was still at it."""

    def run() -> None:
        work()

    child = fork(run)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    return finish(child) == -signal.SIGKILL


def seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_a_backup_that_is_killed_is_whole_or_not_there(made: Folder, tmp_path: Path) -> None:
    draw, target = random.Random(5), tmp_path / "study.zip"
    usual = seconds(lambda: backup(made, tmp_path / "usual.zip"))
    stopped = 0
    for number in range(10):
        stopped += killed(lambda: backup(made, target), draw.uniform(0, usual * 1.1))
        if target.exists():
            restore(target, tmp_path / f"study{number}")
            is_the_study(tmp_path / f"study{number}", made)
            target.unlink()
    assert stopped > 3
    backup(made, target)
    restore(target, tmp_path / "study")
    is_the_study(tmp_path / "study", made)
    # and what the killed ones left behind is gone
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(("call", "nth"), [("fsync", 1), ("link", 1)])
def test_a_backup_that_dies_at_its_last_steps_is_not_there(call: str, nth: int, made: Folder, tmp_path: Path) -> None:
    def work() -> None:
        die_in(call, nth)
        backup(made, tmp_path / "study.zip")

    assert finish(fork(work)) == -signal.SIGKILL
    assert not (tmp_path / "study.zip").exists()


def test_a_restoring_that_is_killed_leaves_a_whole_study_or_none(made: Folder, tmp_path: Path) -> None:
    draw, archive, target = random.Random(6), tmp_path / "study.zip", tmp_path / "study"
    backup(made, archive)
    usual = seconds(lambda: restore(archive, tmp_path / "usual"))
    stopped = 0
    for number in range(10):
        stopped += killed(lambda: restore(archive, target), draw.uniform(0, usual * 1.1))
        if target.exists():
            is_the_study(target, made)
            target.rename(tmp_path / f"study{number}")
    assert stopped > 3
    restore(archive, target)
    is_the_study(target, made)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(("call", "nth"), [("rename", 1), ("fsync", 3), ("utime", 2)])
def test_a_restoring_that_dies_at_a_certain_step_leaves_none(call: str, nth: int, made: Folder, tmp_path: Path) -> None:
    backup(made, tmp_path / "study.zip")

    def work() -> None:
        die_in(call, nth)
        restore(tmp_path / "study.zip", tmp_path / "study")

    assert finish(fork(work)) == -signal.SIGKILL
    assert not (tmp_path / "study").exists()
    restore(tmp_path / "study.zip", tmp_path / "study")
    is_the_study(tmp_path / "study", made)
