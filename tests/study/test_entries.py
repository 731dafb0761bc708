"""Updates and events share one numbering, whoever writes, and come back in its order."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.study.entries import Act, Conflict, Entry, iso, milliseconds, now
from seedbed.study.events import EventStore
from tests.study.processes import finish, fork
from tests.study.stores import Stores

AT = "2025-03-01T12:00:00.123+00:00"
OLD = """
CREATE TABLE streams(stream VARCHAR(200) NOT NULL PRIMARY KEY, last BIGINT NOT NULL);
CREATE TABLE events(stream VARCHAR(200) NOT NULL, seq BIGINT NOT NULL, at VARCHAR(40) NOT NULL,
  actor VARCHAR(200) NOT NULL, kind VARCHAR(80) NOT NULL, subject VARCHAR(200) NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY(stream, seq));
CREATE TABLE texts(text_id VARCHAR(64) NOT NULL PRIMARY KEY, person VARCHAR(200) NOT NULL, body TEXT NOT NULL);
CREATE INDEX ix_texts_person ON texts(person);
INSERT INTO streams VALUES('seeds', 1);
INSERT INTO events VALUES('seeds', 1, '2024-01-01T00:00:00.000+00:00', 'ana', 'add', 'q1', '{"texts": {"question": "t1"}}');
INSERT INTO texts VALUES('t1', 'ana', 'Why?');
"""  # noqa: E501


@pytest.fixture
def store(stores: Stores) -> Iterator[EventStore]:
    with stores.open() as made:
        yield made


def update(stream: str, seq: int, body: bytes = b"\x01\x02", actor: str = "p_ana") -> Entry:
    return Entry(stream, seq, AT, actor, body)


@given(kinds=st.lists(st.sampled_from("ue"), min_size=1, max_size=30), after=st.integers(0, 30))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_come_back_as_they_were_written(kinds: list[str], after: int, stores: Stores) -> None:
    stores.empty()
    made = [
        Entry("board/A/questions", seq, iso(1_740_000_000_000 + seq), f"p_{seq % 3}",
              seq.to_bytes(3, "big") if kind == "u" else Act("row.add", f"r{seq}", {"n": seq, "after": None}))
        for seq, kind in enumerate(kinds, 1)
    ]  # fmt: skip
    with stores.open() as store:
        assert store.commit([made]) == [None]
        assert list(store.entries("board/A/questions")) == made
        assert list(store.entries("board/A/questions", after)) == made[after:]
        assert [event.seq for event in store.read("board/A/questions")] == [
            seq for seq, kind in enumerate(kinds, 1) if kind == "e"
        ]


def test_pages_are_joined_without_a_seam(store: EventStore) -> None:
    made = [update("s", seq) if seq % 7 else Entry("s", seq, AT, "p", Act("k", str(seq))) for seq in range(1, 2502)]
    store.commit([made])
    assert list(store.entries("s")) == made
    assert list(store.entries("s", 999)) == made[999:]
    assert len(list(store.read("s"))) == 2501 // 7


def test_texts_of_an_act_come_back_in_its_data(store: EventStore) -> None:
    store.commit([[Entry("s", 1, AT, "p_ana", Act("paste", "x", {"chars": 3}, {"text": "abc"}))]])
    assert list(store.entries("s")) == [Entry("s", 1, AT, "p_ana", Act("paste", "x", {"chars": 3, "text": "abc"}))]
    assert len(store.blank_texts("p_ana")) == 1
    (entry,) = store.entries("s")
    assert isinstance(entry.body, Act)
    assert entry.body.data == {"chars": 3, "text": None}


def test_what_does_not_follow_is_refused_and_the_rest_written(store: EventStore) -> None:
    store.commit([[update("a", 1)]])
    bad = {"again": [update("a", 1)], "gap": [update("b", 2)], "inside": [update("c", 1), update("c", 3)]}
    told = store.commit([[update("a", 2)], *bad.values(), [update("a", 3), update("d", 1)], [update("c", 1)]])
    assert [type(one) for one in told] == [type(None), Conflict, Conflict, Conflict, type(None), type(None)]
    again, gap, inside = told[1:4]
    assert isinstance(again, Conflict)
    assert (again.stream, again.expected, again.last) == ("a", 0, 2)
    assert isinstance(gap, Conflict)
    assert (gap.stream, gap.expected, gap.last) == ("b", 1, 0)
    assert isinstance(inside, Conflict)
    assert (inside.stream, inside.expected, inside.last) == ("c", 2, 1)
    assert {stream: [entry.seq for entry in store.entries(stream)] for stream in store.streams()} == {
        "a": [1, 2, 3], "c": [1], "d": [1],
    }  # fmt: skip


def test_a_submission_that_spans_streams_is_whole_or_not_there(store: EventStore) -> None:
    (told,) = store.commit([[update("a", 1), update("b", 5)]])
    assert isinstance(told, Conflict)
    assert store.streams() == []
    assert (store.last("a"), list(store.entries("a"))) == (0, [])


def test_an_act_that_cannot_be_written_harms_no_other(store: EventStore) -> None:
    told = store.commit([[Entry("a", 1, AT, "p", Act("k", data={"n": object()}))], [update("b", 1)], [update("a", 1)]])
    assert [type(one) for one in told] == [TypeError, type(None), type(None)]
    assert (store.last("a"), store.last("b")) == (1, 1)


def test_two_stores_that_write_one_stream_leave_no_gap(stores: Stores) -> None:
    writers, each = 3, 25
    streams = ["a", "b", "c"]

    def write(writer: int) -> None:
        draw = random.Random(writer)
        with stores.open() as store:
            done = 0
            while done < each:
                chosen = draw.sample(streams, draw.randint(1, 3))
                last = {stream: store.last(stream) for stream in chosen}
                body = f"{writer}:{done}".encode()
                told = store.commit([[update(stream, last[stream] + 1, body, f"p_{writer}")] for stream in chosen])
                assert all(one is None or isinstance(one, Conflict) for one in told)
                done += sum(one is None for one in told)
                if draw.random() < 0.3:  # and those who take a number rather than expect one
                    store.append(draw.choice(streams), f"p_{writer}", [Act("k"), Act("k")])

    children = [fork(lambda writer=writer: write(writer)) for writer in range(writers)]  # type: ignore[misc]
    assert [finish(child) for child in children] == [0] * writers
    with stores.open() as store:
        written = [entry for stream in streams for entry in store.entries(stream)]
        for stream in streams:
            assert [entry.seq for entry in store.entries(stream)] == list(range(1, store.last(stream) + 1))
        updates = [entry for entry in written if isinstance(entry.body, bytes)]
        assert len(updates) >= writers * each
        assert len({(entry.stream, entry.seq) for entry in written}) == len(written)


def test_a_missing_number_is_said(store: EventStore, stores: Stores) -> None:
    store.commit([[update("s", seq) for seq in range(1, 10)]])
    stores.raw("DELETE FROM updates WHERE seq = 4")
    with pytest.raises(InputError, match="lacks 1 of the entries"):
        list(store.entries("s"))


def test_epochs_begin_at_one_and_rise(store: EventStore) -> None:
    assert store.epoch("s") == 1
    assert [store.raise_epoch("s"), store.raise_epoch("s"), store.epoch("s"), store.epoch("t")] == [2, 3, 3, 1]


def test_streams_are_found_by_their_beginning(store: EventStore) -> None:
    names = ["board/A/questions", "board/a/questions", "board/B_/x", "board/Bx/x", "workshop", "boaré"]
    for name in names:
        store.append(name, "p", [Act("k")])
    assert store.streams() == sorted(names)
    assert store.streams("board/A") == ["board/A/questions"]
    assert store.streams("board/B_") == ["board/B_/x"]
    assert store.streams("%") == []


def test_a_file_from_before_there_were_updates_opens_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD)
    with EventStore.at(path) as store:
        assert [(event.seq, event.data) for event in store.read("seeds")] == [(1, {"question": "Why?"})]
        assert store.commit([[update("seeds", 2)]]) == [None]
        assert [entry.seq for entry in store.entries("seeds")] == [1, 2]
        assert store.scrubbed


def test_an_update_costs_few_bytes(tmp_path: Path) -> None:
    path, draw, last = tmp_path / "people.db", random.Random(1), dict.fromkeys(range(8), 0)
    with EventStore.at(path) as store:
        for _ in range(100):
            submissions = []
            for _ in range(200):
                group = draw.randrange(8)
                last[group] += 1
                submissions.append(
                    [
                        update(
                            f"board/group-{group}/questions", last[group], draw.randbytes(13), f"p_{draw.randrange(99)}"
                        )
                    ]
                )
            store.commit(submissions)
    assert path.stat().st_size / 20_000 < 42  # 13 of them are the text; a row with names and ISO times took 98


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2025-03-01T12:00:00.123+00:00", "2025-03-01T12:00:00.123+00:00"),
        ("2025-03-01T12:00:00.123Z", "2025-03-01T12:00:00.123+00:00"),
        ("2025-03-01T14:00:00.123+02:00", "2025-03-01T12:00:00.123+00:00"),
        ("2025-03-01T12:00:00", "2025-03-01T12:00:00.000+00:00"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999+00:00"),
    ],
)
def test_a_time_is_kept_to_the_millisecond(at: str, shown: str) -> None:
    assert iso(milliseconds(at)) == shown


def test_now_is_a_time_as_it_is_kept() -> None:
    assert iso(milliseconds(moment := now())) == moment
