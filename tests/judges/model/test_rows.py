"""Which rows of a study a judge is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.acts import Study
from seedbed.engine import read_rows
from seedbed.errors import UsageError
from seedbed.judges.model import JudgeSpec, judge, read_judgements, rows_of_run
from seedbed.records import Origin
from seedbed.testing import MockEndpoint
from tests.studies import make_curated


def test_rows_of_a_run_are_judged_by_their_state_and_told_as_their_writer_s(tmp_path: Path) -> None:
    study = Study.open(make_curated(tmp_path / "study"))
    with MockEndpoint() as mock:
        study.generate(endpoint=mock.settings(), candidates=40)
        made = list(read_rows(study.folder.run("questions")))
        kept = list(rows_of_run(study.folder, "questions"))
        assert [row.id for row in kept] == [row.id for row in made if row.kept]
        every = list(rows_of_run(study.folder, "questions", "generated"))
        assert len(every) == len(kept) + len(list(rows_of_run(study.folder, "questions", "rejected"))) == 40
        assert {(row.written_by, row.kind) for row in kept} == {("mock", "question")}
        assert all(row.topic and row.cluster and row.slices["language"] == "en" for row in kept)
        found = judge(study.folder, JudgeSpec("relevance"), "questions", mock.settings())
    assert found.own_rows == found.rows == len(kept)
    judged = read_judgements(study.folder)
    assert [one.row for one in judged] == [row.id for row in kept]
    assert judged[0].cluster == made[0].ask.id
    # a judging run is no run: nothing that reads generated rows meets it
    assert study.folder.run_names() == ["questions"]


def test_imported_rows_are_judged_alike_and_topics_are_not(tmp_path: Path) -> None:
    study = Study.new(tmp_path / "study")
    table = tmp_path / "rows.csv"
    table.write_text("question\nMay I swim after lunch?\nWho pays for a lost key?\n")
    study.import_files([table], kind="question", origin=Origin.SYNTHETIC, run="theirs", model="gpt-x")
    rows = list(rows_of_run(study.folder, "theirs"))
    assert [row.written_by for row in rows] == ["gpt-x", "gpt-x"]
    with MockEndpoint() as mock:
        found = judge(study.folder, JudgeSpec("sensibility"), "theirs", mock.settings())
        assert found.rows == 2
        with pytest.raises(UsageError, match="of 2 each has no topic and no type to fit"):
            judge(study.folder, JudgeSpec("relevance"), "theirs", mock.settings())
