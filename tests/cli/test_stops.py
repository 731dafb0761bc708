"""A run that is stopped, in any way, keeps what arrived; the same command ends with the rows of one never stopped."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.testing import MockEndpoint, MockProcess
from tests.cli.command import call, refused, replies, start, until
from tests.studies import copy_of, told

TARGET, LANES = 160, 4
ASKS = TARGET // 4


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return copy_of(curated, tmp_path / "study")


@pytest.fixture(scope="module")
def undisturbed(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[Any, ...]], int]:
    """The rows, and the number of requests they took (some replies are worth a second attempt)."""
    whole = copy_of(curated, tmp_path_factory.mktemp("whole") / "study")
    with MockEndpoint() as mock:
        Study.open(whole).generate(endpoint=mock.settings(), candidates=TARGET)
        return told(whole), mock.stats()["requests"]


def words(study: Path, url: str) -> tuple[object, ...]:
    return ("generate", study, "--endpoint", url, "--model", "mock", "--candidates", TARGET, "--lanes", LANES)


def ended(process: subprocess.Popen[str], seconds: float = 30) -> tuple[int, str]:
    out, err = process.communicate(timeout=seconds)
    assert "Traceback" not in err
    assert out == ""
    return process.returncode, err


def test_a_full_disk_loses_nothing(study: Path, undisturbed: tuple[list[tuple[Any, ...]], int]) -> None:
    rows, requests = undisturbed
    with MockEndpoint() as mock:
        code, err = ended(start(*words(study, mock.url), largest_file=300_000))
        assert code == 5
        assert "journal.db" in err
        assert "→ What was saved before is safe. Make room" in err
        saved = replies(study)
        assert 0 < saved < ASKS
        assert call("status", study).code == 0
        assert call(*words(study, mock.url)).code == 0
        assert mock.stats()["requests"] <= requests + LANES
    assert told(study) == rows


def test_a_second_process_is_turned_away_and_does_no_harm(
    study: Path, undisturbed: tuple[list[tuple[Any, ...]], int]
) -> None:
    rows, requests = undisturbed
    with MockProcess("--latency-ms", "120") as mock:
        first = start(*words(study, mock.url))
        until(lambda: replies(study) > 0)
        second = call(*words(study, mock.url))
        refused(second, 6, "The run 'questions' is in use by another process", f"pid {first.pid}", hint="Wait")
        assert call("status", study, "--json").json["runs"][0]["complete"] is False  # looking is always allowed
        assert ended(first)[0] == 0
        assert mock.stats()["requests"] == requests
    assert told(study) == rows


def test_ctrl_c_saves_what_arrives_and_the_same_command_goes_on(
    study: Path, undisturbed: tuple[list[tuple[Any, ...]], int]
) -> None:
    rows, requests = undisturbed
    with MockProcess("--latency-ms", "120") as mock:
        first = start(*words(study, mock.url))
        until(lambda: replies(study) > 3)
        first.send_signal(signal.SIGINT)
        code, err = ended(first)
        assert code == 130
        assert "waiting for replies in flight" in err
        assert "→ Run the same command again to go on." in err
        assert replies(study) < ASKS
        (run,) = call("status", study, "--json").json["runs"]
        assert run["complete"] is False
        assert call(*words(study, mock.url)).code == 0
        assert mock.stats()["requests"] == requests  # nothing was asked twice
    assert told(study) == rows


def test_a_second_ctrl_c_ends_at_once(study: Path, undisturbed: tuple[list[tuple[Any, ...]], int]) -> None:
    rows, _ = undisturbed
    with MockProcess("--latency-ms", "60000", "--sigma", "0", "--tail", "0") as slow:
        process = start(*words(study, slow.url))
        until(lambda: slow.stats()["requests"] == LANES)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "Press Ctrl-C again" not in process.stderr.readline():
            pass
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        code, err = ended(process)
        assert (code, "→ Run the same command again" in err) == (130, True)
        assert time.monotonic() - began < 10
    with MockEndpoint() as mock:
        assert call(*words(study, mock.url)).code == 0
    assert told(study) == rows
