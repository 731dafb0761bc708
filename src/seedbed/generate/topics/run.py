"""What a run of stage 0 is, and what a run of stage 1 takes from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.engine import RunRecord, Tally, TargetPlanner, read_rows, read_run
from seedbed.errors import InputError, UsageError
from seedbed.generate.models import Roles
from seedbed.generate.questions.plan import cell_name, spread
from seedbed.generate.session import Prepared, about_run, digest_of, limits_of, sent_besides
from seedbed.generate.settings import GenerateSettings
from seedbed.generate.topics.gates import TopicBench
from seedbed.generate.topics.judge import TopicJudge
from seedbed.generate.topics.plan import TopicPlan, equalised
from seedbed.generate.topics.prompts import TOPICS_VERSION
from seedbed.generate.topics.stage import TopicStage
from seedbed.measures.embed import TextEmbedder
from seedbed.records import OVER_TARGET, Example
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["narrower_of", "prepare_topics"]

_VERDICT = {"order", "max_characters", "min_topic_margin"}
_NOT_ASKED = {"per_cell", "patience", "style", "equalise", "sampling", *_VERDICT}


def prepare_topics(
    folder: Folder,
    settings: GenerateSettings,
    roles: Roles,
    taxonomy: Taxonomy,
    *,
    examples: Sequence[Example],
    run: str = "topics",
    language: str = "",
    embedder: TextEmbedder | None = None,
    pilot: int | None = None,
    about: Mapping[str, Any] | None = None,
) -> Prepared:
    """Stage 0: `per_cell` narrower topics for every cell that the plan of stage 1 visits.

    `examples` are the selected seeds, of which prompts show some; with none the taxonomy alone speaks. `language` is
    the study's, as a BCP 47 tag; `embedder` stands in for the embedded one.
    Raises InputError for a taxonomy without topics or types, SettingsError for a gate or a cell that does not exist.
    """
    t, q = settings.topics, settings.questions
    if not taxonomy.topics or not taxonomy.question_types:
        raise InputError("The taxonomy has no topic or no question type", hint="A plan needs at least one of each.")
    style = roles.style(t.style)
    limits = limits_of(settings, roles, pilot=pilot)
    shares = spread(q.plan, taxonomy, examples, q.shares, settings.seed)
    named = {cell_name(*cell): cell for cell in shares}
    quotas = dict.fromkeys(named, t.per_cell)
    target = t.per_cell * len(named)
    plan = TopicPlan(taxonomy, examples, shown=t.examples, worked=style in ("chat", "text"), seed=settings.seed)
    planner = TargetPlanner(
        Tally(quotas, target),
        lambda name, count, first: plan.ask(named[name], count, first),
        cell_of=lambda ask: cell_name(ask.topic, ask.question_type),
        per_ask=t.per_ask,
        patience=t.patience,
    )
    record = RunRecord(
        name=run,
        stage="topics",
        ask={
            "model": roles.model, "sent_besides": sent_besides(folder, roles),
            "prompt_version": TOPICS_VERSION, "style": style, "target": target,
            "candidates": None, "per_cell": t.per_cell, "patience": t.patience, "plan": q.plan,
            "shares": dict(q.shares) if q.plan == "table" else None, "with_seeds": bool(examples), "raw": False,
            "seed": settings.seed, "look_back": limits.look_back, "sampling": t.sampling.sent(style),
            "language": language, "taxonomy": taxonomy.version, "examples": [example.id for example in examples],
            "examples_digest": digest_of(folder, examples), "taxonomy_digest": folder.digest(taxonomy.to_json()),
            "shown": t.examples, **t.model_dump(mode="json", exclude=_NOT_ASKED | {"examples"}),
        },
        verdict={**t.model_dump(mode="json", include=_VERDICT), "max_words": t.max_words,
                 "embedder": embedder.fingerprint if embedder else None},
        about=about_run(folder, roles, about),
    )  # fmt: skip
    stage = TopicStage(taxonomy, {example.id: example for example in examples}, t, style, language)
    judge = TopicJudge(run, TopicBench(t, taxonomy, embedder), t.order, Tally(quotas, target))
    return Prepared(record, roles, stage, judge, planner, limits)


def narrower_of(folder: Folder, run: str, equalise: bool = False) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """The kept topics of a run by cell of (topic, type) ids, each as (words, row id); those over the target left out.

    `equalise` cuts every type to the size of the smallest; see `equalised`. Raises UsageError where the run is not
    there or holds no topics, InputError where it kept none.
    """
    if (stage := read_run(folder.run(run)).stage) != "topics":
        raise UsageError(
            f"The run {run!r} holds {stage}, not topics",
            hint=f"Make some: seedbed generate {folder.root} --stage topics",
        )
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for row in read_rows(folder.run(run)):
        if row.kept and OVER_TARGET not in row.verdict.notes:
            cell = (str(row.ask.topic), str(row.ask.question_type))
            found[cell] = (*found.get(cell, ()), (row.verdict.text, row.id))
    if not found:
        raise InputError(f"The run {run!r} kept no topic", hint=f"Look at its reasons: seedbed status {folder.root}")
    return equalised(found) if equalise else found
