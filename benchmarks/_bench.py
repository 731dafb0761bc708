"""What the benchmarks share: the table they print, the verdict with --check, and the CPU time of a child.

CPU seconds, user and system, children included: a busy machine stretches the clock and hardly them.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

__all__ = [
    "ROOT",
    "Check",
    "Ran",
    "arguments",
    "child",
    "conclude",
    "configure",
    "environment",
    "machine",
    "table",
    "watched",
]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table. A line with no limit (`at_most` and `at_least` None) is there to be read."""

    what: str
    measured: float | str
    at_most: float | None = None
    unit: str = ""
    digits: int = 2
    holds: bool = True  # for a line whose verdict is no comparison of numbers
    at_least: float | None = None

    @property
    def passed(self) -> bool:
        if isinstance(self.measured, str):
            return self.holds
        low = self.at_least is None or self.measured >= self.at_least
        return self.holds and low and (self.at_most is None or self.measured <= self.at_most)

    def cells(self) -> tuple[str, str, str, str]:
        limit = "" if self.at_most is None else f"≤ {self._number(self.at_most)}"
        limit = limit if self.at_least is None else f"≥ {self._number(self.at_least)}"
        judged = bool(limit) or not self.holds or isinstance(self.measured, str)
        return self.what, self._number(self.measured), limit, ("ok" if self.passed else "SHORT") if judged else ""

    def _number(self, value: float | str) -> str:
        if isinstance(value, str):
            return value
        return f"{value:,.{self.digits}f} {self.unit}".rstrip()


def arguments(about: str | None, *, markdown: bool = False) -> argparse.ArgumentParser:
    """A parser with --check, and with --markdown where that is offered; a benchmark adds options of its own."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 when a number falls short")
    if markdown:
        parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    return parser


def table(rows: Sequence[Sequence[str]], *, markdown: bool = False, left: int = 1) -> None:
    """Print rows of cells, the first being the heading; the first `left` columns are flush left."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [f"{cell:{'<' if at < left else '>'}{widths[at]}}" for at, cell in enumerate(row)]
        print(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells).rstrip())
        if markdown and not number:
            print("".join(f"|{'---' if at < left else '--:'}" for at in range(len(row))) + "|")
    print()


def conclude(checks: Sequence[Check], *, check: bool, markdown: bool = False) -> None:
    """Print the table; with `check`, exit 1 when a line falls short."""
    table([("what", "measured", "limit", "verdict"), *(each.cells() for each in checks)], markdown=markdown)
    short = [each.what.strip() for each in checks if not each.passed]
    if short and check:
        sys.exit(f"falls short: {'; '.join(short)}")


def machine() -> str:
    """When and on what this is measured, in one line."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores"
    )


def environment(**more: str) -> dict[str, str]:
    """This process's environment with the checkout's package in front."""
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, **more}


def child(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Run `command` to its end: (CPU seconds of it and its children, standard output). Raises when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, env=env or environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {' '.join(map(str, command))}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


@dataclass(frozen=True, slots=True)
class Ran:
    """A command at its end. `peak` is the most memory of it and its children in MiB, 0 where it cannot be told."""

    cpu: float
    seconds: float
    peak: float
    out: str
    err: str
    fault: str = ""


def watched(command: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float = 300.0) -> Ran:
    """Run `command` in a session of its own, with its memory sampled now and then. Never raises for its sake.

    Memory is the sum of the processes' shares (PSS): pages that several of them hold are counted once. Linux only.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ended = threading.Event()
    peaks = [0.0]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(
            command, env=env or environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err, text=True,
            start_new_session=True,
        )  # fmt: skip

        def sample() -> None:
            while not ended.wait(0.4):
                peaks.append(_session_mib(process.pid))

        sampler = threading.Thread(target=sample, daemon=True)
        sampler.start()
        fault = ""
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            fault = f"not done within {timeout:.0f} s"
        finally:
            ended.set()
            sampler.join()
            if process.poll() is None or fault:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        out.seek(0)
        err.seek(0)
        said, complained = out.read(), err.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode and not fault:
        fault = next((line for line in reversed(complained.splitlines()) if line.strip()), f"exit {process.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(cpu, time.monotonic() - began, max(peaks), said, complained, fault.strip())


def _session_mib(session: int) -> float:
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # after the name, which may hold spaces: state, parent, group, session
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                shares = (stat.parent / "smaps_rollup").read_text()
                total += int(re.findall(r"(?m)^Pss:\s+(\d+) kB", shares)[0])
        except (OSError, IndexError, ValueError):
            continue  # it ended meanwhile
    return total / 1024


def configure(study: Path, settings: Mapping[str, str] | None = None, **more: str) -> None:
    """Set keys of study.toml to values written as TOML: "section.key", or a bare key where it first stands."""
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    for name, value in {**(settings or {}), **more}.items():
        section, _, key = name.rpartition(".")
        begin = re.search(rf"(?m)^\[{re.escape(section)}\]$", text) if section else re.match("", text)
        end = re.compile(r"(?m)^\[").search(text, begin.end()) if begin and section else None
        line = re.compile(rf"(?m)^(# )?{re.escape(key)} =.*$")
        found = line.search(text, begin.end(), end.start() if end else len(text)) if begin else None
        if not found:
            raise RuntimeError(f"study.toml has no {name}")
        text = f"{text[: found.start()]}{key} = {value}{text[found.end() :]}"
    file.write_text(text, encoding="utf-8")
