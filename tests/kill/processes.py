"""The real command as a process that is killed, and what then stands on disk."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.kill.forks import Fork, Forks

__all__ = ["command", "on_disk", "run_until"]


def command(study: Path, url: str, count: int, lanes: int) -> list[str]:
    return [
        sys.executable, "-m", "seedbed", "generate", str(study), "--endpoint", url, "--model", "mock",
        "--candidates", str(count), "--lanes", str(lanes),
    ]  # fmt: skip


def on_disk(study: Path) -> int:
    """Asks that are settled on disk, read as any SQL tool would."""
    path = study / "runs" / "questions" / "journal.db"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM calls WHERE final").fetchone()[0])
    except sqlite3.OperationalError:  # between the file's creation and its tables'
        return 0


def run_until(
    arguments: list[str],
    stop: Callable[[], bool],
    *,
    pause: float = 0.0,
    limit_s: float = 60.0,
    forks: Forks | None = None,
) -> int:
    """Start the command, or a fork that runs it, and kill it (-9) `pause` seconds after `stop` says so.

    Returns how it ended.
    """
    process: subprocess.Popen[bytes] | Fork = (
        forks.start(arguments)
        if forks
        else subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
    try:
        deadline = time.monotonic() + limit_s
        while process.poll() is None and not stop():
            assert time.monotonic() < deadline, "neither stopped nor ended"
            time.sleep(0.005)  # a look costs 0.5 ms, and how late the kill comes is drawn anyway
        if process.poll() is None and pause:
            time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        return process.wait()
    finally:
        process.kill()
        process.wait()
