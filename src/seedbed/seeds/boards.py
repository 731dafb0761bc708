"""A board as it stands: its state, its texts with whose each part is, and who set each field. Read off the log once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from seedbed.records import Writer
from seedbed.study.entries import Act, Entry
from seedbed.sync.authorship import Authored, Authorship, Run
from seedbed.workshop.board import Board
from seedbed.workshop.places import Place

__all__ = ["Part", "ReadBoard", "Said", "authors_of", "read_board"]


@dataclass(frozen=True, slots=True)
class Part:
    """The code points from `start` up to, not with, `end`, by `person`; by a model at their asking where `call` is set.

    `pasted` is where the person said that pasted text came from ("model", "web", …); "" for what was typed.
    """

    start: int
    end: int
    person: str
    call: str | None = None
    pasted: str = ""

    @property
    def by_model(self) -> bool:
        return self.call is not None or self.pasted == "model"


@dataclass(frozen=True, slots=True)
class Said:
    """One text without white space at its ends. `parts` cover it. `cut` says that someone took a model's words out."""

    text: str = ""
    parts: tuple[Part, ...] = ()
    cut: bool = False

    @property
    def authors(self) -> tuple[str, ...]:
        """Those whose own characters stand here, most first; then those at whose asking a model wrote what does."""
        return authors_of((self,))

    @property
    def writer(self) -> Writer:
        """Whose words these are. White space alone makes nobody a writer."""
        wrote = {part.by_model for part in self.parts if self.text[part.start : part.end].strip()}
        if True not in wrote:
            return Writer.HUMAN if wrote else Writer.UNKNOWN
        return Writer.EDITED if False in wrote or self.cut else Writer.MODEL


def authors_of(texts: Iterable[Said]) -> tuple[str, ...]:
    """Person ids by their characters in all the texts, most first, ties by id; those who only asked a model come last.

    "" stands for characters of which the log names nobody.
    """
    own: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for said in texts:
        for part in said.parts:
            (asked if part.call is not None else own)[part.person] += part.end - part.start
    first = sorted(own, key=lambda person: (-own[person], person))
    return tuple(dict.fromkeys([*first, *sorted(asked, key=lambda person: (-asked[person], person))]))


@dataclass(slots=True)
class ReadBoard:
    """A board after its last entry.

    `set_by` names who last set each (row, field), and when; `when` the time of the last change of each
    (collection, id).
    """

    board: Board
    seq: int = 0
    at: str = ""
    entries: int = 0
    set_by: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    when: dict[tuple[str, str], str] = field(default_factory=dict)
    _authorship: Authorship = field(default_factory=Authorship)
    _pastes: dict[tuple[int, int], str] = field(default_factory=dict)

    def items(self, collection: str) -> Mapping[str, Mapping[str, Any]]:
        """What stands of a collection, by id."""
        return self.board.items(collection)

    def text(self, name: str) -> tuple[str, tuple[Part, ...]]:
        """The text `name` exactly as it stands, with whose its parts are."""
        found = self._authorship.text(name)
        return found.text, tuple(self._parts(found))

    def place(self, name: str, position: Mapping[str, Any]) -> int | None:
        """Where a relative position stands in the text `name`, in code points; None where it never stood there."""
        item, after = position.get("item"), int(position.get("assoc") or 0) < 0
        if item is None:
            return 0 if after else len(self._authorship.text(name).text)
        return self._authorship.offset(name, int(item["client"]), int(item["clock"]), after=after)

    def said(self, name: str) -> Said:
        """The text `name`, "question:r1"; empty where nothing was written."""
        found = self._authorship.text(name)
        text = found.text.replace("\0", " ")  # PostgreSQL holds no NUL, and no page can type one
        start = len(text) - len(text.lstrip())
        stripped = text.strip()
        parts = tuple(_within(self._parts(found), start, start + len(stripped)))
        return Said(stripped, parts, any(self._call(item.client) is not None for item in found.deletions))

    def _parts(self, found: Authored) -> Iterator[Part]:
        for whose, same in groupby(found.runs, self._whose):
            together = list(same)
            yield Part(together[0].start, together[-1].end, *whose)

    def _whose(self, run: Run) -> tuple[str, str | None, str]:
        return *self.board.clients.get(run.client, ("", None)), self._pastes.get((run.client, run.seq), "")

    def _call(self, client: int) -> str | None:
        return self.board.clients.get(client, (None, None))[1]


def _within(parts: Iterable[Part], start: int, end: int) -> Iterator[Part]:
    for part in parts:
        first, last = max(part.start, start) - start, min(part.end, end) - start
        if first < last:
            yield Part(first, last, part.person, part.call, part.pasted)


def _note_setter(found: ReadBoard, entry: Entry, act: Act) -> None:
    match act.kind:
        case "row.set":
            found.set_by[act.subject, str(act.data["field"])] = (entry.actor, entry.at)
        case "prompt.give" | "prompt.swap" if act.data["source"] == "own":
            found.set_by[act.subject, "question"] = (entry.actor, entry.at)
        case "prompt.give" | "prompt.swap":
            found.set_by.pop((act.subject, "question"), None)  # a model's words, or a seed's authors'


def read_board(entries: Iterable[Entry], place: Place) -> ReadBoard:
    """The board after all of `entries`, which are those of its stream from the first."""
    found = ReadBoard(Board(place))
    authorship = found._authorship
    for entry in entries:
        if isinstance(entry.body, Act):
            applied = found.board.apply(entry.seq, entry.at, entry.actor, entry.body)
            found.when.update(((collection, id), entry.at) for collection, id, _ in applied.changes)
            if applied.changes:
                _note_setter(found, entry, entry.body)
        else:
            authorship.apply(entry.body, entry.seq, entry.actor)
        found.seq, found.at, found.entries = entry.seq, entry.at, found.entries + 1
    origins: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for paste in found.items("pastes").values():
        origins[int(paste["client"])].append(paste)
    for client, pastes in origins.items():
        for paste in pastes:
            for seq in authorship.brought(client, int(paste["from"]), int(paste["to"])):
                found._pastes[client, seq] = str(paste["origin"])
    return found
