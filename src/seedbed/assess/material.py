"""The rows that are measured, gathered from the seeds, the curation and the runs, as sets with a role.

A set is what one number speaks of. Seeds come whole and as the in-context set that was chosen; a run comes as all
that was generated (kept and rejected alike) and as what was kept. A run without gates has its generated rows
only. A control is a run that names, in `about.control_of`, the run it is the control for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from seedbed.assess.document import Funnel, RowSet, Selection
from seedbed.assess.funnels import FunnelCount
from seedbed.curate import Curation
from seedbed.engine import RunRecord, read_rows, read_run
from seedbed.records import Question, Row, State, Triple
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["Item", "Material", "Pair", "PairSet", "QuestionSet", "gather"]

T = TypeVar("T")
R = TypeVar("R", "Item", "Pair")
RESPONSES = ("misaligned", "aligned")


@dataclass(frozen=True, slots=True)
class Item:
    """A question to measure. `topic` and `question_type` are what its author gave, or what the plan asked for."""

    id: str
    text: str
    cluster: str
    topic: str | None = None
    question_type: str | None = None
    language: str = "en"
    run: str | None = None
    state: str = "seed"
    gate: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """The two responses of a triple to measure, and the prompt that they answer."""

    id: str
    misaligned: str
    aligned: str
    cluster: str
    language: str = "en"
    run: str | None = None
    state: str = "seed"
    gate: str = ""
    prompt: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    info: RowSet
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class PairSet:
    info: RowSet
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Sets with their rows, and what became of the slots of every run."""

    questions: tuple[QuestionSet, ...]
    pairs: tuple[PairSet, ...]
    funnels: tuple[Funnel, ...]


def gather(folder: Folder, curation: Curation, taxonomy: Taxonomy, *, language: str = "en") -> Material:
    """Read everything that can be measured; `language` is that of generated rows. No runs: the seeds only.

    Seeds have the labels that curation settled on. A run is read row by row: of 66,609 rows with all that a journal
    says of them, the texts and labels stay.
    """
    questions, pairs = _seed_questions(curation), _seed_pairs(curation)
    funnels: list[Funnel] = []
    groups = {question.id: question.group for question in curation.questions if question.group}
    groups |= {triple.id: triple.group for triple in curation.triples if triple.group}
    records = sorted((read_run(folder.run(name)) for name in folder.run_names()), key=lambda run: run.created)
    for record in records:
        if record.stage == "topics":  # what a plan was narrowed by, and no row of a dataset
            continue
        found = _RunMaterial(record, FunnelCount(record, taxonomy, groups), language)
        for row in read_rows(folder.run(record.name)):
            found.take(row)
        funnel, asked, answered = found.done()
        funnels.append(funnel)
        questions += asked
        pairs += answered
    return Material(tuple(questions), tuple(pairs), tuple(funnels))


# --- seeds ---------------------------------------------------------------------------------------------------


def _seed_questions(curation: Curation) -> list[QuestionSet]:
    items = {q.id: _item(q) for q in curation.questions if q.text.strip()}
    chosen = tuple(items[id] for id in curation.selected_questions if id in items)
    return [
        QuestionSet(_seed_info("seeds", "questions", selection, len(found)), found)
        for selection, found in _selections(tuple(items.values()), chosen)
    ]


def _seed_pairs(curation: Curation) -> list[PairSet]:
    pairs = {t.id: _pair(t) for t in curation.triples if t.misaligned.strip() and t.aligned.strip()}
    chosen = tuple(pairs[id] for id in curation.selected_triples if id in pairs)
    return [
        PairSet(_seed_info("pairs", "triples", selection, len(found)), found)
        for selection, found in _selections(tuple(pairs.values()), chosen)
    ]


def _selections(whole: tuple[T, ...], chosen: tuple[T, ...]) -> list[tuple[Selection, tuple[T, ...]]]:
    found: list[tuple[Selection, tuple[T, ...]]] = [("all", whole), ("in-context", chosen)]
    return [(selection, rows) for selection, rows in found if rows]


def _seed_info(prefix: str, stage: Literal["questions", "triples"], selection: Selection, n: int) -> RowSet:
    # a seed is a cluster of its own: what its group shares is not modelled, and the intervals say so by their n
    return RowSet(f"{prefix}/{selection}", "seeds", stage, selection, n=n, clusters=n)


def _item(question: Question) -> Item:
    return Item(
        question.id,
        question.text,
        question.id,
        question.topic or question.topic_raw.strip() or None,
        question.question_type or question.question_type_raw.strip() or None,
        question.language,
    )


def _pair(triple: Triple) -> Pair:
    return Pair(triple.id, triple.misaligned, triple.aligned, triple.id, triple.language, prompt=triple.prompt)


# --- runs ----------------------------------------------------------------------------------------------------


class _RunMaterial:
    """What is kept of a run while its rows pass."""

    def __init__(self, record: RunRecord, count: FunnelCount, language: str) -> None:
        self._record, self._count, self._language = record, count, language
        self._items: list[Item] = []
        self._pairs: list[Pair] = []

    def take(self, row: Row) -> None:
        """The next row, in slot order."""
        self._count.take(row)
        verdict, ask = row.verdict, row.ask
        if verdict.state is State.FAILED:
            return
        if all(str(verdict.fields.get(name) or "").strip() for name in RESPONSES):
            bad, good = (str(verdict.fields[name]) for name in RESPONSES)
            self._pairs.append(
                Pair(
                    row.id,
                    bad,
                    good,
                    ask.id,
                    self._language,
                    row.run,
                    verdict.state.value,
                    verdict.gate,
                    str(verdict.fields.get("prompt") or ""),
                    ask.examples,
                )
            )
        if self._record.stage != "triples" and verdict.text.strip():
            self._items.append(
                Item(
                    row.id,
                    verdict.text,
                    ask.id,
                    ask.topic,
                    ask.question_type,
                    self._language,
                    row.run,
                    verdict.state.value,
                    verdict.gate,
                    ask.examples,
                )
            )

    def done(self) -> tuple[Funnel, list[QuestionSet], list[PairSet]]:
        # an imported table does not say what it holds: rows with two responses are triples
        named = self._record.stage if self._record.stage in ("questions", "triples") else ""
        stage = named or ("triples" if self._count.any_triple else "questions")
        funnel = self._count.done(stage)
        if stage == "triples":
            return funnel, [], [PairSet(info, tuple(rows)) for info, rows in _sets(funnel, "triples", self._pairs)]
        return funnel, [QuestionSet(info, tuple(rows)) for info, rows in _sets(funnel, "questions", self._items)], []


def _sets(funnel: Funnel, stage: Literal["questions", "triples"], rows: Sequence[R]) -> list[tuple[RowSet, list[R]]]:
    """All that was generated, and what was kept of it; a run without gates has only the first."""
    found = [(_run_info(funnel, stage, "generated", rows), list(rows))]
    if not funnel.raw:
        kept = [row for row in rows if row.state == State.KEPT]
        found.append((_run_info(funnel, stage, "kept", kept), kept))
    return found


def _run_info(
    funnel: Funnel,
    stage: Literal["questions", "triples"],
    selection: Literal["generated", "kept"],
    rows: Sequence[Item | Pair],
) -> RowSet:
    judged = funnel.generated if selection == "generated" else funnel.kept
    return RowSet(
        key=f"run/{funnel.run}/{selection}",
        role=funnel.role,
        stage=stage,
        selection=selection,
        n=len(rows),
        clusters=len({row.cluster for row in rows}),
        run=funnel.run,
        fingerprint=funnel.fingerprint,
        model=funnel.model,
        raw=funnel.raw,
        proposals=funnel.proposals,
        with_seeds=funnel.with_seeds,
        control_of=funnel.control_of,
        left_out=judged - len(rows),
    )
