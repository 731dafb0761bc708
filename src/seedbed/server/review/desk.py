"""Where rating tasks are asked of the server: each study's tasks in memory, and what is written about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Request

from seedbed.errors import InputError, SeedbedError, StorageError, UsageError
from seedbed.review.fold import Task, catch_up, stream_of, task_names
from seedbed.server.jobs.errands import ErrandFailed, errand
from seedbed.server.limits import Buckets
from seedbed.server.people.home import Home
from seedbed.server.refusals import Refusal
from seedbed.server.review.held import Held
from seedbed.server.road.reading import Unreadable
from seedbed.study import Folder
from seedbed.study.events import EventStore

if TYPE_CHECKING:
    from seedbed.review import Item

__all__ = ["Desk", "Desks", "Reviewing"]

T = TypeVar("T")
_KEPT = 600.0  # seconds that tasks are kept in memory for nobody
_STALE = 60.0  # seconds until a row is read anew that a curator changed: 10,000 take a second
_SEEDS = "seeds"  # a source of rows; and the stream whose epoch rises when anybody is erased
_CURATE = "curate"
_WITHIN = 180.0  # seconds for an errand: 13,000 ratings by 262 people take 10 of a free processor


class Desk:
    """The rating tasks of one study. At most one thread is at them; the state in memory is that of the disk."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._store: EventStore | None = None
        self._epoch = 0
        self._held: dict[str, Held] = {}
        self._agreed: dict[tuple[str, str], dict[str, Any]] = {}
        self._turn, self._reading, self._errands = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._used = 0.0

    # --- in the desk's thread ---------------------------------------------------------------------------------------

    @property
    def store(self) -> EventStore:
        if self._store is None:
            self._store = EventStore.of(self.folder)
        return self._store

    def held(self, name: str) -> Held:
        """The task as the disk has it now. Raises Refusal unknown_task."""
        found = self._held.get(name)
        if found is None:
            if not self.store.last(stream_of(name)):
                raise Refusal("unknown_task")
            found = Held(name)
        catch_up(self.store, name, found.state)
        self._held[name] = found
        return found

    def names(self) -> list[str]:
        """Every task that was ever made."""
        return task_names(self.store) if self.folder.has_people else []

    # --- from the event loop ----------------------------------------------------------------------------------------

    async def told(self, work: Callable[[Desk], T]) -> T:
        """`work(desk)` in a thread, which nobody else is in. Raises Refusal."""
        async with self._turn:
            if not self._used:
                asyncio.get_running_loop().call_later(_KEPT, self._idle)
            self._used = time.monotonic()
            return await asyncio.to_thread(self._at_desk, work)

    def _at_desk(self, work: Callable[[Desk], T]) -> T:
        try:
            if self.folder.has_people and (epoch := self.store.epoch(_SEEDS)) != self._epoch:
                self._epoch = epoch
                self._held.clear()  # somebody's words were erased, here or by another process
            return work(self)
        except StorageError:
            raise
        except (InputError, UsageError) as error:
            raise Refusal("bad_task", detail=self.said(error)) from None
        except SeedbedError as error:
            raise Unreadable(error, self.folder) from None

    async def items(self, name: str) -> None:
        """See to it that the rows of the task are in memory, no older than a minute where seeds changed since.

        Ratings go on meanwhile.
        """
        async with self._reading:
            for _ in range(3):
                wanted = await self.told(lambda desk: desk._wanted(name))
                if wanted is None:
                    return
                task, epoch, standing = wanted
                found = await asyncio.to_thread(self._read, task)
                at = time.monotonic()

                def keep(desk: Desk) -> bool:
                    held = desk.held(name)
                    if desk._epoch == epoch:  # noqa: B023  # else somebody was erased since: these may be their words
                        held.items, held.read = found, (at, *standing)  # noqa: B023
                    return held.items is not None

                if await self.told(keep):
                    return
            raise Refusal("busy", retry_after=2)

    def _wanted(self, name: str) -> tuple[Task, int, tuple[int, int]] | None:
        """The task whose rows have to be read, the epoch, and how far seeds and decisions go; None for neither."""
        held = self.held(name)
        standing = (self.store.last(_SEEDS), self.store.last(_CURATE)) if _SEEDS in held.task.sources else (0, 0)
        at, *before = held.read
        fresh = tuple(before) == standing or time.monotonic() - at < _STALE
        return None if held.items is not None and fresh else (held.task, self._epoch, standing)

    def _read(self, task: Task) -> Mapping[str, Item]:
        from seedbed.review import items_of  # with rows of runs come the rooms that make them

        try:
            return items_of(self.folder, task)
        except StorageError:
            raise
        except SeedbedError as error:
            raise Unreadable(error, self.folder) from None

    async def errand(self, what: str, code: str, **order: Any) -> dict[str, Any]:
        """Have a process of its own do `what`; one at a time. Raises Refusal `code`, busy."""
        async with self._errands:
            try:
                return await errand({"folder": str(self.folder.root), "act": "review", "what": what, **order}, _WITHIN)
            except ErrandFailed as failed:
                raise Refusal("busy" if failed.late else code, detail=str(failed)) from None

    async def agreement(self, name: str, people: str) -> dict[str, Any]:
        """How far raters of the task agree, as of its newest rating. Raises Refusal."""
        seq = await self.told(lambda desk: desk.held(name).state.seq)
        key = name, people
        if key not in self._agreed or self._agreed[key]["seq"] != seq:
            self._agreed[key] = await self.errand("agreement", "bad_task", task=name, people=people)
        return self._agreed[key]

    def said(self, error: SeedbedError) -> str:
        return f"{error} {error.hint}".strip().replace(str(self.folder.root), self.folder.root.name)

    def _idle(self) -> None:
        left = self._used + _KEPT - time.monotonic()
        if left > 0:
            asyncio.get_running_loop().call_later(left + 1, self._idle)
        else:
            self._used = 0.0
            self._held, self._agreed = {}, {}

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


class Desks:
    """Those of the studies served, the names of the people in them, and how often one session may have much done."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._desks = {name: Desk(one.folder) for name, one in home.studies.items()}
        self._often = Buckets(0.5, 20)

    def of(self, study: str) -> Desk:
        """Raises Refusal unknown_study."""
        found = self._desks.get(study)
        if found is None:
            raise Refusal("unknown_study")
        return found

    def take(self, session: str) -> None:
        """Count an errand. Raises Refusal too_many."""
        self._often.take(session)

    def names(self, study: str) -> Mapping[str, str]:
        """Names by id: the server's accounts, and the people of the study."""
        people = {person.id: person.name for person in self._home.studies[study].people.all()}
        return people | {account.id: account.name for account in self._home.accounts.all()}

    def close(self) -> None:
        for desk in self._desks.values():
            desk.close()


def _desks(request: Request) -> Desks:
    found: Desks = request.app.state.desks
    return found


Reviewing = Annotated[Desks, Depends(_desks)]
