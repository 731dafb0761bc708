"""A run goes on with the settings it began with; only its gates may change, and that costs no call."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.engine import open_run, read_run
from seedbed.testing import Fault, FaultPlan, MockEndpoint
from tests.cli.command import Result, call, refused
from tests.studies import configure, copy_of, told

GATES = "generate.questions.gates"


@pytest.fixture
def study(curated: Path, tmp_path: Path) -> Path:
    return copy_of(curated, tmp_path / "study")


def generate(study: Path, mock: MockEndpoint, *options: object) -> Result:
    return call("generate", study, "--endpoint", mock.url, "--model", "mock", "--candidates", "40", *options)


def test_other_settings_are_refused_key_by_key(study: Path) -> None:
    with MockEndpoint() as mock:
        assert generate(study, mock).code == 0
        rows, asked = told(study), mock.stats()["requests"]
        configure(study, "temperature", "1.1", section="generate.questions.sampling")
        refused(
            generate(study, mock, "--candidates", "80"), 3, "The run 'questions' exists with other settings:",
            "sampling.temperature was 0.7, is 1.1", "candidates was 40, is 80", hint="--run NAME",
        )  # fmt: skip
        refused(generate(study, mock, "--without-seeds", "--run", "questions"), 3, "with_seeds was true, is false")
        refused(generate(study, mock, "--stage", "triples", "--run", "questions"), 2, "makes questions, not triples")
        refused(generate(study, mock, "--stage", "triples", "--value", "joy"), 3, "No value 'joy'", hint="fairness")
        assert mock.stats()["requests"] == asked
        assert told(study) == rows
        assert generate(study, mock, "--run", "warmer").code == 0
        configure(study, "temperature", "0.7", section="generate.questions.sampling")
        assert generate(study, mock).code == 0  # back to them, it goes on: there is nothing left to do
    assert told(study) == rows


def test_changed_gates_judge_the_same_replies_when_asked(study: Path, tmp_path: Path) -> None:
    fresh = copy_of(study, tmp_path / "fresh")
    for one in (study, fresh):
        configure(one, "min_words", "6", section=GATES)
    with MockEndpoint() as mock:
        before = generate(study, mock, "--json").json
        rows, asked = told(study), mock.stats()["requests"]
        for one in (study, fresh):
            configure(one, "min_words", "16", section=GATES)
        refused(
            generate(study, mock), 3, "The gates of run 'questions' have changed:", "min_words was 6, is 16",
            hint="--rejudge",
        )  # fmt: skip
        assert told(study) == rows
        after = generate(study, mock, "--rejudge", "--json").json
        assert mock.stats()["requests"] == asked
        assert after["reasons"].get("length", 0) > before["reasons"].get("length", 0)
        assert generate(study, mock).code == 0  # these are its gates now
        assert generate(fresh, mock).code == 0
    assert told(study) == told(fresh) != rows


def test_a_run_that_was_never_answered_is_bound_to_nothing(study: Path) -> None:
    with MockEndpoint(faults=FaultPlan(shares={Fault("404"): 1.0}, times=None)) as mock:
        wrong = call("generate", study, "--endpoint", mock.url, "--model", "mokc", "--candidates", "8")
        refused(wrong, 4, "answered 404", hint="mokc")
    with MockEndpoint() as mock:
        assert generate(study, mock).code == 0
    (run,) = call("status", study, "--json").json["runs"]
    assert (run["model"], run["candidates"], run["generated"], run["complete"]) == ("mock", 40, 40, True)


def test_replies_are_never_thrown_away_for_want_of_run_json(study: Path) -> None:
    with MockEndpoint() as mock:
        assert generate(study, mock).code == 0
        record = study / "runs" / "questions" / "run.json"
        content, rows = record.read_text(), told(study)
        record.unlink()
        refused(generate(study, mock), 3, "holds replies, but not the run.json", hint="Restore")
        record.write_text("{")
        refused(generate(study, mock), 3, "run.json is damaged", hint="Restore")
        record.write_text(content)
        assert generate(study, mock).code == 0
    assert told(study) == rows


def test_an_unfinished_rejudgement_is_not_called_complete(study: Path) -> None:
    with MockEndpoint() as mock:
        assert generate(study, mock).code == 0
        configure(study, "min_words", "16", section=GATES)
        folder = study / "runs" / "questions"
        wanted = read_run(folder)
        wanted.verdict["min_words"] = 16
        with open_run(folder, wanted, rejudge=True):  # and stopped before the first verdict
            pass
        (run,) = call("status", study, "--json").json["runs"]
        assert (run["generated"], run["complete"]) == (0, False)
        assert generate(study, mock).code == 0
    assert call("status", study, "--json").json["runs"][0]["complete"]
