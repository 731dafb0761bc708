"""What the next release says of the one before: rows, and never how many people."""

from __future__ import annotations

import json
from pathlib import Path

from seedbed.release.taken import HeldRelease, Record, Withdrawal, read_record, taken_since, write_record
from seedbed.study import Folder


def _released(folder: Folder, version: str, created: str) -> None:
    (folder.releases / version).mkdir(parents=True)
    (folder.releases / version / "manifest.json").write_text(json.dumps({"created": created}))


def test_the_newest_release_before_counts_also_where_it_was_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert taken_since(folder) == ("", 0)
    _released(folder, "1.0", "2025-01-01T00:00:00+00:00")
    _released(folder, "0.9", "2025-02-01T00:00:00+00:00")
    assert taken_since(folder) == ("0.9", 0)
    held = [HeldRelease("1.0", 3, "2025-03-01"), HeldRelease("1.1", 7, "2025-03-01", "", "2025-02-20", removed=True)]
    record = Record((Withdrawal("2025-03-01", "purge", {"questions": 9}, done=True),)).holding(held)
    write_record(folder, record)
    assert read_record(folder) == record
    assert taken_since(folder) == ("1.1", 7)
