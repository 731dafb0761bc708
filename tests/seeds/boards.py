"""People at the boards of a study in one process: the real hub, store and folds, with pages that type."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from seedbed.server.identity import Who
from seedbed.study import Folder
from seedbed.workshop import WorkshopSettings, parse_place
from tests.seeds.studies import make_study
from tests.server.house import STUDY, House, house, organiser, participant
from tests.server.page import Page

ANA, BO, CLO = participant("ana"), participant("bo"), participant("clo", "B")
OLGA = organiser()
T = TypeVar("T")
_ids = itertools.count()


class Workshop:
    """A house whose people have answered whether their words may be used."""

    def __init__(self, home: House) -> None:
        self.home = home

    async def order(self, who: Who, kind: str, doc: str = "workshop", **detail: Any) -> Any:
        command = {"id": f"order-{next(_ids)}", "kind": kind, **detail}
        return await self.home.hub.command(STUDY, doc, who, command)

    async def join(self, *people: Who, **consent: bool) -> None:
        await self.home.join(*people)
        for who in people:
            await self.consent(who, **({"training": True} | consent))

    async def consent(self, who: Who, **items: bool) -> None:
        await self.order(who, "consent.give", person=who.id, items=items, version=0)

    async def page(self, who: Who, doc: str = "board/A/questions") -> Page:
        return await self.home.open(who, doc).enter()

    async def write(self, page: Page, **texts: str) -> str:
        """A new row of the page's board, with words in its texts and fields; its id."""
        row = await page.row()
        await self.fill(page, row, **texts)
        return row

    async def fill(self, page: Page, row: str, **texts: str) -> None:
        place = parse_place(page.name)
        assert place
        typed = place.activity.texts
        for name, words in texts.items():
            if name in typed:
                await page.type(f"{name}:{row}", words)
            else:
                assert await page.command("row.set", row=row, field=name, value=words) == "done"
        await page.saved()


@asynccontextmanager
async def workshop(root: Path, settings: WorkshopSettings | None = None) -> AsyncIterator[Workshop]:
    async with house(root, settings) as home:
        yield Workshop(home)


def study(root: Path, story: Callable[[Workshop], Awaitable[T]]) -> tuple[Folder, T]:
    """A new study in which `story` has happened on the boards, and what it returned."""
    folder = make_study(root)
    return folder, tell(folder, story)


def tell(folder: Folder, story: Callable[[Workshop], Awaitable[T]]) -> T:
    """Let `story` happen on the boards of a study."""

    async def run() -> T:
        async with workshop(folder.root) as found:
            return await story(found)

    return asyncio.run(run())
