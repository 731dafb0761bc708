"""A reader meets the old content or the new, never a part; a lock ends with its process, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from seedbed.errors import Busy, StorageError
from seedbed.study import hold, storage_errors, write_atomic, write_json
from tests.study.processes import die_in, finish, fork, limit_files

OLD, NEW = "old\n" * 1000, "new\n" * 3000


@pytest.mark.parametrize(
    ("call", "nth", "left"), [("fsync", 1, OLD), ("chmod", 1, OLD), ("replace", 1, OLD), ("fsync", 2, NEW)]
)
def test_a_kill_leaves_the_old_content_or_the_new(tmp_path: Path, call: str, nth: int, left: str) -> None:
    path = tmp_path / "file.json"
    write_atomic(path, OLD)

    def work() -> None:
        die_in(call, nth)
        write_atomic(path, NEW)

    assert finish(fork(work)) == -signal.SIGKILL
    assert path.read_text() == left
    write_atomic(path, NEW)
    assert path.read_text() == NEW


def test_a_full_disk_leaves_the_old_content_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_atomic(path, OLD)

    def work() -> None:
        limit_files(len(OLD))
        with pytest.raises(StorageError, match=r"Could not write .*file\.json: File too large") as caught:
            write_atomic(path, NEW)
        assert "Make room" in caught.value.hint

    assert finish(fork(work)) == 0
    assert path.read_text() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_through_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "x.json", tmp_path / "file" / "deeper" / "x.json", tmp_path / ("x" * 300)):
        with pytest.raises(StorageError, match="Could not write") as caught:
            write_atomic(path, NEW)
        assert "choose another folder" in caught.value.hint


def test_other_errors_keep_their_kind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), storage_errors(tmp_path):
        (tmp_path / "nothing").read_bytes()


def test_json_keeps_the_order_of_keys_and_every_letter(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"z": "é", "a": [1]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n  "z": "é",\n  "a": [\n    1\n  ]\n}\n'


def test_whoever_holds_is_named_and_leaves_the_lock_free(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "lock"
    with hold(lock, what="The run 'a'"):
        with pytest.raises(Busy, match=rf"The run 'a' is in use by another process \(pid {os.getpid()}\)") as caught:
            hold(lock, what="The run 'a'").__enter__()
        assert "Wait" in caught.value.hint
    with pytest.raises(OSError, match="mine"), hold(lock, what="it"):
        raise OSError(28, "mine")  # an error of the work is not one of the lock
    with hold(lock, what="it"):
        pass


def test_a_kill_frees_the_lock_although_a_child_lives_on(tmp_path: Path) -> None:
    lock, ready = tmp_path / "lock", tmp_path / "ready"

    def work() -> None:
        with hold(lock, what="it"):
            child = subprocess.Popen(["sleep", "30"])
            ready.write_text(str(child.pid))
            time.sleep(30)

    holder = fork(work)
    deadline = time.monotonic() + 10
    while not (ready.exists() and ready.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    child = int(ready.read_text())
    try:
        with pytest.raises(Busy, match=str(holder)):
            hold(lock, what="it").__enter__()
        os.kill(holder, signal.SIGKILL)
        assert finish(holder) == -signal.SIGKILL
        os.kill(child, 0)  # it is still there
        with hold(lock, what="it"):
            pass
    finally:
        os.kill(child, signal.SIGKILL)


def test_no_lock_is_taken_on_a_full_disk(tmp_path: Path) -> None:
    def work() -> None:
        limit_files(0)
        with pytest.raises(StorageError, match=r"Could not write .*lock"):
            hold(tmp_path / "lock", what="it").__enter__()

    assert finish(fork(work)) == 0
