"""A board as it was at any moment: its state, its texts, whose each character was, and what was taken out.

Everything is read off the log. A text's author is the person to whom its client id was issued (event `client.issued`),
and a model's text is known by a client id that stands for a call; no update can claim either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from seedbed.study.entries import Act, Entry
from seedbed.sync.authorship import Authorship, Run
from seedbed.workshop.applied import State
from seedbed.workshop.board import Board
from seedbed.workshop.places import Place
from seedbed.workshop.roles import Member

__all__ = ["Moment", "Past", "Removal", "Stretch", "moments", "replay"]

TYPING = "typing"
_PAUSE = timedelta(seconds=30)
_LONGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in a board's history: an event, or one person's typing without a pause of half a minute.

    `seq` is the last entry of it: what `replay` up to there shows. Others may have typed between `first` and `seq`.
    """

    seq: int
    at: str
    actor: str
    kind: str
    subject: str = ""
    first: int = 0
    count: int = 1


def moments(entries: Iterable[Entry]) -> list[Moment]:
    """Every moment of a board, newest first."""
    done: list[Moment] = []
    typing: dict[str, tuple[datetime, datetime, Moment]] = {}  # of each person: first and last time, so far
    inserting = False  # the update that follows is a model's text, whose moment is the event after it
    for entry in entries:
        if isinstance(entry.body, Act):
            inserting = entry.body.kind == "client.issued" and "call" in entry.body.data
            done.append(Moment(entry.seq, entry.at, entry.actor, entry.body.kind, entry.body.subject, entry.seq))
            continue
        if inserting:
            inserting = False
            continue
        now = datetime.fromisoformat(entry.at)
        begun, last, before = typing.get(entry.actor, (now, now, None))
        if before is not None and now - last <= _PAUSE and now - begun <= _LONGEST:
            moment = Moment(entry.seq, entry.at, entry.actor, TYPING, "", before.first, before.count + 1)
        else:
            done += [before] if before is not None else []
            begun = now
            moment = Moment(entry.seq, entry.at, entry.actor, TYPING, "", entry.seq)
        typing[entry.actor] = (begun, now, moment)
    done += [moment for _, _, moment in typing.values()]
    return sorted(done, key=lambda moment: -moment.seq)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The code points from `start` up to, not with, `end`, by `person`; by a model where `call` names its call."""

    start: int
    end: int
    person: str | None
    call: str | None


@dataclass(frozen=True, slots=True)
class Removal:
    """Text of `person` (or of a model: `call`) that `by` deleted, in the entry numbered `seq`."""

    text: str
    person: str | None
    call: str | None
    by: str
    seq: int


class Past:
    """A board after some entry. Further entries may be taken in, so that a later moment costs only the difference."""

    def __init__(self, place: Place, *, title: str = "") -> None:
        self.board = Board(place, title=title)
        self.seq = 0
        self.at = ""
        self._authorship = Authorship()

    def take(self, entry: Entry) -> None:
        """The next entry of the board."""
        if isinstance(entry.body, Act):
            self.board.apply(entry.seq, entry.at, entry.actor, entry.body)
        else:
            self._authorship.apply(entry.body, entry.seq, entry.actor)
        self.seq, self.at = entry.seq, entry.at

    def state(self, viewer: Member) -> State:
        """The board's snapshot as `viewer` may see it."""
        return self.board.snapshot(viewer)

    def texts(self) -> dict[str, tuple[str, list[Stretch]]]:
        """Every text with whose its parts are, by name."""
        found = self._authorship.texts()
        return {name: (item.text, list(self._stretches(item.runs))) for name, item in found.items()}

    def removals(self, name: str) -> list[Removal]:
        """What was deleted from a text, oldest first; what one person deleted at one go is one piece."""
        pieces = groupby(
            self._authorship.text(name).deletions, lambda item: (*self._author(item.client), item.by, item.seq)
        )
        return [Removal("".join(item.text for item in items), *whose) for whose, items in pieces]

    def _author(self, client: int) -> tuple[str | None, str | None]:
        return self.board.clients.get(client, (None, None))

    def _stretches(self, runs: Iterable[Run]) -> Iterator[Stretch]:
        for author, same in groupby(runs, lambda run: self._author(run.client)):
            together = list(same)
            yield Stretch(together[0].start, together[-1].end, *author)


def replay(entries: Iterable[Entry], place: Place, *, upto: int | None = None, title: str = "") -> Past:
    """The board after the entry numbered `upto`, or after all. `entries` are those of its stream, from the first."""
    past = Past(place, title=title)
    for entry in entries:
        if upto is not None and entry.seq > upto:
            break
        past.take(entry)
    return past
