"""Figure 5: verbs and their nouns; at an equal number of pairs, how often one repeats and how far sets lie apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from seedbed.assess.document import Assessment, VerbNoun, VerbNounCell
from seedbed.measures.definition import NotApplicable
from seedbed.report.evidence import arm_name, figures_of
from seedbed.report.figure import Block, Figure, Table
from seedbed.report.forest import Estimate, forest
from seedbed.report.nearby import DISTANCES, HEADING, distance_row
from seedbed.report.pairs import FEWEST, Apart, Ranged
from seedbed.report.render import Picture, draw
from seedbed.report.settings import ReportSettings
from seedbed.report.sunburst import OTHER, sunburst
from seedbed.report.view import Arm, Arms, Group
from seedbed.report.words import interval, measured, percent, plural, signed

__all__ = ["verbs_and_nouns"]


_AS_SEEDS = ((0.0, "as the seeds"),)


def verbs_and_nouns(
    assessment: Assessment,
    arms: Arms,
    panels: Sequence[Group],
    settings: ReportSettings,
    distances: Mapping[str, Apart],
) -> Figure:
    """Figure 5. Repetition is quoted at equal numbers of pairs only, and always with its coverage.

    `distances` has how far an arm lies from the seeds, by its key.
    """
    of = {arm.key: figures_of(assessment, arm).verb_noun for arm in arms.all()}
    m = next((found.m for found in of.values()), 0)
    chosen = [_first(group, of, settings) for group in panels]
    whole = [_panel(arm, of[arm.key], settings) for group in panels for arm in group.arms[1:2]]
    return Figure(
        number=5,
        slug="figure-5-verbs-and-nouns",
        title=_title(arms, of, m, distances),
        what=(
            "Verbs (inner ring) and the nouns that they take (outer ring), as a parser finds them. After figure 5 of "
            "the paper’s appendix."
        ),
        blocks=(Block("", (*chosen, *whole)), *_beside(arms, of, distances)),
        read=(
            "A wider sector is a more frequent pair; names stand where there is room, the table has them all. Rare "
            f"pairs are gathered under “{OTHER}”. Compare only at equal numbers of pairs, as the lower panels do: each "
            "set and the seeds are cut to as many as the smaller has, and beside that number stands in how many of its "
            "rows the parser finds a pair. A dot is the mean of many such samples, its line the range of 95% of them, "
            "and the grey band the range in which two samples of one and the same source lie: few pairs have little "
            "in common even then."
        ),
        evidence=tuple(_evidence(arm, of[arm.key]) for arm in arms.all()),
        so_what=_so_what(arms, of, m, distances),
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


def _title(arms: Arms, of: dict[str, VerbNoun], m: int, distances: Mapping[str, Apart]) -> str:
    if arms.shown is not None and (found := distances.get(arms.shown.key)) is not None:
        more = "more than" if found.verbs.beyond else "no more than"
        return (
            f"Of {found.m} verbs each, {percent(found.verbs.value)} in {_whose(arms.shown)} are not the seeds’, {more} "
            "two samples of one source show"
        )
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


def _so_what(arms: Arms, of: dict[str, VerbNoun], m: int, distances: Mapping[str, Apart]) -> str:
    told = [
        "The paper’s “less than 10% repetition” has no meaning without the number of pairs: "
        f"with more rows it rises by itself. In the numbers beside this every set is cut to {m} pairs."
        if m
        else "No two sets have enough pairs to compare repetition."
    ]
    told += [_differs(arm, found) for arm in (arms.kept, arms.generated, arms.without) if arm is not None
             if (found := distances.get(arm.key)) is not None]  # fmt: skip
    if m and not distances and arms.base and arms.shown:
        told.append(f"Fewer than {FEWEST} pairs on one side: how far the sets lie apart is not told.")
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


def _beside(arms: Arms, of: Mapping[str, VerbNoun], distances: Mapping[str, Apart]) -> tuple[Block, ...]:
    """Distance and repetition beside the seeds', and coverage. () where nothing can be compared."""
    base = arms.base
    known = [(arm, distances[arm.key]) for arm in arms.all() if arm.key in distances]
    if base is None or not known:
        return ()
    grey = "grey: two samples of one source"
    shown: tuple[tuple[str, str, Callable[[Apart], Ranged], tuple[float, float], bool], ...] = (
        ("Other verbs", f"share of verbs that are not the seeds’; {grey}", lambda d: d.verbs, (0.5, 1.0), False),
        ("Other pairs", f"share of pairs that are not the seeds’; {grey}", lambda d: d.pairs, (0.5, 1.0), False),
        ("Repetition", f"less that of the seeds, in points; {grey}", lambda d: d.repeats, (-0.15, 0.15), True),
    )  # fmt: skip
    panels, rows = [], []
    for title, measure, part, within, points in shown:
        estimates = [_estimate(arm, d.m, part(d), of[arm.key], points=points) for arm, d in known]
        picture = draw(forest(title, measure, estimates, lines=_AS_SEEDS if points else (), share=True, within=within))
        told = "; ".join(
            f"{row.name}: {row.text or percent(row.value)}"
            + (f", one source {percent(row.band[0])} to {percent(row.band[1])}" if row.band else "")
            for row in estimates
        )
        panels.append((title, picture, f"{title}, {measure}. {told}.".replace("-", "−")))
        rows += [distance_row(title, measure.split(";")[0], row, base) for row in estimates]
    return (Block(HEADING, tuple(panels), Table(DISTANCES, tuple(rows), frozenset(range(4, 9)))),)


def _estimate(arm: Arm, m: int, found: Ranged, verbs: VerbNoun, *, points: bool) -> Estimate:
    name = f"{arm_name(arm)}: {m} pairs, {measured(verbs.coverage)} of rows"
    text = signed(found.value) if points else ""
    return Estimate(name, found.value, *found.range, found.chance, arm.role, arm.filled, text)


def _differs(arm: Arm, found: Apart) -> str:
    """“Of 24 verbs each, 67% in the rows that were kept are not the seeds’: …”"""
    low, high = (percent(end) for end in found.verbs.chance)
    return (
        f"Of {found.m} verbs each, {percent(found.verbs.value)} in the rows {_made(arm)} are not the seeds’: "
        + ("more than" if found.verbs.beyond else "no more than")
        + f" two samples of one source show ({low} to {high})."
    )


def _made(arm: Arm) -> str:
    return arm.name if arm.role == "control" else f"that were {arm.name}"
