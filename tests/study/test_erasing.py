"""After an erasure the words are in no file of the study; and what others wrote stands where it stood."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from seedbed.errors import Busy, StorageError
from seedbed.study.entries import Act, Entry
from seedbed.study.erasing import scrub_file
from seedbed.study.events import EventStore
from tests.study.processes import finish, fork
from tests.study.stores import Stores

AT = "2025-03-01T12:00:00.123+00:00"
SECRET = "The cat of Ana 猫"
PLAIN = "x" * len(SECRET.encode())


@pytest.fixture
def store(stores: Stores) -> Iterator[EventStore]:
    with stores.open() as made:
        yield made


def redact(body: bytes) -> bytes:
    return body.replace(SECRET.encode(), PLAIN.encode())


def write(store: EventStore, stream: str, *, updates: int = 60) -> None:
    """Typed text of two people, and an event with Ana's words."""
    draw, first = random.Random(stream), store.last(stream) + 1
    entries = [
        Entry(stream, seq, AT, "p_ana" if seq % 3 else "p_bo",
              draw.randbytes(20) + (SECRET.encode() if seq % 3 else b"Bo's own") + draw.randbytes(draw.randrange(40)))
        for seq in range(first, first + updates)
    ]  # fmt: skip
    assert store.commit([[entry] for entry in entries]) == [None] * updates
    store.append(stream, "p_ana", [Act("paste", texts={"text": f"pasted: {SECRET}"})])
    store.append(stream, "p_bo", [Act("paste", texts={"text": "Bo's own"})])


def found(folder: Path) -> dict[str, int]:
    """Files that hold the words, in either of the encodings of a database."""
    wanted = [SECRET.encode(), SECRET.encode("utf-16-le"), SECRET.encode("utf-16-be"), b"cat of Ana"]
    counts = {
        path.name: sum(path.read_bytes().count(one) for one in wanted) for path in folder.rglob("*") if path.is_file()
    }
    return {name: count for name, count in counts.items() if count}


def test_only_what_changes_changes_and_the_epoch_tells(store: EventStore) -> None:
    write(store, "a")
    write(store, "b")
    before = list(store.entries("a"))
    assert store.rewrite_updates("a", redact) == 40
    assert (store.epoch("a"), store.epoch("b")) == (2, 1)
    after = list(store.entries("a"))
    assert [(one.seq, one.at, one.actor) for one in after] == [(one.seq, one.at, one.actor) for one in before]
    for old, new in zip(before, after, strict=True):
        assert new.body == (redact(old.body) if isinstance(old.body, bytes) else old.body)
    assert SECRET.encode() in b"".join(entry.body for entry in store.entries("b") if isinstance(entry.body, bytes))
    assert store.rewrite_updates("a", redact) == 0
    assert store.rewrite_updates("unknown", redact) == 0
    assert store.epoch("a") == 2


def test_an_erasure_in_the_middle_of_another_loses_neither(store: EventStore, stores: Stores) -> None:
    bodies = [b"ana bo %d" % seq for seq in range(1, 41)]
    store.commit([[Entry("s", seq, AT, "p", body) for seq, body in enumerate(bodies, 1)]])
    meanwhile = False

    def without_ana(body: bytes) -> bytes:
        nonlocal meanwhile
        if not meanwhile:
            meanwhile = True
            with stores.open() as other:
                assert other.rewrite_updates("s", lambda body: body.replace(b"bo", b"..")) == 40
        return body.replace(b"ana", b"...")

    assert store.rewrite_updates("s", without_ana) == 40
    assert {entry.body[:6] for entry in store.entries("s") if isinstance(entry.body, bytes)} == {b"... .."}
    assert store.epoch("s") == 3


def test_what_comes_in_during_an_erasure_is_erased_too(store: EventStore, stores: Stores) -> None:
    store.commit([[Entry("s", seq, AT, "p", SECRET.encode()) for seq in range(1, 6)]])
    seen: list[bytes] = []
    connections: list[object] = []

    def rewrite(body: bytes) -> bytes:
        seen.append(body)
        return redact(body)

    def just_before_it_is_written(*_: object) -> None:
        connections.append(_)
        # all was read; the next connection found nothing more; this one is to write
        if len(seen) == 5 and len(connections) == 4:
            with stores.open() as other:
                assert other.commit([[Entry("s", 6, AT, "p", SECRET.encode())]]) == [None]

    sa.event.listen(store.database.engine, "checkout", just_before_it_is_written)
    assert store.rewrite_updates("s", rewrite) == 6
    assert len(connections) == 4
    assert [entry.body for entry in store.entries("s")] == [PLAIN.encode()] * 6


def test_texts_of_one_person_are_blanked(store: EventStore) -> None:
    store.append(
        "s", "p_bo", [Act("k", texts={"a": "hers", "b": "hers too"}, person="p_ana"), Act("k", texts={"a": "his"})]
    )
    assert len(store.blank_texts("p_ana")) == 2
    assert [event.data for event in store.read("s")] == [{"a": None, "b": None}, {"a": "his"}]
    assert store.blank_texts("p_ana") == []


def test_what_is_due_is_known_until_it_is_done(store: EventStore, stores: Stores) -> None:
    write(store, "a")
    assert store.scrubbed
    store.blank_texts("nobody")
    assert store.scrubbed
    store.rewrite_updates("a", redact)
    with stores.open() as other:
        assert not other.scrubbed
        other.scrub()
    assert store.scrubbed
    store.blank_texts("p_ana")
    assert not store.scrubbed
    store.scrub()
    assert store.scrubbed


def test_erased_words_are_in_no_file(tmp_path: Path) -> None:
    with EventStore.at(tmp_path / "people.db") as store:
        for stream in "abc":
            write(store, stream)
        assert found(tmp_path)
        for stream in "abc":
            store.rewrite_updates(stream, redact)
        store.blank_texts("p_ana")
        assert found(tmp_path)  # in the write-ahead log, at least
        store.scrub()
        assert found(tmp_path) == {}
        assert len(list(store.entries("a"))) == 62
    assert found(tmp_path) == {}


def test_no_copy_stays_in_the_free_space_of_a_page(tmp_path: Path) -> None:
    """Pages that were split keep bytes of the rows that moved on: secure_delete and a checkpoint leave them."""
    path, draw, last = tmp_path / "people.db", random.Random(2), [0] * 15
    with EventStore.at(path) as store:
        for begin in range(0, 3000, 5):
            submissions = []
            for number in range(begin, begin + 5):
                stream = draw.randrange(15)
                last[stream] += 1
                body = b"T%06dT" % number + draw.randbytes(draw.choice([10, 10, 400, 900, 3000]))
                submissions.append([Entry(f"s{stream}", last[stream], AT, "p", body)])
            store.commit(submissions)

        def twice() -> int:
            with closing(sqlite3.connect(path)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            counts = Counter(re.findall(rb"T\d{6}T", path.read_bytes()))
            assert len(counts) == 3000
            return sum(count > 1 for count in counts.values())

        assert twice() > 0
        store.scrub()
        assert twice() == 0


def test_a_reader_that_holds_the_old_bytes_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    with EventStore.at(path) as store:
        write(store, "a")
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM updates").fetchone()
            store.rewrite_updates("a", redact)
            store.blank_texts("p_ana")
            with pytest.raises(Busy, match=r"people\.db is in use") as caught:
                store.scrub(wait_s=0.1)
            assert "again" in caught.value.hint
            assert found(tmp_path)
            assert not store.scrubbed
        store.scrub()
        assert store.scrubbed
        assert found(tmp_path) == {}


def test_a_reader_of_postgres_is_told_of(stores: Stores, store: EventStore) -> None:
    if stores.path:
        return
    write(store, "a")
    store.rewrite_updates("a", redact)
    with stores.open() as other, other.database.writing() as reading:
        reading.exec_driver_sql("SELECT count(*) FROM updates")
        with pytest.raises(Busy, match="is in use"):
            store.scrub(wait_s=0.1)
    assert not store.scrubbed
    store.scrub()
    assert store.scrubbed


def test_a_crash_between_the_steps_is_made_good(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    with EventStore.at(path) as store:
        write(store, "a")

    def work() -> None:
        with EventStore.at(path) as store:
            store.rewrite_updates("a", redact)
            store.blank_texts("p_ana")
            os.kill(os.getpid(), signal.SIGKILL)

    assert finish(fork(work)) == -signal.SIGKILL
    assert found(tmp_path)
    with EventStore.at(path) as store:
        assert not store.scrubbed
        assert store.epoch("a") == 2
        store.scrub()
        assert store.scrubbed
        assert found(tmp_path) == {}


def test_a_crash_in_the_middle_of_a_rewriting_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    with EventStore.at(path) as store:
        write(store, "a")
        before = list(store.entries("a"))

    def work() -> None:
        def rewrite(body: bytes) -> bytes:
            if not seen:
                os.kill(os.getpid(), signal.SIGKILL)
            seen.pop()
            return redact(body)

        seen = [None] * 30
        with EventStore.at(path) as store:
            store.rewrite_updates("a", rewrite)

    assert finish(fork(work)) == -signal.SIGKILL
    with EventStore.at(path) as store:
        assert list(store.entries("a")) == before
        assert (store.epoch("a"), store.scrubbed) == (1, True)


def test_another_database_of_the_study_is_scrubbed_likewise(tmp_path: Path) -> None:
    path = tmp_path / "identity.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT)")
        db.executemany("INSERT INTO people(name) VALUES(?)", [(SECRET,)] * 50)
        db.execute("DELETE FROM people")
        assert found(tmp_path)
        scrub_file(path)
        assert found(tmp_path) == {}
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            scrub_file(path, wait_s=0.1)
    with pytest.raises(StorageError):
        scrub_file(tmp_path / "nowhere" / "identity.db")
