"""The commands that docs/paper.md gives for the public ancestor, on made-up files of the same shape."""

from __future__ import annotations

import csv
import json
import shlex
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from seedbed.acts import Study
from seedbed.measures.definition import Value
from seedbed.propagate import load
from tests.cli.command import call
from tests.paper.page import ROOT, commands
from tests.studies import configure

TITLE = "The public ancestor"
PEOPLE = (
    "a nurse",
    "a clerk",
    "my aunt",
    "a driver",
    "the mayor",
    "a cook",
    "my son",
    "a tailor",
    "a pilot",
    "a judge",
)
THINGS = ("bread", "a loan", "the tram", "a fever", "two coats", "the rent", "a map", "a phone", "old letters", "tea")


def questions(lead: str, n: int, tail: str = "") -> list[str]:
    return [f"{lead} {PEOPLE[i % 10]} buy {THINGS[i // 10]} on day {i}{tail}?" for i in range(n)]


@pytest.fixture(scope="module")
def claims() -> ModuleType:
    spec = spec_from_file_location("claims", ROOT / "examples" / "paper" / "claims.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 seeds that all end in "?" and open with "How", and 110 rows that end so too, of which half open with "Can"
    and which all are longer."""
    root = tmp_path_factory.mktemp("ancestor")
    seeds, rows = (root / line.split()[3] for line in commands(TITLE) if line.startswith("seedbed import"))
    with seeds.open("w", encoding="utf-8") as file:
        for text in questions("How can", 100):
            file.write(json.dumps({"topic": "Life", "question_type": "Questions that require giving advice",
                                   "question": text}) + "\n")  # fmt: skip
    longer = " when it rains in the town and nobody else is there to help"
    texts = [*questions("How can", 55, longer), *questions("Can", 55, longer)]
    with rows.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["input"], *([text] for text in texts)])
    for line in commands(TITLE):
        words = [str(root / word) if word == "ancestor" or word.startswith(("tgrt", "ethical_")) else word
                 for word in shlex.split(line)]  # fmt: skip
        if words[0] == "seedbed" and words[1] != "report":
            done = call(*words[1:])
            assert done.code == 0, done.err
        if words[1] == "new":
            for key, value, section in (("workers", "1", "assess"), ("vectors", "false", ""), ("parser", "false", "")):
                configure(root / "ancestor", key, value, section=section)
    return root / "ancestor"


@pytest.mark.model
def test_what_stayed_and_what_moved_is_told(study: Path) -> None:
    found = load(Study.open(study).folder)
    assert [(run.name, run.imported, run.seeds, run.generated) for run in found.runs] == [("ethical", True, 100, 110)]
    held = {one.finding.feature: one.finding for one in found.findings if one.finding.test == "T7"}
    verdicts = {name: finding.outcome.verdict for name, finding in held.items()}
    assert verdicts["question-mark"] == "preserved"
    assert verdicts["tokens"] == verdicts["openness-a"] == verdicts["openness-b"] == "changed"
    assert all(finding.p_holm >= finding.outcome.p for finding in held.values() if finding.p_holm is not None)
    (shift,) = (
        one.finding.outcome.estimate
        for one in found.findings
        if (one.finding.test, one.finding.feature) == ("T1", "question-mark")
    )
    assert isinstance(shift, Value)
    assert "100.0% of the seeds, 100.0% of the synthetic rows" in shift.note


@pytest.mark.model
def test_it_prints_the_repetition(study: Path, claims: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = (line for line in commands(TITLE) if line.startswith("python"))
    assert line.split()[1] == "examples/paper/claims.py"
    claims.main([str(study), *line.split()[3:]])
    told = capsys.readouterr().out
    assert "verb-noun pairs of the rows that repeat another\n  30 of them: " in told
    assert "  all 110: " in told or "  all 1" in told


def test_it_says_what_is_missing(tmp_path: Path, claims: ModuleType) -> None:
    study = Study.new(tmp_path / "study")
    with pytest.raises(SystemExit, match="seedbed assess"):
        claims.main([str(study.folder.root), "--run", "ethical"])
