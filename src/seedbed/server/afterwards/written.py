"""What each person wrote, read off the boards; each board anew only when it changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from seedbed.seeds.boards import ReadBoard, authors_of, read_board
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop.places import ACTIVITIES, parse_place

__all__ = ["Note", "Shelf", "WrittenRow", "Wrote"]

_MOST_BOARDS = 60  # kept, at some 100 kB each: three for each of twenty groups


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row as it stands, with whose characters stand in it."""

    board: str
    row: str
    group: str
    activity: str
    texts: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    removed: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A comment."""

    group: str
    activity: str
    person: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Wrote:
    rows: tuple[WrittenRow, ...] = ()
    comments: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    stands: tuple[int, int]
    wrote: Wrote


class Shelf:
    """One study's boards, as they were when somebody last asked. To be asked in a thread; one at a time reads."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._reading = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def of(self, person: str) -> Wrote:
        """What this person wrote. Raises what the store raises."""
        if not self._folder.has_people:
            return Wrote()
        with self._reading, EventStore.of(self._folder) as store:
            boards = [doc for doc in store.streams("board/") if person in store.acted(doc)]
            found = [self._board(store, doc) for doc in boards]
        return Wrote(
            tuple(row for one in found for row in one.rows if person in row.authors),
            tuple(note for one in found for note in one.comments if note.person == person),
        )

    def forget(self) -> None:
        """Let go of the words that are held: some were erased."""
        with self._reading:
            self._kept.clear()

    def _board(self, store: EventStore, doc: str) -> Wrote:
        place = parse_place(doc)
        if place is None or place.activity.name not in ACTIVITIES:
            return Wrote()
        stands = (store.last(doc), store.epoch(doc))
        kept = self._kept.pop(doc, None)
        if kept is None or kept.stands != stands:
            read = read_board(store.entries(doc), place)
            kept = _Kept((read.seq, stands[1]), Wrote(tuple(_rows(read)), tuple(_comments(read))))
        self._kept[doc] = kept
        while len(self._kept) > _MOST_BOARDS:
            del self._kept[next(iter(self._kept))]
        return kept.wrote


def _rows(read: ReadBoard) -> Iterable[WrittenRow]:
    place = read.board.place
    order = read.board.ordered()
    for row in (*order, *(id for id, value in read.board.rows.items() if value["removed"])):
        said = {name: read.said(f"{name}:{row}") for name in place.activity.texts}
        texts = [(name, one.text) for name, one in said.items() if one.text]
        if not texts:
            continue
        if asked := str(read.board.rows[row]["fields"].get("question") or ""):
            texts.insert(0, ("question", asked))
        authors = tuple(person for person in authors_of(said.values()) if person)
        removed = bool(read.board.rows[row]["removed"])
        yield WrittenRow(place.stream, row, place.group, place.activity.name, tuple(texts), authors, removed)


def _comments(read: ReadBoard) -> Iterable[Note]:
    place = read.board.place
    for item in read.items("comments").values():
        yield Note(place.group, place.activity.name, str(item["person"]), str(item["at"]), str(item["text"]))
