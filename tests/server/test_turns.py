"""Two hubs at one study on PostgreSQL, in one process: turns, and what becomes of who believes to be alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.server.live import neighbours
from seedbed.server.live.turns import Turns
from seedbed.study import Folder
from seedbed.study.events import EventStore
from tests.postgres import postgres_schema, postgres_server
from tests.server.house import STUDY, House, house, participant
from tests.server.page import Page

ANA, BO = participant("ana"), participant("bo")
BOARD = "board/A/questions"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def study(postgres: str, tmp_path: Path) -> Iterator[Path]:
    with postgres_schema(postgres) as url:
        (tmp_path / "study.toml").write_text(f'database = "{url}"\n')
        yield tmp_path


def turns_of(home: House) -> Turns:
    turns = home.hub.study(STUDY).commits
    assert isinstance(turns, Turns)
    return turns


async def until_open(home: House, open: bool) -> None:
    async with asyncio.timeout(20):
        while turns_of(home).open != open:
            await asyncio.sleep(0.02)


def numbers(study: Path) -> list[int]:
    with EventStore.of(Folder(study)) as store:
        return [entry.seq for entry in store.entries(BOARD)]


def test_one_alone_numbers_at_any_time_until_another_comes(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ALONE_AFTER", 0.5)

    async def story() -> int:
        async with house(study) as home:
            await home.join(ANA, BO)
            ana = await home.open(ANA).enter()
            name = f"question:{await ana.row()}"
            await until_open(home, True)
            for _ in range(20):
                await ana.type(name, "a")
            await ana.saved()
            async with house(study) as other:
                bo = await other.open(BO).enter()
                await until_open(home, False)
                for _ in range(20):
                    await ana.type(name, "a")
                    await bo.type(name, "b")
                await ana.saved()
                await bo.saved()
                for page in (ana, bo):
                    await page.until(lambda page=page: len(page.text(name)) == 60)
                assert ana.text(name) == bo.text(name)
                assert not turns_of(home).open
            # it said that it goes
            await until_open(home, True)
            await ana.type(name, "!")
            await ana.saved()
            assert ana.closed is None
            return ana.seq or 0

    last = asyncio.run(story())
    assert numbers(study) == list(range(1, last + 1))


def test_two_who_do_not_hear_of_each_other_lose_nothing(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each believes to be alone: who comes second is refused by the database, and its pages begin anew."""
    monkeypatch.setattr(neighbours.Neighbours, "_take", lambda *_: None)
    monkeypatch.setattr(neighbours, "ALONE_AFTER", 0.2)

    refused = []

    async def back(page: Page) -> None:
        """What a page does when its channel was closed."""
        while page.closed is not None:
            refused.append(page.closed)
            await page.enter(epoch=page.epoch, previous=page.clients)
            await page.update(page.doc.get_update())

    async def story() -> int:
        async with house(study) as home, house(study) as other:
            await home.join(ANA, BO)
            ana, bo = await home.open(ANA).enter(), await other.open(BO).enter()
            name = f"question:{await ana.row()}"
            await bo.until(lambda: name.partition(":")[2] in bo.state["rows"])
            await until_open(home, True)
            await until_open(other, True)
            pages, typed = (ana, bo), 0
            for _ in range(30):
                for page in pages:
                    await back(page)
                    await page.type(name, "x")
                    typed += 1
                await asyncio.sleep(0.01)
            for page in pages:
                while not page.closed and page.acknowledged < page.number:
                    await page.until(lambda page=page: page.acknowledged >= page.number or page.closed)
                    await back(page)
            for page in pages:
                await page.until(lambda page=page: len(page.text(name)) == typed, seconds=20)
            assert refused  # or nothing was shown here
            return max(page.seq or 0 for page in pages)

    last = asyncio.run(story())
    assert numbers(study)[:last] == list(range(1, last + 1))
