"""A small study with something in every corner."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from seedbed.study import Folder
from seedbed.study.entries import Act, Entry
from seedbed.study.events import EventStore

__all__ = ["AT", "BOARD", "board", "make_study", "telling"]

AT = "2025-03-01T12:00:00.123+00:00"
BOARD = "board/A/questions"


def board(first: int, count: int) -> list[Entry]:
    return [Entry(BOARD, seq, AT, f"p_{seq % 5}", f"typed {seq}".encode()) for seq in range(first, first + count)]


def make_study(path: Path, *, updates: int = 50, database: str = "") -> Folder:
    path.mkdir()
    (path / "study.toml").write_text(f'# ours\ntitle = "One"\ndatabase = "{database}"\n\n[generate]\n')
    folder = Folder(path)
    assert len(folder.key) == 32
    with EventStore.of(folder) as store:
        store.append("seeds", "ana", [Act("add", "q1", texts={"question": "Why? 猫"})])
        assert store.commit([board(1, updates)]) == [None]
    run = folder.run("questions")
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    os.utime(run / "run.json", ns=(1_700_000_000_000_000_000, 1_700_000_000_000_000_001))
    with closing(sqlite3.connect(run / "journal.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE calls(ask_id TEXT, reply TEXT)")
        db.executemany("INSERT INTO calls VALUES(?, ?)", [(str(n), "reply " * 50) for n in range(200)])
    folder.taxonomy(1).parent.mkdir()
    folder.taxonomy(1).write_text('{"version": 1}')
    (path / "notes").mkdir()
    (path / "notes" / "day: 1 “é”.md").write_text("what we saw\n")
    (path / "empty.db").write_bytes(b"")
    (path / ".lock").write_text("1\n")
    (path / ".serve.lock").write_text("1\n")
    return folder


def telling(root: Path) -> dict[str, bytes]:
    """Every plain file but databases, locks, what stands beside a database, and the list of the backups made.

    A backup that was killed while it noted itself leaves that list's unfinished copy, `.backups.json.` and a tail.
    """
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.name.endswith((".lock", ".db", "-wal", "-shm", "backups.json"))
        and not path.name.startswith(".backups.json.")
    }
