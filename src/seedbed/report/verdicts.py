"""The three dimensions as verdicts over each set, diversity at equal size, and the figure of novelty."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.assess.document import Assessment, Measurement, QuestionFigures, VerdictCount
from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.cells import Cell
from seedbed.report.evidence import arm_name, capital, figures_of
from seedbed.report.figure import Block, Figure, Table
from seedbed.report.forest import Curve, curves
from seedbed.report.further import words_of
from seedbed.report.render import Picture, draw
from seedbed.report.view import Arm, Arms
from seedbed.report.words import interval, measured, percent, plural, rounded

__all__ = ["DiversityRow", "VerdictRow", "diversity", "novelty", "verdicts"]

_DIMENSIONS = {
    "diverse": ("Diverse", "no near-copy of a seed, of an example or of an earlier row"),
    "sensible": ("Sensible", "whole in structure, and a judge who earned it says so"),
    "relevant": ("Relevant", "a judge who earned it says so"),
    "high quality": ("All three", "the paper’s “high quality”"),
}
# (measure, its words, which way is more varied)
_DIVERSITY = (
    ("distinct_n", "Distinct word pairs", "more is more varied"),
    ("mattr", "Distinct words in a moving window", "more is more varied"),
    ("vendi", "Vendi score: how many different texts", "more is more varied"),
    ("mean_pairwise_distance", "Mean distance of two texts", "more is more varied"),
    ("remote_clique", "Remote clique", "more is more varied"),
    ("chamfer", "Distance to the nearest other text", "more is more varied"),
    ("compression_ratio", "Compression ratio", "less is more varied"),
    ("self_bleu", "Self-BLEU", "less is more varied"),
    ("self_repetition", "Four-word phrases of other texts", "less is more varied"),
    ("homogenisation", "Mean overlap of two texts (ROUGE-L)", "less is more varied"),
)
_SHORT = {"seed_rouge_l": "ROUGE-L", "seed_cosine": "cosine"}
_CURVED = (("seed_rouge_l", "Shared words, in order (ROUGE-L)"), ("seed_cosine", "Likeness of meaning (cosine)"))


@dataclass(frozen=True, slots=True)
class VerdictCell:
    """“178 of 178 = 100.0 %” with its interval; or how many are unverified and why."""

    words: str
    note: str
    yes: float
    no: float


@dataclass(frozen=True, slots=True)
class VerdictRow:
    name: str
    note: str
    cells: tuple[VerdictCell | None, ...]


@dataclass(frozen=True, slots=True)
class DiversityRow:
    name: str
    direction: str
    cells: tuple[Cell, ...]


def verdicts(assessment: Assessment, arms: Arms) -> tuple[tuple[Arm, ...], tuple[VerdictRow, ...]]:
    """The sets with verdicts as columns; the dimensions as rows. Both empty where nothing has any."""
    columns = tuple(arm for arm in arms.all() if _verdicts(assessment, arm))
    found = [{one.dimension: one for one in _verdicts(assessment, arm)} for arm in columns]
    named = dict.fromkeys(key for one in found for key in one)
    rows = tuple(
        VerdictRow(
            *_DIMENSIONS.get(key, (capital(key), "")),
            tuple(_verdict(one[key]) if key in one else None for one in found),
        )
        for key in (*(key for key in _DIMENSIONS if key in named), *(key for key in named if key not in _DIMENSIONS))
    )
    return columns, rows


def _verdicts(assessment: Assessment, arm: Arm) -> tuple[VerdictCount, ...]:
    found = assessment.of(arm.key) or assessment.responses_of(arm.key)
    return found.verdicts if found else ()


def _verdict(one: VerdictCount) -> VerdictCell:
    n = one.yes + one.no + one.unverified
    why = next((reason for word, reason, _ in one.reasons if word == "unverified"), "")
    if one.unverified:
        known = [f"{one.yes:,} yes"] if one.yes else []
        known += [f"{one.no:,} no"] if one.no else []
        words = f"{one.unverified:,} of {n:,} unverified"
        return VerdictCell(words, "; ".join([*known, why]), one.yes / n, one.no / n)
    because = next((f"most often it {reason}" if not reason.startswith("it") else reason
                    for word, reason, _ in one.reasons if word == "no"), "")  # fmt: skip
    between = interval(one.share)
    notes = [f"95% interval {between}" if between else "", because]
    return VerdictCell(
        one.in_words.replace(" %", "\u00a0%"),
        "; ".join(filter(None, notes)),
        one.yes / n if n else 0.0,
        one.no / n if n else 0.0,
    )


def diversity(assessment: Assessment, arms: Arms) -> tuple[tuple[Arm, ...], tuple[DiversityRow, ...], str]:
    """Each measure at equal numbers of texts over all sets, and in words at how many."""
    columns = tuple(arm for arm in arms.all() if figures_of(assessment, arm).diversity)
    found = [_equal(figures_of(assessment, arm)) for arm in columns]
    named = dict.fromkeys(measure for one in found for measure in one)
    known = {measure: (name, direction) for measure, name, direction in _DIVERSITY}
    rows = tuple(
        DiversityRow(*known.get(measure, words_of(measure)), tuple(_cell(one.get(measure)) for one in found))
        for measure in (*(one for one in known if one in named), *(one for one in named if one not in known))
    )
    numbers = [m.value for one in found for m in one.values() if isinstance(m.value, Value) and m.value.note]
    # a set of just that size is no sample, and its note says so
    notes = [value.note for value in sorted(numbers, key=lambda value: value.low is None)]
    return columns, rows, notes[0] if notes else ""


def _equal(figures: QuestionFigures) -> dict[str, Measurement]:
    return {one.measure: one for one in figures.diversity if one.sample == "equal texts"}


def _cell(found: Measurement | None) -> Cell:
    if found is None:
        return Cell("–")
    if isinstance(found.value, NotApplicable):
        return Cell("n/a", reason=found.value.reason)
    return Cell(rounded(found.value.value), interval(found.value, share=False))


def novelty(assessment: Assessment, arms: Arms, number: int) -> Figure | None:
    """How like the seeds the rows are: the curve of the nearest seed's likeness. None where it was not measured."""
    rows = [arm for arm in arms.all() if arm.role != "seeds" and figures_of(assessment, arm).novelty]
    if not rows:
        return None
    panels: list[tuple[str, Picture | None, str]] = []
    table: list[tuple[str, ...]] = []
    over: list[str] = []
    for measure, title in _CURVED:
        found = [(arm, one) for arm in rows for one in figures_of(assessment, arm).novelty if one.measure == measure]
        drawn = [Curve(arm.name, arm.role, arm.filled, one.curve) for arm, one in found if one.curve]
        if not drawn:
            continue
        cut = found[0][1].cut
        spec = curves(title, "of each row to the seed nearest to it", drawn, cut=cut, across="likeness")
        told = "; ".join(f"{arm.name}: {measured(one.over)} at {one.cut:g} or above" for arm, one in found)
        panels.append((title, draw(spec), f"{title}. {told}."))
        over += [
            f"{arm_name(arm)}, {_SHORT[measure]}: {measured(one.over)} at {one.cut:g} "
            "or above" + (f" ({interval(one.over)})" if interval(one.over) else "")
            for arm, one in found
        ]
        table += [(arm_name(arm), measure, f"{x:.2f}", f"{y:.4f}") for arm, one in found for x, y in one.curve]
    if not panels:
        return None
    copies = [
        f"{arm_name(arm)}: {percent(value.value, value.n)} copy an example of their own prompt"
        for arm in rows
        for one in figures_of(assessment, arm).novelty
        if one.measure == "copies_of_examples" and isinstance(value := one.over, Value)
    ]
    shown = arms.kept or arms.generated or rows[0]
    share = next((one.over for one in figures_of(assessment, shown).novelty if one.measure == "seed_rouge_l"), None)
    start = measured(share) if isinstance(share, Value) else "An unknown share"
    return Figure(
        number=number,
        slug="figure-novelty",
        title=f"{start} of the {shown.name} questions nearly repeat a seed",
        what="How like each row is to the seed nearest to it: 0 shares nothing, 1 is the same text.",
        blocks=(Block("", tuple(panels)),),
        read=(
            "Each line says what share of a set is at that likeness or below: a line further left and up is further "
            "from the seeds. Full lines are kept rows, dashed ones all that was generated. Right of the cut a row is "
            "counted as a near-copy."
        ),
        evidence=(*over, *copies),
        so_what=(
            f"Of {plural(shown.n, 'row')}, those right of the cut add nothing that people did not write. "
            "The control shows how like the seeds rows are by topic alone, without having seen them."
            if arms.without
            else "Rows right of the cut add nothing that people did not write. Without a control it is not known how "
            "like the seeds rows would be by their topic alone."
        ),
        table=Table(("set", "likeness", "at", "share at or below"), tuple(table), frozenset({2, 3})),
    )
