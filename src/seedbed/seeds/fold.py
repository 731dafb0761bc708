"""The seeds of a study: the fold of the "seeds" stream of people.db."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from seedbed.errors import InputError
from seedbed.records import Person, Question, Rating, Triple
from seedbed.seeds.codec import HandLabel, SubjectLabel, Whose, decode_event
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore

__all__ = ["GATHERED", "KEPT_OUT", "STREAM", "WITHDRAWN", "Seeds", "SeedsFold", "fold", "folded", "load", "read"]

STREAM = "seeds"
GATHERED = "gathered"
WITHDRAWN = "withdraw"
KEPT_OUT = "withdrawn"  # why: it was taken back for good, and no gathering takes it up again
_RECORDS = ("question", "triple", "person", "rating", "label")


@dataclass(frozen=True, slots=True)
class Seeds:
    """All that was imported or contributed, in order of arrival, labels as they were then.

    `erased` are ids whose words were withdrawn: they stay known, so that no later import brings them back. `renewed`
    are ids of which an older version was erased, because one of its authors was, with the time from which the words
    of the others stand again: what grew from the id before then grew from words that are gone. `earlier` holds the
    versions that a contribution had before, oldest first, each with the time at which it was written down. `written` is
    the number of the event that brought the newest version of a contribution, where it is not the first: what was
    decided about a seed bears on one version, and a clock that is set back must not mistake which.
    """

    questions: tuple[Question, ...] = ()
    triples: tuple[Triple, ...] = ()
    people: tuple[Person, ...] = ()
    ratings: tuple[Rating, ...] = ()
    hand_labels: dict[str, tuple[HandLabel, ...]] = field(default_factory=dict)
    erased: tuple[str, ...] = ()
    renewed: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, tuple[tuple[str, Question | Triple], ...]] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    _questions: dict[str, Question] = field(init=False, repr=False, compare=False)
    _triples: dict[str, Triple] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_questions", {item.id: item for item in self.questions})
        object.__setattr__(self, "_triples", {item.id: item for item in self.triples})

    def __contains__(self, id: str) -> bool:
        return id in self._questions or id in self._triples

    def question(self, id: str) -> Question:
        """The question with this id; raises InputError, which names the nearest id."""
        found = self._questions.get(id)
        if found is None:
            raise InputError(f"No seed question {id!r} in the study", hint=_nearest(id, self._questions))
        return found

    def triple(self, id: str) -> Triple:
        """The triple with this id; raises InputError, which names the nearest id."""
        found = self._triples.get(id)
        if found is None:
            raise InputError(f"No seed triple {id!r} in the study", hint=_nearest(id, self._triples))
        return found

    def as_of(self, id: str, at: str) -> Question | Triple | None:
        """The seed as it was written down at the time `at`: what was said of it then was said of that version."""
        before = [record for since, record in self.earlier.get(id, ()) if since <= at]
        return before[-1] if before else self._questions.get(id) or self._triples.get(id)


def _nearest(id: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(id, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else "The ids stand in the files of the study's folder seeds/."


class SeedsFold:
    """Events in, seeds out. What was imported keeps its first record; of a contribution the newest version stands.

    `boards` names the board of each contribution, `whose` whose words it holds, `versions` how many it had. `gathered`
    is what the last gathering left for the next (gathering.py), `kept_out` what it is to take up no more.
    """

    def __init__(self) -> None:
        self.records: dict[str, Question | Triple | None] = {}
        self.people: dict[str, Person] = {}
        self.ratings: list[Rating] = []
        self.labels: list[SubjectLabel] = []
        self.boards: dict[str, str] = {}
        self.whose: dict[str, Whose] = {}
        self.versions: dict[str, int] = {}
        self.rated: dict[tuple[str, str, str], Rating] = {}
        self.profiles: dict[str, Person] = {}
        self.profile_versions: dict[str, int] = {}
        self.gathered: dict[str, Any] = {}
        self.kept_out: set[str] = set()
        self._blanked: set[str] = set()  # with an erased version, and no later one yet
        self._renewed: dict[str, str] = {}
        self._past: dict[str, list[tuple[str, Question | Triple]]] = {}
        self._written: dict[str, int] = {}

    def apply(self, event: Event) -> None:
        if event.kind == GATHERED:
            self.gathered = event.data
        elif event.kind == WITHDRAWN:
            if event.subject in self.boards:
                self.records[event.subject] = None
            if event.data.get("why") == KEPT_OUT:
                self.kept_out.add(event.subject)
        elif event.kind in _RECORDS:  # all else is history: what was imported when, and taxonomy versions
            if "board" in event.data:
                self._contribute(event)
            else:
                self._import(event)

    def _import(self, event: Event) -> None:
        record = decode_event(event)
        match record:
            case Question() | Triple():
                self.records.setdefault(record.id, record)
            case Person():
                self.people.setdefault(record.id, record)
            case Rating():
                self.ratings.append(record)
            case SubjectLabel():
                self.labels.append(record)
            case None:
                if event.kind in ("question", "triple"):
                    self.records.setdefault(event.subject, None)

    def _contribute(self, event: Event) -> None:
        id, data, record = event.subject, event.data, decode_event(event)
        match record:
            case Person():
                self.profiles[id] = record
                self.profile_versions[id] = int(data["version"])
            case Rating():
                self.rated[id, record.rater, record.scale] = record
            case None if event.kind == "rating":  # taken back
                self.rated.pop((id, data["rater"], data["scale"]), None)
            case Question() | Triple() | None:
                if id in self.records and id not in self.boards:
                    return  # an import has this id, and keeps it
                if record is None:
                    self._blanked.add(id)
                else:
                    self._past.setdefault(id, []).append((event.at, record))
                    if id in self._blanked:
                        self._renewed[id] = event.at
                        self._blanked.discard(id)
                if id in self.boards:
                    self._written[id] = event.seq
                self.records[id] = record
                self.boards[id] = data["board"]
                self.versions[id] = int(data["version"])
                self.whose[id] = {name: tuple(people) for name, people in data.get("whose", {}).items()}

    def seeds(self) -> Seeds:
        found = [record for record in self.records.values() if record is not None]
        questions = tuple(record for record in found if isinstance(record, Question))
        answers: dict[str, str] = {}
        for question in questions:
            answers.setdefault(folded(question.text), question.id)
        triples = tuple(_linked(record, answers) for record in found if isinstance(record, Triple))
        labels: dict[str, tuple[HandLabel, ...]] = {}
        for item in self.labels:
            labels[item.subject] = (*labels.get(item.subject, ()), item.label)
        return Seeds(
            questions=questions,
            triples=triples,
            people=tuple({**self.profiles, **self.people}.values()),
            ratings=(*self.ratings, *self.rated.values()),
            hand_labels=labels,
            erased=tuple(id for id, record in self.records.items() if record is None),
            renewed=dict(self._renewed),
            earlier={id: tuple(past) for id, past in self._past.items() if len(past) > 1},
            written=dict(self._written),
        )


def folded(text: str) -> str:
    """A text as it is compared with others: without case, and any white space as one space."""
    return " ".join(text.casefold().split())


def _linked(triple: Triple, answers: Mapping[str, str]) -> Triple:
    """The triple with the question it answers: the one it names, else the first with the same words."""
    if triple.prompt_id is not None:
        return triple
    return replace(triple, prompt_id=answers.get(folded(triple.prompt)))


def read(store: EventStore) -> SeedsFold:
    """Every seeds event of an open store, applied."""
    found = SeedsFold()
    for event in store.read(STREAM):
        found.apply(event)
    return found


def fold(folder: Folder) -> SeedsFold:
    """Every seeds event of the study, applied. Empty where nothing was recorded yet."""
    if not folder.has_people:
        return SeedsFold()
    with EventStore.of(folder) as store:
        return read(store)


def load(folder: Folder) -> Seeds:
    """The study's seeds. Raises InputError where people.db is no database of a study."""
    return fold(folder).seeds()
