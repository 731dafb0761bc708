"""croissant.json by the library of those who keep the format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.release import made
from tests.release.documents.test_documents import led
from tests.release.formats.test_loading import child

pytest.importorskip("polars")


@pytest.mark.parametrize("formats", [("jsonl", "parquet"), ("jsonl",)])
def test_croissant_is_valid_and_its_records_are_the_rows(tmp_path: Path, formats: tuple[str, ...]) -> None:
    pytest.importorskip("mlcroissant")
    folder = made.grown(tmp_path / "study")
    sources = made.sources(folder, process=led())
    report = made.make(folder, "1.0", sources, formats=formats, url="https://example.org/data", creator="A team")
    found = child(
        """
        import json, sys
        import mlcroissant
        data = mlcroissant.Dataset(jsonld=f"{sys.argv[1]}/croissant.json")
        issues = data.metadata.ctx.issues
        rows = {}
        for records in data.metadata.record_sets:
            ids = [record[f"{records.uuid}/id"].decode() for record in data.records(records.uuid)]
            rows.setdefault(records.uuid.partition("/")[0], []).extend(ids)
        print(json.dumps({"errors": list(issues.errors), "warnings": list(issues.warnings), "rows": rows,
                          "version": data.metadata.version}, default=str))
        """,
        str(report.path),
        home=tmp_path / "home",
    )
    assert found["errors"] == found["warnings"] == []
    assert found["version"] == "1.0.0"
    assert found["rows"] == {
        name: [row["id"] for row in made.rows(report, name)] for name, count in report.rows.items() if count
    }
