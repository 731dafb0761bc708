"""What a run of stage 2 is: settings, seed pairs, questions and a model become a run.json, a plan, a stage, a judge."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seedbed.engine import CountingPlanner, RunRecord, Tally, TargetPlanner
from seedbed.errors import InputError
from seedbed.generate.gating import require
from seedbed.generate.models import Roles, Style
from seedbed.generate.questions.following import Followed
from seedbed.generate.session import Prepared, about_run, digest_of, limits_of, sent_besides, shown_of
from seedbed.generate.settings import GenerateSettings, TripleSettings
from seedbed.generate.triples.bench import TripleBench, ValueInspector
from seedbed.generate.triples.judge import TripleJudge
from seedbed.generate.triples.plan import TriplePlan, is_sound
from seedbed.generate.triples.prompts import TRIPLES_VERSION
from seedbed.generate.triples.scaffold import subject_of
from seedbed.generate.triples.stage import TripleStage
from seedbed.generate.triples.verdict_prompts import JUDGE_VERSION
from seedbed.generate.triples.verdicts import judge_form
from seedbed.measures.embed import TextEmbedder
from seedbed.records import Ask, Example
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["prepare_triples"]


def prepare_triples(
    folder: Folder,
    settings: GenerateSettings,
    roles: Roles,
    taxonomy: Taxonomy,
    *,
    pairs: Sequence[Example],
    prompts: Sequence[tuple[str, str]],
    pair_values: Mapping[str, Sequence[str]] | None = None,
    run: str = "triples",
    with_seeds: bool = True,
    pilot: int | None = None,
    inspector: ValueInspector | None = None,
    inspector_mark: str = "",
    judge_calibrated: bool = False,
    embedder: TextEmbedder | None = None,
    follow: Followed | None = None,
    about: Mapping[str, Any] | None = None,
) -> Prepared:
    """Stage 2. `pairs` are the selected seed pairs of any of the values (`pair_values`: of which), `prompts` (id, text)
    what to answer.

    `inspector` ranks candidates and, where it may, judges; `inspector_mark` names it, so that another one is a reason
    to judge anew. `judge_calibrated` says whether the model judge of `roles` was calibrated on people's labels.
    `embedder` stands in for the packaged one.

    What the embedded model makes are proposals: kept rows await a person and are never released. In the chat style
    prompts that name people (by the first value's scaffold) stand alone where there are any: its lead-ins need them.
    `follow` has the asks of another run made once more, with `pairs` in the place of those that it showed, or none;
    settings and prompts are to be those of that run.
    Raises InputError where there is nothing to show or to answer, MissingExtra where a gate needs what is not there.
    """
    t = settings.triples
    style = roles.style(t.style)
    values = [taxonomy.value(id) for id in t.values]
    if with_seeds and not pairs:
        labels = " and ".join(value.label for value in values)
        raise InputError(f"No seed pairs for {labels} are selected", hint=f"seedbed curate {folder.root}")
    if style == "chat" and values[0].scaffold is not None:
        named = [(id, text) for id, text in prompts if subject_of(values[0], text)]
        prompts = named or prompts
    if not prompts:
        raise InputError("There are no kept questions to answer", hint=f"seedbed generate {folder.root}")
    if t.candidates:
        prompts = prompts[: t.candidates] if style == "chat" else prompts
    require(t.gates.order, {"answers-prompt"} if embedder is None else set())
    shown = shown_of(t.examples, style, chat=2, schema=4) if with_seeds or follow else 0
    plan = TriplePlan(
        pairs,
        values=t.values,
        shown=shown if with_seeds else 0,
        seed=settings.seed,
        short_first=style == "chat",
        pair_values=pair_values,
    )
    limits = limits_of(settings, roles, pilot=pilot)
    planner, tally = _planner(t, plan, [id for id, _ in prompts])
    share = 0.0 if style == "chat" else t.identity_share
    sound: Callable[[Ask], bool] = functools.partial(is_sound, seed=settings.seed, share=share)
    if follow:
        planner, tally = follow.planner(plan, with_seeds=with_seeds), None
        sound = _sound_as_in(follow, sound)
    made = len(follow.asks) if follow else t.candidates
    record = RunRecord(
        name=run,
        stage="triples",
        ask={
            "model": roles.model, "sent_besides": sent_besides(folder, roles),
            "prompt_version": TRIPLES_VERSION, "style": style,
            "target": None if made else t.target, "candidates": made,
            "per_ask": 1, "patience": None if made else t.patience, "shown": shown,
            "best_of": t.best_of if style == "chat" else 1, "identity_share": share,
            "values": list(t.values), "with_seeds": with_seeds,
            "raw": False, "proposals": roles.writer is None, "seed": settings.seed,
            "look_back": limits.look_back, "max_tokens": t.max_tokens,
            "sampling": t.sampling.sent(style), "judge": _judge_settings(roles, t.judge_max_tokens),
            "taxonomy": taxonomy.version, "examples": [pair.id for pair in pairs] if with_seeds else [],
            "examples_digest": digest_of(folder, pairs), "taxonomy_digest": folder.digest(taxonomy.to_json()),
            "prompts": len(prompts), "prompts_digest": folder.digest(*(f"{id}\x1e{text}" for id, text in prompts)),
            "subset": {"topics": list(t.topics), "question_types": list(t.question_types), "sample": t.sample},
            **({"follows": follow.said(folder)} if follow else {}),
        },
        verdict={
            **t.gates.model_dump(mode="json"),
            "inspector": inspector_mark or ("given" if inspector else None),
            "judge_calibrated": judge_calibrated if roles.judge else None,
            "embedder": embedder.fingerprint if embedder else None,
        },
        about=about_run(folder, roles, about),
    )  # fmt: skip
    stage = _stage(settings, roles, taxonomy, pairs, prompts, style, sound)
    bench = TripleBench(
        t.gates, values, {pair.id: pair for pair in pairs}, risks=taxonomy.risks, use_cues=style == "chat",
        embeds="answers-prompt" in t.gates.order, inspector=inspector, embedder=embedder,
        calibrated=judge_calibrated,
    )  # fmt: skip
    judge = TripleJudge(run, bench, t.gates.order, tally)
    return Prepared(record, roles, stage, judge, planner, limits)


def _sound_as_in(follow: Followed, sound: Callable[[Ask], bool]) -> Callable[[Ask], bool]:
    """Which asks want a sound response: those whose like in the run that is followed did, at its own slot there."""
    asked = {slot: sound(ask) for slot, ask in enumerate(follow.asks)}
    return lambda ask: asked[ask.first] if ask.first in asked else sound(ask)


def _planner(
    t: TripleSettings, plan: TriplePlan, ids: Sequence[str]
) -> tuple[CountingPlanner | TargetPlanner, Tally | None]:
    """Each question in turn: a number of candidates, or as many accepted rows as each question's share of the target
    needs; a question that fails `patience` times in a row is given up."""
    if t.candidates:
        return CountingPlanner(t.candidates, lambda i, first: plan.ask(ids[i % len(ids)], first), plan.again), None
    quotas = dict.fromkeys(ids, -(-t.target // len(ids)))
    planner = TargetPlanner(
        Tally(quotas, t.target),
        lambda id, count, first: plan.ask(id, first),
        cell_of=lambda ask: ask.prompt_id or "",
        per_ask=1,
        patience=t.patience,
        stall=max(100, 25 * t.patience),
    )
    return planner, Tally(quotas, t.target)


def _stage(
    settings: GenerateSettings, roles: Roles, taxonomy: Taxonomy, pairs: Sequence[Example],
    prompts: Sequence[tuple[str, str]], style: Style, sound: Callable[[Ask], bool],
) -> TripleStage:  # fmt: skip
    return TripleStage(
        taxonomy,
        {pair.id: pair for pair in pairs},
        dict(prompts),
        settings.triples,
        style,
        sound=sound,
        judge=judge_form(roles.judge.structured) if roles.judge else None,
    )


def _judge_settings(roles: Roles, max_tokens: int) -> dict[str, Any] | None:
    """What the verdicts of a model judge hang on; None where the run has none."""
    if roles.judge is None:
        return None
    return {
        "model": roles.judge.model,
        "prompt_version": JUDGE_VERSION,
        "style": judge_form(roles.judge.structured),
        "max_tokens": max_tokens,
    }
