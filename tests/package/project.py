"""What the tests of the package share: the project's own files and what its dependencies bring."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

__all__ = [
    "CORE",
    "EXTRAS",
    "LOCAL",
    "PACKAGE",
    "ROOT",
    "closure",
    "modules",
    "normal",
    "project",
    "run",
    "shipped_by",
    "tracked",
]

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "seedbed"


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


CORE: list[str] = project()["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = project()["project"]["optional-dependencies"]
# What the demo installs, and what `local` brings together: all but what needs other machines.
LOCAL = {name: texts for name, texts in EXTRAS.items() if name not in ("postgres", "ray")}


def normal(name: str) -> str:
    """A distribution's name as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(requirements: Iterable[str]) -> set[str]:
    """The distributions that `requirements` bring to this machine, extras of Seedbed itself resolved."""
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = normal(requirement.name)
        if name == "seedbed":
            waiting += [(Requirement(text), "") for part in requirement.extras for text in EXTRAS[part]]
            continue
        if name in found and not requirement.extras:
            continue
        found.add(name)
        needs = [Requirement(text) for text in importlib.metadata.requires(name) or []]
        waiting += [(need, part) for need in needs for part in ("", *requirement.extras)]
    return found


@cache
def shipped_by() -> dict[str, set[str]]:
    """Top-level module → the installed distributions that ship it."""
    return {
        module: {normal(name) for name in names}
        for module, names in importlib.metadata.packages_distributions().items()
    }


def modules() -> Iterator[str]:
    """Every module of Seedbed but those that act when imported."""
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tracked() -> tuple[Path, ...]:
    """The files that are, or would be, under version control."""
    # a clone that belongs to another user is still ours to read
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


def run(code: str) -> str:
    """Standard output of `code` in a new interpreter that finds the checkout's package."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
