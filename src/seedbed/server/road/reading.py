"""Reading the files of a study for pages: in threads, a few at a time, seldom enough for the workshop beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Request

from seedbed import curate, seeds
from seedbed.curate import Curation
from seedbed.errors import SeedbedError, StorageError
from seedbed.llm.settings import EMBEDDED
from seedbed.records import Question
from seedbed.seeds import Seeds
from seedbed.server.limits import Buckets
from seedbed.server.refusals import Refusal
from seedbed.settings import load_settings
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.lineage import Lineage

__all__ = ["Curated", "Reading", "Shelf", "Shelves", "Unreadable", "endpoint_names"]

T = TypeVar("T")
_FRESH = 3.0  # seconds; a page asks for several things at once, and a whole group asks when prompts are given


class Unreadable(Refusal):
    """A file of the study is not what it should be; says which and what next, with names for the folders."""

    def __init__(self, error: SeedbedError, folder: Folder) -> None:
        said = f"{error} {error.hint}".strip()
        super().__init__("unreadable", detail=said.replace(str(folder.root), folder.root.name))


@dataclass(frozen=True, slots=True)
class Curated:
    """A study's seeds, with `questions` by their ids, and what curation says of them."""

    seeds: Seeds
    curation: Curation
    questions: Mapping[str, Question]


class Shelf:
    """One study's files. At most one thread reads them at a time."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._reading, self._loading = asyncio.Lock(), asyncio.Lock()
        self._held: tuple[float, Curated] | None = None
        self.lineage: Lineage | None = None  # as the last who traced something left it

    async def told(self, read: Callable[[Folder], T]) -> T:
        """`read(folder)` in a thread. Raises Refusal."""
        async with self._reading:
            try:
                return await asyncio.to_thread(read, self.folder)
            except StorageError:
                raise
            except SeedbedError as error:
                raise Unreadable(error, self.folder) from None

    async def curated(self, *, fresh: bool = False) -> Curated:
        """The seeds and what curation says of them, at most a few seconds old; `fresh`, as they are now."""
        async with self._loading:
            if fresh or self._held is None or time.monotonic() - self._held[0] > _FRESH:
                made = await self.told(_curated)
                self._held = (time.monotonic(), made)
                asyncio.get_running_loop().call_later(_FRESH + 0.1, self._let_go)
            return self._held[1]

    def _let_go(self) -> None:
        # thousands of texts are not kept for nobody, nor words that were erased since
        if self._held is not None and time.monotonic() - self._held[0] > _FRESH:
            self._held = None


class Shelves:
    """The studies served, and how often one session may have them read."""

    def __init__(self, folders: Mapping[str, Folder]) -> None:
        self._shelves = {name: Shelf(folder) for name, folder in folders.items()}
        self._often = Buckets(5, 60)

    def of(self, study: str) -> Shelf:
        """Raises Refusal unknown_study."""
        found = self._shelves.get(study)
        if found is None:
            raise Refusal("unknown_study")
        return found

    def take(self, session: str) -> None:
        """Raises Refusal too_many."""
        self._often.take(session)


def endpoint_names(folder: Folder) -> list[str]:
    """The models that may write: the embedded one, and those that study.toml names."""
    return [EMBEDDED, *sorted(load_settings(folder).endpoints)]


def _curated(folder: Folder) -> Curated:
    have = seeds.load(folder)
    return Curated(have, curate.load(folder), {item.id: item for item in have.questions})


def _shelves(request: Request) -> Shelves:
    found: Shelves = request.app.state.shelves
    return found


Reading = Annotated[Shelves, Depends(_shelves)]
