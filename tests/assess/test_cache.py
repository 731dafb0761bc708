from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from seedbed.assess.cache import BATCH, Cache, forget
from seedbed.study import Folder


class Counting:
    """Reverses texts, and counts them; fails at the `fails`-th text, as a kill would."""

    def __init__(self, fails: int = 0) -> None:
        self.seen: list[str] = []
        self._fails = fails

    def __call__(self, texts: Sequence[str]) -> Iterator[bytes]:
        for text in texts:
            if len(self.seen) + 1 == self._fails:
                raise KeyboardInterrupt
            self.seen.append(text)
            yield text[::-1].encode()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_text_is_computed_once(folder: Folder) -> None:
    first, second = Counting(), Counting()
    with Cache(folder) as cache:
        assert cache.get("m1", ["abc", "de", "abc"], first) == {"abc": b"cba", "de": b"ed"}
    with Cache(folder) as cache:
        assert cache.get("m1", ["de", "fg"], second) == {"de": b"ed", "fg": b"gf"}
    assert (first.seen, second.seen) == (["abc", "de"], ["fg"])


def test_another_fingerprint_is_another_entry(folder: Folder) -> None:
    compute = Counting()
    with Cache(folder) as cache:
        cache.get("m1", ["abc"], compute)
        cache.get("m2", ["abc"], compute)
    assert compute.seen == ["abc", "abc"]


def test_what_was_computed_before_a_kill_stays(folder: Folder) -> None:
    texts = [f"text {n}" for n in range(2 * BATCH + 5)]
    killed, after = Counting(fails=2 * BATCH + 3), Counting()
    with pytest.raises(KeyboardInterrupt), Cache(folder) as cache:
        cache.get("m1", texts, killed)
    with Cache(folder) as cache:
        assert len(cache.get("m1", texts, after)) == len(texts)
    assert after.seen == texts[2 * BATCH :]


def test_a_damaged_file_is_made_anew(folder: Folder) -> None:
    (folder.assessment).mkdir()
    (folder.assessment / "cache.db").write_bytes(b"this is no database, and long enough to be looked at" * 40)
    with Cache(folder) as cache:
        assert cache.get("m1", ["abc"], Counting()) == {"abc": b"cba"}


def test_forgetting_leaves_nothing_of_a_text(folder: Folder) -> None:
    with Cache(folder) as cache:
        cache.get("m1", ["keep this", "zyx forget that"], Counting())
        cache.get("another measure", ["zyx forget that"], Counting())
        cache.sum("figures", lambda: b"words of taht tegrof too")
    assert forget(folder, ["zyx forget that", "never seen"]) == 2
    left = b"".join(path.read_bytes() for path in folder.assessment.glob("cache.db*"))
    assert b"taht tegrof" not in left
    assert b"siht peek" in left


def test_no_text_is_a_key(folder: Folder) -> None:
    with Cache(folder) as cache:
        cache.get("m1", ["a secret question"], lambda texts: [b"1" for _ in texts])
    assert b"secret" not in b"".join(path.read_bytes() for path in folder.assessment.glob("cache.db*"))


def test_a_sum_is_made_once(folder: Folder) -> None:
    with Cache(folder) as cache:
        assert cache.sum("figures", lambda: b"1") == b"1"
    with Cache(folder) as cache:
        assert cache.sum("figures", lambda: b"2") == b"1"


def test_sums_that_nobody_asks_for_go(folder: Folder) -> None:
    with Cache(folder) as cache:
        cache.sum("old", lambda: b"1")
        cache.sum("used", lambda: b"1")
    with Cache(folder) as cache:
        cache.sum("used", lambda: b"2")
        cache.drop_unused_sums()
        assert cache.sum("old", lambda: b"3") == b"3"
        assert cache.sum("used", lambda: b"3") == b"1"


def test_the_file_of_an_older_version_is_emptied(folder: Folder) -> None:
    folder.assessment.mkdir()
    with closing(sqlite3.connect(folder.assessment / "cache.db")) as db, db:
        db.execute("CREATE TABLE cache(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
        db.execute("INSERT INTO cache VALUES('k', 'an older parse')")
    with Cache(folder) as cache:
        assert cache.get("m1", ["abc"], Counting()) == {"abc": b"cba"}
    with closing(sqlite3.connect(folder.assessment / "cache.db")) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"measured", "summed"}
