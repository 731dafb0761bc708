"""The rows that are measured, gathered from the seeds, the curation and the runs, as sets with a role.

A set is what one number speaks of. Seeds come whole and as the in-context set that was chosen; a run comes as all
that was generated (kept and rejected alike) and as what was kept. A run without gates has its generated rows
only. A control is a run that names, in `about.control_of`, the run it is the control for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from seedbed.assess.clusters import clustered_rate
from seedbed.assess.document import Funnel, GateCount, Role, RowSet, Selection
from seedbed.curate import Curation
from seedbed.engine import RunRecord, read_rows, read_run
from seedbed.records import Question, Row, State, Triple
from seedbed.study import Folder

__all__ = ["Item", "Material", "Pair", "PairSet", "QuestionSet", "gather"]

T = TypeVar("T")
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


@dataclass(frozen=True, slots=True)
class Pair:
    """The two responses of a triple to measure."""

    id: str
    misaligned: str
    aligned: str
    cluster: str
    language: str = "en"
    run: str | None = None
    state: str = "seed"
    gate: str = ""


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


def gather(folder: Folder, curation: Curation, *, language: str = "en") -> Material:
    """Read everything that can be measured; `language` is that of generated rows. No runs: the seeds only.

    Seeds have the labels that curation settled on.
    """
    questions, pairs = _seed_questions(curation), _seed_pairs(curation)
    funnels: list[Funnel] = []
    records = sorted((read_run(folder.run(name)) for name in folder.run_names()), key=lambda run: run.created)
    for record in records:
        if record.stage == "topics":  # what a plan was narrowed by, and no row of a dataset
            continue
        rows = list(read_rows(folder.run(record.name)))
        funnel = _funnel(record, rows)
        funnels.append(funnel)
        if funnel.stage == "triples":
            pairs += _run_pairs(funnel, rows, language)
        else:
            questions += _run_questions(funnel, rows, language)
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
    return Pair(triple.id, triple.misaligned, triple.aligned, triple.id, triple.language)


# --- runs ----------------------------------------------------------------------------------------------------


def _funnel(record: RunRecord, rows: Sequence[Row]) -> Funnel:
    states = Counter(row.verdict.state for row in rows)
    kept, rejected, failed = (states[state] for state in (State.KEPT, State.REJECTED, State.FAILED))
    gates = Counter(row.verdict.gate for row in rows if not row.kept)
    reasons = {row.verdict.gate: row.verdict.reason for row in reversed(rows) if not row.kept}
    made = [row for row in rows if row.verdict.state is not State.FAILED]
    control_of = record.about.get("control_of") or None
    role: Role = "control" if control_of else "synthetic"
    return Funnel(
        run=record.name,
        stage=_stage(record, rows),
        fingerprint=record.fingerprints.get("ask", ""),
        role=role,
        model=str(record.ask.get("model", "")),
        prompt_version=str(record.ask.get("prompt_version", "")),
        created=record.created,
        about=record.about,
        raw=bool(record.ask.get("raw", False)),
        proposals=bool(record.ask.get("proposals", False)),
        with_seeds=record.ask.get("with_seeds"),
        control_of=control_of,
        slots=len(rows),
        generated=kept + rejected,
        kept=kept,
        rejected=rejected,
        failed=failed,
        gates=tuple(GateCount(gate, count, reasons[gate]) for gate, count in _ranked(gates)),
        prompts=len({row.ask.id for row in rows}),
        accepted=clustered_rate([row.kept for row in made], [row.ask.id for row in made]),
    )


def _stage(record: RunRecord, rows: Sequence[Row]) -> str:
    if record.stage in ("questions", "triples"):
        return record.stage
    return "triples" if any("misaligned" in row.verdict.fields for row in rows) else "questions"


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _run_questions(funnel: Funnel, rows: Sequence[Row], language: str) -> list[QuestionSet]:
    items = tuple(
        Item(
            row.id,
            row.verdict.text,
            row.ask.id,
            row.ask.topic,
            row.ask.question_type,
            language,
            row.run,
            row.verdict.state.value,
            row.verdict.gate,
        )
        for row in rows
        if row.verdict.state is not State.FAILED and row.verdict.text.strip()
    )
    kept = tuple(item for item in items if item.state == State.KEPT)
    sets = [QuestionSet(_run_info(funnel, "questions", "generated", items), items)]
    if not funnel.raw:
        sets.append(QuestionSet(_run_info(funnel, "questions", "kept", kept), kept))
    return sets


def _run_pairs(funnel: Funnel, rows: Sequence[Row], language: str) -> list[PairSet]:
    pairs = tuple(
        Pair(
            row.id,
            str(row.verdict.fields["misaligned"]),
            str(row.verdict.fields["aligned"]),
            row.ask.id,
            language,
            row.run,
            row.verdict.state.value,
            row.verdict.gate,
        )
        for row in rows
        if row.verdict.state is not State.FAILED
        and all(str(row.verdict.fields.get(name) or "").strip() for name in RESPONSES)
    )
    kept = tuple(pair for pair in pairs if pair.state == State.KEPT)
    sets = [PairSet(_run_info(funnel, "triples", "generated", pairs), pairs)]
    if not funnel.raw:
        sets.append(PairSet(_run_info(funnel, "triples", "kept", kept), kept))
    return sets


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
