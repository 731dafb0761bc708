"""The seeds of a study: the fold of the "seeds" stream of people.db."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from seedbed.errors import InputError
from seedbed.records import Person, Question, Rating, Triple
from seedbed.seeds.codec import HandLabel, SubjectLabel, decode_event
from seedbed.study import Folder
from seedbed.study.events import Event, EventStore

__all__ = ["STREAM", "Seeds", "SeedsFold", "load"]

STREAM = "seeds"
_RECORDS = ("question", "triple", "person", "rating", "label")


@dataclass(frozen=True, slots=True)
class Seeds:
    """All that was imported or contributed, in order of arrival, labels as they were then.

    `erased` are ids whose words were withdrawn: they stay known, so that no later import brings them back.
    """

    questions: tuple[Question, ...] = ()
    triples: tuple[Triple, ...] = ()
    people: tuple[Person, ...] = ()
    ratings: tuple[Rating, ...] = ()
    hand_labels: dict[str, tuple[HandLabel, ...]] = field(default_factory=dict)
    erased: tuple[str, ...] = ()
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


def _nearest(id: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(id, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else "The ids stand in the files of the study's folder seeds/."


class SeedsFold:
    """Events in, seeds out. An id keeps its first record: nothing that comes later changes it."""

    def __init__(self) -> None:
        self.records: dict[str, Question | Triple | None] = {}
        self.people: dict[str, Person] = {}
        self.ratings: list[Rating] = []
        self.labels: list[SubjectLabel] = []

    def apply(self, event: Event) -> None:
        if event.kind not in _RECORDS:
            return  # what was imported when, and taxonomy versions: history, not seeds
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

    def seeds(self) -> Seeds:
        found = [record for record in self.records.values() if record is not None]
        questions = tuple(record for record in found if isinstance(record, Question))
        answers: dict[str, str] = {}
        for question in questions:
            answers.setdefault(_folded(question.text), question.id)
        triples = tuple(_linked(record, answers) for record in found if isinstance(record, Triple))
        labels: dict[str, tuple[HandLabel, ...]] = {}
        for item in self.labels:
            labels[item.subject] = (*labels.get(item.subject, ()), item.label)
        return Seeds(
            questions=questions,
            triples=triples,
            people=tuple(self.people.values()),
            ratings=tuple(self.ratings),
            hand_labels=labels,
            erased=tuple(id for id, record in self.records.items() if record is None),
        )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _linked(triple: Triple, answers: dict[str, str]) -> Triple:
    """The triple with the question it answers: the one it names, else the first with the same words."""
    if triple.prompt_id is not None:
        return triple
    return replace(triple, prompt_id=answers.get(_folded(triple.prompt)))


def fold(folder: Folder) -> SeedsFold:
    """Every seeds event of the study, applied. Empty where nothing was recorded yet."""
    found = SeedsFold()
    if folder.has_people:
        with EventStore.of(folder) as store:
            for event in store.read(STREAM):
                found.apply(event)
    return found


def load(folder: Folder) -> Seeds:
    """The study's seeds. Raises InputError where people.db is no database of a study."""
    return fold(folder).seeds()
