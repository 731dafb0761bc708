"""The sample study with the real embedder: it ranks, and has not earned more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.judges import Inspector, InspectorReport, changes, load, path_in, train
from seedbed.measures import Embedder
from seedbed.measures.definition import Value
from seedbed.records import Pool
from tests.studies import copy_of

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def study(curated: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study.open(copy_of(curated, tmp_path_factory.mktemp("judges") / "study"))


@pytest.fixture(scope="module")
def report(study: Study) -> InspectorReport:
    curation = study.curation()
    return train(study.folder, curation.triples, included=curation.included, draws=200)


@pytest.fixture(scope="module")
def inspector(study: Study, report: InspectorReport) -> Inspector:
    found = load(study.folder, Embedder())
    assert found is not None
    return found


def test_it_tells_the_two_apart_and_length_does_so_better(report: InspectorReport) -> None:
    whole = report.values[0]
    assert whole.pairs == report.pairs == report.clusters
    assert 25 <= whole.pairs <= 35
    assert isinstance(auroc := whole.figures["auroc"], Value)
    assert auroc.low is not None
    assert auroc.low > 0.6
    assert report.shuffled.p < 0.01
    assert isinstance(length := whole.length["accuracy"], Value)
    assert length.value > 0.9
    assert isinstance(whole.gain, Value)
    assert whole.gain.value < 0


def test_it_has_earned_nothing_and_says_why(report: InspectorReport, inspector: Inspector) -> None:
    assert {found.value for found in report.values} == {
        None, "explainability", "fairness", "productivity", "safety",
    }  # fmt: skip
    for found in report.values:
        assert not found.may_judge
        assert not found.own_model
        assert found.more_pairs >= 100 - found.tested > 0
        assert not found.more_would_do
        allowed, reason = inspector.may_judge(found.value)
        assert not allowed
        assert "100 is the least" in reason
        assert "length alone" in reason


def test_pairs_that_it_never_saw_are_mostly_ranked_rightly(study: Study, inspector: Inspector) -> None:
    held = [item for item in study.curation().triples if item.pool is Pool.EVALUATION]
    assert len(held) >= 5
    right = [inspector.rank(t.prompt, [t.misaligned, t.aligned], t.values[0])[0].index == 1 for t in held]
    assert sum(right) > len(held) / 2


def test_a_judgement_repeats_in_another_process(study: Study, inspector: Inspector) -> None:
    triple = study.curation().triples[0]
    here = inspector.score(triple.prompt, triple.aligned, "fairness")
    program = (
        "import sys; from pathlib import Path; from seedbed.study import Folder; from seedbed.judges import load\n"
        "print(load(Folder(Path(sys.argv[1]))).score(*sys.argv[2:]))"
    )
    arguments = [str(study.folder.root), triple.prompt, triple.aligned, "fairness"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    assert float(done.stdout) == here


def test_training_again_changes_no_byte_and_a_decision_is_noticed(
    study: Study, report: InspectorReport, inspector: Inspector
) -> None:
    curation = study.curation()
    before = path_in(study.folder).read_bytes()
    train(study.folder, curation.triples[::-1], included=curation.included, draws=200)
    assert path_in(study.folder).read_bytes() == before
    assert changes(inspector, study.folder, curation.triples, included=curation.included) is None
    gone = inspector.document.pairs[0]
    found = changes(inspector, study.folder, curation.triples, included=curation.included.keys() - {gone})
    assert found is not None
    assert found.removed == (gone,)
