"""Curating a study: rules, then pools, then the choice of examples; what is new goes to the event store at once.

Everything follows from the seeds, the settings, and what people decided, so that running it again appends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from seedbed.curate.balancing import Balance, balance
from seedbed.curate.bench import Bench, installed_parser, parse_questions
from seedbed.curate.counting import Step, steps
from seedbed.curate.decisions import BY_RULE, STREAM, differing, encode
from seedbed.curate.fold import Curation, CurationFold, fold
from seedbed.curate.judging import judge
from seedbed.curate.links import ties
from seedbed.curate.pools import assign_pools, crossings
from seedbed.curate.selection import Choice, rank, weights
from seedbed.curate.settings import CurateSettings
from seedbed.errors import InputError
from seedbed.records import Decision, Pool, Question, Triple
from seedbed.seeds import Seeds, current_taxonomy
from seedbed.seeds import load as load_seeds
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.taxonomy import Taxonomy

__all__ = ["CurateReport", "curate"]

Listen = Callable[[str, int, int], None]
# Up to here all candidates are put in order; beyond, the chosen ones and the next few.
_RANK_ALL = 500
_NEXT = 10


@dataclass(frozen=True, slots=True)
class CurateReport:
    """What one run of curation came to. `next_questions` are those that more places would go to, in order.

    `appended` is the number of decisions that were new or changed. `balance` is of all questions and those chosen,
    `triple_balance` of all triples and those chosen. `warnings` say what a curator should know or do.
    """

    questions: int
    triples: int
    appended: int
    funnel: tuple[Step, ...]
    selected_questions: tuple[str, ...]
    selected_triples: tuple[str, ...]
    next_questions: tuple[str, ...]
    pools: dict[Pool, int]
    balance: tuple[Balance, ...] = field(repr=False)
    triple_balance: tuple[Balance, ...] = field(repr=False)
    held: dict[str, tuple[Decision, ...]] = field(repr=False)
    parser: str = ""
    warnings: tuple[str, ...] = ()


def curate(
    folder: Folder,
    settings: CurateSettings,
    *,
    actor: str = BY_RULE,
    listen: Listen = lambda what, done, total: None,
) -> CurateReport:
    """Apply the rules to every seed, give pools, choose examples, and append the decisions that differ.

    `actor` is who ran it; the decisions are the rules'. Raises InputError where the study has no seeds, Busy while
    another process writes, NotAStudy.
    """
    folder.check()
    with folder.writing():
        seeds = load_seeds(folder)
        if not seeds.questions and not seeds.triples:
            raise InputError("The study has no seeds yet", hint=f"seedbed import {folder.root} FILE")
        have = fold(folder)
        taxonomy = current_taxonomy(folder)
        wanted, parser, warnings = _decisions(seeds, have, taxonomy, settings, listen)
        fresh = differing(wanted, have.standing)
        _append(folder, have, fresh, settings, actor)
        curation = fold(folder).curation(seeds, taxonomy)
    return _report(curation, settings, len(fresh), parser, warnings)


def _decisions(
    seeds: Seeds, have: CurationFold, taxonomy: Taxonomy, settings: CurateSettings, listen: Listen
) -> tuple[list[Decision], str, list[str]]:
    before = have.curation(seeds, taxonomy)
    everyone: list[Question | Triple] = [*before.questions, *before.triples]
    parser = installed_parser() if settings.parser else None
    parses = parse_questions(before.questions, parser, listen) if parser else {}
    name = parser.name if parser else ""
    bench = Bench(settings, taxonomy, parses, name)
    judged = judge(everyone, bench, have.by_people, have.standing, listen)

    found = ties(everyone, settings.cut, settings.shared_words, listen)
    given = assign_pools(everyone, found, before.pools, settings)
    pools = {**before.pools, **{item.subject: Pool(item.detail["pool"]) for item in given}}

    verdicts = {item.subject: item for item in judged if item.act in ("include", "exclude")}
    by_people = {subject: item for (subject, what), item in have.by_people.items() if what == "verdict"}
    in_force = {**verdicts, **by_people}
    staying = {item.id for item in everyone if in_force[item.id].act == "include"}
    if "between-pools" not in settings.off:
        for id, rival, tie in crossings(found, pools, staying, set(by_people)):
            reason = f"alike to {rival} ({tie.why}), which is in the other pool and came first"
            verdicts[id] = Decision(id, "exclude", BY_RULE, "between-pools", reason, tie.measured, rival)
            staying.discard(id)

    held = {item.subject for item in judged if item.act == "flag" and item.detail.get("holds")}
    chosen = [
        *_choose(before.questions, "question", settings.select, staying, held, pools, settings),
        *_choose(before.triples, "triple", settings.select_triples, staying, held, pools, settings),
    ]
    flags = [item for item in judged if item.act == "flag"]
    return (
        [*verdicts.values(), *flags, *given, *chosen],
        name,
        _warnings(before, settings, staying, held, parser is None),
    )


def _choose(
    seeds: Sequence[Question | Triple],
    kind: str,
    places: int,
    staying: set[str],
    held: set[str],
    pools: dict[str, Pool],
    settings: CurateSettings,
) -> list[Decision]:
    """A decision for each seed: chosen with its place, or not and why."""
    able = [item for item in seeds if item.id in staying and item.id not in held and pools[item.id] is Pool.ALIGNMENT]
    places = places or len(able)
    depth = None if len(able) <= _RANK_ALL else places + _NEXT
    order = {choice.id: choice for choice in rank(able, weights(settings, kind), settings.seed, depth)}
    made: list[Decision] = []
    for item in sorted(seeds, key=lambda item: item.id):
        choice = order.get(item.id)
        if choice is not None:
            made.append(_placed(choice, places))
            continue
        if item.id not in staying:
            why = "it is excluded"
        elif pools[item.id] is Pool.EVALUATION:
            why = "it is set apart for evaluation"
        elif item.id in held:
            why = "a label of it is not known"
        else:
            why = f"{places + _NEXT} others are needed more"
        made.append(Decision(item.id, "select", BY_RULE, "balanced-choice", why, detail={"in": False}))
    return made


def _placed(choice: Choice, places: int) -> Decision:
    counts = ", ".join(f"{aspect.replace('_', ' ')} {count}" for aspect, count in choice.before.items())
    chosen = choice.order <= places
    reason = f"{'chosen as' if chosen else 'would be'} number {choice.order}; its labels chosen before: {counts}"
    detail = {"in": chosen, "order": choice.order}
    return Decision(choice.id, "select", BY_RULE, "balanced-choice", reason, choice.burden, detail=detail)


def _append(
    folder: Folder, have: CurationFold, fresh: Iterable[Decision], settings: CurateSettings, actor: str
) -> None:
    acts = [encode(item) for item in fresh]
    now = json.loads(settings.model_dump_json())
    if now != have.settings:
        acts.insert(0, Act("settings", data={"settings": now}))
    if acts:
        with EventStore.of(folder) as store:
            store.append(STREAM, actor, acts)


def _warnings(
    before: Curation, settings: CurateSettings, staying: set[str], held: set[str], no_parser: bool
) -> list[str]:
    said: list[str] = []
    if no_parser and settings.parser and before.questions:
        said.append("The parser is not installed, so structure was judged without it: pip install 'seedbed[local]'")
    waiting = sum(id in held for id in _ids(before))
    if waiting:
        said.append(f"{waiting} seeds cannot be chosen until their labels are known: confirm or retag them")
    return said


def _report(
    curation: Curation, settings: CurateSettings, appended: int, parser: str, warnings: list[str]
) -> CurateReport:
    chosen = set(curation.selected_questions) | set(curation.selected_triples)
    if curation.questions and len(curation.selected_questions) < settings.select:
        available, wanted = len(curation.selected_questions), settings.select
        warnings.append(f"{wanted} questions were asked for as examples and {available} may be; all are taken")
    if len(curation.selected_triples) < settings.select_triples:
        available, wanted = len(curation.selected_triples), settings.select_triples
        warnings.append(f"{wanted} triples were asked for as examples and {available} may be; all are taken")
    here = [curation.pools.get(id) for id in _ids(curation)]
    questions = {item.id for item in curation.questions}
    return CurateReport(
        questions=len(curation.questions),
        triples=len(curation.triples),
        appended=appended,
        funnel=steps(curation),
        selected_questions=curation.selected_questions,
        selected_triples=curation.selected_triples,
        next_questions=tuple(id for id in curation.ranking if id in questions and id not in chosen)[:_NEXT],
        pools={pool: here.count(pool) for pool in Pool},
        balance=balance(curation.questions, [item for item in curation.questions if item.id in chosen]),
        triple_balance=balance(curation.triples, [item for item in curation.triples if item.id in chosen]),
        held=curation.held,
        parser=parser,
        warnings=tuple(warnings),
    )


def _ids(curation: Curation) -> list[str]:
    return [*(item.id for item in curation.questions), *(item.id for item in curation.triples)]
