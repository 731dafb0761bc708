"""The requirement files: hashes throughout, no address, one set of pins, and what pyproject.toml asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.version import Version

from tests.package.project import CORE, EXTRAS, LOCAL, PACKAGE, ROOT, closure, normal, project

DEMO, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
WEIGHTS = PACKAGE / "llm" / "weights.txt"
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    name: str
    version: str
    marker: str
    hashes: frozenset[str]


def entries(path: Path) -> set[Entry]:
    found = set()
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pinned, _, marker = line.split("--hash", 1)[0].partition(";")
        name, version = pinned.strip().split("==")
        found.add(Entry(normal(name), version, marker.strip(), frozenset(HASH.findall(line))))
    return found


@pytest.mark.parametrize("path", [DEMO, DEV, WEIGHTS], ids=lambda path: path.name)
def test_every_entry_is_one_version_with_hashes_and_no_address(path: Path) -> None:
    assert entries(path)
    assert [entry.name for entry in entries(path) if not entry.hashes] == []
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text
    # nothing but pins: no option, no path, no editable project
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("--hash=sha256:")]
    assert [line for line in lines if not re.match(r"[a-z0-9][a-z0-9._-]*==[0-9][\w.]*( ; [^\\]+)? \\$", line)] == []


def test_the_tests_install_what_the_demo_installs_and_more() -> None:
    demo, dev = entries(DEMO), entries(DEV)
    assert demo <= dev
    assert {"mypy", "pytest", "ruff"} <= {entry.name for entry in dev - demo}


def test_the_weights_are_the_locked_ones() -> None:
    assert entries(WEIGHTS) <= entries(DEMO)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(("platform", "system"), [("linux", "Linux"), ("darwin", "Darwin")])
def test_locked_versions_are_those_that_pyproject_asks_for(python: str, platform: str, system: str) -> None:
    machine = {
        "python_version": python, "python_full_version": f"{python}.1", "sys_platform": platform,
        "platform_system": system, "os_name": "posix", "extra": "",
    }  # fmt: skip
    groups = project()["dependency-groups"]
    asked = [*CORE, *chain(*LOCAL.values()), *groups["weights"], *groups["build"]]
    for path, wanted in ((DEMO, asked), (DEV, [*asked, *EXTRAS["postgres"], *EXTRAS["ray"], *groups["dev"]])):
        there = [entry for entry in entries(path) if not entry.marker or Marker(entry.marker).evaluate(machine)]
        pinned = {entry.name: Version(entry.version) for entry in there}
        assert len(pinned) == len(there)  # never two versions at once
        for requirement in map(Requirement, wanted):
            if requirement.name != "seedbed":
                assert pinned[normal(requirement.name)] in requirement.specifier


def test_the_demo_installs_what_is_needed_and_no_more() -> None:
    here = {entry.name for entry in entries(DEMO) if not entry.marker or Marker(entry.marker).evaluate()}
    groups = project()["dependency-groups"]
    # the weights' own requirements are left out on purpose: they ask for a compiler
    weights = {normal(Requirement(text).name) for text in groups["weights"]}
    assert here == closure([*CORE, *chain(*LOCAL.values()), *groups["build"]]) | weights
