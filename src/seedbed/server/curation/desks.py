"""Where curation is asked of the server: each study's seeds and decisions in memory, read and changed one at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from seedbed.curate import DecidedMeanwhile, Desk, PreviewChanged
from seedbed.curate.weighing import ShownToModel
from seedbed.errors import Busy, InputError, SeedbedError, StorageError, UsageError
from seedbed.server.curation.choice import ComparisonShown
from seedbed.server.people.home import Home
from seedbed.server.refusals import Refusal
from seedbed.server.road.reading import Unreadable
from seedbed.study import Folder
from seedbed.workshop.families.returns import Return

__all__ = ["Curating", "CurationDesk", "CurationDesks"]

T = TypeVar("T")
Names = Mapping[str, str]
_WAIT = 5.0  # seconds that a decision waits while another process writes: an import, or the rules on a small study
_AGAIN = 0.1
_KEPT = 300.0  # seconds that seeds are kept in memory for nobody: to read 10,000 anew takes a second or two


class CurationDesk:
    """One study. At most one thread is at its desk."""

    def __init__(self, folder: Folder, names: Callable[[], Names]) -> None:
        self.folder = folder
        self.names = names
        """Names by id, of the server's accounts and the people of the study; for a thread, as it reads databases."""
        self._desk: Desk | None = None
        self._turn, self._acting = asyncio.Lock(), asyncio.Lock()
        self._used = 0.0
        self.delivering = asyncio.Lock()
        self.delivered: dict[str, dict[str, Return]] = {}
        """What each board is known to show of what was given back."""
        self.comparing: dict[str, tuple[object, asyncio.Task[ComparisonShown]]] = {}
        """The newest comparison of the ways of choosing, by kind, with what it was made of."""

    async def read(self, look: Callable[[Desk], T]) -> T:
        """`look` at the desk, in a thread. Raises Refusal."""
        try:
            return await self._at_desk(look)
        except StorageError:
            raise
        except SeedbedError as error:
            raise Unreadable(error, self.folder) from None

    async def act(self, do: Callable[[Desk], T]) -> T:
        """What `do` writes, once the folder is free. Raises Refusal; nothing was written then."""
        async with self._acting:
            until = time.monotonic() + _WAIT
            while True:
                try:
                    return await self._at_desk(do)
                except Busy:
                    if time.monotonic() > until:
                        detail = "Another act has this study in hand, such as its rules. Decide again when it is over."
                        raise Refusal("busy", retry_after=5, detail=detail) from None
                except StorageError:
                    raise
                except SeedbedError as error:
                    raise await self._refused(error) from None
                await asyncio.sleep(_AGAIN)

    async def try_out(self, look: Callable[[Desk], T]) -> T:
        """As `read`, of what a person asked for: the refusals are those of `act`."""
        try:
            return await self._at_desk(look)
        except StorageError:
            raise
        except SeedbedError as error:
            raise await self._refused(error) from None

    def forget(self) -> None:
        """Let go of the words that are held: some were erased, or nobody asks for them."""
        self._desk = None

    async def _at_desk(self, work: Callable[[Desk], T]) -> T:
        async with self._turn:
            if self._desk is None:
                self._desk = Desk(self.folder)
                self._used = time.monotonic()
                asyncio.get_running_loop().call_later(_KEPT, self._idle)
            self._used = time.monotonic()
            return await asyncio.to_thread(work, self._desk)

    def _idle(self) -> None:
        idle = time.monotonic() - self._used
        if idle >= _KEPT:
            self.forget()
        elif self._desk is not None:
            asyncio.get_running_loop().call_later(_KEPT - idle + 1, self._idle)

    async def _refused(self, error: SeedbedError) -> Refusal:
        if isinstance(error, DecidedMeanwhile):
            return _meanwhile(error, await asyncio.to_thread(self.names))
        return _refused(error, self.folder)


def _meanwhile(error: DecidedMeanwhile, names: Names) -> Refusal:
    newest = error.newest
    said = {
        "by": newest.actor, "name": names.get(newest.actor, newest.actor), "act": newest.decision.act,
        "reason": newest.decision.reason[:2000], "at": newest.at, "seen": error.seq,
    }  # fmt: skip
    return Refusal("decided_meanwhile", detail=said)


def _refused(error: SeedbedError, folder: Folder) -> Refusal:
    said = f"{error} {error.hint}".strip().replace(str(folder.root), folder.root.name)
    code = (
        "preview_changed" if isinstance(error, PreviewChanged)
        else "shown_to_model" if isinstance(error, ShownToModel)
        else "bad_decision" if isinstance(error, UsageError)
        else "cannot_decide"
    )  # fmt: skip
    return Refusal(code, detail=said) if isinstance(error, InputError | UsageError) else Unreadable(error, folder)


class CurationDesks:
    """Those of the studies served."""

    def __init__(self, home: Home) -> None:
        self._desks = {
            name: CurationDesk(one.folder, partial(_names, home, name)) for name, one in home.studies.items()
        }

    def of(self, study: str) -> CurationDesk:
        """Raises Refusal unknown_study."""
        found = self._desks.get(study)
        if found is None:
            raise Refusal("unknown_study")
        return found

    def all(self) -> list[tuple[str, CurationDesk]]:
        """By the studies' names."""
        return list(self._desks.items())

    async def close(self) -> None:
        """End what is under way."""
        tasks = [task for shared in self._desks.values() for _, task in shared.comparing.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _names(home: Home, study: str) -> Names:
    people = {person.id: person.name for person in home.studies[study].people.all()}
    return people | {account.id: account.name for account in home.accounts.all()}


def _desks(request: Request) -> CurationDesks:
    found: CurationDesks = request.app.state.curation_desks
    return found


Curating = Annotated[CurationDesks, Depends(_desks)]
