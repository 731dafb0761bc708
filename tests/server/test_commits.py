"""Commits: batches in order, and a wait that ends however busy the study is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from seedbed.errors import StorageError
from seedbed.server.live.commits import Commits
from seedbed.server.refusals import Refusal
from seedbed.study.entries import Entry, now
from seedbed.study.events import EventStore
from seedbed.study.log import Done, Log
from seedbed.workshop import model_called
from tests.server.house import STUDY, house, organiser, participant

ANA = participant("ana")


class Keeper:
    def __init__(self) -> None:
        self.done = 0
        self.errors: list[BaseException] = []

    def committed(self, count: int) -> None:
        self.done += count

    def failed(self, error: BaseException) -> None:
        self.errors.append(error)


class SlowLog:
    """Takes its time over each commit, as a slow disk does."""

    def submit_all(self, submissions: Sequence[tuple[Sequence[Entry], Done]]) -> None:
        def later() -> None:
            for _, done in submissions:
                done(None)

        asyncio.get_running_loop().call_later(0.01, later)


def entry(seq: int) -> Entry:
    return Entry("board/A/questions", seq, now(), "p_ana", b"x")


def test_a_wait_ends_although_a_busy_study_never_rests() -> None:
    async def story() -> None:
        commits, keeper = Commits(SlowLog()), Keeper()  # type: ignore[arg-type]
        going = True

        async def type_on() -> None:
            seq = 0
            while going:
                seq += 1
                commits.put(keeper, entry(seq))
                await asyncio.sleep(0.001)

        typing = asyncio.create_task(type_on())
        await asyncio.sleep(0.05)
        put = keeper.done
        await asyncio.wait_for(commits.settled(), 1)
        assert keeper.done > put
        going = False
        await typing

    asyncio.run(story())


def test_a_wait_is_for_everything_before_it(tmp_path: Path) -> None:
    async def story(log: Log) -> None:
        commits, keeper = Commits(log), Keeper()
        await asyncio.wait_for(commits.settled(), 1)  # nothing queued
        for seq in range(1, 50):
            commits.put(keeper, entry(seq))
        await commits.settled()
        assert keeper.done == 49
        assert commits.batches == 1

    with EventStore.at(tmp_path / "people.db") as store:
        log = Log(store)
        asyncio.run(story(log))
        log.close()


def test_what_one_stream_may_not_write_keeps_no_other_from_its_own(tmp_path: Path) -> None:
    async def story(log: Log) -> None:
        commits, good, bad = Commits(log), Keeper(), Keeper()
        commits.put(good, entry(1))
        commits.put(bad, Entry("board/B/questions", 7, now(), "p_bo", b"x"))
        await commits.settled()
        assert (good.done, good.errors) == (1, [])
        assert bad.done == 0
        assert len(bad.errors) == 1

    with EventStore.at(tmp_path / "people.db") as store:
        log = Log(store)
        asyncio.run(story(log))
        log.close()


def _full(*_: object) -> None:
    raise StorageError("no room")


@pytest.mark.parametrize(
    "act",
    [
        lambda hub: hub.command(STUDY, "board/A/questions", ANA, {"id": "r", "kind": "row.add"}),
        lambda hub: hub.called(STUDY, "board/A/questions", ANA, model_called("c", endpoint="e", model="m", reply="r")),
        lambda hub: hub.command(STUDY, "workshop", organiser(), {"id": "g", "kind": "group.add", "group": "C"}),
    ],
    ids=["a command", "a model's reply", "a group"],
)
def test_who_waits_for_a_refused_write_hears_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[..., object]
) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            await home.hub.snapshot(STUDY, "board/A/questions")
            with monkeypatch.context() as disk:
                disk.setattr(EventStore, "commit", _full)
                with pytest.raises(Refusal, match="storage"):
                    await asyncio.wait_for(act(home.hub), 2)  # type: ignore[arg-type]
            # and what was not written is not in memory either
            assert "C" not in (await home.hub.snapshot(STUDY, "workshop"))["groups"]
            assert (await home.hub.snapshot(STUDY, "board/A/questions"))["rows"] == {}
            await asyncio.wait_for(act(home.hub), 5)  # type: ignore[arg-type]

    asyncio.run(story())


def test_while_the_members_cannot_be_read_nobody_is_let_in_by_what_was_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            await home.join(ANA)
            command = {"id": "g", "kind": "group.add", "group": "C"}
            with monkeypatch.context() as disk:
                disk.setattr(EventStore, "commit", _full)
                disk.setattr(EventStore, "read", _full)
                for _ in range(2):
                    with pytest.raises(Refusal, match="storage"):
                        await home.hub.command(STUDY, "workshop", organiser(), command)
                page = home.open(ANA)
                await page.hello()
                await page.until(lambda: page.closed)
                assert page.closed == "storage"
            await home.hub.command(STUDY, "workshop", organiser(), command)
            assert "C" in (await home.hub.snapshot(STUDY, "workshop"))["groups"]
            await page.enter()

    asyncio.run(story())


def test_a_clock_set_back_over_a_restart_makes_nothing_look_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(kind: str) -> str:
        async with house(tmp_path) as home:
            if kind == "first":
                await home.join(ANA)
            page = await home.open(ANA).enter()
            await page.row()
            return str(page.events[-1]["at"])

    monkeypatch.setattr("seedbed.server.live.streams.now", lambda: "2030-01-01T00:00:00.000+00:00")
    first = asyncio.run(story("first"))
    monkeypatch.setattr("seedbed.server.live.streams.now", lambda: "2029-01-01T00:00:00.000+00:00")
    assert asyncio.run(story("second")) >= first
