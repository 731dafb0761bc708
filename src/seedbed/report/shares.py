"""Figures 1 to 4: question marks, openness, question types and topics, as shares side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seedbed.assess.document import Assessment, Distribution, Number, QuestionFigures
from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.charts import Bar, share_bars
from seedbed.report.evidence import (
    arm_name,
    complement,
    control_words,
    covered,
    distance_words,
    evidence,
    figures_of,
    finding,
    largest,
    observer_words,
)
from seedbed.report.figure import Block, Figure, Table, drawn_panel
from seedbed.report.nearby import READ, beside_seeds
from seedbed.report.render import Picture, draw
from seedbed.report.view import Arm, Arms, Group
from seedbed.report.words import measured, percent

__all__ = ["openness", "question_marks", "question_types", "topics"]

ASKS, DOES_NOT = "ends in “?”", "does not"
HEADERS = ("category", "rows", "count", "of", "share", "low", "high", "given or asked for")
NUMERIC = frozenset({2, 3, 4, 5, 6, 7})


def question_marks(assessment: Assessment, arms: Arms, panels: Sequence[Group]) -> Figure:
    """Figure 1: how many texts end in a question mark."""
    number = {arm.key: figures_of(assessment, arm).question_mark for arm in arms.all()}
    rows = []
    bars: dict[str, list[Bar]] = {}
    for arm in arms.all():
        value = number[arm.key]
        if isinstance(value, NotApplicable):
            continue
        bars[arm.key] = [_bar(ASKS, arm, value), _bar(DOES_NOT, arm, complement(value))]
        for category, part in ((ASKS, value), (DOES_NOT, complement(value))):
            hits = round(part.value * (part.n or 0))
            rows.append(_row(category, arm, hits, part.n or 0, part, None))
    return Figure(
        number=1,
        slug="figure-1-question-marks",
        title=finding(arms, lambda arm: f"{measured(number[arm.key])} of", end=" end in a question mark"),
        what="Traditional questions, which end in “?”, and all other texts. After figure 1 of the paper’s appendix.",
        blocks=(
            Block("", _draw(panels, bars, [ASKS, DOES_NOT], top=1.0, values=True)),
            *beside_seeds(assessment, arms, (("Question marks", "question_mark", "rate_difference"),)),
        ),
        read=f"Each bar is a share of the rows named above it; the line across its end is the 95% interval. {READ}",
        evidence=tuple(evidence(arm, number[arm.key]) for arm in arms.all()),
        so_what=_so_what_marks(assessment, arms),
        table=Table(HEADERS, tuple(rows), NUMERIC),
    )


def openness(assessment: Assessment, arms: Arms, panels: Sequence[Group]) -> Figure:
    """Figure 2: open, closed and other, by both rules."""
    rules: tuple[tuple[str, str, Callable[[QuestionFigures], Distribution]], ...] = (
        ("by the first word of the text", "first word", lambda figures: figures.openness_a),
        ("by the last sentence that asks", "last question", lambda figures: figures.openness_b),
    )
    rows: list[tuple[str, ...]] = []
    blocks = []
    for heading, short, of in rules:
        bars: dict[str, list[Bar]] = {}
        for arm in arms.all():
            found = of(figures_of(assessment, arm))
            bars[arm.key] = [
                _bar(item.label, arm, item.share) for item in found.shares if isinstance(item.share, Value)
            ]
            rows += [
                _row(f"{item.label} ({short})", arm, item.count, found.n, item.share, None) for item in found.shares
            ]
        blocks.append(
            Block(f"Judged {heading}", _draw(panels, bars, ["open", "closed", "other"], top=1.0, values=True))
        )

    def most(arm: Arm) -> str:
        return f"{largest(figures_of(assessment, arm).openness_a)} among"

    return Figure(
        number=2,
        slug="figure-2-openness",
        title=finding(arms, most, start="Judged by the first word, most often "),
        what=(
            "Open (what, why, how …), closed (is, do, can …) or other. After figure 2 of the paper’s appendix, "
            "which does not say its rule; so there are two."
        ),
        blocks=(
            *blocks,
            *beside_seeds(
                assessment,
                arms,
                (
                    ("By the first word", "openness_a", "total_variation"),
                    ("By the last question", "openness_b", "total_variation"),
                ),
            ),
        ),
        read=(
            "The first rule calls a text “other” when it sets a scene before it asks; the second looks only at the "
            f"sentence that asks. Where the two differ, the rule and not the data makes the difference. {READ}"
        ),
        evidence=(
            "First rule / second rule:",
            *(
                f"{arm_name(arm)} ({arm.n:,}): "
                + ", ".join(
                    f"{form} {_both(figures_of(assessment, arm), form)}" for form in ("open", "closed", "other")
                )
                for arm in arms.all()
            ),
        ),
        so_what=distance_words(assessment, arms, "openness_a"),
        table=Table(HEADERS, tuple(rows), NUMERIC),
    )


def question_types(assessment: Assessment, arms: Arms, panels: Sequence[Group]) -> Figure:
    """Figure 3: question types, requested and observed."""
    return _labels(
        assessment,
        arms,
        panels,
        number=3,
        slug="figure-3-question-types",
        kind="question_type",
        noun="question type",
        nouns="question types",
        source="figure 3",
        requested=lambda figures: figures.question_type_requested,
        observed=lambda figures: figures.question_type_observed,
    )


def topics(assessment: Assessment, arms: Arms, panels: Sequence[Group]) -> Figure:
    """Figure 4: topics, requested and observed."""
    return _labels(
        assessment,
        arms,
        panels,
        number=4,
        slug="figure-4-topics",
        kind="topic",
        noun="topic",
        nouns="topics",
        source="figure 4",
        requested=lambda figures: figures.topic_requested,
        observed=lambda figures: figures.topic_observed,
    )


def _labels(
    assessment: Assessment,
    arms: Arms,
    panels: Sequence[Group],
    *,
    number: int,
    slug: str,
    kind: str,
    noun: str,
    nouns: str,
    source: str,
    requested: Callable[[QuestionFigures], Distribution],
    observed: Callable[[QuestionFigures], Distribution],
) -> Figure:
    bars: dict[str, list[Bar]] = {}
    rows: list[tuple[str, ...]] = []
    edge = 0.1
    for arm in arms.all():
        figures = figures_of(assessment, arm)
        seen, given = observed(figures), {item.category: item for item in requested(figures).shares}
        bars[arm.key] = []
        names = {item.category: item.label for item in (*seen.shares, *given.values())}
        found = {item.category: item for item in seen.shares}
        for category, label in names.items():
            item, other = found.get(category), given.get(category)
            share: Number = item.share if item else NotApplicable("not observed")
            assigned = other.share.value if other and isinstance(other.share, Value) else None
            rows.append(_row(label, arm, item.count if item else 0, seen.n, share, assigned))
            if isinstance(share, Value):
                bars[arm.key].append(_bar(label, arm, share, assigned))
                edge = max(edge, share.high or share.value, assigned or 0.0)
            elif assigned is not None:
                bars[arm.key].append(Bar(label, arm.key, 0.0, assigned=assigned))
                edge = max(edge, assigned)
    order = _order(bars, arms)
    filled = covered(assessment, arms, observed, nouns)
    return Figure(
        number=number,
        slug=slug,
        title=finding(
            arms,
            lambda arm: f"{largest(observed(figures_of(assessment, arm)))} in",
            start=f"{noun.capitalize()} observed most often: ",
        ),
        what=(
            f"Bars: the {noun} that a reader who never saw the plan would give (by description; it may abstain). "
            f"Ticks: the {noun} that people gave their seeds, or that the plan asked for. "
            f"After {source} of the paper’s appendix."
        ),
        blocks=(
            Block("", _draw(panels, bars, order, top=min(1.0, edge * 1.04), values=False, assigned=noun)),
            *beside_seeds(assessment, arms, ((f"Observed {nouns}", f"{kind}_observed", "total_variation"),)),
        ),
        read=(
            f"A bar that ends at its tick shows as much of that {noun} as was asked for. The plan sets the ticks of "
            f"synthetic rows, so a tick says nothing about the seeds; only a bar can. {READ}"
        ),
        evidence=(observer_words(assessment, kind), *filled),
        so_what=distance_words(assessment, arms, f"{kind}_observed"),
        table=Table(HEADERS, tuple(rows), NUMERIC),
    )


# --- drawing -------------------------------------------------------------------------------------------------


def _draw(
    panels: Sequence[Group],
    bars: dict[str, list[Bar]],
    categories: Sequence[str],
    *,
    top: float,
    values: bool,
    assigned: str = "",
) -> tuple[tuple[str, Picture | None, str], ...]:
    made: list[tuple[str, Picture | None, str]] = []
    for group in panels:
        own = [bar for arm in group.arms for bar in bars.get(arm.key, ())]
        if not own:
            made.append((group.title, None, group.missing or "Nothing of this could be measured."))
            continue
        spec = share_bars(drawn_panel(group), own, categories=categories, top=top, values=values, assigned=assigned)
        largest = sorted(own, key=lambda bar: -bar.value)[:6]
        words = [f"{_series(group, bar.series)}: {bar.category} {percent(bar.value)}." for bar in largest]
        made.append((group.title, draw(spec), f"{group.title}. " + " ".join(words)))
    return tuple(made)


def _series(group: Group, key: str) -> str:
    return next((arm.name for arm in group.arms if arm.key == key), key)


def _bar(category: str, arm: Arm, share: Number, assigned: float | None = None) -> Bar:
    if isinstance(share, NotApplicable):
        return Bar(category, arm.key, 0.0, assigned=assigned)
    return Bar(category, arm.key, share.value, share.low, share.high, assigned)


def _row(category: str, arm: Arm, hits: int, of: int, share: Number, assigned: float | None) -> tuple[str, ...]:
    known = isinstance(share, Value)
    return (
        category,
        arm_name(arm),
        str(hits),
        str(of),
        f"{share.value:.4f}" if isinstance(share, Value) else "",
        f"{share.low:.4f}" if isinstance(share, Value) and share.low is not None else "",
        f"{share.high:.4f}" if known and isinstance(share, Value) and share.high is not None else "",
        "" if assigned is None else f"{assigned:.4f}",
    )


def _order(bars: dict[str, list[Bar]], arms: Arms) -> list[str]:
    """Categories by their share in the seeds, then in the other arms."""
    order = [arm.key for arm in (arms.base, arms.shown, arms.generated, arms.without) if arm is not None]
    names = list(dict.fromkeys(bar.category for key in order for bar in bars.get(key, ())))
    at = {(key, bar.category): bar for key in order for bar in bars.get(key, ())}

    def weight(name: str) -> tuple[float, ...]:
        found = [at.get((key, name)) for key in order]
        return tuple(-(bar.value if bar else 0.0) for bar in found)

    return sorted(names, key=lambda name: (*weight(name), name))


def _both(figures: QuestionFigures, category: str) -> str:
    return f"{measured(figures.openness_a.share(category))} / {measured(figures.openness_b.share(category))}"


def _so_what_marks(assessment: Assessment, arms: Arms) -> str:
    told = ["A model may end questions in “?” whatever it is shown, so this share alone says nothing about the seeds."]
    if arms.kept and arms.run and any(gate.gate == "form" for gate in arms.run.gates):
        told.append("Kept rows had to ask something to be kept: read the generated rows, in pale, not the kept ones.")
    told.append(control_words(assessment, arms))
    return " ".join(filter(None, told))
