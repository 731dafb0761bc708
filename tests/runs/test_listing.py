"""Every run has a line, whatever its folder holds."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study
from seedbed.cli.runs import runs as show
from seedbed.llm.settings import EndpointSettings
from seedbed.runs import RunLine, list_runs
from seedbed.study import Folder
from seedbed.testing import MockEndpoint
from tests.studies import copy_of


@pytest.fixture
def study(grown: Path, tmp_path: Path) -> Path:
    return copy_of(grown, tmp_path / "study")


def lines(path: Path, **endpoints: EndpointSettings) -> dict[str, RunLine]:
    return {line.name: line for line in list_runs(Folder(path), endpoints)}


def edit(path: Path, run: str, change: Any) -> None:
    file = path / "runs" / run / "run.json"
    record = json.loads(file.read_text())
    change(record)
    file.write_text(json.dumps(record))


def test_a_run_is_told_with_its_counts(grown: Path) -> None:
    found = lines(grown)
    status = {run["name"]: run for run in Study.open(grown).status()["runs"]}
    assert list(found) == ["fixed", "bare", "questions"]
    for name, line in found.items():
        assert (line.generated, line.kept, line.calls) == tuple(status[name][k] for k in ("generated", "kept", "calls"))
        assert line.kept_share is not None
        assert line.kept_share.low < line.kept / line.generated < line.kept_share.high
        assert (line.state, line.model, line.stage) == ("complete", "mock", "questions")
        assert line.prompt_tokens > line.completion_tokens > 0
    assert (found["fixed"].candidates, found["fixed"].target) == (120, None)
    assert (found["questions"].candidates, found["questions"].target) == (None, 100)
    assert found["questions"].kept - found["questions"].over_target >= 90


def test_a_control_stands_beneath_what_it_is_the_control_of(study: Path) -> None:
    edit(study, "bare", lambda record: record.update(created="2000-01-01"))
    found = list(lines(study).values())
    assert [(line.name, line.depth) for line in found] == [("fixed", 0), ("bare", 1), ("questions", 0)]
    shutil.rmtree(study / "runs" / "fixed")  # what is left is listed, though its top has gone
    assert [(line.name, line.depth) for line in lines(study).values()] == [("bare", 0), ("questions", 0)]


def test_controls_of_each_other_are_listed_once(study: Path) -> None:
    edit(study, "fixed", lambda record: record["about"].update(control_of="bare"))
    assert sorted(line.name for line in lines(study).values()) == ["bare", "fixed", "questions"]


def test_money_needs_the_price_of_the_same_endpoint(study: Path) -> None:
    assert lines(study)["fixed"].cost is None
    url = json.loads((study / "runs" / "fixed" / "run.json").read_text())["about"]["endpoint"][0]
    there = EndpointSettings(url=url, model="mock", price_in=2.0, price_out=6.0, currency="EUR")
    line = lines(study, there=there)["fixed"]
    assert line.cost == pytest.approx((2 * line.prompt_tokens + 6 * line.completion_tokens) / 1e6)
    assert line.currency == "EUR"
    assert lines(study, other=there.model_copy(update={"model": "other"}))["fixed"].cost is None


def test_what_cannot_be_read_is_said_and_hides_nothing(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = study / "runs"
    for name in ("odd name [red]", "new\nline", "no-record", "no-journal", "half", "list", "inner", "broken"):
        (runs / name).mkdir()
    (runs / "a file").write_text("no run")
    record = (runs / "fixed" / "run.json").read_text()
    for name in ("odd name [red]", "new\nline", "no-journal", "broken"):
        (runs / name / "run.json").write_text(record)
    (runs / "half" / "run.json").write_text(record[:50])
    (runs / "list" / "run.json").write_text("[]")
    (runs / "inner" / "run.json").write_text(json.dumps({**json.loads(record), "ask": None}))
    (runs / "broken" / "journal.db").write_bytes(b"no journal " * 500)
    (runs / "odd name [red]" / "run.json").unlink()
    (runs / "odd name [red]" / "run.json").mkdir()
    found = lines(study)
    assert {name: line.state for name, line in found.items() if line.state != "complete"} == {
        "odd name [red]": "damaged", "new\\nline": "not begun", "no-record": "damaged", "no-journal": "not begun",
        "half": "damaged", "list": "damaged", "inner": "damaged", "broken": "damaged",
    }  # fmt: skip
    assert "no run.json" in found["no-record"].about_state
    assert "damaged" in found["half"].about_state
    assert all(line.about_state for line in found.values() if line.state != "complete")
    assert {"fixed", "bare", "questions"} <= set(found)
    show(study)
    told = capsys.readouterr().err
    assert all(name in told for name in found)
    show(study, as_json=True)
    assert len(json.loads(capsys.readouterr().out)["runs"]) == 11


def test_a_run_that_stopped_says_how_far_it_came(curated: Path, tmp_path: Path) -> None:
    path = copy_of(curated, tmp_path / "study")
    with MockEndpoint() as mock:
        summary = Study.open(path).generate(endpoint=mock.settings(), target=400, pilot=10)
    (line,) = lines(path).values()
    assert line.state == "unfinished"
    assert f"{summary.kept} of 400 kept" in line.about_state
    assert line.calls == 10


def test_an_empty_study_says_what_next(curated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(curated)
    assert f"seedbed generate {curated}" in capsys.readouterr().err
    show(curated, as_json=True)
    assert json.loads(capsys.readouterr().out)["runs"] == []


def test_reading_writes_nothing(grown: Path) -> None:
    def seen() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in grown.rglob("*") if path.is_file() and not is_index(path)}

    def is_index(path: Path) -> bool:
        """SQLite's own: a journal's tail, empty, and the index of it are made by whoever reads it first."""
        return path.suffix == ".db-shm" or (path.suffix == ".db-wal" and not path.stat().st_size)

    before = seen()
    lines(grown)
    assert seen() == before


def test_the_page_names_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "runs.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| `([^`]+)` \|", page) == [field.name for field in dataclasses.fields(RunLine)]


def test_triples_say_whose_questions_they_answer(study: Path) -> None:
    from tests.studies import configure

    configure(study, "order", '["complete", "length"]', section="generate.triples.gates")
    with MockEndpoint() as mock:
        Study.open(study).generate(
            endpoint=mock.settings(), stage="triples", candidates=3, prompts_from="bare", run="answers"
        )
    line = lines(study)["answers"]
    assert (line.stage, line.prompts_from) == ("triples", "bare")
