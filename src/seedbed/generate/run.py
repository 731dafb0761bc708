"""What a run is: settings, seeds and a model become a run.json, a plan, a stage and its judge."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import seedbed
from seedbed.engine import CountingPlanner, Limits, RunRecord
from seedbed.errors import InputError, UsageError
from seedbed.generate.bench import Bench, require
from seedbed.generate.judge import QuestionJudge
from seedbed.generate.plan import QuestionPlan, TriplePlan
from seedbed.generate.prompts import QUESTIONS_VERSION, TRIPLES_VERSION
from seedbed.generate.questions import QuestionStage
from seedbed.generate.session import EMBEDDED, Listener, RunSummary, Writer, conduct
from seedbed.generate.settings import GenerateSettings, QuestionGates
from seedbed.generate.triple_gates import TripleBench, TripleJudge
from seedbed.generate.triples import TripleStage, subject_of
from seedbed.records import Ask, Example
from seedbed.study import Folder
from seedbed.taxonomy import Taxonomy

__all__ = ["check_stage", "generate_questions", "generate_triples"]


def generate_questions(
    folder: Folder,
    settings: GenerateSettings,
    writer: Writer,
    taxonomy: Taxonomy,
    *,
    examples: Sequence[Example],
    seeds: Mapping[str, str],
    run: str = "questions",
    with_seeds: bool = True,
    raw: bool = False,
    rejudge: bool = False,
    about: Mapping[str, Any] | None = None,
    listen: Listener = lambda progress, slots: None,
) -> RunSummary:
    """Stage 1. `examples` are the selected seeds; `seeds` (id to text) is what novelty is judged against.

    `raw` makes comparison rows: one candidate an ask, no lead-in and no gate. Without seeds the plan, the slots, the
    parameters and the instruction are the same; only the examples are gone.

    The run's folder is made, or taken up where it stopped. Raises InputError when there is nothing to show, when the
    run exists with other settings, and whatever the endpoint or the disk raises.
    """
    q = settings.questions
    if not taxonomy.topics or not taxonomy.question_types:
        raise InputError("The taxonomy has no topic or no question type", hint="A plan needs at least one of each.")
    gates = _resolved(q.gates, q.target, taxonomy)
    style = writer.style(q.style)
    per_ask = 1 if raw else q.per_ask
    lead_ins = False if raw else (style == "chat" if q.lead_ins is None else q.lead_ins)
    order = () if raw else gates.order
    must_ask = style == "chat" if gates.must_ask is None else gates.must_ask
    if with_seeds and not examples:
        raise InputError("No seeds are selected to show as examples", hint=f"seedbed curate {folder.root}")
    asks = -(-q.target // per_ask)
    shown = _shown(q.examples, style, chat=2, schema=5)
    limits = _limits(settings, writer)
    plan = QuestionPlan(
        taxonomy, examples, asks=asks, per_ask=per_ask, shown=shown, mode=q.plan, lead_ins=lead_ins,
        seed=settings.seed,
    )  # fmt: skip

    def make(index: int, first: int) -> Ask:
        ask = plan.plan(index, first)
        if with_seeds:
            return ask
        # planned with the seeds and then shown none: topic, type, sub-topic and random numbers are the same
        return dataclasses.replace(ask, examples=())

    record = RunRecord(
        name=run,
        stage="questions",
        ask={
            "model": writer.model, "prompt_version": QUESTIONS_VERSION, "style": style, "target": asks * per_ask,
            "per_ask": per_ask, "shown": shown, "plan": q.plan, "lead_ins": lead_ins, "with_seeds": with_seeds,
            "raw": raw, "seed": settings.seed, "look_back": limits.look_back, "max_tokens": q.max_tokens,
            "sampling": q.sampling.model_dump(), "taxonomy": taxonomy.version,
            "examples": [example.id for example in examples],
            "examples_digest": _digest(folder, examples),
            "taxonomy_digest": folder.digest(taxonomy.to_json()),
        },
        verdict=_verdict_settings(folder, gates, order, must_ask, seeds),
        about=_about(writer, about),
    )  # fmt: skip
    stage = QuestionStage(taxonomy, {example.id: example for example in examples}, q, style)
    bench = Bench(gates.model_copy(update={"order": tuple(order)}), must_ask=must_ask, taxonomy=taxonomy, seeds=seeds)
    judge = QuestionJudge(run, bench, order)
    return conduct(
        folder,
        record,
        writer,
        stage,
        judge,
        lambda: CountingPlanner(asks, make),
        limits,
        rejudge=rejudge,
        listen=listen,
    )


def generate_triples(
    folder: Folder,
    settings: GenerateSettings,
    writer: Writer,
    taxonomy: Taxonomy,
    *,
    pairs: Sequence[Example],
    prompts: Sequence[tuple[str, str]],
    run: str = "triples",
    with_seeds: bool = True,
    rejudge: bool = False,
    about: Mapping[str, Any] | None = None,
    listen: Listener = lambda progress, slots: None,
) -> RunSummary:
    """Stage 2 for one value. `pairs` are the selected seed pairs of that value, `prompts` (id, text) what to answer.

    What the embedded model makes are proposals: kept rows await a person and are never released. In the chat style
    prompts that name people (by the value's scaffold) stand alone where there are any, because its lead-ins need them.
    """
    t = settings.triples
    style = writer.style(t.style)
    value = taxonomy.value(t.value)
    if with_seeds and not pairs:
        raise InputError(f"No seed pairs for {value.label} are selected", hint=f"seedbed curate {folder.root}")
    if style == "chat" and value.scaffold is not None:
        named = [(id, text) for id, text in prompts if subject_of(value, text)]
        prompts = named or prompts
    if not prompts:
        raise InputError("There are no kept questions to answer", hint=f"seedbed generate {folder.root}")
    prompts = prompts[: t.target] if style == "chat" else prompts
    shown = _shown(t.examples, style, chat=2, schema=4) if with_seeds else 0
    plan = TriplePlan(
        [id for id, _ in prompts], pairs, value=value.id, shown=shown, seed=settings.seed, short_first=style == "chat"
    )
    limits = _limits(settings, writer)
    record = RunRecord(
        name=run,
        stage="triples",
        ask={
            "model": writer.model, "prompt_version": TRIPLES_VERSION, "style": style, "target": t.target,
            "per_ask": 1, "shown": shown, "candidates": t.candidates, "value": value.id, "with_seeds": with_seeds,
            "raw": False, "proposals": writer.endpoint is None, "seed": settings.seed,
            "look_back": limits.look_back, "max_tokens": t.max_tokens, "sampling": t.sampling.model_dump(),
            "taxonomy": taxonomy.version, "examples": [pair.id for pair in pairs] if with_seeds else [],
            "examples_digest": _digest(folder, pairs), "taxonomy_digest": folder.digest(taxonomy.to_json()),
            "prompts": len(prompts), "prompts_digest": folder.digest(*(f"{id}\x1e{text}" for id, text in prompts)),
        },
        verdict=t.gates.model_dump(mode="json"),
        about=_about(writer, about),
    )  # fmt: skip
    require(t.gates.order, {"answers-prompt"})
    by_id = {pair.id: pair for pair in pairs}
    stage = TripleStage(taxonomy, by_id, dict(prompts), t, style)
    bench = TripleBench(t.gates, value, by_id, use_cues=style == "chat", embeds="answers-prompt" in t.gates.order)
    judge = TripleJudge(bench, t.gates.order)
    return conduct(
        folder, record, writer, stage, judge, lambda: CountingPlanner(t.target, plan.plan), limits,
        rejudge=rejudge, listen=listen,
    )  # fmt: skip


def _resolved(gates: QuestionGates, target: int, taxonomy: Taxonomy) -> QuestionGates:
    """The gates with the cell's limit as a number: left out, it never keeps a run from reaching its target."""
    if gates.per_cell is not None:
        return gates
    cells = len(taxonomy.topics) * len(taxonomy.question_types)
    return gates.model_copy(update={"per_cell": max(3, -(-target // cells))})


def _digest(folder: Folder, examples: Sequence[Example]) -> str:
    """Names the texts that prompts show, so that an edited seed is not taken for the one that was shown."""
    return folder.digest(*("\x1e".join(map(str, dataclasses.astuple(example))) for example in examples))


def _verdict_settings(
    folder: Folder, gates: QuestionGates, order: Sequence[str], must_ask: bool, seeds: Mapping[str, str]
) -> dict[str, Any]:
    if not order:
        return {"order": []}
    compared = folder.digest(*(f"{id}\x1e{text}" for id, text in seeds.items()))
    return {**gates.model_dump(mode="json"), "order": list(order), "must_ask": must_ask, "seeds_digest": compared}


def _shown(wanted: int | None, style: str, *, chat: int, schema: int) -> int:
    return wanted if wanted is not None else chat if style == "chat" else schema


def _limits(settings: GenerateSettings, writer: Writer) -> Limits:
    # the embedded model computes one reply a core: two lanes a process keep it busy while it is asked again
    default = writer.endpoint.max_lanes if writer.endpoint else 4
    return Limits(
        look_back=settings.look_back,
        lanes=min(settings.lanes or default, settings.look_back),
        attempts=settings.attempts,
        deadline_s=settings.deadline_s,
    )


def _about(writer: Writer, about: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "seedbed": seedbed.__version__,
        "python": platform.python_version(),
        "endpoint": list(writer.endpoint.urls) if writer.endpoint else EMBEDDED,
        **(about or {}),
    }


def check_stage(name: str) -> Literal["questions", "triples"]:
    """Raises UsageError when `name` is no stage."""
    if name == "questions":
        return "questions"
    if name == "triples":
        return "triples"
    raise UsageError(f"No stage {name!r}", hint="Stages: questions, triples")
