"""Which seeds become examples: what people picked first, then the strategy of the settings, and why each is in or out.

Only a seed that stays, whose labels are known, and that is in the alignment pool may be chosen. A person's pick for or
against holds in every strategy. Of a seed and the texts expanded from it one may be chosen. Triples that speak of a
question chosen as an example wait (`distinct_stages`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from seedbed.curate.choosing.balanced import Choice, Pull, rank
from seedbed.curate.choosing.labels import weights
from seedbed.curate.choosing.stratified import rank_stratified
from seedbed.curate.decisions import BY_RULE
from seedbed.curate.links import Tie, family_of
from seedbed.curate.settings import CurateSettings
from seedbed.records import Decision, Pool, Question, Triple

if TYPE_CHECKING:
    from seedbed.curate.curation import Curation
    from seedbed.curate.vectors import Vectors

__all__ = ["NEXT", "Grounds", "Kind", "Selection", "Strategy", "choose", "grounds_of", "select", "unable"]

Strategy = Literal["balanced", "stratified", "manual"]
Kind = Literal["question", "triple"]
NEXT = 10
# Up to here all candidates are put in order; beyond, the chosen ones and the next few.
_RANK_ALL = 500
# So many triples of each value are taken though they wait: twice what a prompt shows of them at most, by default.
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of the seeds when the examples are chosen.

    `staying` are not excluded, `held` wait for labels or for their group, `picks` are people's word for (True) or
    against (False) each, `ties` join seeds that are alike.
    """

    staying: Collection[str]
    pools: Mapping[str, Pool]
    held: Collection[str] = ()
    picks: Mapping[str, bool] = field(default_factory=dict)
    nuanced: Collection[str] = ()
    vectors: Vectors | None = None
    ties: Sequence[Tie] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice: `ranking` is its order, of which the first `places` are in; `out` says of all others why not.

    `waiting` are triples of the ranking that speak of a question chosen for stage 1.
    """

    kind: Kind
    strategy: Strategy
    places: int
    ranking: tuple[Choice, ...] = ()
    out: Mapping[str, str] = field(default_factory=dict)
    picked: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(choice.id for choice in self.ranking[: self.places])

    @property
    def next(self) -> tuple[str, ...]:
        """Whom more places would go to, in order."""
        return tuple(choice.id for choice in self.ranking[self.places : self.places + NEXT])


def grounds_of(curation: Curation, vectors: Vectors | None = None, ties: Sequence[Tie] = ()) -> Grounds:
    """The grounds as a study's curation has them."""
    return Grounds(
        curation.included.keys(), curation.pools, curation.held.keys(), curation.picks, curation.nuanced, vectors, ties
    )


def choose(
    questions: Sequence[Question], triples: Sequence[Triple], settings: CurateSettings, grounds: Grounds
) -> tuple[list[Decision], list[str]]:
    """The decisions of the choice on every seed, and what a curator should know of it."""
    first = select(questions, "question", settings, grounds)
    second = select(triples, "triple", settings, grounds, stage_one=first.chosen)
    made = [*_decisions(first), *_decisions(second)]
    return made, [*first.warnings, *second.warnings]


def select(
    seeds: Sequence[Question | Triple],
    kind: Kind,
    settings: CurateSettings,
    grounds: Grounds,
    *,
    strategy: Strategy | None = None,
    stage_one: Collection[str] = (),
) -> Selection:
    """The choice among `seeds` by `strategy`, or that of the settings. `stage_one` are the questions chosen before."""
    strategy = strategy or settings.select_by
    out = unable(seeds, grounds)
    able = [item for item in seeds if item.id not in out]
    pins = frozenset(item.id for item in able if grounds.picks.get(item.id))
    if strategy == "manual":
        out |= {item.id: "nobody picked it" for item in able if item.id not in pins}
        able = [item for item in able if item.id in pins]
    wanted = settings.select if kind == "question" else settings.select_triples
    waiting = _speaking_of(stage_one, grounds.ties, able) if settings.distinct_stages and kind == "triple" else set()
    waiting -= pins
    tiers = {**dict.fromkeys(waiting, 1), **dict.fromkeys(pins, -1)}
    families = {item.id: family_of(item) for item in able}
    pull = Pull(grounds.vectors, settings.diversity_weight, grounds.nuanced, settings.nuanced_weight, tiers, families)
    order = _ordered(able, kind, strategy, settings, pull, wanted)
    if not wanted:
        order, places = _as_many_as_may_be(order, {item.id: item for item in able}, waiting)
    else:
        places = min(len(order), wanted if strategy != "manual" else len(order))
    places = max(places, sum(choice.id in pins for choice in order))
    out |= _beyond(able, order, families)
    said = [
        f"{id} was picked and cannot be an example: {out[id]}"
        for id in sorted(item.id for item in seeds if grounds.picks.get(item.id) and item.id in out)
    ]
    taken = sum(choice.id in waiting for choice in order[:places])
    if taken:
        said.append(f"{taken} triples speak of questions chosen as examples, and are taken because too few others are")
    return Selection(kind, strategy, places, tuple(order), out, pins, frozenset(waiting), tuple(said))


def _ordered(
    able: Sequence[Question | Triple], kind: Kind, strategy: Strategy, settings: CurateSettings, pull: Pull, wanted: int
) -> list[Choice]:
    """Those that may be chosen, in the order of choice by the strategy: all of few, of many the first and the next."""
    depth = None if len(able) <= _RANK_ALL else (wanted or len(able)) + NEXT
    if depth is not None and depth >= len(able) + NEXT:  # all are taken, so that their order says nothing
        return _by_id(able, pull.tiers, pull.families)
    if strategy == "stratified":
        return rank_stratified(able, settings.seed, depth, pull)
    return rank(able, weights(settings, kind), settings.seed, depth, pull)


def _beyond(able: Sequence[Question | Triple], order: Sequence[Choice], families: Mapping[str, str]) -> dict[str, str]:
    """Those that may be chosen and have no place in the order, and why."""
    ranked = {choice.id for choice in order}
    kin = {families[choice.id]: choice.id for choice in order}
    found: dict[str, str] = {}
    for item in able:
        if item.id not in ranked:
            rival = kin.get(families[item.id])
            found[item.id] = f"{len(order)} others are needed more" if rival is None else f"{rival} is of its family"
    return found


def unable(seeds: Sequence[Question | Triple], grounds: Grounds) -> dict[str, str]:
    """The seeds that cannot be chosen, whatever the strategy, and why."""
    found: dict[str, str] = {}
    for item in seeds:
        if item.id not in grounds.staying:
            found[item.id] = "it is excluded"
        elif family_of(item) not in grounds.staying:
            found[item.id] = f"{family_of(item)}, which it was made from, is excluded"
        elif grounds.pools.get(item.id) is not Pool.ALIGNMENT:
            found[item.id] = "it is set apart for evaluation"
        elif item.id in grounds.held or family_of(item) in grounds.held:
            found[item.id] = "it is held until a label of it is known, or it was changed"
        elif grounds.picks.get(item.id) is False:
            found[item.id] = "a person took it out"
    return found


def _speaking_of(questions: Collection[str], ties: Sequence[Tie], able: Sequence[Question | Triple]) -> set[str]:
    """Of `able` the triples that answer one of `questions`, or whose prompt is alike to one."""
    chosen = set(questions)
    tied = {id for tie in ties if not chosen.isdisjoint(tie.ids) for id in tie.ids}
    return {item.id for item in able if item.id in tied or (isinstance(item, Triple) and item.prompt_id in chosen)}


def _by_id(able: Sequence[Question | Triple], tiers: Mapping[str, int], families: Mapping[str, str]) -> list[Choice]:
    firsts: dict[str, str] = {}
    for id in sorted((item.id for item in able), key=lambda id: (tiers.get(id, 0), id)):
        firsts.setdefault(families[id], id)
    return [Choice(id, place) for place, id in enumerate(firsts.values(), 1)]


def _as_many_as_may_be(
    order: list[Choice], items: Mapping[str, Question | Triple], waiting: Collection[str]
) -> tuple[list[Choice], int]:
    """All that do not wait, and of those that wait as many as each value lacks. Those that are in come first."""
    have: dict[str, int] = {}
    inside: list[Choice] = []
    left: list[Choice] = []
    for choice in order:  # those that wait come last
        item = items[choice.id]
        values = item.values or ("",) if isinstance(item, Triple) else ("",)
        if choice.id in waiting and all(have.get(value, 0) >= _FEWEST for value in values):
            left.append(choice)
            continue
        inside.append(choice)
        for value in values:
            have[value] = have.get(value, 0) + 1
    return [replace(choice, order=place) for place, choice in enumerate([*inside, *left], 1)], len(inside)


def _decisions(selection: Selection) -> list[Decision]:
    """A decision for each seed: chosen with its place, or not and why."""
    rule = f"{selection.strategy}-choice"
    made = [_placed(choice, selection, rule) for choice in selection.ranking]
    for id, why in selection.out.items():
        made.append(Decision(id, "select", BY_RULE, rule, why, detail={"in": False}))
    return sorted(made, key=lambda item: item.subject)


def _placed(choice: Choice, selection: Selection, rule: str) -> Decision:
    chosen = choice.order <= selection.places
    parts = [f"{'chosen as' if chosen else 'would be'} number {choice.order}"]
    if choice.id in selection.picked:
        parts.append("a person picked it")
    if choice.id in selection.waiting:
        parts.append("speaks of a question chosen as an example")
    if choice.before:
        counts = ", ".join(f"{aspect.replace('_', ' ')} {count}" for aspect, count in choice.before.items())
        parts.append(f"its labels chosen before: {counts}")
    if choice.nearest is not None:
        parts.append(f"nearest chosen before: {choice.nearest[0]}, cosine {choice.nearest[1]:.2f}")
    rival, cosine = choice.nearest or (None, None)
    detail = {
        "in": chosen, "order": choice.order,
        **({"by": choice.by} if choice.by else {}), **({"cosine": cosine} if rival else {}),
    }  # fmt: skip
    return Decision(choice.id, "select", BY_RULE, rule, "; ".join(parts), choice.burden, rival, detail)
