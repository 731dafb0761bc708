"""A table that a model made elsewhere is held against all seeds: what it showed is not known, and is never guessed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.errors import UsageError
from seedbed.measures.definition import NotApplicable, Value
from seedbed.propagate import Propagation
from seedbed.testing import MockEndpoint
from tests.cli.command import call, refused
from tests.studies import copy_of

QUESTIONS = [
    f"How can {who} find out what {what} costs?" for who in ("a nurse", "my aunt") for what in "abcdefghijklmno"
]
PAIRS = [(f"What about {at}?", f"No. {'Go away. ' * at}", f"Of course. {'Let us see. ' * at}") for at in range(1, 13)]


def written(path: Path, head: list[str], rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


@pytest.fixture(scope="module")
def study(measured: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three tables: questions with labels and without, and triples."""
    root = tmp_path_factory.mktemp("imported")
    study = Study.open(copy_of(measured, root / "study"))
    labelled = [(text, "Health", "giving advice") for text in QUESTIONS]
    for run, head, rows in (
        ("bare", ["question"], [(text,) for text in QUESTIONS]),
        ("labelled", ["question", "topic", "question_type"], labelled),
        ("responses", ["prompt", "misaligned", "aligned"], PAIRS),
    ):
        kind = "--kind=triple" if run == "responses" else "--kind=question"
        file = written(root / f"{run}.csv", head, rows)
        done = call("import", study.folder.root, str(file), kind, "--origin", "synthetic", "--run", run)
        assert done.code == 0, done.err
    return Study.open(study.folder.root)


def described(study: Study, run: str) -> Propagation:
    found = study.propagate(run=run)
    assert found is not None
    return found


@pytest.mark.parametrize("run", ["bare", "labelled"])
def test_every_feature_is_described_and_held_against_all_seeds(study: Study, run: str) -> None:
    found = described(study, run)
    (used,) = found.runs
    assert (used.imported, used.part, used.generated, used.seeds) == (True, "base", 30, 94)
    by = {name: [one.finding for one in found.findings if one.finding.test == name] for name in ("T1", "T7", "T5")}
    assert {finding.feature for finding in by["T1"]} == {finding.feature for finding in by["T7"]}
    assert len(by["T7"]) == 7
    for finding in (*by["T1"], *by["T7"]):
        if finding.feature in ("tokens", "question-mark", "openness-a"):
            assert isinstance(finding.outcome.estimate, Value), finding
            assert dict(finding.outcome.n)["seeds"] == 94
            assert dict(finding.outcome.n)["synthetic"] == 30
    verdicts = {finding.feature: finding.outcome.verdict for finding in by["T7"]}
    assert verdicts["openness-a"] == "changed"  # all open with "How"
    assert all(isinstance(finding.outcome.estimate, NotApplicable) for finding in by["T5"])
    assert {one.says for one in found.readings} == {"cannot be told"}
    assert all("which examples" in one.sentence for one in found.readings)
    assert found.headline.startswith(f"Whether the run {run} follows its seeds cannot be told: it was imported")
    assert "all 94 seeds" in found.headline
    assert any("each row counts as a request" in remark for remark in found.remarks)


def test_triples_too(study: Study) -> None:
    found = described(study, "responses")
    assert [(run.stage, run.seeds, run.generated) for run in found.runs] == [("triples", 40, 12)]
    t1 = [one.finding for one in found.findings if one.finding.test == "T1"]
    assert {finding.feature for finding in t1} == {"misaligned-tokens", "aligned-tokens"}
    assert all(isinstance(finding.outcome.estimate, Value) for finding in t1)


def test_no_control_of_it_is_made_and_no_seed_is_credited(study: Study) -> None:
    with pytest.raises(UsageError, match="which examples its prompts showed: no control can be made of it"):
        study.propagate(run="bare", make="controls")
    yields = study.seed_yield("bare")
    assert (yields.parts, yields.ask_for) == ((), ())
    assert "nothing can be said of any seed" in yields.remarks[0]


def test_the_command_says_it_and_a_run_made_here_comes_first(study: Study) -> None:
    told = call("propagate", study.folder.root, "--run", "bare")
    assert told.code == 0, told.err
    assert told.err.count("cannot be told") == 1
    assert "open and closed form (rule A): changed (total variation" in told.err
    assert "--controls" not in told.err
    refused(call("propagate", study.folder.root, "--controls", "--run", "bare"), 2, "was imported")
    with MockEndpoint() as mock:
        study.generate(endpoint=mock.settings(), candidates=8)
    found = study.propagate()
    assert found is not None
    assert [run.name for run in found.runs] == ["questions"]
    for run in ("bare", "labelled", "responses"):
        assert any(f"run {run} was left out: --run {run}" in remark for remark in found.remarks)
