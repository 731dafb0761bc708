"""Writing files so that a reader never meets half of one, and holding a folder for one process.

`write_atomic` writes beside the target, forces it to disk, and renames: after a power cut the old or the new
content is there, never a part. A full or read-only disk becomes StorageError.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedbed.errors import Busy, StorageError

__all__ = ["hold", "storage_errors", "write_atomic", "write_json"]

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}
_PATH = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP}


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what a full, failing or read-only disk raises into StorageError naming `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK:
            raise StorageError(
                f"Could not write {path}: {os.strerror(error.errno or 0)}",
                hint="Nothing that was saved before is lost. Make room, then run the same command again.",
            ) from error
        if isinstance(error, PermissionError):
            raise StorageError(f"Not allowed to write {path}", hint="Check the folder's owner and rights.") from error
        if error.errno in _PATH:
            raise StorageError(
                f"Could not write {path}: {os.strerror(error.errno or 0)}",
                hint="Part of this path is a file, or is too long: choose another folder.",
            ) from error
        raise


def write_atomic(path: Path, content: str | bytes) -> None:
    """Replace the file at `path` by `content` (text as UTF-8), whole or not at all.

    Raises StorageError when the disk refuses.
    """
    data = content.encode() if isinstance(content, str) else content
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)  # makes the rename itself durable
            finally:
                os.close(folder)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_json(path: Path, data: Any) -> None:
    """`write_atomic` of `data` as indented JSON, keys in the order given."""
    write_atomic(path, json.dumps(data, ensure_ascii=False, indent=2) + "\n")


@contextlib.contextmanager
def hold(path: Path, *, what: str, shared: bool = False) -> Iterator[None]:
    """Hold `path` as a lock for this process; raises Busy when another holds it. Those who share hold it together.

    The operating system drops the lock when the process ends, however it ends, so no stale lock is left.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab+", buffering=0)
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read(32).decode("ascii", "replace").strip()
            raise Busy(
                f"{what} is in use by another process" + (f" (pid {holder})" if holder else ""),
                hint="Wait until it has finished, or stop it, then run the command again.",
            ) from None
        with storage_errors(path):
            file.truncate(0)
            file.write(f"{os.getpid()}\n".encode())
        yield
