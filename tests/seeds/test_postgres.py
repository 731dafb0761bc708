"""A study whose events stand in a PostgreSQL: the road is the same, and people.db is never made."""

from __future__ import annotations

from pathlib import Path

from seedbed import Study
from seedbed.seeds.erasing import erase
from seedbed.study.events import EventStore
from tests.postgres import postgres_schema, postgres_server
from tests.seeds.written import agree, write_rows


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
        # and what people write together at a board
        with EventStore.of(study.folder) as store:
            agree(store, "p_ana", "p_bo")
            write_rows(store, "p_ana", 1, {f"a{n}": f"Ana asks 日本 {n}?" for n in range(3)})
            write_rows(store, "p_bo", 2, {"b1": "Bo asks?"}, letters=1)
        assert len(study.gather().added) == 4
        assert not study.gather().changed
        assert len(study.seeds().questions) == 16
        with EventStore.of(study.folder) as store:
            write_rows(store, "p_bo", 3, {"b2": "Bo asks more?"})
            erase(store, "p_ana", study.folder)
        assert study.gather().added == ("A-b2",)
        assert {item.id for item in study.seeds().questions if item.group == "A"} == {"A-b1", "A-b2"}
        assert study.record(tmp_path / "record").rows["questions"] == 5
        assert not (tmp_path / "pilot" / "people.db").exists()
