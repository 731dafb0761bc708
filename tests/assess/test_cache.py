from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from seedbed.assess.cache import BATCH, Cache, forget
from seedbed.study import Folder


class Counting:
    """Reverses texts, and counts them; fails at the `fails`-th batch, as a kill would."""

    def __init__(self, fails: int = 0) -> None:
        self.seen: list[str] = []
        self._fails, self._batches = fails, 0

    def __call__(self, texts: Sequence[str]) -> list[bytes]:
        self._batches += 1
        if self._batches == self._fails:
            raise KeyboardInterrupt
        self.seen += texts
        return [text[::-1].encode() for text in texts]


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
    killed, after = Counting(fails=3), Counting()
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
    assert forget(folder, ["m1", "m2"], ["zyx forget that", "never seen"]) == 1
    left = b"".join(path.read_bytes() for path in folder.assessment.glob("cache.db*"))
    assert b"taht tegrof" not in left
    assert b"siht peek" in left


def test_no_text_is_a_key(folder: Folder) -> None:
    with Cache(folder) as cache:
        cache.get("m1", ["a secret question"], lambda texts: [b"1" for _ in texts])
    assert b"secret" not in b"".join(path.read_bytes() for path in folder.assessment.glob("cache.db*"))
