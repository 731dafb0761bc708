"""What stands besides the table: the choice, the rules with their counts, the checklist, and the profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seedbed.curate import CurateSettings, Curation, Ticked
from seedbed.curate.choosing.labels import weights
from seedbed.curate.decisions import BY_PERSON
from seedbed.curate.desk import Sight, settings_of
from seedbed.curate.selection import NEXT, Kind
from seedbed.measures.definition import Measured
from seedbed.records import Question, Triple
from seedbed.server.curation.choice import AspectShown, CellShown, ChosenSeed, CountShown, FigureOf, SelectionShown
from seedbed.server.curation.criteria import (
    ChecklistShown,
    CriterionShown,
    ProfileExampleShown,
    ProfileShown,
    RuleShown,
    RulesShown,
)
from seedbed.server.jobs.figures import figure_of
from seedbed.taxonomy.profiles import Profile

if TYPE_CHECKING:
    from seedbed.curate.balancing import Balance

__all__ = ["checklist", "criterion", "profile", "rules", "selection"]

Item = Question | Triple
_CELLS = 2_000  # shown: 40 topics by 50 types


def selection(sight: Sight, kind: Kind) -> SelectionShown:
    """The choice of the last curation, but for what people set aside since."""
    from seedbed.curate.balancing import balance  # brings numpy

    curation = sight.curation
    settings = settings_of(sight.have)
    seeds: Sequence[Item] = curation.questions if kind == "question" else curation.triples
    chosen = curation.selected_questions if kind == "question" else curation.selected_triples
    inside, here = set(chosen), {item.id for item in seeds}
    following = [id for id in curation.ranking if id in here and id not in inside][:NEXT]
    able = [item for item in seeds if item.id in curation.included and item.id not in curation.held]
    able = [item for item in able if item.pool is None or item.pool.value == "alignment"]
    names = weights(settings, kind)
    return SelectionShown(
        kind=kind,
        strategy=settings.select_by,
        places=settings.select if kind == "question" else settings.select_triples,
        settings={
            **{f"{name}_weight": value for name, value in names.items()},
            "diversity_weight": settings.diversity_weight, "nuanced_weight": settings.nuanced_weight,
            "distinct_stages": settings.distinct_stages, "seed": settings.seed, "vectors": settings.vectors,
        },
        chosen=[_chosen(id, curation) for id in chosen],
        next=[_chosen(id, curation) for id in following],
        cells=_cells(able, inside),
        balance=[_aspect(one) for one in balance(able, [item for item in seeds if item.id in inside])],
        labels={
            "topic": {item.id: item.label for item in sight.taxonomy.topics},
            "question_type": {item.id: item.label for item in sight.taxonomy.question_types},
            "value": {item.id: item.label for item in sight.taxonomy.values},
        },
        stale=_stale(curation),
        seq=sight.at,
    )  # fmt: skip


def _chosen(id: str, curation: Curation) -> ChosenSeed:
    item, choice = curation.seed(id), curation.choice.get(id)
    assert item is not None
    detail = choice.detail if choice else {}
    return ChosenSeed(
        id=id,
        kind="question" if isinstance(item, Question) else "triple",
        text=item.text if isinstance(item, Question) else item.prompt,
        group=item.group,
        topic=item.topic if isinstance(item, Question) else None,
        question_type=item.question_type if isinstance(item, Question) else None,
        values=[] if isinstance(item, Question) else list(item.values),
        order=detail.get("order"),
        why=choice.reason if choice else "",
        pinned=curation.picks.get(id),
        detail={name: value for name, value in detail.items() if name not in ("in", "order")},
    )


def _cells(able: Sequence[Item], inside: set[str]) -> list[CellShown]:
    before: Counter[tuple[str, str]] = Counter()
    after: Counter[tuple[str, str]] = Counter()
    for item in able:
        cells = (
            [(item.topic or "", item.question_type or "")]
            if isinstance(item, Question)
            else [(value, "") for value in item.values or ("",)]
        )
        before.update(cells)
        if item.id in inside:
            after.update(cells)
    return [
        CellShown(row=row, column=column, before=count, after=after[row, column])
        for (row, column), count in sorted(before.items())[:_CELLS]
    ]


def _aspect(one: Balance) -> AspectShown:
    return AspectShown(
        aspect=one.aspect,
        rows=[CountShown(label=row.label, before=row.before, after=row.after) for row in one.rows[:500]],
        evenness_before=figure(one.evenness_before),
        evenness_after=figure(one.evenness_after),
    )


def figure(number: Measured[float]) -> FigureOf:
    return FigureOf.model_validate(figure_of(number))


def _stale(curation: Curation) -> bool:
    """Whether somebody decided after the rules last did: undone or not, curating again may choose otherwise."""
    last = next((one for one in reversed(curation.log)), None)
    return last is not None and last.decision.rule == BY_PERSON and last.decision.act != "nuanced"


# --- rules -------------------------------------------------------------------------------------------------------


def rules(sight: Sight, settings: CurateSettings) -> RulesShown:
    """The criteria as study.toml and the profile have them now; the counts are of what they last came to."""
    followed = _followed(sight)

    def shown(kind: Kind, items: Sequence[Item]) -> list[RuleShown]:
        here = {item.id for item in items}
        return _rules(kind, settings, *_counts(sight, here), Counter(rule for id, rule in followed if id in here))

    return RulesShown(
        questions=shown("question", sight.curation.questions), pairs=shown("triple", sight.curation.triples)
    )


def _rules(
    kind: Kind, settings: CurateSettings, counts: Counter[str], over: Counter[str], followed: Counter[str]
) -> list[RuleShown]:
    from seedbed.curate.criteria import rules_listed  # brings numpy and rapidfuzz

    return [
        RuleShown(
            id=rule.id, title=rule.title, about=rule.about, effect=rule.effect, off=rule.off, settings=rule.settings,
            count=counts[rule.id], overridden=over[rule.id], followed=followed[rule.id],
        )
        for rule in rules_listed(kind, settings)
    ]  # fmt: skip


def _followed(sight: Sight) -> set[tuple[str, str]]:
    """The seeds that people set aside while a rule's remark stood on them, each with the rule."""
    aside = {
        subject: one.seq
        for (subject, what), one in sight.have.people.standing.items()
        if what == "verdict" and one.decision.act != "include"
    }
    found: set[tuple[str, str]] = set()
    for one in sight.curation.log if aside else ():
        decision = one.decision
        if decision.act == "flag" and decision.rule != BY_PERSON and one.seq < aside.get(decision.subject, 0):
            (found.discard if decision.detail.get("cleared") else found.add)((decision.subject, decision.rule))
    return found


def _counts(sight: Sight, here: set[str]) -> tuple[Counter[str], Counter[str]]:
    """By rule: how many seeds it concerns, and on how many of these people went over it."""
    counts: Counter[str] = Counter()
    over: Counter[str] = Counter()
    by_people = sight.have.people.standing
    for (subject, what), item in sight.have.standing.items():
        if subject not in here:
            continue
        if what == "verdict" and item.act == "exclude":
            counts[item.rule] += 1
            verdict = by_people.get((subject, "verdict"))
            over[item.rule] += verdict is not None and verdict.decision.act == "include"
        elif item.act == "flag" and not item.detail.get("cleared"):
            counts[item.rule] += 1
            over[item.rule] += (subject, what) in by_people
    return counts, over


# --- checklist and profile ---------------------------------------------------------------------------------------


def criterion(one: Ticked) -> CriterionShown:
    return CriterionShown.model_validate(one)


def checklist(found: Sequence[Ticked], current: Profile | None, names: Mapping[str, str]) -> ChecklistShown:
    return ChecklistShown(
        profile=current.mark if current else None,
        title=current.title if current else "",
        items=[criterion(one) for one in found],
        people={one.by: names[one.by] for one in found if one.by in names},
    )


def profile(found: Profile) -> ProfileShown:
    told: dict[str, Any] = found.model_dump(mode="json", include={"id", "version", "title", "definition", "pipeline"})
    return ProfileShown(
        **told, values=list(found.values), harms=list(found.harms), within=list(found.scope.within),
        outside=list(found.scope.outside), regions=list(found.regions),
        examples=[ProfileExampleShown.model_validate(one) for one in found.examples],
    )  # fmt: skip
