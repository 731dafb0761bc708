"""A folder beside the final place in which something whole is made, so that no half of it stands under its name."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from seedbed.study.files import storage_errors

__all__ = ["sync_folder", "workplace"]


@contextlib.contextmanager
def workplace(parent: Path, prefix: str) -> Iterator[Path]:
    """A fresh folder in `parent`, readable by its owner alone, and gone afterwards.

    What a killed process has left behind under the same `prefix` is removed first: nobody holds its lock any more.
    """
    with storage_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f"{prefix}*"):
            with _held(left) as free:
                if free:
                    shutil.rmtree(left, ignore_errors=True)
    while True:
        with storage_errors(parent):
            made = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        with _held(made) as own:
            if not own:  # another process took it for left behind before it was locked
                continue
            try:
                yield made
            finally:
                shutil.rmtree(made, ignore_errors=True)
            return


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock; False when another process does, or it is gone. It ends with the process."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = folder.exists()
        except BlockingIOError:
            held = False
        yield held
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Make what was created, renamed or removed in the folder durable."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove_if_free(lock: Path) -> None:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
    except OSError:  # held, or another process was faster
        return
