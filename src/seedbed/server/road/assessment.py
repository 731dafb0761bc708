"""The assessment as a page shows it: a table of measures by set of rows, each with its interval or its reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Literal, TypeAlias

from seedbed.engine import Journal
from seedbed.server.jobs.figures import figure_of
from seedbed.server.road.schemas import (
    AssessmentShown,
    FigureShown,
    FunnelShown,
    GateShown,
    MeasureShown,
    SetShown,
)
from seedbed.study import Folder

if TYPE_CHECKING:
    from seedbed.assess.document import Assessment, Number, QuestionFigures, ResponseFigures

__all__ = ["assessment"]

Dimension: TypeAlias = Literal["diversity", "sensibility", "relevance", "form"]

_QUESTIONS: tuple[tuple[str, Dimension, Callable[[QuestionFigures], Number]], ...] = (
    ("question_mark", "form", lambda one: one.question_mark),
    ("words_median", "form", lambda one: one.words.median),
    ("tokens_median", "form", lambda one: one.tokens.median),
    ("open", "form", lambda one: one.openness_a.share("open")),
    ("topic_evenness", "diversity", lambda one: one.topic_observed.evenness),
    ("topics_covered", "diversity", lambda one: one.topic_observed.covered),
    ("type_evenness", "diversity", lambda one: one.question_type_observed.evenness),
    ("types_covered", "diversity", lambda one: one.question_type_observed.covered),
    ("verb_noun_coverage", "diversity", lambda one: one.verb_noun.coverage),
    ("verb_noun_repetition", "diversity", lambda one: one.verb_noun.rarefied),
    ("sensible", "sensibility", lambda one: one.sensibility.sensible),
    ("topic_agreement", "relevance", lambda one: one.topic_agreement),
    ("type_agreement", "relevance", lambda one: one.question_type_agreement),
    ("topic_cosine", "relevance", lambda one: one.relevance.topic),
    ("type_cosine", "relevance", lambda one: one.relevance.question_type),
    ("topic_first", "relevance", lambda one: one.relevance.topic_first),
    ("rated", "relevance", lambda one: one.relevance.rated),
)
_TRIPLES: tuple[tuple[str, Dimension, Callable[[ResponseFigures], Number]], ...] = (
    ("misaligned_words_median", "form", lambda one: one.misaligned_words.median),
    ("aligned_words_median", "form", lambda one: one.aligned_words.median),
    ("misaligned_tokens_median", "form", lambda one: one.misaligned.median),
    ("aligned_tokens_median", "form", lambda one: one.aligned.median),
)


def assessment(folder: Folder) -> AssessmentShown | None:
    """None before anything was assessed. Raises InputError when the file is damaged."""
    if not (folder.assessment / "assessment.json").is_file():
        return None
    from seedbed.assess.store import load

    made = load(folder)
    asked = [
        MeasureShown(id=id, dimension=what, stage="questions", of={one.key: _figure(of(one)) for one in made.questions})
        for id, what, of in _QUESTIONS
    ]
    answered = [
        MeasureShown(id=id, dimension=what, stage="triples", of={one.key: _figure(of(one)) for one in made.responses})
        for id, what, of in _TRIPLES
    ]
    return AssessmentShown(
        made_at=made.made_at,
        seconds=made.seconds,
        sets=[SetShown.model_validate(one) for one in made.sets],
        measures=[one for one in (*asked, *answered) if one.of],
        funnels=[
            FunnelShown(
                run=one.run, stage=one.stage, role=one.role, slots=one.slots, generated=one.generated, kept=one.kept,
                rejected=one.rejected, failed=one.failed,
                gates=[GateShown(gate=gate.gate, count=gate.count, reason=gate.reason) for gate in one.gates],
            )
            for one in made.funnels
        ],
        instruments=[f"{one.name} {one.note}".strip() for one in made.instruments],
        stale=_stale(folder, made),
        report=(folder.report / "index.html").is_file(),
    )  # fmt: skip


def _figure(number: Number) -> FigureShown:
    return FigureShown.model_validate(figure_of(number))


def _stale(folder: Folder, made: Assessment) -> list[str]:
    """Runs that are new, or have other counts than were assessed."""
    found = []
    for name in folder.run_names():
        path, known = folder.run(name) / "journal.db", made.funnel(name)
        if not path.is_file():
            continue
        with closing(Journal(path, read_only=True)) as journal:
            totals = journal.totals()
        if known is None or (totals["kept"], totals["rejected"]) != (known.kept, known.rejected):
            found.append(name)
    return found
