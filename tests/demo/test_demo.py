"""The whole road in one command, as a new user walks it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study, sample_folder
from seedbed.testing import MockProcess
from tests.studies import configure, copy_of

FEW_GATES = '["complete", "length", "leaked-fields", "refusal"]'


def demo(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "seedbed", "demo", str(folder), "--quick", *arguments],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def begun(folder: Path) -> Path:
    """A demo that was stopped at once, and whose study.toml was edited: 30 s of CPU less.

    Of each response 2 alternatives are written instead of 8, and the gates that so little seldom passes are left out.
    tests/server/test_helper_embedded.py writes all eight, tests/generate/test_embedded.py asks every gate; that a demo
    makes its study itself, the test below sees.
    """
    Study.new(folder, title="The sample study", taxonomy=sample_folder() / "taxonomy.json")
    configure(folder, "best_of", "2", section="generate.triples")
    configure(folder, "order", FEW_GATES, section="generate.triples.gates")
    return folder


def rows(folder: Path, configuration: str) -> list[dict[str, Any]]:
    paths = sorted((folder / "releases" / "1.0" / configuration).glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_walks_the_whole_road(tmp_path: Path) -> None:
    folder = begun(tmp_path / "demo")
    said = demo(folder)
    assert "going on where it was" in said
    stages = re.findall(r"^(\d)/9 (\w+)", said, re.M)
    assert [number for number, _ in stages] == list("123456789")
    tested = json.loads((folder / "propagation" / "propagation.json").read_text())
    assert [(run["name"], run["part"]) for run in tested["runs"]][:2] == [
        ("with-seeds", "base"), ("without-seeds", "no-seed"),
    ]  # fmt: skip
    assert all(f"  {part}\n" in said for part in tested["headline"].split("; "))
    assert json.loads((folder / "propagation" / "yield.json").read_text())["run"] == "questions"
    found = Study.open(folder).status()
    runs = {run["name"]: run for run in found["runs"]}
    assert set(runs) == {"questions", "with-seeds", "without-seeds", "triples"}
    assert found["curation"]["chosen_questions"] == 33
    questions = runs["questions"]
    assert questions["generated"] == 80
    assert 10 <= questions["kept"] <= 50  # measured at a third: 175 of 480
    assert sum(questions["reasons"].values()) == questions["rejected"]
    assert runs["with-seeds"]["generated"] == runs["without-seeds"]["generated"] == 12
    assert runs["triples"]["proposals"]
    assert (folder / "report" / "index.html").stat().st_size > 100_000
    assert {path.suffix for path in (folder / "report" / "figures").iterdir()} == {".svg", ".png", ".csv"}
    # true rates: questions and people's pairs are released, the small model's triples are not
    assert len(rows(folder, "questions")) == questions["kept"]
    triples = rows(folder, "triples")
    assert len(triples) == found["curation"]["chosen_triples"]
    assert {row["origin"] for row in triples} == {"seed"}
    card = (folder / "releases" / "1.0" / "README.md").read_text()
    assert "propos" in card
    assert f"{questions['kept']}" in card
    # a second time it finds all done, and makes no call
    before = {name: run["calls"] for name, run in runs.items()}
    demo(folder)
    assert {run["name"]: run["calls"] for run in Study.open(folder).status()["runs"]} == before


def test_with_an_endpoint_the_demo_reaches_its_end_whatever_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with MockProcess() as mock:  # it writes of anything but the topics asked for, so next to nothing is kept
        said = demo(folder, "--endpoint", mock.url, "--model", "mock")
    found = Study.open(folder).status()
    questions = found["runs"][0]
    assert questions["rejected"] >= 70
    assert ("there is none to answer" in said) is (questions["kept"] == 0)
    assert len(rows(folder, "questions")) == questions["kept"]
    assert found["report"]
    assert found["releases"] == ["1.0"]


def test_triples_of_an_endpoint_are_released(curated: Path, tmp_path: Path) -> None:
    folder = copy_of(curated, tmp_path / "study")
    configure(folder, "order", FEW_GATES, section="generate.triples.gates")
    study = Study.open(folder)
    with MockProcess() as mock:
        study.generate(candidates=80, endpoint=mock.settings())
        made = study.generate(stage="triples", candidates=8, endpoint=mock.settings())
    study.release("1.0")
    assert not study.status()["runs"][1]["proposals"]
    synthetic = [row for row in rows(folder, "triples") if row["origin"] == "synthetic"]
    assert len(synthetic) == made.kept > 0
    for row in synthetic:
        assert row["prompt"]
        assert row["critique"]
        assert row["misaligned"] != row["aligned"]
