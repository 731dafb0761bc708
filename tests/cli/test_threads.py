"""The command computes on one thread unless the user has said otherwise, and says so before numpy is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seedbed.cli.threads import one_thread

_THREADS = """
import sys
sys.argv = ["seedbed", "status", "--help"]
from seedbed.cli import main
try:
    main()
except SystemExit:
    assert "numpy" not in sys.modules
import numpy
square = numpy.ones((512, 512))
square @ square
print(open("/proc/self/status").read().split("Threads:")[1].split()[0])
"""


def _threads(**environment: str) -> int:
    cleared = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    run = [sys.executable, "-c", _THREADS]
    return int(subprocess.run(run, env=cleared | environment, check=True, capture_output=True, text=True).stdout[-3:])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the threads of a process")
def test_one_thread_multiplies_matrices() -> None:
    assert _threads() == 1


@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"])
def test_the_users_own_number_stays(name: str) -> None:
    said = {name: "4"}
    one_thread(said)
    assert said == {name: "4"}


def test_an_empty_one_is_none() -> None:
    said = {"OMP_NUM_THREADS": ""}
    one_thread(said)
    assert said["OPENBLAS_NUM_THREADS"] == "1"
