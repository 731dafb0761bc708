"""Whom a withdrawal names, and who may carry it out from outside a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager

from seedbed.errors import Busy, InputError, UsageError
from seedbed.seeds.fold import STREAM, fold
from seedbed.study import SERVE_LOCK, Folder, hold
from seedbed.study.events import EventStore

__all__ = ["alone", "is_known", "joined", "named"]


def named(folder: Folder, who: Collection[str]) -> tuple[str | None, list[str]]:
    """One person's id, or ids of seeds: (person, []) or (None, seeds). Whether the person exists is not asked.

    Raises UsageError for a mixture and for nobody, InputError where nobody has written anything.
    """
    if not folder.has_people:
        raise InputError("Nobody has written anything in this study", hint=f"seedbed status {folder.root}")
    have = fold(folder)
    seeds = [id for id in dict.fromkeys(who) if id in have.records]
    others = [id for id in dict.fromkeys(who) if id not in have.records]
    if not others and seeds:
        return None, seeds
    if not others:
        raise UsageError("Whom, or which seeds?", hint=f"seedbed withdraw {folder.root} PERSON")
    if seeds or len(others) > 1:
        raise UsageError(
            f"{others[0]!r} is no seed of this study", hint="Name one person, or seeds only: their ids stand in seeds/."
        )
    return others[0], []


def joined(folder: Folder, person: str) -> bool:
    """Whether the person came in by a server, which knows their name and lets them in, and still does."""
    return _asked(folder, "SELECT 1 FROM people WHERE id = ? AND (name <> '' OR removed IS NULL)", person)


def _asked(folder: Folder, query: str, person: str) -> bool:
    if not folder.identity.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{folder.identity.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(query, (person,)).fetchone() is not None
    except sqlite3.OperationalError:  # a study that was never served has no people in it
        return False


def is_known(folder: Folder, person: str) -> bool:
    """Whether the person came in by a server once, or seeds are on record as theirs, as imported ones may be."""
    if _asked(folder, "SELECT 1 FROM people WHERE id = ?", person):
        return True
    with EventStore.of(folder) as store:
        return any(person in event.data.get("authors", ()) for event in store.read(STREAM))


@contextmanager
def alone(folder: Folder, name: str = "") -> Iterator[None]:
    """Hold the study against servers: their pages would write on. Raises Busy."""
    told = f"The study {name or folder.root}"
    try:
        held = hold(folder.root / SERVE_LOCK, what=told)
        held.__enter__()
    except Busy as busy:
        raise Busy(
            f"A server holds {told[0].lower()}{told[1:]}: {busy}",
            hint="Do it there: the study's workshop page, People, Erase. Or stop the server first.",
        ) from None
    try:
        yield
    finally:
        held.__exit__(None, None, None)
