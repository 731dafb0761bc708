"""A value that Seedbed has never heard of, with topics and types of its own, plugs in as files alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows, read_run
from seedbed.seeds import current_taxonomy
from seedbed.settings import check_profile
from seedbed.taxonomy import default_taxonomy
from seedbed.taxonomy.profiles import current_profile
from seedbed.testing import MockEndpoint
from tests.generate.made import WORD_GATES
from tests.studies import TEXT_GATES, configure

FILES = Path(__file__).parents[2] / "examples" / "factuality"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Curated by the profile. What a person does: three files into a folder, and one line in study.toml."""
    path = tmp_path_factory.mktemp("facts") / "study"
    Study.new(path, title="Facts", taxonomy=FILES / "taxonomy.json")
    (path / "profiles").mkdir()
    shutil.copy(FILES / "factuality.toml", path / "profiles")
    configure(path, "profile", '"factuality"')
    # gates that need no model, so that this takes seconds
    configure(path, "parser", "false")
    configure(path, "order", json.dumps(TEXT_GATES), section="generate.questions.gates")
    configure(path, "order", json.dumps(WORD_GATES), section="generate.triples.gates")
    made = Study.open(path)
    made.import_files([FILES / "questions.csv", FILES / "pairs.csv"])
    made.curate()
    return made


def test_no_code_knows_the_value(study: Study) -> None:
    known = default_taxonomy()
    assert known.match("values", "factuality") is None
    assert {label.id for label in current_taxonomy(study.folder).topics} == {"history", "space", "food", "animals"}
    source = Path(__file__).parents[2] / "src" / "seedbed"
    assert not [path for path in source.rglob("*.py") if "factuality" in path.read_text(encoding="utf-8")]


def test_the_profile_stands_and_its_settings_go_over_the_studys(study: Study) -> None:
    profile = current_profile(study.folder)
    assert profile is not None
    assert check_profile(study.folder, FILES / "factuality.toml") == profile
    settings = study.settings
    assert (settings.curate.select, settings.curate.aligned_words) == (8, 60)
    assert settings.curate.values == settings.generate.triples.values == ("factuality",)
    assert settings.generate.triples.gates.max_words == 80
    assert settings.generate.triples.gates.order == WORD_GATES  # said in study.toml alone


def test_curation_goes_by_it(study: Study) -> None:
    curation = study.curation()
    assert len(curation.selected_questions) == 8
    assert {curation.triple(id).values for id in curation.selected_triples} == {("factuality",)}


@pytest.mark.model
def test_from_the_files_to_a_release(study: Study) -> None:
    with MockEndpoint(keep=True) as mock:
        questions = study.generate(endpoint=mock.settings())
        before = len(mock.received)
        triples = study.generate(endpoint=mock.settings(), stage="triples")
        asked = [json.dumps(body, ensure_ascii=False) for body, _ in mock.received[before:]]
    assert questions.kept - questions.over_target == 12
    assert triples.kept - triples.over_target == 6
    # a harm that the profile alone names, and an example that people wrote
    assert all("outdated facts told as news" in body for body in asked)
    assert any("Valentina Tereshkova" in body for body in asked)
    root = study.folder.root
    record = read_run(root / "runs" / "triples")
    assert record.ask["values"] == ["factuality"]
    profile = current_profile(study.folder)
    assert profile is not None
    for run in ("questions", "triples"):
        told = json.loads((root / "runs" / run / "run.json").read_text(encoding="utf-8"))
        assert told["about"]["profile"] == {"id": "factuality", "version": 1, "digest": profile.digest}
    rows = list(read_rows(root / "runs" / "questions"))
    assert {row.ask.topic for row in rows} <= {"history", "space", "food", "animals"}
    assert "checking-a-belief" in {row.ask.question_type for row in rows}

    study.assess()
    page = study.report().read_text(encoding="utf-8")
    assert "factuality" in page.lower()
    assert "fairness" not in page.lower()
    release = study.release("1.0")
    assert (release.path / "taxonomy.json").read_text(encoding="utf-8") == current_taxonomy(study.folder).to_json()
    files = sorted((release.path / "triples").glob("*.jsonl"))  # a split each
    released = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    assert {tuple(row["values"]) for row in released if row["origin"] == "seed"} == {("factuality",)}
    made = [row for row in released if row["origin"] == "synthetic"]
    assert len(made) >= 6
    assert {tuple(row["values_requested"]) for row in made} == {("factuality",)}
