"""What is tested: the rows of the study as assessment measures them, run by run, with the examples of each request.

Assessment's instruments and cache are used, so that nothing is measured twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from seedbed.assess.cache import Cache
from seedbed.assess.instruments import Instruments, Vectors
from seedbed.assess.judged import judged
from seedbed.assess.material import gather
from seedbed.assess.observer import Observer
from seedbed.assess.rows import PairRow, QuestionRow, measure
from seedbed.assess.settings import AssessSettings
from seedbed.curate import Curation
from seedbed.engine import RunRecord, read_rows, read_run
from seedbed.measures.embed import TextEmbedder
from seedbed.measures.parser import Parser
from seedbed.propagate.features import Stage
from seedbed.records import Ask, State
from seedbed.study import Folder, hold
from seedbed.taxonomy import Taxonomy

__all__ = ["Gathered", "Measured", "RunRows", "gathered", "is_base", "is_imported", "stage_of"]

_TYPE_CUE_GATE = "type-cue"
Measured: TypeAlias = QuestionRow | PairRow


@dataclass(frozen=True, slots=True)
class RunRows:
    """The generated rows of a run with a text, in slot order, and its requests by their ids.

    `asks` are in the order of their slots and have at least one row. Kept rows are those with state "kept". `fates` are
    (request, state, gate) of every generated row, also of those that held no text.
    """

    record: RunRecord
    stage: Stage
    rows: tuple[Measured, ...]
    asks: Mapping[str, Ask]
    fates: tuple[tuple[str, str, str], ...] = ()

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def fingerprint(self) -> str:
        return self.record.fingerprints.get("ask", "")

    @property
    def raw(self) -> bool:
        """Whether no gate judged the rows, so that all that was generated is kept."""
        return bool(self.record.ask.get("raw")) or not self.record.verdict.get("order")

    @property
    def imported(self) -> bool:
        """Whether the rows came in a table, so that nobody knows what their prompts showed."""
        return is_imported(self.record)

    @property
    def kept(self) -> tuple[Measured, ...]:
        return tuple(row for row in self.rows if row.state == "kept")

    @property
    def shown(self) -> tuple[str, ...]:
        """The seeds that the requests showed, each once."""
        return tuple(dict.fromkeys(id for ask in self.asks.values() for id in ask.examples))

    def first(self, asks: int) -> RunRows:
        """The part of the run that its first `asks` answered requests made."""
        return self._part(dict(list(self.asks.items())[:asks]))

    def some(self, asks: int, seed: int) -> RunRows:
        """The part that so many of its answered requests made, drawn by `seed`; the run where it has no more."""
        if len(self.asks) <= asks:
            return self
        drawn = set(random.Random(seed).sample(sorted(self.asks), asks))
        return self._part({id: ask for id, ask in self.asks.items() if id in drawn})

    def _part(self, some: Mapping[str, Ask]) -> RunRows:
        rows = tuple(row for row in self.rows if row.cluster in some)
        return RunRows(self.record, self.stage, rows, some, tuple(fate for fate in self.fates if fate[0] in some))


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every seed by its id, every run by its name, and what the seeds are by curation.

    `texts` maps rows and seeds of questions to their texts, and `vectors` texts to vectors, None without an embedder.
    """

    curation: Curation
    taxonomy: Taxonomy
    questions: Mapping[str, QuestionRow]
    pairs: Mapping[str, PairRow]
    runs: Mapping[str, RunRows]
    texts: Mapping[str, str]
    vectors: Vectors | None
    remarks: tuple[str, ...] = field(default=())

    def seeds(self, stage: Stage) -> Mapping[str, Measured]:
        return self.questions if stage == "questions" else self.pairs

    def controls_of(self, run: str) -> list[RunRows]:
        return [other for other in self.runs.values() if other.record.about.get("control_of") == run]


def is_imported(record: RunRecord) -> bool:
    return record.stage == "imported"


def stage_of(record: RunRecord) -> Stage | None:
    """What the rows of a run are, also of an imported one; None for topics."""
    named = record.ask.get("rows") if is_imported(record) else record.stage
    return "questions" if named == "questions" else "triples" if named == "triples" else None


def is_base(record: RunRecord) -> bool:
    """Whether it can be asked of the run what its seeds did: it showed some, and is no control; or it was imported,
    and is described and held against all seeds, since what it showed is not known."""
    if stage_of(record) is None or record.about.get("control_of"):
        return False
    if is_imported(record):
        return True
    return bool(record.ask.get("with_seeds", record.stage == "triples")) and bool(record.ask.get("examples"))


def gathered(
    folder: Folder,
    curation: Curation,
    taxonomy: Taxonomy,
    settings: AssessSettings,
    *,
    language: str = "en",
    embedder: TextEmbedder | None = None,
    parser: Parser | None = None,
    listen: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Gathered:
    """Measure every row of the study, or read what was measured before. Raises Busy while it is being assessed."""
    with (
        hold(folder.assessment / ".lock", what=f"The assessment of {folder.root}"),
        Cache(folder) as cache,
        Instruments(cache, embedder=embedder, parser=parser, workers=settings.workers, listen=listen) as instruments,
    ):
        listen("reading rows", 0, 1)
        material = gather(folder, curation, taxonomy, language=language)
        records = [read_run(folder.run(name)) for name in folder.run_names()]
        cues = not any(_TYPE_CUE_GATE in record.verdict.get("order", ()) for record in records)
        observer = Observer(taxonomy, instruments, cues=cues)
        rows = measure(material, taxonomy, instruments, observer, judged(folder), settings)
        texts = {item.id: item.text for part in material.questions for item in part.items}
        vectors = instruments.embed([])
    of_run: dict[str | None, list[Measured]] = {}
    for question in rows.questions.values():
        of_run.setdefault(question.run, []).append(question)
    for pair in rows.pairs.values():
        of_run.setdefault(pair.run, []).append(pair)
    runs = {
        record.name: _run_rows(folder, record, stage, of_run.get(record.name, []))
        for record in records
        if (stage := stage_of(record)) is not None
    }
    return Gathered(
        curation,
        taxonomy,
        {id: row for id, row in rows.questions.items() if row.run is None},
        {id: row for id, row in rows.pairs.items() if row.run is None},
        runs,
        texts,
        vectors if isinstance(vectors, Vectors) else None,
        tuple(filter(None, (rows.parse_reason, rows.embed_reason, observer.reason))),
    )


def _run_rows(folder: Folder, record: RunRecord, stage: Stage, rows: Sequence[Measured]) -> RunRows:
    """A run with its requests; one that was not begun has none."""
    asks: dict[str, Ask] = {}
    fates: list[tuple[str, str, str]] = []
    journaled = (folder.run(record.name) / "journal.db").is_file()
    for row in read_rows(folder.run(record.name)) if journaled else ():
        if row.verdict.state is not State.FAILED:
            asks.setdefault(row.ask.id, row.ask)
            fates.append((row.ask.id, row.verdict.state.value, row.verdict.gate))
    return RunRows(record, stage, tuple(sorted(rows, key=lambda row: row.id)), asks, tuple(fates))
