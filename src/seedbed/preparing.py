"""From what stands in a study and what is wanted of a run to a run that can be conducted: the seam between rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

from seedbed import curate, generate, judges, seeds
from seedbed.engine import RunRecord, read_rows, read_run
from seedbed.engine.withdrawing import standing
from seedbed.errors import InputError, UsageError
from seedbed.generate.questions.following import Followed, followed
from seedbed.generate.settings import GenerateSettings
from seedbed.generate.topics.run import narrower_of, prepare_topics
from seedbed.generate.triples.prompts_of_run import choose_prompts
from seedbed.llm.embeddings import EndpointEmbedder
from seedbed.llm.settings import EndpointSettings
from seedbed.records import Example, Triple
from seedbed.seeds import current_taxonomy
from seedbed.settings import Settings
from seedbed.study import Folder
from seedbed.taxonomy.profiles import current_profile, told_by

__all__ = ["STAGES", "Options", "StageName", "Wanted", "prepare"]

StageName = Literal["topics", "questions", "triples"]
STAGES: tuple[StageName, ...] = ("topics", "questions", "triples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of one run; None and False leave it to study.toml.

    `target` is how many rows to keep; `candidates`, instead, how many to make whatever becomes of them. `raw` makes
    comparison rows (one candidate an ask, no lead-ins, no gates, always a number of candidates). `control_of` names
    the run that this one is the control for. `follow` names a run of this stage whose very asks are made once more, up
    to `candidates` rows, with other examples or none; `shown` are the seeds to take examples from, by their ids, if not
    those that curation chose. `prompts_from` is the questions run whose kept rows stage 2 answers, and
    `topic`, `question_type` and `sample` which of them. `topics_from` is the topics run that narrows stage 1's topics.
    `writer` and `judge` are names under [endpoints], `endpoint` the settings of a writer that is not there. `pilot`
    ends the session after so many requests; `max_cost`, `max_tokens` and `max_seconds` end it before more is spent.
    `engine` is where requests are made: in this process, or "ray" (`workers` actors on the cluster at `address`).
    """

    stage: StageName = "questions"
    run: str | None = None
    target: int | None = None
    candidates: int | None = None
    values: Sequence[str] | None = None
    with_seeds: bool = True
    raw: bool = False
    control_of: str | None = None
    follow: str | None = None
    shown: Sequence[str] | None = None
    prompts_from: str | None = None
    topic: Sequence[str] | None = None
    question_type: Sequence[str] | None = None
    sample: int | None = None
    topics_from: str | None = None
    endpoint: EndpointSettings | None = None
    writer: str | None = None
    judge: str | None = None
    lanes: int | None = None
    pilot: int | None = None
    max_cost: float | None = None
    max_tokens: int | None = None
    max_seconds: float | None = None
    engine: Literal["local", "ray"] | None = None
    workers: int | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise UsageError(f"No stage {self.stage!r}", hint=f"Stages: {', '.join(STAGES)}")
        if self.raw and self.stage != "questions":
            raise UsageError("Raw comparison rows are questions", hint="Leave --raw out, or use --stage questions")
        if self.target is not None and self.candidates is not None:
            raise UsageError("A run has a target or a number of candidates", hint="Leave one of the two out")
        if self.raw and self.target is not None:
            raise UsageError("Raw rows meet no gate, so there is no target", hint="Say how many: --candidates N")
        if self.stage == "topics" and (self.follow is not None or self.shown is not None):
            raise UsageError(
                "Only questions and triples are asked again with other examples", hint="Give another stage"
            )
        if self.stage == "topics" and (self.target is not None or self.candidates is not None):
            raise UsageError(
                "Topics are made for each cell", hint="Set generate.topics.per_cell in study.toml, for --stage topics"
            )
        if self.values and self.stage != "triples":
            raise UsageError("A value belongs to triples", hint="Leave it out, or make triples: --stage triples")
        if (self.workers is not None or self.address is not None) and self.engine == "local":
            raise UsageError("Workers and an address belong to Ray", hint="Add --engine ray")


class Options(TypedDict, total=False):
    """The fields of `Wanted`, as keyword arguments."""

    stage: StageName
    run: str | None
    target: int | None
    candidates: int | None
    values: Sequence[str] | None
    with_seeds: bool
    raw: bool
    control_of: str | None
    follow: str | None
    shown: Sequence[str] | None
    prompts_from: str | None
    topic: Sequence[str] | None
    question_type: Sequence[str] | None
    sample: int | None
    topics_from: str | None
    endpoint: EndpointSettings | None
    writer: str | None
    judge: str | None
    lanes: int | None
    pilot: int | None
    max_cost: float | None
    max_tokens: int | None
    max_seconds: float | None
    engine: Literal["local", "ray"] | None
    workers: int | None
    address: str | None


def prepare(folder: Folder, settings: Settings, wanted: Wanted) -> generate.Prepared:
    """The run that is wanted, ready for `generate.conduct`. Raises what the rooms raise that it asks."""
    made = _settings(settings.generate, wanted, _base_ask(folder, wanted))
    roles = _roles(settings, made, wanted.endpoint)
    folder.check()
    # who took consent back since the last curation is shown to no model, also where the server that was told has died
    seeds.settle(folder, language=settings.language, pages=settings.workshop.language)
    wanted = _without_withdrawn(folder, wanted)
    curation, taxonomy = curate.load(folder), told_by(current_profile(folder), current_taxonomy(folder))
    about = {"control_of": wanted.control_of, "title": settings.title}
    embedder = EndpointEmbedder(roles.embedder) if roles.embedder else None
    prepared: generate.Prepared
    if wanted.stage == "topics":
        prepared = prepare_topics(
            folder, made, roles, taxonomy, examples=_question_examples(folder, curation) if wanted.with_seeds else [],
            run=wanted.run or "topics", language=settings.language, embedder=embedder, pilot=wanted.pilot, about=about,
        )  # fmt: skip
    elif wanted.stage == "questions":
        topics = wanted.topics_from or made.questions.topics
        prepared = generate.prepare_questions(
            folder, made, roles, taxonomy,
            examples=_question_examples(folder, curation, wanted.shown),
            seeds={question.id: question.text for question in seeds.load(folder).questions},
            run=wanted.run or ("questions" if wanted.with_seeds else "without-seeds"),
            with_seeds=wanted.with_seeds, raw=wanted.raw, pilot=wanted.pilot,
            narrower=narrower_of(folder, topics, made.topics.equalise) if topics else None,
            language=settings.language, embedder=embedder, follow=_followed(folder, wanted),
            about={**about, "topics_from": topics or None},
        )  # fmt: skip
    else:
        source = wanted.prompts_from or _only_questions(folder)
        inspector = judges.load(folder)
        document = inspector.document if inspector else None
        chosen = [curation.triple(id) for id in (curation.selected_triples if wanted.shown is None else wanted.shown)]
        prepared = generate.prepare_triples(
            folder, made, roles, taxonomy,
            pairs=_pair_examples(chosen, made.triples.values),
            pair_values={item.id: item.values for item in chosen},
            prompts=_prompts(folder, source, made),
            run=wanted.run or "triples",
            with_seeds=wanted.with_seeds, pilot=wanted.pilot, inspector=inspector,
            inspector_mark=f"{document.fingerprint}:{document.trained_on}" if document else "", embedder=embedder,
            follow=_followed(folder, wanted), about={**about, "prompts_from": source, "judge": wanted.judge},
        )  # fmt: skip
    return replace(prepared, workers=_workers(made), embedder=embedder)


def _without_withdrawn(folder: Folder, wanted: Wanted) -> Wanted:
    """A run from which seeds were withdrawn goes on with those examples of its own that are left, whichever curation
    has chosen by now."""
    where = folder.run(wanted.run or ("questions" if wanted.with_seeds else "without-seeds"))
    if wanted.stage == "triples":
        where = folder.run(wanted.run or "triples")
    if wanted.stage == "topics" or wanted.shown is not None or not (where / "run.json").is_file():
        return wanted
    stands = standing(where / "journal.db", read_run(where).ask)
    return replace(wanted, shown=stands.examples) if stands.seeds else wanted


def _base_ask(folder: Folder, wanted: Wanted) -> Mapping[str, Any]:
    """How the run that is followed asks, where its target and candidates decide which questions are answered."""
    return read_run(folder.run(wanted.follow)).ask if wanted.follow and wanted.stage == "triples" else {}


def _settings(made: GenerateSettings, wanted: Wanted, base: Mapping[str, Any]) -> GenerateSettings:
    """study.toml's settings with what is wanted instead, by the same rules."""
    from pydantic import ValidationError

    inner: dict[str, Any] = getattr(made, wanted.stage).model_dump()
    named = {
        "target": wanted.target, "candidates": wanted.candidates, "values": wanted.values, "topics": wanted.topic,
        "question_types": wanted.question_type, "sample": wanted.sample,
    }  # fmt: skip
    if wanted.stage != "triples":
        if wanted.topic or wanted.question_type or wanted.sample:
            raise UsageError("A choice of questions belongs to triples", hint="Leave it out, or add --stage triples")
        named = {"target": wanted.target, "candidates": None if wanted.follow else wanted.candidates}
    elif wanted.follow:
        inner["candidates"] = None
        named |= {"target": base.get("target"), "candidates": base.get("candidates")}
    inner |= {name: value for name, value in named.items() if value is not None}
    if wanted.target is not None:
        inner["candidates"] = None
    outer = {
        "lanes": wanted.lanes, "max_cost": wanted.max_cost, "max_tokens": wanted.max_tokens,
        "max_seconds": wanted.max_seconds, "writer": wanted.writer, "judge": wanted.judge, "engine": wanted.engine,
        "workers": wanted.workers, "address": wanted.address,
    }  # fmt: skip
    given = {name: value for name, value in outer.items() if value is not None}
    try:
        return GenerateSettings.model_validate({**made.model_dump(), **given, wanted.stage: inner})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _roles(settings: Settings, made: GenerateSettings, endpoint: EndpointSettings | None) -> generate.Roles:
    def named(name: str) -> EndpointSettings | None:
        return None if name in ("", generate.EMBEDDED) else settings.endpoint(name)

    roles = generate.Roles(endpoint or named(made.writer), named(made.judge), named(made.embedder))
    if made.max_cost is not None and not (roles.writer and (roles.writer.price_in or roles.writer.price_out)):
        raise UsageError(
            "A cap on the cost needs the writer's prices",
            hint="Give price_in and price_out (for a million tokens) in study.toml, or cap the tokens",
        )
    return roles


def _workers(made: GenerateSettings) -> generate.Workers | None:
    return generate.Workers(made.workers, made.address or None) if made.engine == "ray" else None


def _followed(folder: Folder, wanted: Wanted) -> Followed | None:
    if wanted.follow is None:
        return None
    base = read_run(folder.run(wanted.follow))
    if base.stage != wanted.stage:
        raise UsageError(f"The run {wanted.follow!r} makes no {wanted.stage}", hint=f"Name a run of {wanted.stage}")
    return followed(
        read_rows(folder.run(wanted.follow), withdrawn=True), wanted.follow, candidates=wanted.candidates,
        per_cell=base.verdict.get("per_cell"),
    )  # fmt: skip


def _question_examples(folder: Folder, curation: curate.Curation, shown: Sequence[str] | None = None) -> list[Example]:
    if not curation.pools and seeds.load(folder).questions:
        raise InputError("The seeds are not curated yet", hint=f"seedbed curate {folder.root}")
    chosen = [curation.question(id) for id in (curation.selected_questions if shown is None else shown)]
    return [
        Example(
            item.id, item.text, item.topic, item.question_type, persona=item.persona, scenario=item.scenario,
            entities=item.entities,
        )
        for item in chosen
    ]  # fmt: skip


def _pair_examples(chosen: Sequence[Triple], values: Sequence[str]) -> list[Example]:
    """The selected pairs of any of the values; those that have all of them first."""
    fitting = [item for item in chosen if set(values) & set(item.values) and item.misaligned and item.aligned]
    fitting.sort(key=lambda item: not set(values) <= set(item.values))
    return [
        Example(item.id, item.prompt, misaligned=item.misaligned, critique=item.critique, aligned=item.aligned)
        for item in fitting
    ]


def _prompts(folder: Folder, run: str, made: GenerateSettings) -> list[tuple[str, str]]:
    if not _holds_questions(read_run(folder.run(run))):
        raise UsageError(f"The run {run!r} holds no questions that met gates", hint="Name another: --prompts RUN")
    t = made.triples
    return choose_prompts(
        read_rows(folder.run(run)), topics=t.topics, question_types=t.question_types, sample=t.sample, seed=made.seed,
        surplus=t.surplus,
    )  # fmt: skip


def _only_questions(folder: Folder) -> str:
    """The study's one run of questions that met gates and is no control."""
    records = [read_run(folder.run(name)) for name in folder.run_names()]
    found = [run.name for run in records if _holds_questions(run) and not run.about.get("control_of")]
    if not found:
        raise InputError("There are no questions to answer yet", hint=f"seedbed generate {folder.root}")
    if len(found) > 1:
        raise UsageError(f"Several runs hold questions: {', '.join(found)}", hint="Name one: --prompts RUN")
    return found[0]


def _holds_questions(record: RunRecord) -> bool:
    """Whether stage 2 may answer its kept rows: questions that met gates, or were imported."""
    ask: Mapping[str, Any] = record.ask
    imported = record.stage == "imported" and ask.get("rows") == "questions"
    return imported or (record.stage == "questions" and not ask.get("raw"))
