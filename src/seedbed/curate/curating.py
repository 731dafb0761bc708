"""Curating a study: what the boards hold is taken up, then rules, pools, and the choice of examples.

What is new goes to the event store at once. Everything follows from the boards, the files that were imported, the
settings, and what people decided, so that running it again appends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seedbed.curate.balancing import Balance, balance
from seedbed.curate.bench import Bench, installed_parser, parse_questions
from seedbed.curate.counting import Step, steps
from seedbed.curate.decisions import BY_PERSON, BY_RULE, STREAM, differing, encode
from seedbed.curate.fold import Curation, CurationFold, fold
from seedbed.curate.judging import judge
from seedbed.curate.links import Tie, ties
from seedbed.curate.meaning import Meaning, described, meaning_of
from seedbed.curate.pools import assign_pools, crossings
from seedbed.curate.selection import NEXT, Grounds, choose
from seedbed.curate.settings import CurateSettings
from seedbed.curate.vectors import cosine_ties, load_vectors, vectors_of
from seedbed.errors import InputError
from seedbed.records import Decision, Pool, Question, Triple
from seedbed.seeds import HELD, Gathered, Seeds, current_taxonomy
from seedbed.seeds import load as load_seeds
from seedbed.seeds.gathering import take_up
from seedbed.study import Folder
from seedbed.study.events import Act, EventStore
from seedbed.taxonomy import Taxonomy
from seedbed.taxonomy.profiles import current_profile

if TYPE_CHECKING:
    from seedbed.curate.vectors import Vectors
    from seedbed.measures.embed import TextEmbedder

__all__ = ["CurateReport", "curate"]

Listen = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class CurateReport:
    """What one run of curation came to. `next_questions` are those that more places would go to, in order.

    `appended` is the number of decisions that were new or changed. `balance` is of all questions and those chosen,
    `triple_balance` of all triples and those chosen. `warnings` say what a curator should know or do. `gathered` is
    what was taken up from the boards before.
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
    gathered: Gathered = field(default_factory=Gathered)


def curate(
    folder: Folder,
    settings: CurateSettings,
    *,
    actor: str = BY_RULE,
    language: str = "en",
    pages: str = "en",
    embedder: TextEmbedder | None = None,
    listen: Listen = lambda what, done, total: None,
) -> CurateReport:
    """Take up what the boards hold, apply the rules to every seed, give pools, choose examples; append what differs.

    `language` and `pages` are those of `seedbed.seeds.gather`.
    `actor` is who ran it; the decisions are the rules'. `embedder` compares meanings, by default the embedded one.
    Raises InputError where the study has no seeds, Busy while another process writes, NotAStudy.
    """
    folder.check()
    with folder.writing():
        gathered = take_up(folder, language=language, pages=pages)
        seeds = load_seeds(folder)
        if not seeds.questions and not seeds.triples:
            raise _no_seeds(folder, gathered)
        have = fold(folder)
        taxonomy = current_taxonomy(folder)
        wanted, parser, warnings = _decisions(folder, seeds, have, taxonomy, settings, embedder, listen)
        fresh = differing(wanted, have.standing)
        _append(folder, have, fresh, settings, actor)
        curation = fold(folder).curation(seeds, taxonomy)
    return replace(_report(curation, settings, len(fresh), parser, warnings), gathered=gathered)


def _no_seeds(folder: Folder, gathered: Gathered) -> InputError:
    if gathered.held:
        reasons = "; ".join(f"{rows}: {HELD[why]}" for why, rows in gathered.held.items())
        return InputError(
            f"The study has no seeds yet, and this many rows of its boards wait: {gathered.waiting}",
            hint=f"Rows by reason: {reasons}.",
        )
    return InputError("The study has no seeds yet", hint=f"seedbed import {folder.root} FILE")


def _decisions(
    folder: Folder,
    seeds: Seeds,
    have: CurationFold,
    taxonomy: Taxonomy,
    settings: CurateSettings,
    embedder: TextEmbedder | None,
    listen: Listen,
) -> tuple[list[Decision], str, list[str]]:
    """All that the rules say of the seeds as they stand, the parser that had a part in it, and what a curator should
    know."""
    before = have.curation(seeds, taxonomy)
    everyone: list[Question | Triple] = [*before.questions, *before.triples]
    vectors = load_vectors(folder, everyone, listen, embedder=embedder) if settings.vectors else None
    bench = _bench(folder, before, taxonomy, settings, vectors, embedder, listen)
    judged = judge(everyone, bench, have.by_people, have.standing, listen)
    flags = [item for item in judged if item.act == "flag"]

    found = ties(everyone, settings.cut, settings.shared_words, listen)
    found += cosine_ties(vectors, settings.near_meaning, listen)
    given = assign_pools(everyone, found, before.pools, settings)
    pools = {**before.pools, **{item.subject: Pool(item.detail["pool"]) for item in given}}

    verdicts, staying = _verdicts(judged, have, everyone, found, pools, settings)
    held = _held(before, flags)
    grounds = Grounds(staying, pools, held, before.picks, before.nuanced, vectors, found)
    chosen, said = choose(before.questions, before.triples, settings, grounds)
    no_parser, no_vectors = settings.parser and not bench.parser, settings.vectors and vectors is None
    warnings = _warnings(before, held, no_parser=no_parser, no_vectors=no_vectors)
    return [*verdicts.values(), *flags, *given, *chosen], bench.parser, [*warnings, *said]


def _bench(
    folder: Folder,
    before: Curation,
    taxonomy: Taxonomy,
    settings: CurateSettings,
    vectors: Vectors | None,
    embedder: TextEmbedder | None,
    listen: Listen,
) -> Bench:
    """What the rules look at beside a seed: parses, meanings, and edits that were overtaken."""
    parser = installed_parser() if settings.parser else None
    parses = parse_questions(before.questions, parser, listen) if parser else {}
    meaning = Meaning()
    if vectors is not None:
        texts = vectors_of(folder, described(taxonomy, current_profile(folder)), listen, embedder=embedder)
        meaning = meaning_of([*before.questions, *before.triples], vectors, texts or {})
    overtaken = {id: logged.seq for id, logged in before.overtaken.items()}
    return Bench(settings, taxonomy, parses, parser.name if parser else "", meaning, overtaken)


def _verdicts(
    judged: Iterable[Decision],
    have: CurationFold,
    everyone: Iterable[Question | Triple],
    found: Sequence[Tie],
    pools: Mapping[str, Pool],
    settings: CurateSettings,
) -> tuple[dict[str, Decision], set[str]]:
    """The rules' verdicts, those between the pools too, and the seeds that stay by these and by people's."""
    verdicts = {item.subject: item for item in judged if item.act in ("include", "exclude")}
    by_people = {subject: item for (subject, what), item in have.by_people.items() if what == "verdict"}
    in_force = {**verdicts, **by_people}
    staying = {item.id for item in everyone if in_force[item.id].act == "include"}
    if "between-pools" not in settings.off:
        for id, rival, tie in crossings(found, pools, staying, set(by_people)):
            reason = f"alike to {rival} ({tie.why}), which is in the other pool and came first"
            verdicts[id] = Decision(id, "exclude", BY_RULE, "between-pools", reason, tie.likeness, rival)
            staying.discard(id)
    return verdicts, staying


def _held(before: Curation, flags: Iterable[Decision]) -> set[str]:
    """What cannot be chosen: for a remark that holds and that nobody dismissed, or for a change that a person wants."""
    held = {
        item.subject
        for item in flags
        if item.detail.get("holds") and item.rule not in before.dismissed.get(item.subject, ())
    }
    return held | {id for id, items in before.held.items() if any(item.rule == BY_PERSON for item in items)}


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


def _warnings(before: Curation, held: Collection[str], *, no_parser: bool, no_vectors: bool) -> list[str]:
    said: list[str] = []
    if no_parser and before.questions:
        said.append("The parser is not installed, so structure was judged without it: pip install 'seedbed[local]'")
    if no_vectors:
        said.append("The embedder is not installed, so no meanings were compared: pip install 'seedbed[local]'")
    waiting = sum(id in held for id in _ids(before))
    if waiting:
        seeds = f"{waiting:,} seed waits" if waiting == 1 else f"{waiting:,} seeds wait"
        said.append(f"{seeds} and cannot be chosen: for a known label, or for a change that was asked for")
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
        next_questions=tuple(id for id in curation.ranking if id in questions and id not in chosen)[:NEXT],
        pools={pool: here.count(pool) for pool in Pool},
        balance=balance(curation.questions, [item for item in curation.questions if item.id in chosen]),
        triple_balance=balance(curation.triples, [item for item in curation.triples if item.id in chosen]),
        held=curation.held,
        parser=parser,
        warnings=tuple(warnings),
    )


def _ids(curation: Curation) -> list[str]:
    return [*(item.id for item in curation.questions), *(item.id for item in curation.triples)]
