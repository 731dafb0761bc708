"""What the benchmarks share: limits, settings of one section, and a command that is watched."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from _bench import Check, configure, watched


@pytest.mark.parametrize(("measured", "passed"), [(1.9, True), (2.0, True), (2.1, False)])
def test_at_most(measured: float, passed: bool) -> None:
    assert Check("ratio", measured, 2.0).passed is passed


@pytest.mark.parametrize(("measured", "passed"), [(0.9, True), (0.85, True), (0.8, False)])
def test_at_least(measured: float, passed: bool) -> None:
    check = Check("throughput", measured, at_least=0.85)
    assert check.passed is passed
    assert check.cells()[2:] == ("≥ 0.85", "ok" if passed else "SHORT")


def test_a_line_without_limit_is_not_judged() -> None:
    assert Check("peak", 1e9).cells()[2:] == ("", "")


def test_configure_finds_the_key_of_its_section(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("[a]\norder = [1]\n# lanes =\n[a.b]\norder = [2]\n[c]\norder = [3]\n")
    configure(tmp_path, {"a.b.order": "[]", "a.lanes": "4"})
    made = tomllib.loads((tmp_path / "study.toml").read_text())
    assert made == {"a": {"order": [1], "lanes": 4, "b": {"order": []}}, "c": {"order": [3]}}


def test_configure_refuses_a_key_that_only_another_section_has(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("[a]\nx = 1\n[b]\ny = 2\n")
    with pytest.raises(RuntimeError, match=r"a\.y"):
        configure(tmp_path, {"a.y": "3"})


def test_watched_counts_the_children_of_a_command() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    ran = watched([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"])
    assert ran.fault == ""
    assert ran.cpu >= 0.3


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_watched_sees_the_memory_of_a_child() -> None:
    hold = "import time; held = bytes(range(256)) * 400_000; time.sleep(1)"
    ran = watched([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"])
    assert 97 <= ran.peak < 200


def test_watched_says_why_a_command_failed() -> None:
    ran = watched([sys.executable, "-c", "raise ValueError('no such model')"])
    assert ran.fault == "ValueError: no such model"


def test_watched_ends_what_does_not_end() -> None:
    ran = watched([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.5)
    assert "not done within" in ran.fault
    assert ran.seconds < 20
