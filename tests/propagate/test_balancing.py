"""T8, "with equalising off": the same run by a plan of the seeds' own shares says what equal shares did."""

from __future__ import annotations

from pathlib import Path

from seedbed.acts import Study
from seedbed.measures.definition import Value
from tests.propagate.writers import writer
from tests.studies import configure, copy_of


def test_what_the_plan_moved_is_told_apart_from_what_the_model_wrote(measured: Path, tmp_path: Path) -> None:
    path = copy_of(measured, tmp_path / "study")
    configure(path, "plan", '"uniform"', section="generate.questions")
    with writer(1.0) as endpoint:
        Study.open(path).generate(endpoint=endpoint, candidates=60)
        configure(path, "plan", '"proportional"', section="generate.questions")
        study = Study.open(path)
        study.generate(endpoint=endpoint, candidates=60, run="proportional", control_of="questions")
        found = study.propagate(run="questions")
    assert found is not None
    assert [(run.part, run.differs) for run in found.runs[1:]] == [("other", ("plan",))]
    moved = [one for one in found.findings if one.finding.test == "T8" and one.against == ("proportional",)]
    assert {one.finding.feature for one in moved} >= {"tokens", "question-mark", "openness-a", "topic"}
    for one in moved:
        assert one.rows == "generated"
        if one.finding.feature == "tokens":
            assert isinstance(one.finding.outcome.estimate, Value)
            assert {"rows of the other plan", "synthetic"} <= dict(one.finding.outcome.n).keys()
    # the examples are the same ones: no test of what seeds do may be read off it
    assert not [one for one in found.findings if one.finding.test == "T2"]
