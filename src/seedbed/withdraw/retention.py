"""What [retention] says is to be kept no longer. Says so; what is done about it, somebody has to ask for.

Days count from the workshop's end: the moment at which the organiser went to no step any more. A workshop that still
stands at a step, or that never had one, has not ended, and nothing is due.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from seedbed.study import Folder, storage_errors
from seedbed.study.events import Event, EventStore
from seedbed.withdraw.settings import RetentionSettings
from seedbed.workshop.erasing import writers
from seedbed.workshop.places import AGENDA, THEMES

__all__ = ["Due", "What", "due", "ended", "forget_recordings"]

What = Literal["recordings", "boards", "identity"]


@dataclass(frozen=True, slots=True)
class Due:
    """`count` transcripts, people whose words stand on boards, or names; due since `since` (a date). `people` are those
    whose words are to go."""

    what: What
    count: int
    since: str
    people: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        noun = {
            "recordings": ("transcript", "transcripts"),
            "boards": ("person's words on boards", "people's words on boards"),
            "identity": ("name behind a pseudonym", "names behind pseudonyms"),
        }[self.what]
        return f"{self.count:,} {noun[self.count != 1]}: due since {self.since}"

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "people"}


def due(folder: Folder, settings: RetentionSettings, *, now: datetime | None = None) -> list[Due]:
    """What is due now, in the order in which it is to be done. Where a key is left out, nothing of its kind is read."""
    wanted: dict[What, int | None] = {
        "recordings": settings.recordings, "boards": settings.boards, "identity": settings.identity,
    }  # fmt: skip
    if not folder.has_people or all(days is None for days in wanted.values()):
        return []
    with EventStore.of(folder) as store:
        if (end := ended(store)) is None:
            return []
        found = []
        for what, days in wanted.items():
            if days is None or (now or datetime.now(UTC)) < (since := end + timedelta(days=days)):
                continue
            count, people = _held(folder, store, what)
            if count:
                found.append(Due(what, count, since.date().isoformat(), people))
    return found


def ended(store: EventStore) -> datetime | None:
    """When the workshop ended; None while it goes on, or where there was none."""
    steps = [event for event in store.read(AGENDA) if event.kind == "step.go"]
    if not steps or steps[-1].data.get("step") is not None:
        return None
    return datetime.fromisoformat(steps[-1].at)


def _held(folder: Folder, store: EventStore, what: What) -> tuple[int, tuple[str, ...]]:
    match what:
        case "recordings":
            return len(_transcripts(store)), ()
        case "boards":
            people = tuple(sorted(writers(store)))
            return len(people), people
        case "identity":
            return _names(folder), ()


def _transcripts(store: EventStore) -> set[str]:
    """The sources that are transcripts and whose words are there."""
    events = list(store.read(THEMES))
    known = {event.subject for event in events if event.kind == "source.add" and event.data.get("kind") == "transcript"}
    return {event.subject for event in events if event.subject in known and _texts(event)}


def _texts(event: Event) -> set[str]:
    return {name for name in ("title", "words") if event.data.get(name)}


def forget_recordings(store: EventStore, folder: Folder) -> int:
    """Erase the words of every transcript, whoever spoke; returns how many. Their offsets stay."""
    known = _transcripts(store)
    read_aloud = folder.root / "themes" / "sources"  # what was exported can be exported again, without them
    with storage_errors(read_aloud):
        if read_aloud.exists():
            shutil.rmtree(read_aloud)
    store.blank_where(THEMES, lambda event: {"title", "words"} if event.subject in known else ())
    store.scrub()
    store.raise_epoch(THEMES)
    return len(known)


def _names(folder: Folder) -> int:
    if not folder.identity.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{folder.identity.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            return int(db.execute("SELECT count(*) FROM people WHERE name <> ''").fetchone()[0])
    except sqlite3.DatabaseError:  # a study that was never served has no people in it
        return 0
