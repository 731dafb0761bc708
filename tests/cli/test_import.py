"""A bad file imports nothing and says why; a good one is told of in words and in JSON."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from seedbed.acts import Study, sample_folder
from tests.cli.command import call, refused, start

GOOD = "id,question,topic\nq1,Should I go?,Travel\nq2,Why not?,Trravel\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    Study.new(tmp_path / "study")
    return tmp_path / "study"


def counts(study: Path) -> Any:
    return call("status", study, "--json").json["seeds"]


@pytest.mark.parametrize(
    ("content", "words", "hint"),
    [
        (b"mood,day\nfine,1\n", ("no column for question", "'mood', 'day'"), "--column question=COLUMN"),
        (b"question\nWhy a caf\xe9?\n", ("line 2: byte 0xe9", "is not utf-8"), "--encoding cp1252"),
        (b"id,question\nq1,Why?\nq2,\n", ("line 3: the question is empty", "Nothing was imported"), "--skip-bad"),
        (b"question\n" + b"x" * 100_000, ("line 2: the cell 'question' has 100,000 characters",), "--skip-bad"),
        (b"id,question\nq1,Why?\nq1,How?\n", ("line 3: the id 'q1' already names",), "--skip-bad"),
    ],
)  # fmt: skip
def test_a_bad_file(study: Path, tmp_path: Path, content: bytes, words: tuple[str, ...], hint: str) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(content)
    refused(call("import", study, file), 3, str(file), *words, hint=hint)
    assert counts(study) == {"questions": 0, "triples": 0, "ratings": 0}


@pytest.mark.parametrize(
    ("options", "code", "words", "hint"),
    [
        (("--kind", "song"), 2, "No kind 'song'", "question, triple"),
        (("--origin", "mars"), 2, "No origin 'mars'", "seed, synthetic"),
        (("--written-by", "cat"), 2, "No writer 'cat'", "human"),
        (("--column", "question"), 2, "--column takes FIELD=NAME", "--column question=Prompt"),
        (("--column", "mood=id"), 2, "no field 'mood'", "question"),
        (("--column", "question=Nope"), 3, "no column 'Nope'", "'id', 'question', 'topic'"),
        (("--encoding", "klingon"), 3, "no encoding called 'klingon'", "utf-8"),
        (("--origin", "synthetic", "--run", "../x"), 2, "'../x' cannot name a run", "letters"),
    ],
)
def test_a_wrong_option(
    study: Path, tmp_path: Path, options: tuple[str, ...], code: int, words: str, hint: str
) -> None:
    (tmp_path / "in.csv").write_text(GOOD)
    refused(call("import", study, tmp_path / "in.csv", *options), code, words, hint=hint)
    assert counts(study)["questions"] == 0


def test_what_is_not_there_is_seen_before_anything_is_imported(study: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(GOOD)
    refused(call("import", study, tmp_path / "in.csv", tmp_path / "no.csv"), 3, "There is no file", hint="name")
    refused(call("import", study, tmp_path), 3, f"{tmp_path} is a folder", hint="*.csv")
    (tmp_path / "in.xlsx").write_bytes(b"PK")
    refused(call("import", study, tmp_path / "in.xlsx"), 3, "'.xlsx' are not read", hint="CSV")
    assert counts(study)["questions"] == 0


def test_files_before_a_bad_one_are_told_of(study: Path, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text("id,question\nq9,\n")
    result = call("import", study, tmp_path / "good.csv", tmp_path / "bad.csv")
    assert result.code == 3
    assert result.err.index("good.csv: 2 rows of kind question (seed): 2 added") < result.err.index("bad.csv: line")
    assert counts(study)["questions"] == 2


def test_the_form_of_json(study: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(GOOD + "q3,=SUM(A1),Travel\nq4,,Travel\n")
    first = call("import", study, tmp_path / "in.csv", "--skip-bad", "--json")
    assert (first.code, first.err) == (0, "")
    assert first.json.keys() == {"schema", "files"}
    (told,) = first.json["files"]
    assert first.json["schema"] == 1
    assert told.pop("warnings")[0].startswith("No column says whose words")
    assert told == {
        "file": str(tmp_path / "in.csv"), "kind": "question", "origin": "seed", "run": None,
        "columns": {"id": "id", "question": "question", "topic": "topic"}, "unused": [],
        "rows_in": 4, "added": 3, "skipped": 0, "bad": [{"line": 5, "reason": "the question is empty"}],
        "formulas": [{"line": 4, "field": "question"}],
        "unknown_labels": [{"kind": "topics", "raw": "Trravel", "rows": 1, "suggestion": "travel"}],
    }  # fmt: skip
    again = call("import", study, tmp_path / "in.csv", "--skip-bad", "--json").json["files"][0]
    assert (again["added"], again["skipped"], len(again["bad"])) == (0, 3, 1)
    assert counts(study)["questions"] == 3


def test_formulas_are_text_and_said_so(study: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('id,question\nq1,"=HYPERLINK(""http://x"",""y"")"\nq2,@SUM(A1)\nq3,- what now?\n')
    result = call("import", study, tmp_path / "in.csv")
    assert "2 cells look like spreadsheet formulas; they are kept as text" in result.err
    assert [question.text for question in Study.open(study).seeds().questions] == [
        '=HYPERLINK("http://x","y")', "@SUM(A1)", "- what now?",
    ]  # fmt: skip


def test_importing_the_sample_twice_adds_nothing(study: Path) -> None:
    files = [sample_folder() / name for name in ("people.csv", "questions.csv", "pairs.csv", "ratings.csv")]
    once = call("import", study, *files, "--json").json["files"]
    assert all(told["added"] == told["rows_in"] for told in once)
    have, stored = counts(study), _stored(study)
    again = call("import", study, *files)
    assert again.err.count(" 0 added") == 4
    assert (counts(study), _stored(study)) == (have, stored)


def _stored(study: Path) -> list[Any]:
    with sqlite3.connect(study / "people.db") as db:
        return [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("events", "texts")]


def test_synthetic_rows_lead_on_to_the_assessment(study: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(GOOD)
    result = call("import", study, tmp_path / "in.csv", "--origin", "synthetic", "--run", "theirs", "--model", "big")
    assert result.code == 0
    assert f"→ seedbed assess {study}" in result.err
    (run,) = call("status", study, "--json").json["runs"]
    assert (run["name"], run["stage"], run["model"]) == ("theirs", "imported", "big")
    assert (run["kept"], run["complete"]) == (2, True)


def test_a_label_to_confirm_can_be_pasted(study: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,question,question_type\nq1,Is it legal?,legal's expertise\n")
    result = call("import", study, tmp_path / "in.csv")
    assert """--confirm 'legal'"'"'s expertise=legal-expertise' --by YOU""" in result.err


def test_a_full_disk_imports_nothing_and_the_same_command_all(study: Path) -> None:
    files = [sample_folder() / "people.csv", sample_folder() / "questions.csv"]
    full = start("import", study, *files, largest_file=60_000)
    out, err = full.communicate(timeout=60)
    assert (full.returncode, out) == (5, "")
    assert "people.db" in err
    assert "Make room" in err
    assert "Traceback" not in err
    assert counts(study)["questions"] == 0
    assert call("import", study, *files).code == 0
    assert counts(study)["questions"] == 94


def test_a_study_in_use_is_left_alone(study: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(GOOD)
    with Study.open(study).folder.writing():
        for words in (("import", study, tmp_path / "in.csv"), ("curate", study)):
            refused(call(*words), 6, f"The study {study} is in use by another process (pid ", hint="Wait")
    assert counts(study)["questions"] == 0
