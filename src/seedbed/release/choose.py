"""Which rows are released, and for every row that is not, why: each is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from seedbed.errors import InputError
from seedbed.records import OVER_TARGET, Origin, Pool, Question, Row, State, Triple, Writer
from seedbed.release import rows
from seedbed.release.formats import FORMATS, NOTHING, same_response
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import RunSource, Sources

__all__ = ["Chooser", "RunTally", "Tally", "Why"]


class Why(StrEnum):
    """Why a row stays behind; the text is the card's."""

    EXCLUDED = "excluded by curation"
    TO_BE_CHANGED = "returned to its group or to be rephrased, and not yet changed"
    NO_POOL = "not yet assigned to a pool"
    NOT_ASKED = "rows of people that the settings leave out"
    NOT_A_SEED = "brought in from elsewhere, not made by people of this study"
    REJECTED = "rejected by a gate"
    FAILED = "the request failed: there is no text"
    RAW = "raw rows of a comparison, which pass no gate"
    CONTROL = "rows of a control, made without this study's seeds"
    PROPOSAL = "proposals of the embedded model, which await a person"
    TOPICS = "topics of stage 0, which only narrow the plan"
    SURPLUS = "beyond the number of rows that its run or its cell was to have"
    IMPORTED = "imported rows, which this study did not make"
    INCOMPLETE = "the prompt or a response is empty"
    SEED_WITHDRAWN = "grown from a seed whose author has withdrawn it"
    SEED_EXCLUDED = "grown from a seed that curation has since excluded"
    UNKNOWN_SEED = "grown from examples of unknown pool"
    PROMPT_LEFT_OUT = "answers to a question that is not released"
    LEAK = "too like a row of the other pool, as leaks.md says"
    EVALUATION_GROWN = "grown from evaluation seeds: that pool holds rows of people only"


_BY_SEEDS = frozenset({Why.SEED_WITHDRAWN, Why.SEED_EXCLUDED, Why.EVALUATION_GROWN})


@dataclass(slots=True)
class RunTally:
    """What became of one run's slots. `gates` counts rejections by gate; `generated` are slots with a text.

    `stays` says why the whole run stays behind, or is None; `grown_from` names the runs whose rows its own answer or
    take up.
    """

    stays: Why | None = None
    kept: int = 0
    rejected: int = 0
    failed: int = 0
    released: int = 0
    gates: Counter[str] = field(default_factory=Counter)
    grown_from: set[str] = field(default_factory=set)

    @property
    def generated(self) -> int:
        return self.kept + self.rejected


@dataclass(slots=True)
class Tally:
    """The counts of a release. `left_out` is by (what, why); `contributed` and `shared` by (group, what);
    `writers` of released pairs by (field, writer); `stated` counts released rows of people by source; `labelled` the
    responses of released triples by (which, who judged it).
    """

    runs: dict[str, RunTally] = field(default_factory=dict)
    released: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, Why]] = field(default_factory=Counter)
    contributed: Counter[tuple[str, str]] = field(default_factory=Counter)
    shared: Counter[tuple[str, str]] = field(default_factory=Counter)
    writers: Counter[tuple[str, str]] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    labelled: Counter[tuple[str, str]] = field(default_factory=Counter)
    same_response: int = 0


class Chooser:
    """`rows()` yields (configuration, row) once, in a fixed order, and fills `tally` on its way.

    Rows in `leaving` stay behind for a leak between the pools. Without `shapes` triples come as triples only.

    Raises InputError at its end, naming the rows, when one grew from seeds of both pools.
    """

    def __init__(
        self,
        sources: Sources,
        settings: ReleaseSettings,
        listen: Callable[[str, int, int], None] = lambda *_: None,
        *,
        leaving: Collection[str] = (),
        shapes: bool = True,
    ) -> None:
        self._sources, self._settings, self._listen = sources, settings, listen
        self._leaving, self._shapes = leaving, shapes
        self._questions = {question.id: question for question in sources.questions}
        self._runs = {run.name: run.record.created for run in sources.runs}
        self._mixed: list[str] = []
        self._of_evaluation: set[str] = set()  # rows of runs, whether released or not
        self._released: set[str] = set()  # questions of runs
        self._taken: set[str] = set()  # rows that people answered, and that grew from what was withdrawn
        self._topic_faults: dict[str | None, Why] = {}  # topics of stage 0 that no released row may have grown from
        self._seen, self._slots = 0, sum(run.slots for run in sources.runs)
        self.tally = Tally()

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        self._taken = self._taken_prompts()
        for question in self._sources.questions:
            yield from self._count(self._question(question))
        for triple in self._sources.triples:
            yield from self._count(self._triple(triple))
        # in the order of the stages: whether a row may leave depends on what it grew from
        for run in sorted(self._sources.runs, key=lambda run: ("topics", "questions", "triples").index(_stage(run))):
            yield from self._count(self._run(run))
        if self._mixed:
            raise InputError(
                f"{len(self._mixed)} rows grew from seeds of both pools: {', '.join(self._mixed[:20])}",
                hint="Exclude them by a decision of curation, or give their seeds one pool; then release again.",
            )

    def _count(self, made: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
        for configuration, row in made:
            self.tally.released[configuration] += 1
            yield configuration, row

    # --- rows of people --------------------------------------------------------------------------------------

    def _question(self, question: Question) -> Iterator[tuple[str, dict[str, Any]]]:
        if why := self._refuse(question, asked=self._settings.include_human_questions):
            self._leave("questions of people", why)
        else:
            self.tally.shared[question.group, "questions"] += 1
            self._state(question.source)
            if self._sources.pool(question.id) is Pool.EVALUATION:
                yield "evaluation", rows.evaluation_question(question)
            else:
                yield "seeds", rows.seed(question, selected=question.id in self._sources.selected)
        if question.origin is Origin.SEED:
            self.tally.contributed[question.group, "questions"] += 1

    def _triple(self, triple: Triple) -> Iterator[tuple[str, dict[str, Any]]]:
        texts = (triple.prompt, triple.misaligned, triple.aligned)
        why = self._refuse(triple, asked=self._settings.include_human_pairs)
        if why is None and not all(text.strip() for text in texts):
            why = Why.INCOMPLETE
        if why:
            self._leave("pairs of people", why)
        else:
            self.tally.shared[triple.group, "pairs"] += 1
            prompt_by = self._prompt_by(triple.prompt_id)
            self._state(triple.source)
            for name in rows.FIELDS:
                if getattr(triple, name).strip():
                    self.tally.writers[name, triple.written_by.get(name, Writer.UNKNOWN).value] += 1
            if self._sources.pool(triple.id) is Pool.EVALUATION:
                yield "evaluation", rows.evaluation_triple(triple, prompt_by)
            else:
                yield from self._with_shapes(rows.human_triple(triple, prompt_by, self._settings.license))
        if triple.origin is Origin.SEED:
            self.tally.contributed[triple.group, "pairs"] += 1

    def _refuse(self, row: Question | Triple, *, asked: bool) -> Why | None:
        if row.origin is not Origin.SEED:
            return Why.NOT_A_SEED
        if row.id in self._sources.excluded:
            return Why.EXCLUDED
        if row.id in self._sources.waiting:
            return Why.TO_BE_CHANGED
        if isinstance(row, Triple) and self._answers_withdrawn(row):
            return Why.SEED_WITHDRAWN
        if self._sources.pool(row.id) is None:
            return Why.NO_POOL
        if row.id in self._leaving:
            return Why.LEAK
        return None if asked else Why.NOT_ASKED

    def _answers_withdrawn(self, triple: Triple) -> bool:
        """Whether the prompt that people answered is, or grew from, what was withdrawn since."""
        id = triple.prompt_id
        if id in self._taken or id in self._sources.erased:
            return True
        if id in self._questions:
            return any(parent in self._sources.erased for parent in triple.parents)
        # of a run that is gone nobody knows what it showed: any withdrawal may be later
        since = self._runs.get((id or "").rpartition(".")[0], "")
        return any(self._sources.withdrawn(parent, since) for parent in triple.parents)

    def _taken_prompts(self) -> set[str]:
        """Of the rows of runs that people answered, those that were withdrawn, or that showed what was."""
        asked = {triple.prompt_id for triple in self._sources.triples if triple.prompt_id is not None}
        named = {id.rpartition(".")[0] for id in asked}
        found = set[str]()
        for run in self._sources.runs:
            for row in run.rows() if run.name in named else ():
                if row.id not in asked:
                    continue
                shown = row.ask.examples or tuple(run.record.ask.get("examples", ()))
                grown_from = [id for id in (*shown, row.ask.prompt_id, row.ask.persona_from) if id is not None]
                if row.withdrawn or any(self._sources.withdrawn(id, run.record.created) for id in grown_from):
                    found.add(row.id)
        return found

    # --- rows of runs ----------------------------------------------------------------------------------------

    def _run(self, run: RunSource) -> Iterator[tuple[str, dict[str, Any]]]:
        whole = self._refuse_run(run)
        tally = self.tally.runs[run.name] = RunTally(stays=whole)
        for row in run.rows():
            self._seen += 1
            if self._seen % 1000 == 0:
                self._listen("rows", self._seen, self._slots)
            tally.grown_from.update(
                of
                for id in (row.ask.prompt_id, row.ask.grown_from)
                if id and (of := id.rpartition(".")[0]) in self._runs
            )
            match row.verdict.state:
                case State.KEPT:
                    tally.kept += 1
                case State.REJECTED:
                    tally.rejected += 1
                    tally.gates[row.verdict.gate] += 1
                case State.FAILED:
                    tally.failed += 1
            if whole is Why.TOPICS and (fault := self._refuse_row(row, run)) in _BY_SEEDS:
                self._topic_faults[row.id] = fault
            if why := self._refuse_row(row, run) if whole is None else _of_refused(row, whole):
                self._leave(run.record.stage, why)
                continue
            tally.released += 1
            if run.record.stage == "questions":
                self._released.add(row.id)
                yield "questions", rows.question(row, run)
            else:
                prompt_by = self._prompt_by(row.ask.prompt_id)
                yield from self._with_shapes(rows.synthetic_triple(row, run, prompt_by, self._settings.license))

    @staticmethod
    def _refuse_run(run: RunSource) -> Why | None:
        """Why no row of the run is released. That a writer's triples are no proposals must be said to count."""
        ask = run.record.ask
        if run.record.stage == "topics":
            return Why.TOPICS
        if run.record.stage not in ("questions", "triples"):
            return Why.IMPORTED
        if ask.get("raw") or not run.gate_names:
            return Why.RAW
        if run.record.about.get("control_of") or not ask.get("with_seeds", run.record.stage == "triples"):
            return Why.CONTROL
        if run.record.stage == "triples" and ask.get("proposals") is not False:
            return Why.PROPOSAL
        return None

    def _refuse_row(self, row: Row, run: RunSource) -> Why | None:
        if row.verdict.state is not State.KEPT:
            return Why.REJECTED if row.verdict.state is State.REJECTED else Why.FAILED
        if row.withdrawn:
            return Why.SEED_WITHDRAWN
        if row.id in self._sources.excluded:
            return Why.EXCLUDED
        if row.id in self._leaving:
            return Why.LEAK
        if OVER_TARGET in row.verdict.notes and not self._settings.include_surplus:
            return Why.SURPLUS
        if row.ask.grown_from in self._topic_faults:
            return self._topic_faults[row.ask.grown_from]
        shown = row.ask.examples or tuple(run.record.ask.get("examples", ()))
        grown_from = [id for id in (*shown, row.ask.prompt_id) if id is not None]
        if any(self._sources.withdrawn(id, run.record.created) for id in grown_from):
            return Why.SEED_WITHDRAWN
        if any(id in self._sources.excluded for id in (*shown, row.ask.prompt_id)):
            return Why.SEED_EXCLUDED
        pools = self._pools(shown, row.ask.prompt_id)
        if Pool.EVALUATION in pools:
            self._of_evaluation.add(row.id)
            if Pool.ALIGNMENT in pools:
                self._mixed.append(row.id)
            return Why.EVALUATION_GROWN
        if pools != {Pool.ALIGNMENT}:
            return Why.UNKNOWN_SEED
        if run.record.stage == "triples":
            if not _complete(row):
                return Why.INCOMPLETE
            answered = row.ask.prompt_id
            if answered is not None and answered not in self._questions and answered not in self._released:
                return Why.PROMPT_LEFT_OUT
        return None

    def _pools(self, shown: Sequence[str], prompt_id: str | None) -> set[Pool | None]:
        """The pools of the seeds shown, and of the question answered: a seed's own, or that of what it grew from."""
        pools = {self._sources.pool(seed) for seed in shown}
        if prompt_id in self._questions:
            pools.add(self._sources.pool(prompt_id))
        elif prompt_id in self._of_evaluation:
            pools.add(Pool.EVALUATION)
        return pools

    # --- both ------------------------------------------------------------------------------------------------

    def _with_shapes(self, triple: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "triples", triple
        if not self._shapes:
            return
        said = self._sources.said.get(triple["id"], NOTHING)
        for name, format in FORMATS.items():
            for row in format.rows(triple, said):
                if name == "inspector":
                    self.tally.labelled[row["role"], row["label_from"]] += 1
                yield name, row
        self.tally.same_response += same_response(triple)

    def _prompt_by(self, prompt_id: str | None) -> Writer:
        if prompt_id in self._questions:
            return self._questions[prompt_id].written_by
        made_by_a_run = prompt_id is not None and prompt_id.rpartition(".")[0] in self._runs
        return Writer.MODEL if made_by_a_run else Writer.UNKNOWN

    def _state(self, source: str) -> None:
        self.tally.stated[source or "not stated"] += 1

    def _leave(self, what: str, why: Why) -> None:
        self.tally.left_out[what, why] += 1


def _stage(run: RunSource) -> str:
    return run.record.stage if run.record.stage in ("topics", "triples") else "questions"


def _of_refused(row: Row, whole: Why) -> Why:
    """A rejected row of a run that stays behind is rejected first; a kept one stays behind with its run."""
    return {State.REJECTED: Why.REJECTED, State.FAILED: Why.FAILED}.get(row.verdict.state, whole)


def _complete(row: Row) -> bool:
    fields: dict[str, Any] = row.verdict.fields
    texts: Sequence[Any] = [fields.get(name) for name in ("prompt", "misaligned", "aligned")]
    return all(isinstance(text, str) and text.strip() for text in texts)
