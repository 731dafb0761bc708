"""A stream has the numbers 1, 2, 3, … with no gap, whoever writes it; people's words stand apart from events."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, StorageError
from seedbed.study.events import Act, Event, EventStore
from tests.study.processes import finish, fork, limit_files
from tests.study.stores import Stores

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
acts = st.builds(
    Act,
    kind=st.sampled_from(["add", "change"]),
    subject=words,
    data=st.dictionaries(st.sampled_from(["n", "topic"]), st.integers(0, 9) | words, max_size=2),
    texts=st.dictionaries(st.sampled_from(["question", "reason"]), words, max_size=2),
)
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def store(stores: Stores) -> Iterator[EventStore]:
    with stores.open() as made:
        yield made


def told(events: Sequence[Event]) -> list[tuple[Any, ...]]:
    return [(event.seq, event.actor, event.kind, event.subject, event.data) for event in events]


def test_writers_in_several_processes_leave_no_gap(stores: Stores) -> None:
    writers, batches = 4, 12

    def write(writer: int) -> None:
        draw = random.Random(writer)
        with stores.open() as store:  # all at once: the tables are made by whoever comes first
            made = {"a": 0, "b": 0}
            for batch in range(batches):
                stream = draw.choice("ab")
                count = draw.randint(1, 5)
                data = [{"batch": batch, "n": made[stream] + index} for index in range(count)]
                made[stream] += count
                store.append(stream, f"w{writer}", [Act("add", data=one) for one in data])

    children = [fork(lambda writer=writer: write(writer)) for writer in range(writers)]  # type: ignore[misc]
    assert [finish(child) for child in children] == [0] * writers
    with stores.open() as store:
        for stream in "ab":
            events = list(store.read(stream))
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert store.last(stream) == len(events)
            for writer in range(writers):
                own = [event for event in events if event.actor == f"w{writer}"]
                assert [event.data["n"] for event in own] == list(range(len(own)))
                batch_of = {event.seq: event.data["batch"] for event in own}
                for batch in set(batch_of.values()):
                    seqs = [seq for seq, found in batch_of.items() if found == batch]
                    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))  # a batch stays together


@given(made=st.lists(acts, min_size=1, max_size=8), cuts=st.sets(st.integers(1, 7)))
@quick
def test_how_acts_are_cut_into_batches_does_not_matter(made: list[Act], cuts: set[int], stores: Stores) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(made)), len(made)]
    stores.empty()
    with stores.open() as store:
        assert store.append("one", "ana", made) == len(made)
        for start, end in pairwise(edges):
            assert store.append("cut", "ana", made[start:end]) == end
        assert told(list(store.read("one"))) == told(list(store.read("cut")))
        assert told(list(store.read("one", after=1))) == told(list(store.read("cut")))[1:]


@given(order=st.permutations([("a", 0), ("a", 1), ("b", 0), ("b", 1), ("c", 0)]))
@quick
def test_streams_do_not_disturb_each_other(order: list[tuple[str, int]], stores: Stores) -> None:
    stores.empty()
    with stores.open() as store:
        for stream, _ in order:
            store.append(stream, "ana", [Act("add"), Act("add")])
        for stream in "abc":
            batches = sum(name == stream for name, _ in order)
            assert [event.seq for event in store.read(stream)] == list(range(1, 2 * batches + 1))


@given(act=acts)
@quick
def test_words_stand_apart_and_come_back_in_their_place(act: Act, stores: Stores) -> None:
    stores.empty()
    with stores.open() as store:
        store.append("s", "ana", [act])
        (event,) = store.read("s")
        assert event.data == {**act.data, **act.texts}
    (data,) = (json.loads(row[0]) for row in stores.raw("SELECT data FROM events"))
    ids = data.pop("texts", {})
    assert data == act.data
    assert ids.keys() == act.texts.keys()
    assert {(ids[name], body) for name, body in act.texts.items()} == set(stores.raw("SELECT text_id, body FROM texts"))
    assert all(len(id) == 32 and int(id, 16) >= 0 for id in ids.values())


def test_an_erased_text_reads_as_none_and_its_event_stays(store: EventStore, stores: Stores) -> None:
    acts = [Act("add", "q1", texts={"question": "mine"}, person="bo"), Act("add", "q2", texts={"question": "hers"})]
    store.append("s", "ana", acts)
    assert len(store.blank_texts("bo")) == 1
    assert store.blank_texts("bo") == []
    assert [(event.subject, event.data) for event in store.read("s")] == [
        ("q1", {"question": None}), ("q2", {"question": "hers"}),
    ]  # fmt: skip
    assert b"mine" not in b"".join(json.dumps(row).encode() for row in stores.raw("SELECT * FROM events"))


def test_a_batch_is_written_whole_or_not_at_all(store: EventStore) -> None:
    store.append("s", "ana", [Act("add")])
    with pytest.raises(TypeError):
        store.append("s", "ana", [Act("add"), Act("add", data={"n": object()})])
    with pytest.raises(ValueError, match="share its name"):
        store.append("s", "ana", [Act("add", data={"reason": 1}, texts={"reason": "x"})])
    assert store.append("s", "ana", []) == 1
    assert store.append("s", "ana", [Act("add")]) == 2
    assert [event.seq for event in store.read("s")] == [1, 2]


def test_readers_and_writers_do_not_wait_for_each_other(store: EventStore, stores: Stores) -> None:
    store.append("s", "ana", [Act("add"), Act("add")])
    began = time.monotonic()
    with store.database.writing() as writing:
        writing.execute(sa.text("UPDATE streams SET last = last"))
        with stores.open() as reader:
            assert len(list(reader.read("s"))) == reader.last("s") == 2
    reading = store.read("s")
    assert next(reading).seq == 1
    with stores.open() as writer:
        assert writer.append("s", "bo", [Act("add")]) == 3
    assert [event.seq for event in reading] == [2]  # what stood when the reading began
    assert time.monotonic() - began < 5


def test_a_full_disk_loses_nothing_and_takes_no_number(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    act = Act("add", data={"n": "x" * 5000})
    with EventStore.at(path) as store:
        store.append("s", "ana", [act])

    def work() -> None:
        limit_files(100_000)
        with EventStore.at(path) as store, pytest.raises(StorageError, match=r"people\.db") as caught:
            deque((store.append("s", "ana", [act]) for _ in range(100)), maxlen=0)
        assert "Nothing that was saved before is lost" in caught.value.hint

    assert finish(fork(work)) == 0
    with EventStore.at(path) as store:
        saved = store.last("s")
        assert saved > 1
        assert store.append("s", "bo", [act]) == saved + 1
        assert [event.seq for event in store.read("s")] == list(range(1, saved + 2))


def test_another_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "people.db").write_text("no database " * 100)
    with pytest.raises(InputError, match=r"people\.db is not a database of a study") as caught:
        EventStore.at(tmp_path / "people.db")
    assert "Restore" in caught.value.hint


def test_a_folder_may_be_named_with_signs_that_addresses_give_a_meaning(tmp_path: Path) -> None:
    folder = tmp_path / "Who? #1 & 100%"
    folder.mkdir()
    with EventStore.at(folder / "people.db") as store:
        store.append("s", "ana", [Act("said", texts={"words": "here"})])
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    with EventStore.at(folder / "people.db") as store:
        assert [event.data["words"] for event in store.read("s")] == ["here"]
