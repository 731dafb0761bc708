"""What a run of stage 2 is: settings, seed pairs, questions and a model become a run.json, a plan, a stage, a judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.engine import CountingPlanner, RunRecord, Tally, TargetPlanner
from seedbed.errors import InputError
from seedbed.generate.draws import digest_of, shown_of
from seedbed.generate.gating import require
from seedbed.generate.models import Roles
from seedbed.generate.session import Prepared, about_run, limits_of
from seedbed.generate.settings import GenerateSettings
from seedbed.generate.triples.gates import TripleBench, TripleJudge
from seedbed.generate.triples.plan import TriplePlan
from seedbed.generate.triples.prompts import TRIPLES_VERSION
from seedbed.generate.triples.stage import TripleStage, subject_of
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
    run: str = "triples",
    with_seeds: bool = True,
    pilot: int | None = None,
    about: Mapping[str, Any] | None = None,
) -> Prepared:
    """Stage 2. `pairs` are the selected seed pairs of the values, `prompts` (id, text) what to answer.

    What the embedded model makes are proposals: kept rows await a person and are never released. In the chat style
    prompts that name people (by the value's scaffold) stand alone where there are any, because its lead-ins need them.
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
    shown = shown_of(t.examples, style, chat=2, schema=4) if with_seeds else 0
    plan = TriplePlan(pairs, values=t.values, shown=shown, seed=settings.seed, short_first=style == "chat")
    limits = limits_of(settings, roles, pilot=pilot)
    ids = [id for id, _ in prompts]

    def in_turn(index: int, first: int) -> Ask:
        return plan.ask(ids[index % len(ids)], first)

    planner: CountingPlanner | TargetPlanner
    quotas: dict[str, int] | None = None
    if t.candidates:
        planner = CountingPlanner(t.candidates, in_turn, plan.again)
    else:
        quotas = dict.fromkeys(ids, -(-t.target // len(ids)))
        planner = TargetPlanner(
            Tally(quotas, t.target),
            lambda id, count, first: plan.ask(id, first),
            per_ask=1,
            patience=t.patience,
            stall=max(100, 25 * t.patience),
        )
    record = RunRecord(
        name=run,
        stage="triples",
        ask={
            "model": roles.model, "prompt_version": TRIPLES_VERSION, "style": style,
            "target": None if t.candidates else t.target, "candidates": t.candidates,
            "per_ask": 1, "patience": None if t.candidates else t.patience, "shown": shown, "best_of": t.best_of,
            "values": list(t.values), "with_seeds": with_seeds,
            "raw": False, "proposals": roles.writer is None, "seed": settings.seed,
            "look_back": limits.look_back, "max_tokens": t.max_tokens, "sampling": t.sampling.model_dump(),
            "taxonomy": taxonomy.version, "examples": [pair.id for pair in pairs] if with_seeds else [],
            "examples_digest": digest_of(folder, pairs), "taxonomy_digest": folder.digest(taxonomy.to_json()),
            "prompts": len(prompts), "prompts_digest": folder.digest(*(f"{id}\x1e{text}" for id, text in prompts)),
        },
        verdict=t.gates.model_dump(mode="json"),
        about=about_run(roles, about),
    )  # fmt: skip
    require(t.gates.order, {"answers-prompt"})
    by_id = {pair.id: pair for pair in pairs}
    stage = TripleStage(taxonomy, by_id, dict(prompts), t, style)
    bench = TripleBench(t.gates, values[0], by_id, use_cues=style == "chat", embeds="answers-prompt" in t.gates.order)
    judge = TripleJudge(bench, t.gates.order, Tally(quotas, t.target) if quotas is not None else None)
    return Prepared(record, roles, stage, judge, planner, limits)
