"""A backup of a study that is in use is whole, and a study restored from it is that study."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
import threading
import time
import tomllib
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError, NotAStudy, StorageError, UsageError
from seedbed.study import Folder, hold
from seedbed.study.backup import backup
from seedbed.study.entries import Entry
from seedbed.study.events import EventStore
from seedbed.study.manifest import MANIFEST
from seedbed.study.restore import restore
from seedbed.study.workplace import workplace
from tests.postgres import postgres_schema
from tests.study.made import AT, BOARD, board, make_study, telling
from tests.study.processes import finish, fork, limit_files


def entries(folder: Folder, stream: str) -> list[Any]:
    with EventStore.of(folder) as store:
        return list(store.entries(stream))


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


def test_a_restored_study_is_the_study(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    heard: list[tuple[str, int, int]] = []
    made = backup(folder, tmp_path / "one.zip", listen=lambda *said: heard.append(said))
    told = restore(tmp_path / "one.zip", tmp_path / "two")
    again = Folder(tmp_path / "two")
    assert telling(again.root) == telling(folder.root)
    assert entries(again, BOARD) == entries(folder, BOARD)
    assert entries(again, "seeds") == entries(folder, "seeds")
    assert again.key == folder.key
    with closing(sqlite3.connect(again.run("questions") / "journal.db")) as db:
        assert db.execute("SELECT count(*) FROM calls").fetchone() == (200,)
    assert (again.root / "empty.db").read_bytes() == b""
    assert (again.run("questions") / "run.json").stat().st_mtime_ns == 1_700_000_000_000_000_001
    assert not list(again.root.glob(".*lock"))
    assert beside(tmp_path) == ["one", "one.zip", "two"]
    assert (told.study, told.files, told.path) == ("one", made.files, again.root)
    assert made.notes == {}
    assert heard
    assert all(0 <= done <= total for _, done, total in heard)
    assert heard[-1][1] > heard[0][1]


def test_only_its_owner_reads_a_backup_and_who_is_who(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    before = os.umask(0o022)
    try:
        backup(folder, tmp_path / "one.zip")
        restore(tmp_path / "one.zip", tmp_path / "two")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "one.zip").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "two" / "identity.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "two").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "two" / "study.toml").stat().st_mode) == 0o644


def test_the_list_has_every_file_with_its_checksum(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    made = backup(folder, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        listed = json.loads(archive.read(MANIFEST))
        assert (listed["format"], listed["study"], listed["database"]) == (1, "one", "sqlite")
        for saved in listed["files"]:
            content = archive.read(saved["path"])
            assert (len(content), hashlib.sha256(content).hexdigest()) == (saved["size"], saved["sha256"])
        names = [saved["path"] for saved in listed["files"]]
        assert sorted([*names, MANIFEST]) == sorted(archive.namelist())
    assert names[:2] == ["people.db", "identity.db"]
    assert (made.files, made.bytes) == (len(names), sum(saved["size"] for saved in listed["files"]))
    assert made.size == (tmp_path / "one.zip").stat().st_size


def test_epochs_rise_when_a_study_is_restored_and_only_then(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    with EventStore.of(folder) as store:
        store.raise_epoch(BOARD)
        backup(folder, tmp_path / "one.zip")
        assert store.epoch(BOARD) == 2
    restore(tmp_path / "one.zip", tmp_path / "two")
    with EventStore.of(Folder(tmp_path / "two")) as store:
        assert (store.epoch(BOARD), store.epoch("seeds"), store.epoch("new")) == (3, 2, 1)


def test_a_study_is_backed_up_while_it_is_served_and_written(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one", updates=20_000)
    stop, written = threading.Event(), [20_000]

    def write() -> None:
        with EventStore.of(folder) as store:
            while not stop.is_set():
                assert store.commit([board(written[0] + 1, 3)]) == [None]
                written[0] += 3
                time.sleep(0.002)

    writer = threading.Thread(target=write)
    with hold(folder.root / ".serve.lock", what="The study"), folder.writing():
        writer.start()
        while written[0] < 20_030:
            time.sleep(0.005)
        before = written[0]
        backup(folder, tmp_path / "one.zip")
        after = written[0]
        stop.set()
        writer.join()
    assert after > before  # it was written to meanwhile
    restore(tmp_path / "one.zip", tmp_path / "two")
    restored = entries(Folder(tmp_path / "two"), BOARD)
    assert before <= len(restored) <= after
    assert restored == board(1, len(restored))


def test_a_database_is_copied_as_it_stood_when_its_copying_began(tmp_path: Path) -> None:
    folder, written = make_study(tmp_path / "one", updates=30_000), [30_000]
    with EventStore.of(folder) as store:

        def write_meanwhile(what: str, done: int, total: int) -> None:
            if what == "people.db":
                assert store.commit([board(written[0] + 1, 1)]) == [None]
                written[0] += 1

        backup(folder, tmp_path / "one.zip", listen=write_meanwhile)
    assert written[0] > 30_003
    restore(tmp_path / "one.zip", tmp_path / "two")
    assert len(entries(Folder(tmp_path / "two"), BOARD)) == 30_000


def test_what_is_no_part_of_the_study_is_left_out_and_said(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("not of the study")
    (folder.root / "linked").symlink_to(tmp_path / "outside")
    (folder.root / "link").symlink_to(tmp_path / "outside" / "secret")
    os.mkfifo(folder.root / "pipe")
    (folder.root / ".study.toml.a1b2c3d_").write_text("half a file")
    made = backup(folder, tmp_path / "one.zip")
    link = "left out: it is a link"
    assert made.notes == {"linked": link, "link": link, "pipe": "left out: it is no file"}
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert not {"link", "linked", "linked/secret", "pipe", ".study.toml.a1b2c3d_"} & set(archive.namelist())
        assert not [name for name in archive.namelist() if name.endswith((".lock", "-wal", "-shm"))]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    (tmp_path / "one.zip").write_text("an older one")
    with pytest.raises(UsageError, match="is there already"):
        backup(folder, tmp_path / "one.zip")
    assert (tmp_path / "one.zip").read_text() == "an older one"
    with pytest.raises(UsageError, match="in the study itself"):
        backup(folder, folder.root / "backups" / "one.zip")
    with pytest.raises(NotAStudy):
        backup(Folder(tmp_path), tmp_path / "two.zip")
    assert beside(tmp_path) == ["one", "one.zip"]
    assert not (folder.root / "backups").exists()


def test_a_damaged_store_is_told_of_and_no_backup_is_made(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one", updates=3000)
    content = bytearray(folder.people.read_bytes())
    content[8192:40960] = b"\xff" * (40960 - 8192)
    folder.people.write_bytes(content)
    with pytest.raises(InputError, match=r"people\.db is damaged"):
        backup(folder, tmp_path / "one.zip")
    folder.people.write_text("no database " * 100)
    with pytest.raises(InputError, match=r"people\.db is damaged"):
        backup(folder, tmp_path / "one.zip")
    assert beside(tmp_path) == ["one"]


def test_a_damaged_run_does_not_keep_the_rest_from_being_saved(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    journal = folder.run("questions") / "journal.db"
    spoilt = journal.read_bytes()[:4096] + b"\xff" * 8192
    journal.write_bytes(spoilt)
    (folder.root / "odd.db").write_text("no database")
    made = backup(folder, tmp_path / "one.zip")
    assert made.notes == {"runs/questions/journal.db": "damaged, and saved as it is"}
    restore(tmp_path / "one.zip", tmp_path / "two")
    assert (Folder(tmp_path / "two").run("questions") / "journal.db").read_bytes() == spoilt
    assert (tmp_path / "two" / "odd.db").read_text() == "no database"


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one", updates=5000)
    backup(folder, tmp_path / "good.zip")

    def save() -> None:
        limit_files(60_000)
        with pytest.raises(StorageError):
            backup(folder, tmp_path / "one.zip")

    def bring_back() -> None:
        limit_files(60_000)
        with pytest.raises(StorageError):
            restore(tmp_path / "good.zip", tmp_path / "two")

    assert finish(fork(save)) == 0
    assert finish(fork(bring_back)) == 0
    assert beside(tmp_path) == ["good.zip", "one"]


def test_acts_behind_a_url_travel_in_people_db(tmp_path: Path, postgres: str) -> None:
    with postgres_schema(postgres) as url, postgres_schema(postgres) as second:
        folder = make_study(tmp_path / "one", database=url)
        assert not folder.people.exists()
        backup(folder, tmp_path / "one.zip")
        restore(tmp_path / "one.zip", tmp_path / "two")
        again = Folder(tmp_path / "two")
        assert again.store_url() == ""
        assert again.people.is_file()
        assert tomllib.loads(again.settings.read_text()) == {"title": "One", "database": "", "generate": {}}
        assert entries(again, BOARD) == entries(folder, BOARD)
        assert entries(again, "seeds") == entries(folder, "seeds")

        # and the way back, into a schema that is empty
        backup(again, tmp_path / "two.zip")
        restore(tmp_path / "two.zip", tmp_path / "three", database=second)
        third = Folder(tmp_path / "three")
        assert third.store_url().startswith("postgresql+psycopg://")
        assert not third.people.exists()
        assert entries(third, BOARD) == entries(folder, BOARD)
        with EventStore.of(third) as store:
            assert store.epoch(BOARD) == 3
            # a new name takes a number that is free
            late = [Entry(BOARD, 51, AT, "p_new", b"x"), Entry("board/new", 1, AT, "p_newer", b"x")]
            assert store.commit([late]) == [None]
            assert [entry.actor for entry in store.entries(BOARD, 49)] == ["p_0", "p_new"]
        with pytest.raises(UsageError, match="is not empty"):
            restore(tmp_path / "two.zip", tmp_path / "four", database=second)
        with pytest.raises(UsageError, match="is not empty"):
            restore(tmp_path / "two.zip", tmp_path / "four", database=url)
        assert beside(tmp_path) == ["one", "one.zip", "three", "two", "two.zip"]


def test_what_a_killed_backup_left_is_removed_and_what_another_makes_is_not(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "one")
    (tmp_path / ".seedbed-backup-dead").mkdir()
    (tmp_path / ".seedbed-backup-dead" / "people.db").write_text("words")
    with workplace(tmp_path, ".seedbed-backup-") as live:
        backup(folder, tmp_path / "one.zip")
        assert beside(tmp_path) == [live.name, "one", "one.zip"]
        assert stat.S_IMODE(live.stat().st_mode) == 0o700
    assert beside(tmp_path) == ["one", "one.zip"]
