"""Figure 5: verbs and their nouns, and how often a pair repeats at an equal number of pairs."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.assess.document import Assessment, VerbNoun, VerbNounCell
from seedbed.measures.definition import NotApplicable
from seedbed.report.evidence import arm_name, figures_of
from seedbed.report.figure import Block, Figure, Table
from seedbed.report.render import Picture, draw
from seedbed.report.settings import ReportSettings
from seedbed.report.sunburst import OTHER, sunburst
from seedbed.report.view import Arm, Arms, Group
from seedbed.report.words import interval, measured, percent, plural

__all__ = ["verbs_and_nouns"]


def verbs_and_nouns(assessment: Assessment, arms: Arms, panels: Sequence[Group], settings: ReportSettings) -> Figure:
    """Figure 5. Repetition is quoted at equal numbers of pairs only, and always with its coverage."""
    of = {arm.key: figures_of(assessment, arm).verb_noun for arm in arms.all()}
    m = next((found.m for found in of.values()), 0)
    chosen = [_first(group, of, settings) for group in panels]
    whole = [_panel(arm, of[arm.key], settings) for group in panels for arm in group.arms[1:2]]
    return Figure(
        number=5,
        slug="figure-5-verbs-and-nouns",
        title=_title(arms, of, m),
        what=(
            "Verbs (inner ring) and the nouns that they take (outer ring), as a parser finds them. After figure 5 of "
            "the paper’s appendix."
        ),
        blocks=(Block("", (*chosen, *whole)),),
        read=(
            "A wider sector is a more frequent pair; names stand where there is room, the table has them all. Rare "
            f"pairs are gathered under “{OTHER}”. Compare repetition only at equal numbers of pairs."
        ),
        evidence=tuple(_evidence(arm, of[arm.key]) for arm in arms.all()),
        so_what=_so_what(arms, of, m),
        table=Table(
            ("set", "verb", "noun", "count", "share of pairs"),
            tuple(
                (arm_name(arm), cell.verb, cell.noun, str(cell.count), f"{cell.share:.4f}")
                for arm in arms.all()
                for cell in of[arm.key].cells
            ),
            frozenset({3, 4}),
        ),
    )


def _first(group: Group, of: dict[str, VerbNoun], settings: ReportSettings) -> tuple[str, Picture | None, str]:
    """The panel of a group's first arm: the figure has a column a group, and its second arms in a row below."""
    if not group.arms:
        return group.title, None, group.missing
    return _panel(group.arms[0], of[group.arms[0].key], settings)


def _panel(arm: Arm, found: VerbNoun, settings: ReportSettings) -> tuple[str, Picture | None, str]:
    title = arm.name[:1].upper() + arm.name[1:]
    if not found.pairs:
        return title, None, f"{title}: no verb with a noun was found in {plural(arm.n, 'row')}."
    cells = top_cells(found.cells, settings.verbs, settings.nouns)
    spec = sunburst(
        title, f"{plural(found.pairs, 'pair')} in {plural(arm.n, 'row')}", arm.role, cells, filled=arm.filled
    )
    most = sorted((cell for cell in cells if cell.verb != OTHER and cell.noun != OTHER), key=lambda c: -c.count)[:6]
    words = ", ".join(f"{cell.verb} {cell.noun} ({cell.count})" for cell in most)
    return title, draw(spec, vega=True), f"{title}. Most frequent pairs: {words}."


def top_cells(cells: Sequence[VerbNounCell], verbs: int, nouns: int) -> list[VerbNounCell]:
    """The most frequent verbs with their most frequent nouns; what is left over stands as “other”, never dropped."""
    by_verb: dict[str, list[VerbNounCell]] = {}
    for cell in cells:
        by_verb.setdefault(cell.verb, []).append(cell)
    named = [verb for verb in by_verb if verb != OTHER]
    ranked = sorted(named, key=lambda verb: (-sum(c.count for c in by_verb[verb]), verb))
    made: list[VerbNounCell] = []
    for verb in ranked[:verbs]:
        own = sorted((c for c in by_verb[verb] if c.noun != OTHER), key=lambda c: (-c.count, c.noun))
        rest = [*own[nouns:], *(c for c in by_verb[verb] if c.noun == OTHER)]
        made += own[:nouns]
        if rest:
            made.append(VerbNounCell(verb, OTHER, sum(c.count for c in rest), sum(c.share for c in rest)))
    left = [cell for verb in (*ranked[verbs:], OTHER) for cell in by_verb.get(verb, ())]
    if left:
        made.append(VerbNounCell(OTHER, OTHER, sum(c.count for c in left), sum(c.share for c in left)))
    return made


def _title(arms: Arms, of: dict[str, VerbNoun], m: int) -> str:
    known = [(arm, of[arm.key].rarefied) for arm in (arms.base, arms.shown) if arm is not None]
    parts = [
        f"{measured(value)} of the verb–noun pairs repeat in {_whose(arm)}"
        for arm, value in dict(known).items()
        if not isinstance(value, NotApplicable)
    ]
    if not parts:
        return "Too few verb–noun pairs were found to compare"
    return f"Among {m} pairs, " + ", ".join(
        [parts[0], *(p.replace(" of the verb–noun pairs repeat", "") for p in parts[1:])]
    )


def _whose(arm: Arm) -> str:
    return {"seeds": "the seeds", "synthetic": f"the {arm.name} questions", "control": "the control"}[arm.role]


def _evidence(arm: Arm, found: VerbNoun) -> str:
    if isinstance(found.coverage, NotApplicable):
        return f"{arm_name(arm)}: n/a, {found.coverage.reason}"
    at_m = measured(found.rarefied)
    around = interval(found.rarefied)
    repeat = f"{at_m} repeat at {found.m} pairs{f' (range of such samples {around})' if around else ''}"
    if isinstance(found.rarefied, NotApplicable):
        repeat = "too few pairs for the comparison"
    return (
        f"{arm_name(arm)}: {plural(found.pairs, 'pair')} in {measured(found.coverage)} of its rows; {repeat}; "
        f"{measured(found.auxiliary_roots)} of first sentences hang on an auxiliary verb"
    )


def _so_what(arms: Arms, of: dict[str, VerbNoun], m: int) -> str:
    told = [
        "The paper’s “less than 10% repetition” has no meaning without the number of pairs: "
        f"with more rows it rises by itself. Here every set is cut to {m} pairs."
        if m
        else "No two sets have enough pairs to compare repetition."
    ]
    if arms.with_ and arms.without and m:
        one, other = of[arms.with_.key].rarefied, of[arms.without.key].rarefied
        told.append(f"Rows made with seeds: {measured(one)}; without: {measured(other)}.")
    elif arms.kept:
        told.append("Without a control, nothing here speaks of what the seeds did.")
    largest = max(
        (found.top_pair.value for found in of.values() if not isinstance(found.top_pair, NotApplicable)), default=0
    )
    if largest:
        told.append(f"The most frequent single pair of any set makes up {percent(largest)} of its pairs.")
    return " ".join(told)
