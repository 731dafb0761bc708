"""Running the command: in this process for speed, as a process of its own where signals and limits matter."""

from __future__ import annotations

import io
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from seedbed.cli import main

__all__ = ["Result", "call", "refused", "replies", "start", "until"]


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def call(*arguments: object) -> Result:
    """`seedbed ARGUMENTS` in this process. With --debug an error comes through as itself."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with patch.object(sys, "argv", ["seedbed", *map(str, arguments)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    return Result(code, out.getvalue(), err.getvalue())


def start(
    *arguments: object, environment: Mapping[str, str] | None = None, largest_file: int | None = None
) -> subprocess.Popen[str]:
    """`python -m seedbed ARGUMENTS` as a process; no file may grow beyond `largest_file` bytes."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))

    return subprocess.Popen(
        [sys.executable, "-m", "seedbed", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=limit,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip


def refused(result: Result, code: int, *words: str, hint: str = "") -> None:
    """An error as it should be: its code, words that name the thing, a next step, and nothing else."""
    assert result.code == code, result
    assert result.out == ""
    flat = " ".join(result.err.split())
    for word in words:
        assert word in flat, result.err
    assert "Traceback" not in result.err
    assert "unexpected" not in result.err
    message, found, step = flat.partition("→ ")
    assert found or "Try 'seedbed" in message, f"no next step: {result.err}"
    assert hint in step, result.err


def replies(study: Path, run: str = "questions") -> int:
    """Replies on disk, read as any SQL tool would."""
    path = study / "runs" / run / "journal.db"
    if not path.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT count(*) FROM calls WHERE reply IS NOT NULL").fetchone()[0])
    except sqlite3.OperationalError:  # between the file's creation and its tables'
        return 0


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for `what`."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
