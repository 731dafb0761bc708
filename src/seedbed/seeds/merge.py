"""What of a file is new to the study: ids for rows without one, and the rule for rows that are there already.

The same id with the same content is the same seed, so that a file can be imported again; the same id with other
content is refused, because one of the two would be lost. Ratings and hand labels have no id: they are compared by
their content, and every one beyond those that the study holds is added.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from seedbed.records import Person, Question, Rating, Triple
from seedbed.seeds.cells import RowFault
from seedbed.seeds.codec import Record, SubjectLabel
from seedbed.seeds.fold import SeedsFold
from seedbed.study import Folder

__all__ = ["Merger", "give_id"]

Seed = Question | Triple
_DERIVED = 10  # hex digits: with 1,000 rows without ids, two of them share 40 bits with a chance of one in two million


def give_id(folder: Folder, record: Seed, seen: Counter[str]) -> Seed:
    """`record` under the id that its content gives it; the second with the same content gets "-2", and so on."""
    if record.id:
        return record
    match record:
        case Question():
            # the same words asked by someone else, or elsewhere, are another seed
            asker = (record.persona, record.scenario) if record.persona or record.scenario else ()
            base = f"q-{folder.digest('question', record.group, record.text, *asker)[:_DERIVED]}"
        case Triple():
            parts = (record.group, record.prompt, record.misaligned, record.critique, record.aligned)
            base = f"t-{folder.digest('triple', *parts)[:_DERIVED]}"
    seen[base] += 1
    return replace(record, id=base if seen[base] == 1 else f"{base}-{seen[base]}")


class Merger:
    """Holds what the study has, takes records one by one, and says which are new."""

    def __init__(self, folder: Folder, have: SeedsFold, known_rows: frozenset[str]) -> None:
        self._folder, self._have, self._known_rows = folder, have, known_rows
        self._records: dict[str, Seed | None] = dict(have.records)
        self._people = dict(have.people)
        self._old_ratings = Counter(have.ratings)
        self._old_labels = Counter(map(comparable_label, have.labels))
        self._rated = {(item.subject, item.rater, item.scale): item.value for item in have.ratings}
        self._labelled = {(item.subject, item.label.reader): _labels(item) for item in have.labels}
        self._derived: Counter[str] = Counter()
        self.again = 0  # ratings and labels that differ from an earlier one of the same person
        self.withdrawn = 0

    def take(self, record: Record) -> Record | None:
        """The record to append (with its id), or None when it is there already. Raises RowFault."""
        match record:
            case Question() | Triple():
                return self._seed(record)
            case Person():
                return self._person(record)
            case Rating():
                return self._rating(record)
            case SubjectLabel():
                return self._label(record)

    def _seed(self, record: Seed) -> Seed | None:
        given = bool(record.id)
        record = give_id(self._folder, record, self._derived)
        if record.id not in self._records:
            self._records[record.id] = record
            return record
        found = self._records[record.id]
        if found is None:
            self.withdrawn += 1
            return None
        if comparable(found) == comparable(record) and _same_prompt(found, record):
            return None
        what = "triple" if isinstance(found, Triple) else "question"
        if not given:
            raise RowFault(
                f"the study has a {what} with this group and these words, but other labels or authors ({found.id}): "
                "give the rows ids, or retag the seed instead"
            )
        raise RowFault(f"the id {record.id!r} already names a {what} with {_difference(found, record)}")

    def _person(self, record: Person) -> Person | None:
        if self._have.profiles.get(record.id) == record:
            return None  # the workshop says the same; what it does not say a file may add
        found = self._people.setdefault(record.id, record)
        if found is record:
            return record
        if found == record:
            return None
        raise RowFault(f"the id {record.id!r} already names a person with another profile")

    def _rating(self, record: Rating) -> Rating | None:
        self._know(record.subject)
        if self._old_ratings[record] > 0:
            self._old_ratings[record] -= 1
            return None
        key = (record.subject, record.rater, record.scale)
        self.again += self._rated.setdefault(key, record.value) != record.value
        return record

    def _label(self, record: SubjectLabel) -> SubjectLabel | None:
        if not isinstance(self._records.get(record.subject), Question):
            raise RowFault(f"there is no question {record.subject!r} in the study")
        if self._old_labels[comparable_label(record)] > 0:
            self._old_labels[comparable_label(record)] -= 1
            return None
        key = (record.subject, record.label.reader)
        self.again += self._labelled.setdefault(key, _labels(record)) != _labels(record)
        return record

    def _know(self, subject: str) -> None:
        if subject not in self._records and subject not in self._known_rows:
            raise RowFault(f"there is no row {subject!r} in the study or its runs")


def comparable(record: Seed) -> Seed:
    """The record without what a newer taxonomy may change: only what its author gave."""
    if isinstance(record, Question):
        return replace(record, topic=None, question_type=None, taxonomy=0)
    return replace(record, values=(), prompt_id=None, taxonomy=0, parents=())  # no file has a column for its parents


def comparable_label(item: SubjectLabel) -> SubjectLabel:
    """The label without its canonical ids, which a newer taxonomy may change."""
    return replace(item, label=replace(item.label, topic=None, question_type=None))


def _labels(item: SubjectLabel) -> tuple[str, str]:
    return item.label.topic_raw, item.label.question_type_raw


def _same_prompt(a: Seed, b: Seed) -> bool:
    """One of them may not name its question: it is then found by its words."""
    if isinstance(a, Question) or isinstance(b, Question):
        return type(a) is type(b)
    return a.prompt_id is None or b.prompt_id is None or a.prompt_id == b.prompt_id


def _difference(a: Seed, b: Seed) -> str:
    if type(a) is not type(b):
        return "other content"
    names = [name for name in a.__slots__ if getattr(comparable(a), name) != getattr(comparable(b), name)]
    return "another " + ", ".join(name.removesuffix("_raw").replace("_", " ") for name in names or ["prompt_id"])
