"""What the benchmarks share: the table they print, the verdict with --check, and the CPU time of a child.

CPU seconds, user and system, children included: a busy machine stretches the clock and hardly them.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Check", "arguments", "child", "conclude", "configure", "environment"]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table. A line with no limit is there to be read; `at_most` None is such a line."""

    what: str
    measured: float | str
    at_most: float | None = None
    unit: str = ""
    digits: int = 2
    holds: bool = True  # for a line whose verdict is no comparison of numbers

    @property
    def passed(self) -> bool:
        if self.at_most is None or isinstance(self.measured, str):
            return self.holds
        return self.holds and self.measured <= self.at_most

    def cells(self) -> tuple[str, str, str, str]:
        limit = "" if self.at_most is None else f"≤ {self._number(self.at_most)}"
        judged = self.at_most is not None or not self.holds or isinstance(self.measured, str)
        return self.what, self._number(self.measured), limit, ("ok" if self.passed else "SHORT") if judged else ""

    def _number(self, value: float | str) -> str:
        if isinstance(value, str):
            return value
        return f"{value:,.{self.digits}f} {self.unit}".rstrip()


def arguments(about: str | None) -> argparse.ArgumentParser:
    """A parser with --check; a benchmark adds options of its own."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 when a number falls short")
    return parser


def conclude(checks: Sequence[Check], *, check: bool) -> None:
    """Print the table; with `check`, exit 1 when a line falls short."""
    rows = [("what", "measured", "limit", "verdict"), *(each.cells() for each in checks)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        what, measured, limit, verdict = row
        print(f"{what:<{widths[0]}}  {measured:>{widths[1]}}  {limit:>{widths[2]}}  {verdict}".rstrip())
    short = [each.what for each in checks if not each.passed]
    if short and check:
        sys.exit(f"falls short: {'; '.join(short)}")


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


def configure(study: Path, **settings: str) -> None:
    """Set keys of study.toml, each where it first stands, to a value written as TOML."""
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    for key, value in settings.items():
        line = f"{key} = {value}"
        text, found = re.subn(rf"(?m)^(# )?{key} = .*$", line.replace("\\", r"\\"), text, count=1)
        if not found:
            raise RuntimeError(f"study.toml has no {key}")
    file.write_text(text, encoding="utf-8")
