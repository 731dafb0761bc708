"""`seedbed propagate`: what it prints, asks and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.acts import Study
from tests.cli.command import call, refused
from tests.propagate.writers import writer
from tests.studies import configure, copy_of


@pytest.fixture
def study(measured: Path, tmp_path: Path) -> Path:
    path = copy_of(measured, tmp_path / "study")
    configure(path, "candidates", "16", section="propagate")
    return path


def test_the_command_from_a_run_to_its_controls(study: Path) -> None:
    refused(call("propagate", study), 3, "no run yet", hint="seedbed generate")
    refused(call("propagate", study, "--swap", "6", "--controls"), 2, "One at a time")
    with writer(1.0) as endpoint:
        Study.open(study).generate(endpoint=endpoint, candidates=24)
        plain = call("propagate", study)
        assert plain.code == 0
        assert "Are the shares of generated rows the seeds'?" in plain.err
        assert "--controls" in plain.err  # the next step
        made = call("propagate", study, "--controls", "--yes", "--json")  # the run's own writer, from run.json
    assert made.code == 0, made.err
    assert "2 runs of at most 16 rows" in made.err
    found = json.loads(made.out)
    assert [run["part"] for run in found["runs"]] == ["base", "no-seed", "swapped"]
    assert [run["generated"] for run in found["runs"]] == [24, 16, 16]
    assert found["headline"]
    refused(call("propagate", study, "--run", "questions-no-seed"), 2, "is the control of 'questions'")
    yields = call("propagate", study, "--yield", "--json")
    assert yields.code == 0
    assert json.loads(yields.out)["run"] == "questions"
