"""An archive is believed in nothing: what is not a whole backup is refused before anything stands in its place."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError, SeedbedError, UsageError
from seedbed.study.backup import backup
from seedbed.study.manifest import MANIFEST
from seedbed.study.restore import Limits, restore
from tests.study.made import make_study

Content = dict[str, bytes]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    backup(make_study(root / "one"), root / "one.zip")
    return root / "one.zip"


def read(path: Path) -> Content:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def listing(content: Content) -> bytes:
    files = [
        {"path": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "changed_ns": 0}
        for name, body in content.items()
        if name != MANIFEST
    ]
    return json.dumps(
        {"format": 1, "seedbed": "0", "made": "2025", "study": "x", "database": "sqlite", "files": files}
    ).encode()


def write(path: Path, content: Content) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return path


def with_list(content: Content) -> Content:
    return {**content, MANIFEST: listing(content)}


def changed(content: Content, change: Callable[[dict[str, Any]], None]) -> Content:
    listed = json.loads(content[MANIFEST])
    change(listed)
    return {**content, MANIFEST: json.dumps(listed).encode()}


def refused(archive: Path, tmp_path: Path, *words: str, limits: Limits | None = None) -> None:
    (tmp_path / "target").mkdir(exist_ok=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError) as caught:
        restore(archive, tmp_path / "target" / "study", limits=limits)
    assert caught.value.hint
    for word in words:
        assert word in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def attempt(archive: Path, target: Path) -> SeedbedError | None:
    try:
        restore(archive, target)
    except SeedbedError as error:
        return error
    return None


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "runs/../../outside",
        "a/./b",
        "a//b",
        "runs/",
        ".",
        "..",
        "a/..",
        MANIFEST + "/../x",
    ],
)
def test_a_path_that_leads_outside_is_refused(name: str, good: Path, tmp_path: Path) -> None:
    refused(write(tmp_path / "bad.zip", with_list({**read(good), name: b"x"})), tmp_path)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFCHR])
def test_only_plain_files_are_taken(kind: int, good: Path, tmp_path: Path) -> None:
    content = with_list({**read(good), "link": b"/etc/passwd"})
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, body in content.items():
            entry = zipfile.ZipInfo(name)
            if name == "link":
                entry.external_attr = (kind | 0o777) << 16
            archive.writestr(entry, body)
    refused(tmp_path / "bad.zip", tmp_path, "not a plain file")


def test_a_changed_byte_is_found(good: Path, tmp_path: Path) -> None:
    content = read(good)
    body = content["taxonomy/1.json"]
    refused(write(tmp_path / "bad.zip", {**content, "taxonomy/1.json": body[:-1] + b"?"}), tmp_path, "checksum")
    refused(write(tmp_path / "longer.zip", {**content, "taxonomy/1.json": body + b"?"}), tmp_path, "size")


def test_the_list_and_the_files_have_to_agree(good: Path, tmp_path: Path) -> None:
    content = read(good)
    less = {name: body for name, body in content.items() if name != "taxonomy/1.json"}
    for number, bad in enumerate([{**content, "more": b"x"}, less]):
        refused(write(tmp_path / f"{number}.zip", bad), tmp_path, "exactly the files")
    twice = changed(content, lambda listed: listed["files"].append(listed["files"][0]))
    refused(write(tmp_path / "twice.zip", twice), tmp_path, "twice")
    with zipfile.ZipFile(tmp_path / "doubled.zip", "w") as archive:
        for name, body in content.items():
            archive.writestr(name, body)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("taxonomy/1.json", b"other")
    refused(tmp_path / "doubled.zip", tmp_path, "exactly the files")


def test_a_file_in_the_place_of_a_folder_is_refused(good: Path, tmp_path: Path) -> None:
    refused(write(tmp_path / "bad.zip", with_list({**read(good), "taxonomy": b"x"})), tmp_path, "where another file")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"no json", b"\xff\xfe", b'{"format": 1}', b'{"format": 2, "files": []}', b"[" * 100_000,
        b'{"format": 1, "seedbed": "0", "made": "", "study": "", "database": "oracle", "files": []}',
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_said(body: bytes, good: Path, tmp_path: Path) -> None:
    refused(write(tmp_path / "bad.zip", {**read(good), MANIFEST: body}), tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"size": -1}, {"size": "7"}, {"sha256": "x"}, {"path": 7}, {"path": ""}, {"more": 1}, {"changed_ns": 1 << 70}],
)
def test_a_wrong_line_of_the_list_is_said(change: dict[str, Any], good: Path, tmp_path: Path) -> None:
    bad = changed(read(good), lambda listed: listed["files"][0].update(change))
    refused(write(tmp_path / "bad.zip", bad), tmp_path)


def test_what_would_fill_the_disk_is_refused_before_it_is_unpacked(good: Path, tmp_path: Path) -> None:
    bomb = write(tmp_path / "bomb.zip", with_list({**read(good), "zeros": bytes(20 << 20)}))
    assert bomb.stat().st_size < 100_000
    refused(bomb, tmp_path, "would unpack", limits=Limits(free_bytes=1 << 20))
    refused(bomb, tmp_path, "would unpack", limits=Limits(bytes=1 << 20))
    refused(bomb, tmp_path, "more files", limits=Limits(files=3))
    refused(bomb, tmp_path, "more files", limits=Limits(manifest_bytes=100))
    restore(bomb, tmp_path / "two")  # small enough by what is usual
    assert (tmp_path / "two" / "zeros").stat().st_size == 20 << 20


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(good: Path, tmp_path: Path) -> None:
    content = read(good)
    raw = write(tmp_path / "bad.zip", {**content, "taxonomy/1.json": bytes(5 << 20)}).read_bytes()
    # the directory of the zip says 14 bytes, as the list does; the packed data hold five million
    told = (5 << 20).to_bytes(4, "little")
    assert raw.count(told) == 2
    (tmp_path / "bad.zip").write_bytes(raw.replace(told, len(content["taxonomy/1.json"]).to_bytes(4, "little")))
    refused(tmp_path / "bad.zip", tmp_path)


def test_a_zip_of_something_else_is_no_backup(tmp_path: Path) -> None:
    refused(write(tmp_path / "other.zip", {"holiday.jpg": b"x"}), tmp_path, "no backup of a study")
    (tmp_path / "text.zip").write_text("no zip")
    refused(tmp_path / "text.zip", tmp_path, "not a sound zip")
    refused(tmp_path / "nowhere.zip", tmp_path, "There is no file")
    refused(tmp_path, tmp_path, "There is no file")
    refused(write(tmp_path / "bare.zip", with_list({"people.db": b""})), tmp_path, "study.toml")


def test_a_people_db_that_is_none_is_refused(good: Path, tmp_path: Path) -> None:
    refused(write(tmp_path / "bad.zip", with_list({**read(good), "people.db": b"no database" * 99})), tmp_path)
    refused(write(tmp_path / "who.zip", with_list({**read(good), "identity.db": b"none" * 99})), tmp_path)
    refused(write(tmp_path / "toml.zip", with_list({**read(good), "study.toml": b"database ="})), tmp_path)
    refused(write(tmp_path / "utf.zip", with_list({**read(good), "study.toml": b"\xff"})), tmp_path)


def test_a_database_that_acts_of_itself_is_refused(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    path.write_bytes(read(good)["people.db"])
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("CREATE TRIGGER t AFTER INSERT ON epochs BEGIN DELETE FROM texts; END")
    bad = with_list({**read(good), "people.db": path.read_bytes()})
    refused(write(tmp_path / "bad.zip", bad), tmp_path, "triggers")


def test_an_archive_that_was_cut_or_spoilt_never_becomes_a_study(good: Path, tmp_path: Path) -> None:
    draw, whole = random.Random(7), good.read_bytes()
    for number in range(150):
        raw = bytearray(whole)
        if number % 3 == 0:
            del raw[draw.randrange(len(raw)) :]
        for _ in range(draw.choice([1, 1, 8])):
            if raw:
                # most of what says how to read a zip stands at its end
                at = draw.randrange(len(raw)) if number % 2 else max(0, len(raw) - 1 - draw.randrange(1200))
                raw[at] ^= 1 << draw.randrange(8)
        (tmp_path / "bad.zip").write_bytes(raw)
        target = tmp_path / f"study{number}"
        error = attempt(tmp_path / "bad.zip", target)
        if error is not None:
            assert error.hint
            assert not target.exists()
        else:  # a bit that says nothing, such as a time: then the study is the study
            with zipfile.ZipFile(good) as archive:
                for saved in json.loads(archive.read(MANIFEST))["files"]:
                    if not saved["path"].endswith((".db", "study.toml")):
                        content = (target / saved["path"]).read_bytes()
                        assert hashlib.sha256(content).hexdigest() == saved["sha256"]
    assert not list(tmp_path.glob(".*"))


def test_a_place_that_is_taken_stays_as_it_is(good: Path, tmp_path: Path) -> None:
    for name, make in {
        "file": lambda path: path.write_text("mine"),
        "folder": lambda path: (path.mkdir(), (path / "mine").write_text("mine")),
        "link": lambda path: path.symlink_to(tmp_path / "nowhere"),
    }.items():
        make(tmp_path / name)
        with pytest.raises(UsageError, match="is there already"):
            restore(good, tmp_path / name)
    assert (tmp_path / "file").read_text() == (tmp_path / "folder" / "mine").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    restore(good, tmp_path / "empty")
    assert (tmp_path / "empty" / "study.toml").is_file()


def test_a_password_is_refused_before_anything_is_made(good: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds a password"):
        restore(good, tmp_path / "two", database="postgresql://me:hunter2@127.0.0.1/db")
    assert list(tmp_path.iterdir()) == []
