"""seedbed rehearse, replicate, and new --from, as they are typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seedbed import Study
from seedbed.study import Folder
from tests.cli.command import call


def test_ctrl_c_ends_a_rehearsal_with_its_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "seedbed", "rehearse", str(tmp_path / "pilot"), "--people", "3", "--rooms", "1",
               "--speed", "100", "--auto", "--json"]  # fmt: skip
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    until = time.monotonic() + 40
    while "Write questions" not in (tmp_path / "said").read_text():
        assert process.poll() is None, (tmp_path / "said").read_text()
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, (tmp_path / "said").read_text()
    made = json.loads(out)
    assert (made["sound"], made["people"], made["checked"]["lost"]) == (True, 3, 0)
    assert made["counts"]["characters"] > 0
    marked = json.loads(Folder(tmp_path / "pilot").rehearsal.read_text())
    assert len(marked["rehearsals"][0]["people"]) == 3
    for listening in ("as the moderator", "in group A"):
        assert listening in (tmp_path / "said").read_text()


def test_a_study_goes_from_one_machine_to_another(tmp_path: Path) -> None:
    Study.new(tmp_path / "pilot", title="The pilot")
    packed = call("replicate", tmp_path / "pilot", tmp_path / "p.zip")
    assert packed.code == 0, packed.err
    assert "Replication package" in packed.err + packed.out
    made = call("new", tmp_path / "again", "--from", tmp_path / "p.zip")
    assert made.code == 0, made.err
    assert Study.open(tmp_path / "again").settings.title == "The pilot"
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    refused = call("new", tmp_path / "third", "--from", tmp_path / "bad.zip")
    assert refused.code == 3
    assert not (tmp_path / "third").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rehearse",), "Name a folder"),
        (("rehearse", "x", "--speed", "fast"), "is no speed"),
        (("rehearse", "--link", "http://127.0.0.1:1/join/x"), "cannot be seen"),
        (("new", "x", "--from", "y.zip", "--sample"), "brings its own labels"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = call(*arguments)
    assert refused.code == 2, refused.err
    assert said in refused.err
    assert list(tmp_path.iterdir()) == []
