"""What a release is made from, as plain records: the people's side, curation, and the runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedbed.engine import Journal, RunRecord, fingerprint, read_rows, read_run
from seedbed.records import Decision, Person, Pool, Question, Rating, Row, Triple
from seedbed.release.documents.process import NO_RECORD, ProcessRecord, read_process
from seedbed.release.earlier import earlier_told
from seedbed.release.formats import Said
from seedbed.release.judged import read_ratings, read_said
from seedbed.release.reidentifying import Told
from seedbed.release.taken import taken_since
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.profiles import current_profile

if TYPE_CHECKING:
    from seedbed.curate import Curation
    from seedbed.seeds import Seeds

__all__ = ["RunSource", "Sources", "public_model", "read_sources"]


@dataclass(frozen=True, slots=True)
class RunSource:
    """A run: its record, the gate settings that its verdicts stand on, and its rows, streamed anew at each call."""

    record: RunRecord
    judged_by: Mapping[str, Any]
    rows: Callable[[], Iterator[Row]]
    slots: int = 0

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def gates(self) -> Mapping[str, Any]:
        """The settings of the gates: the innermost mapping that has their `order`, else all verdict settings."""
        return _with_order(self.judged_by) or self.judged_by

    @property
    def gate_names(self) -> tuple[str, ...]:
        return tuple(self.gates.get("order", ()))

    @property
    def fingerprints(self) -> dict[str, str]:
        """Of the ask settings, and of the gate settings in force (which a new judgement may have changed)."""
        return {
            "ask": self.record.fingerprints.get("ask") or fingerprint(self.record.ask),
            "verdict": fingerprint(dict(self.judged_by)),
        }


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a release reads. `questions` and `triples` are seeds, with the labels that curation settled on."""

    taxonomy: Taxonomy
    questions: tuple[Question, ...] = ()
    triples: tuple[Triple, ...] = ()
    people: tuple[Person, ...] = ()
    decisions: tuple[Decision, ...] = ()
    pools: Mapping[str, Pool] = field(default_factory=dict)
    excluded: Mapping[str, Decision] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()  # ids of seeds that a person asked to have changed, and that are not yet
    selected: frozenset[str] = frozenset()
    erased: frozenset[str] = frozenset()  # ids of seeds whose words were withdrawn
    renewed: Mapping[str, str] = field(default_factory=dict)  # ids that stand again without some, and since when
    pseudonyms: frozenset[str] = frozenset()  # of people who only rated or labelled
    replaced: tuple[str, ...] = ()  # words of people that an edit took the place of, and edits that fell away
    profile: Mapping[str, Any] | None = None  # id, version and digest of the profile in use
    runs: tuple[RunSource, ...] = ()
    ratings: tuple[Rating, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)  # of triples' responses, by people and by judges
    process: ProcessRecord = NO_RECORD
    before: tuple[str, int] = ("", 0)  # the release before this one, and how many of its rows were withdrawn since
    told: tuple[Told, ...] = ()  # what earlier releases told of people, oldest first

    def withdrawn(self, seed: str, since: str) -> bool:
        """Whether words of the seed were withdrawn that a run which exists since `since` may have shown a model."""
        return seed in self.erased or since < self.renewed.get(seed, "")

    def pool(self, seed: str) -> Pool | None:
        """The pool of a seed, or None where curation has given it none."""
        return self.pools.get(seed)


def read_sources(folder: Folder, pages: str = "en", groups: Sequence[str] = (), *, language: str = "en") -> Sources:
    """Everything of the study in `folder` that a release may draw on. `pages` is the language of the workshop's default
    template, `groups` those that study.toml names, `language` the seeds' where the workshop names none. What people
    said of their words is let hold first. Raises Busy while seeds are being written.
    """
    from seedbed import curate, seeds

    with folder.writing():  # no import and no curation between the two
        seeds.settled(folder, language=language, pages=pages)
        people, curation = seeds.load(folder), curate.load(folder)
        taxonomy, profile = seeds.current_taxonomy(folder), current_profile(folder)
        process = read_process(folder, pages, groups)
    ratings = read_ratings(folder, people.ratings)
    return Sources(
        taxonomy=taxonomy,
        questions=curation.questions,
        triples=curation.triples,
        people=people.people,
        decisions=curation.decisions,
        pools=curation.pools,
        excluded=curation.excluded,
        waiting=curation.to_be_changed,
        erased=frozenset(people.erased),
        renewed=people.renewed,
        pseudonyms=frozenset(
            {rating.rater for rating in people.ratings}
            | {label.reader for labels in people.hand_labels.values() for label in labels}
        ),
        replaced=_replaced(people, curation),
        selected=frozenset((*curation.selected_questions, *curation.selected_triples)),
        profile=profile.about() if profile else None,
        runs=read_runs(folder),
        ratings=ratings,
        said=read_said(folder, ratings),
        process=process,
        before=taken_since(folder),
        told=earlier_told(folder),
    )


def _replaced(seeds: Seeds, curation: Curation) -> tuple[str, ...]:
    everything: tuple[Question | Triple, ...] = (*seeds.questions, *seeds.triples)
    written = {item.id: item for item in everything}
    before = [
        getattr(written[id], name)
        for id, logged in curation.edited.items()
        for name in logged.decision.detail["fields"]
        if id in written  # words of an expanded question are those of its seed, and of the entities
    ]
    fallen = [text for logged in curation.overtaken.values() for text in logged.decision.detail["fields"].values()]
    return (*before, *fallen)


def read_runs(folder: Folder) -> tuple[RunSource, ...]:
    """The runs by date, then name: the order of a copied folder's files says nothing."""
    found = [_read_run(folder.run(name)) for name in folder.run_names()]
    return tuple(sorted(found, key=lambda run: (run.record.created, run.name)))


def _read_run(path: Path) -> RunSource:
    record = read_run(path)
    journal = Journal(path / "journal.db", read_only=True)
    try:
        totals, judged_by = journal.totals(), journal.judged_by() or record.verdict
    finally:
        journal.close()
    slots = sum(totals[state] for state in ("kept", "rejected", "failed"))
    return RunSource(record, judged_by, lambda: read_rows(path, withdrawn=True), slots)


def _with_order(settings: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if isinstance(settings.get("order"), list | tuple):
        return settings
    inner = (_with_order(value) for value in settings.values() if isinstance(value, Mapping))
    return next((found for found in inner if found is not None), None)


def public_model(name: str) -> str:
    """A model's name as the world may know it: of a path on somebody's disk, the last part."""
    if name.startswith(("/", "~", ".", "file:")) or "\\" in name or re.match(r"[A-Za-z]:", name):
        return re.split(r"[\\/]", name.rstrip("\\/"))[-1]
    return name
