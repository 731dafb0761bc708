"""docs/status.md is the form of `seedbed status --json`, and `next` is a command that works."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.testing import MockEndpoint
from tests.cli.command import call
from tests.studies import configure, copy_of

PAGE = (Path(__file__).parents[2] / "docs" / "status.md").read_text(encoding="utf-8")


def keys(found: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in found.items():
        inner = isinstance(value, dict) and name != "reasons"
        yield from keys(value, f"{above}{name}.") if inner else [f"{above}{name}"]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                yield from keys(item, f"{above}{name}[].")


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return copy_of(curated, tmp_path / "my study")


def test_the_page_and_the_command_have_the_same_keys(study: Path) -> None:
    with MockEndpoint() as mock:
        call("generate", study, "--endpoint", mock.url, "--model", "mock", "--candidates", "40")
    (study / "in.csv").write_text("question\nWhy?\n")
    call("import", study, study / "in.csv", "--origin", "synthetic")
    found = call("status", study, "--json").json
    assert found["schema"] == 1
    assert len(found["runs"]) == 2
    assert list(dict.fromkeys(keys(found))) == re.findall(r"(?m)^\| `([^`]+)` \|", PAGE)
    for run in found["runs"]:
        assert run["generated"] == run["kept"] + run["rejected"]
        assert sum(run["reasons"].values()) == run["rejected"] + run["failed"]


def test_the_pages_example_is_a_new_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("new", "pilot").code == 0
    (example,) = re.findall(r"(?s)```json\n(.*?)```", PAGE)
    before = sorted(tmp_path.rglob("*"))
    assert call("status", "pilot", "--json").json == json.loads(example)
    assert sorted(tmp_path.rglob("*")) == before  # it reads and never writes


def test_the_next_step_of_an_unfinished_run_goes_on_with_it(study: Path) -> None:
    options = ("--model", "mock", "--candidates", "8", "--without-seeds", "--raw", "--run", "control")
    with MockEndpoint() as mock:
        assert call("generate", study, "--endpoint", mock.url, *options).code == 0
        (study / "runs" / "control" / "summary.json").unlink()  # as where it was stopped just before its end
        asked = mock.stats()["requests"]
        step = shlex.split(call("status", study, "--json").json["next"])
        assert step[:3] == ["seedbed", "generate", str(study)]
        assert call(*step[1:]).code == 0
        assert mock.stats()["requests"] == asked
    assert call("status", study, "--json").json["runs"][0]["complete"]


@pytest.mark.parametrize("ended", [True, False])
def test_what_a_bridge_grew_is_no_generation_of_the_study(study: Path, ended: bool) -> None:
    options = ("--model", "mock", "--candidates", "8")
    with MockEndpoint() as mock:
        assert call("generate", study, "--endpoint", mock.url, *options, "--run", "bridge-1").code == 0
        if not ended:  # the bridge itself goes on with it
            (study / "runs" / "bridge-1" / "summary.json").unlink()
        found = call("status", study, "--json").json
        assert (found["next_act"], found["next"]) == ("generate", f"seedbed generate '{study}'")
        assert call("generate", study, "--endpoint", mock.url, *options).code == 0
    assert call("status", study, "--json").json["next_act"] == "assess"


def test_what_the_seeds_did_is_tested_before_the_report(study: Path) -> None:
    with MockEndpoint() as mock:
        options = ("--endpoint", mock.url, "--model", "mock", "--raw", "--candidates", "8")
        assert call("generate", study, *options, "--run", "alone", "--without-seeds").code == 0
        (study / "assessment").mkdir()
        (study / "assessment" / "assessment.json").write_text("{}")
        assert call("status", study, "--json").json["next_act"] == "report"  # no run showed a seed
        assert call("generate", study, *options, "--run", "grown").code == 0
    assert call("status", study, "--json").json["next"] == f"seedbed propagate '{study}'"
    (study / "propagation").mkdir()
    (study / "propagation" / "propagation.json").write_text("{}")
    assert call("status", study, "--json").json["next_act"] == "report"


def test_what_a_person_reads_has_the_same_counts(study: Path) -> None:
    told = call("status", study)
    assert (told.code, told.out) == (0, "")
    assert "94 questions, 40 pairs, 252 ratings" in told.err
    assert told.err.rstrip().endswith(f"→ seedbed generate '{study}'")


def test_a_damaged_file_is_named(study: Path) -> None:
    (study / "people.db").write_text("no database " * 100)
    told = call("status", study)
    assert (told.code, "people.db is not a database of a study" in told.err) == (3, True)


def test_the_next_step_names_the_variable_of_the_key_and_the_questions_to_answer(
    curated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = copy_of(curated, tmp_path / "study")
    configure(study, "order", "[]", section="generate.triples.gates")
    monkeypatch.setenv("MY_KEY", "sk-12345678")
    with MockEndpoint(key="sk-12345678") as mock:
        options = ("--endpoint", mock.url, "--model", "mock", "--key-env", "MY_KEY")
        assert call("generate", study, *options, "--candidates", "40").code == 0
        triples = ("--stage", "triples", "--value", "safety", "--prompts", "questions", "--candidates", "20")
        call("generate", study, *options, *triples, "--pilot", "8")
        words = shlex.split(call("status", study, "--json").json["next"])
        assert words[words.index("--key-env") + 1] == "MY_KEY"
        assert words[words.index("--prompts") + 1] == "questions"
        assert call(*words[1:]).code == 0
    assert all(run["complete"] for run in call("status", study, "--json").json["runs"])
    assert "sk-12345678" not in (study / "runs" / "triples" / "run.json").read_text()
