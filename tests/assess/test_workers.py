from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from seedbed.assess.instruments import Vectors
from seedbed.assess.reading import Reading, pack, readings, unpack
from seedbed.assess.workers import Workers, usable
from seedbed.errors import StorageError
from seedbed.measures.embed import Embedder
from seedbed.measures.parser import Parser

TEXTS = [f"What should {who} know about {what}?" for who in ("a nurse", "my uncle") for what in ["rent", "tax", "love"]]


def test_a_process_that_dies_is_told_and_the_hint_says_what_to_do() -> None:
    with Workers(1) as workers:
        assert list(workers.run("embed", "", [])) == []
        assert list(workers.run("read", "en", [])) == []
        workers._ask("embed", "", [])  # a process, which has loaded no model yet
        process = workers._children[0]._process
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with pytest.raises(StorageError) as caught:
            list(workers.run("embed", "", TEXTS))
    assert "workers = 1" in caught.value.hint


def test_processes_end_with_their_owner() -> None:
    workers = Workers(1)
    workers._ask("embed", "", [])
    process = workers._children[0]._process
    workers.close()
    assert process.returncode == 0


def test_one_process_a_core() -> None:
    assert usable(3) == 3
    assert 1 <= usable(0) <= 4


def test_a_reading_is_what_was_packed() -> None:
    whole = Reading(True, "open", "other", 4, 6, True, "give", "advice", False, True, "")
    bare = Reading(None, None, None, None, None)
    assert [unpack(pack(one)) for one in (whole, bare)] == [whole, bare]


def test_another_language_is_read_by_its_form_alone() -> None:
    (found,) = readings(["Wo ist der Bahnhof?"], "de", Parser())
    assert (found.parsed, found.traditional, found.words) == (False, True, 4)


def test_vectors_come_back_in_the_order_asked_for() -> None:
    vectors = Vectors(2)
    vectors.add({"a": np.array([1, 0], np.float16).tobytes(), "b": np.array([0, 1], np.float16).tobytes()})
    vectors.add({"b": np.array([9, 9], np.float16).tobytes(), "c": np.array([1, 1], np.float16).tobytes()})
    assert vectors.of(["c", "b", "c"]).tolist() == [[1, 1], [0, 1], [1, 1]]
    assert vectors.of([]).shape == (0, 2)
    assert len(vectors) == 3


@pytest.mark.model
def test_processes_measure_what_this_one_does() -> None:
    with Workers(1) as workers:
        embedded = list(workers.run("embed", "", TEXTS))
        read = [unpack(value) for value in workers.run("read", "en", TEXTS)]
    assert embedded == [row.astype(np.float16).tobytes() for row in Embedder().encode(TEXTS)]
    assert read == list(readings(TEXTS, "en", Parser()))
    assert all(reading.sensible for reading in read)
