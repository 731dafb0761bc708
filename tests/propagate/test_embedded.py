"""The whole way with the real model, parser and embedder: small, and only that it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate import load
from tests.studies import configure, copy_of

pytestmark = pytest.mark.model


ROWS = 2


def test_from_the_sample_study_to_what_its_seeds_did(measured: Path, tmp_path: Path) -> None:
    path = copy_of(measured, tmp_path / "study")
    configure(path, "max_tokens", "12", section="generate.questions")  # 1 s of the model's time a row at 75
    study = Study.open(path)
    study.generate(candidates=ROWS, raw=True, run="with-seeds")
    made = study.propagate(make="controls", candidates=ROWS)
    assert made is not None
    found = load(study.folder)
    assert found == made
    assert [run.part for run in found.runs] == ["base", "no-seed", "swapped"]
    assert {run.model for run in found.runs} == {found.runs[0].model}
    assert all(run.generated == run.requests == ROWS and not run.differs for run in found.runs)
    for tested in found.findings:
        assert isinstance(tested.finding.outcome.estimate, Value | NotApplicable)
    # two rows a run: nothing may be claimed of most, and everything has its reason
    assert all(reading.sentence for reading in found.readings)
    assert all(reading.decides for reading in found.readings if reading.says == "cannot be told")
