"""A study whose events stand in a PostgreSQL: the road is the same, and people.db is never made."""

from __future__ import annotations

from pathlib import Path

from seedbed import Study
from tests.postgres import postgres_schema, postgres_server


def test_import_and_curation_of_a_study_in_postgresql(tmp_path: Path) -> None:
    with postgres_server() as server, postgres_schema(server) as url:
        study = Study.new(tmp_path / "pilot")
        text = (tmp_path / "pilot" / "study.toml").read_text()
        (tmp_path / "pilot" / "study.toml").write_text(text.replace('database = ""', f'database = "{url}"'))
        study = Study.open(tmp_path / "pilot")
        rows = "\n".join(f"What should I do about matter number {n}?,Travel,giving advice" for n in range(12))
        (tmp_path / "questions.csv").write_text(f"question,topic,question_type\n{rows}\n")
        study.import_files([tmp_path / "questions.csv"])
        study.curate()
        assert len(study.seeds().questions) == 12
        assert not (tmp_path / "pilot" / "people.db").exists()
