"""What a run of stage 1 is: settings, seeds and a model become a run.json, a plan, a stage and its judge."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seedbed.engine import CountingPlanner, RunRecord, Tally, TargetPlanner, apportion
from seedbed.errors import InputError
from seedbed.generate.models import Roles
from seedbed.generate.questions.bench import Bench, cell_of
from seedbed.generate.questions.following import Followed
from seedbed.generate.questions.judge import QuestionJudge
from seedbed.generate.questions.plan import Narrower, QuestionPlan, cell_name, sequence, spread
from seedbed.generate.questions.prompts import QUESTIONS_VERSION
from seedbed.generate.questions.stage import QuestionStage
from seedbed.generate.session import Prepared, about_run, digest_of, limits_of, sent_besides, shown_of
from seedbed.generate.settings import GenerateSettings, QuestionGates
from seedbed.measures.embed import TextEmbedder
from seedbed.records import Ask, Example
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["prepare_questions"]


def prepare_questions(
    folder: Folder,
    settings: GenerateSettings,
    roles: Roles,
    taxonomy: Taxonomy,
    *,
    examples: Sequence[Example],
    seeds: Mapping[str, str],
    run: str = "questions",
    with_seeds: bool = True,
    raw: bool = False,
    narrower: Narrower | None = None,
    language: str = "",
    embedder: TextEmbedder | None = None,
    pilot: int | None = None,
    follow: Followed | None = None,
    about: Mapping[str, Any] | None = None,
) -> Prepared:
    """Stage 1. `examples` are the selected seeds; `seeds` (id to text) is what novelty is judged against.

    `raw` makes comparison rows: one candidate an ask, no lead-in and no gate, and a fixed number of them. Without
    seeds the plan, the slots, the parameters and the instruction are the same; only what comes from seeds is gone.
    `narrower` are the topics that a model made, by cell; `language` is the study's, as a BCP 47 tag; `embedder` stands
    in for the packaged one. `pilot` ends the session after so many requests. `follow` has the asks of another run made
    once more, with `examples` in the place of those that it showed: plan, target and candidates are then its own.

    Raises InputError when there is nothing to show, SettingsError for a gate or a cell that does not exist.
    """
    q = settings.questions
    if not taxonomy.topics or not taxonomy.question_types:
        raise InputError("The taxonomy has no topic or no question type", hint="A plan needs at least one of each.")
    style = roles.style(q.style)
    per_ask = 1 if raw else q.per_ask
    candidates = q.candidates or (q.target if raw else None)
    asks = -(-candidates // per_ask) if candidates else 0
    made = sum(ask.count for ask in follow.asks) if follow else asks * per_ask if candidates else None
    lead_ins = False if raw else (style == "chat" if q.lead_ins is None else q.lead_ins)
    order = () if raw else q.gates.order
    if with_seeds and not examples:
        raise InputError(
            "No seeds are selected to show as examples",
            hint=f"seedbed curate {folder.root}; what keeps each seed out: seedbed decide {folder.root}",
        )
    shown = shown_of(q.examples, style, chat=2, schema=5)
    limits = limits_of(settings, roles, pilot=pilot)
    plan = QuestionPlan(
        taxonomy, examples, shown=follow.shown if follow else shown, lead_ins=lead_ins, seed=settings.seed,
        narrower=narrower,
    )  # fmt: skip
    shares = spread(q.plan, taxonomy, examples, q.shares, settings.seed)
    named = {cell_name(*cell): cell for cell in shares}
    gates = _resolved(q.gates, candidates, len(shares))
    if follow:
        gates = q.gates.model_copy(update={"per_cell": follow.per_cell})
    must_ask = style == "chat" if gates.must_ask is None else gates.must_ask

    def make(cell: tuple[str, str], count: int, first: int) -> Ask:
        ask = plan.ask(cell, count, first)
        if with_seeds:
            return ask
        # planned with the seeds and then shown none: topic, type, sub-topic and random numbers are the same
        return dataclasses.replace(ask, examples=(), persona_from=None)

    planner: CountingPlanner | TargetPlanner
    quotas: dict[str, int] | None = None
    if follow:
        planner = follow.planner(plan, with_seeds=with_seeds)
    elif candidates:
        cells = iter(sequence(shares, asks, settings.seed))
        planner = CountingPlanner(asks, lambda index, first: make(next(cells), per_ask, first), plan.again)
    else:
        quotas = apportion({name: shares[cell] for name, cell in named.items()}, q.target)
        planner = TargetPlanner(
            Tally(quotas, q.target),
            lambda name, count, first: make(named[name], count, first),
            cell_of=cell_of,
            per_ask=per_ask,
            patience=q.patience,
        )
    record = RunRecord(
        name=run,
        stage="questions",
        ask={
            "model": roles.model, "sent_besides": sent_besides(folder, roles),
            "prompt_version": QUESTIONS_VERSION, "style": style,
            "target": None if made else q.target, "candidates": made,
            "per_ask": per_ask, "patience": None if made else q.patience, "shown": shown, "plan": q.plan,
            "shares": dict(q.shares) if q.plan == "table" else None, "lead_ins": lead_ins, "with_seeds": with_seeds,
            "raw": raw, "language": language, "seed": settings.seed, "look_back": limits.look_back,
            "max_tokens": q.max_tokens, "sampling": q.sampling.sent(style), "taxonomy": taxonomy.version,
            "examples": [example.id for example in examples],
            "examples_digest": digest_of(folder, examples),
            "taxonomy_digest": folder.digest(taxonomy.to_json()),
            "topics_digest": None if narrower is None else folder.digest(*_lines(narrower)),
            **({"follows": follow.said(folder)} if follow else {}),
        },
        verdict=_verdict_settings(folder, gates, order, must_ask, seeds)
        | ({"embedder": embedder.fingerprint if embedder else None} if order else {}),
        about=about_run(folder, roles, about),
    )  # fmt: skip
    stage = QuestionStage(taxonomy, {example.id: example for example in examples}, q, style, language)
    bench = Bench(
        gates.model_copy(update={"order": tuple(order)}), must_ask=must_ask, taxonomy=taxonomy, seeds=seeds,
        language=language, embedder=embedder,
    )  # fmt: skip
    judge = QuestionJudge(run, bench, order, Tally(quotas, q.target) if quotas is not None else None)
    return Prepared(record, roles, stage, judge, planner, limits)


def _resolved(gates: QuestionGates, candidates: int | None, cells: int) -> QuestionGates:
    """The gates with the cell's limit as a number, where the number of candidates is given: left out, it is what
    spreads as many as there are over the plan's cells. With a target the plan itself gives each cell its share."""
    if gates.per_cell is not None or candidates is None:
        return gates
    return gates.model_copy(update={"per_cell": max(3, -(-candidates // cells))})


def _lines(narrower: Narrower) -> Iterable[str]:
    return ("\x1e".join((*cell, *map("\x1e".join, found))) for cell, found in sorted(narrower.items()))


def _verdict_settings(
    folder: Folder, gates: QuestionGates, order: Sequence[str], must_ask: bool, seeds: Mapping[str, str]
) -> dict[str, Any]:
    if not order:
        return {"order": []}
    compared = folder.digest(*(f"{id}\x1e{text}" for id, text in seeds.items()))
    return {**gates.model_dump(mode="json"), "order": list(order), "must_ask": must_ask, "seeds_digest": compared}
