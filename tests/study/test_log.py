"""What is acknowledged is on disk; one that fails harms no other; and nobody who submits ever waits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.errors import StorageError
from seedbed.study.entries import Act, Conflict, Entry
from seedbed.study.events import EventStore
from seedbed.study.log import Done, Log
from tests.study.processes import finish, fork, limit_files
from tests.study.stores import Stores

AT = "2025-03-01T12:00:00.123+00:00"


@pytest.fixture
def store(stores: Stores) -> Iterator[EventStore]:
    with stores.open() as made:
        yield made


@pytest.fixture
def log(store: EventStore) -> Iterator[Log]:
    made = Log(store)
    yield made
    made.close()


class Told:
    """What was told, by whom it was submitted, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[object, BaseException | None]] = []
        self.threads: set[str] = set()

    def by(self, name: object) -> Done:
        def done(error: BaseException | None) -> None:
            self.threads.add(threading.current_thread().name)
            self.all.append((name, error))

        return done

    def kinds(self) -> dict[object, str]:
        return {name: type(error).__name__ for name, error in self.all}


def update(stream: str, seq: int, body: bytes = b"\x01") -> Entry:
    return Entry(stream, seq, AT, "p_ana", body)


def test_what_many_threads_submit_is_written_once_and_in_order(log: Log, store: EventStore) -> None:
    told, each = Told(), 120

    def submit(stream: str) -> None:
        for seq in range(1, each + 1):
            log.submit([update(stream, seq, f"{stream}{seq}".encode())], told.by((stream, seq)))

    threads = [threading.Thread(target=submit, args=(stream,)) for stream in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert log.pending == 0
    assert len(told.all) == 4 * each
    assert all(error is None for _, error in told.all)
    assert told.threads == {"seedbed-log"}
    for stream in "abcd":
        assert [seq for (name, seq), _ in told.all if name == stream] == list(range(1, each + 1))  # type: ignore[misc]
        assert [entry.body for entry in store.entries(stream)] == [f"{stream}{k}".encode() for k in range(1, each + 1)]


def test_what_is_told_is_already_readable(log: Log, stores: Stores) -> None:
    seen: list[int] = []
    with stores.open() as other:
        for seq in range(1, 21):
            log.submit([update("s", seq)], lambda error: seen.append(other.last("s")))
        log.close()
    assert len(seen) == 20
    assert all(last >= seq for seq, last in enumerate(seen, 1))


def test_a_barrier_is_told_after_all_that_came_before(log: Log) -> None:
    told = Told()
    for seq in range(1, 6):
        log.submit([update("s", seq)], told.by(seq))
        log.submit([], told.by(f"after {seq}"))
    log.close()
    assert [name for name, _ in told.all] == [name for seq in range(1, 6) for name in (seq, f"after {seq}")]


def test_one_stream_that_moved_on_harms_no_other(log: Log, store: EventStore) -> None:
    told = Told()
    store.append("a", "somebody", [Act("k")])  # another process, which the submitter knows nothing of
    log.submit_all(
        [
            ([update("a", 1)], told.by("a1")),
            ([update("b", 1)], told.by("b1")),
            ([update("a", 2), update("b", 2)], told.by("a2 b2")),
            ([Entry("c", 1, AT, "p", Act("k", data={"n": object()}))], told.by("c1")),
            ([], told.by("barrier")),
        ]
    )
    log.close()
    assert told.kinds() == {
        "a1": "Conflict", "b1": "NoneType", "a2 b2": "NoneType", "c1": "TypeError", "barrier": "NoneType",
    }  # fmt: skip
    assert isinstance(told.all[0][1], Conflict)
    assert (store.last("a"), store.last("b"), store.last("c")) == (2, 2, 0)


def test_what_the_database_cannot_hold_harms_no_other(log: Log, store: EventStore) -> None:
    told = Told()
    log.submit_all(
        [
            ([update("a", 1)], told.by("a")),
            ([Entry("b", 1, AT, "p", Act("k", texts={"t": "\ud800"}))], told.by("half a character")),
            ([update("a", 2)], told.by("a again")),
        ]
    )
    log.close()
    assert [name for name, error in told.all if error is None] == ["a", "a again"]
    assert (store.last("a"), store.last("b")) == (2, 0)


def test_a_full_disk_is_told_to_everybody_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    with EventStore.at(path) as store:
        store.append("s", "p", [Act("k")])

    def work() -> None:
        limit_files(200_000)
        told = Told()
        with EventStore.at(path) as store:
            log = Log(store)
            for seq in range(2, 400):
                log.submit([update("s", seq, b"x" * 3000)], told.by(seq))
                log.submit([update(f"s{seq}", 1)], told.by((seq,)))
            log.close()
        good = [name for name, error in told.all if error is None and isinstance(name, int)]
        bad = [error for name, error in told.all if error is not None and isinstance(name, int)]
        assert any(isinstance(error, StorageError) for error in bad)
        assert all(isinstance(error, StorageError | Conflict) for error in bad)
        assert good == list(range(2, len(good) + 2))
        (tmp_path / "good").write_text(str(len(good)))

    assert finish(fork(work)) == 0
    with EventStore.at(path) as store:
        entries = list(store.entries("s"))
        assert len(entries) == 1 + int((tmp_path / "good").read_text())
        assert store.commit([[update("s", len(entries) + 1)]]) == [None]


def test_when_the_disk_refuses_nobody_tries_one_by_one(tmp_path: Path) -> None:
    """Each attempt may wait ten seconds for a lock: with a thousand of them the writer would stand still for hours."""
    with EventStore.at(tmp_path / "people.db") as store:
        store.append("s", "p", [Act("k")])

    def work() -> None:
        told = Told()
        with EventStore.at(tmp_path / "people.db") as store:
            limit_files(250_000)
            log = Log(store)
            log.submit_all([([update(s, 1, b"x" * size)], told.by(s)) for s, size in [("a", 1), ("b", 400_000)]])
            log.close()
        kinds = told.kinds()
        assert (kinds["a"], kinds["b"]) == ("StorageError", "StorageError")  # "a" alone would have had room

    assert finish(fork(work)) == 0


def test_the_event_loop_goes_on_while_the_disk_is_waited_for(stores: Stores) -> None:
    """A commit of another process holds the lock for a while: submitting costs nothing all the same."""

    async def main() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        with stores.open() as store, stores.open() as other:
            store.append("s", "p", [Act("k")])
            store.append("other", "p", [Act("k")])
            log, done = Log(store), loop.create_future()
            with other.database.writing() as connection:
                connection.exec_driver_sql("UPDATE streams SET last = last")
                began = time.perf_counter()
                log.submit([update("s", 2)], lambda error: loop.call_soon_threadsafe(done.set_result, error))
                submitted = time.perf_counter() - began
                await asyncio.sleep(0.3)
                assert not done.done()
                assert log.pending == 1
            assert await asyncio.wait_for(done, 20) is None
            waited = time.perf_counter() - began
            await asyncio.to_thread(log.close)
            return submitted, waited

    submitted, waited = asyncio.run(main())
    assert submitted < 0.1 < waited


def test_a_listener_that_fails_does_not_stop_the_writer(
    log: Log, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    told = Told()

    def fail(error: BaseException | None) -> None:
        raise LookupError("a listener's own mistake")

    log.submit([update("s", 1)], fail)
    log.submit([update("s", 2)], told.by(2))
    log.close()
    assert told.all == [(2, None)]
    assert [args.exc_type for args in heard] == [LookupError]
    assert store.last("s") == 2


def test_closing_writes_what_waits_and_then_nothing_is_taken(store: EventStore) -> None:
    told, log = Told(), Log(store)
    for seq in range(1, 200):
        log.submit([update("s", seq)], told.by(seq))
    log.close()
    log.close()
    assert len(told.all) == store.last("s") == 199
    with pytest.raises(RuntimeError, match="closed"):
        log.submit([], told.by("late"))
