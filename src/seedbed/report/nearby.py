"""Under each figure: how far every set lies from the seeds in what the figure shows, beside what chance alone gives."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.assess.document import Assessment
from seedbed.measures.definition import Value
from seedbed.report.evidence import arm_name
from seedbed.report.figure import Block, Table
from seedbed.report.forest import Estimate, forest
from seedbed.report.render import Picture, draw
from seedbed.report.view import Arm, Arms
from seedbed.report.words import percent, rounded, signed

__all__ = ["DISTANCES", "HEADING", "READ", "beside_seeds", "distance_row"]

HEADING = "How far from the seeds"
DISTANCES = ("feature", "measure", "set", "from", "estimate", "low", "high", "chance alone, from", "to")
READ = (
    "The lower panels place each set by its distance to the seeds, with its 95% interval; inside the grey, chance "
    "alone makes as much of so few rows."
)
_WORDS = {
    "rate_difference": "difference of shares, in points",
    "total_variation": "share of rows that would need another label",
    "ratio_of_medians": "median length, times that of the seeds",
}


def beside_seeds(assessment: Assessment, arms: Arms, features: Sequence[tuple[str, str, str]]) -> tuple[Block, ...]:
    """One panel for each (title, feature, measure), a row for each set that is not the seeds. () without any."""
    base = arms.base
    if base is None:
        return ()
    found = [(title, measure, _rows(assessment, base, arms, feature, measure)) for title, feature, measure in features]
    panels = [_panel(base, title, measure, rows) for title, measure, rows in found if rows]
    table = Table(
        DISTANCES,
        tuple(distance_row(title, _WORDS[measure], row, base) for title, measure, rows in found for row in rows),
        frozenset(range(4, 9)),
    )
    return (Block(HEADING, tuple(panels), table),) if panels else ()


def distance_row(title: str, measure: str, row: Estimate, base: Arm) -> tuple[str, ...]:
    """The row of DISTANCES that an estimate is."""
    figures = (row.value, row.low, row.high, *(row.band or (None, None)))
    return (title, measure, row.name, arm_name(base), *("" if one is None else f"{one:.4f}" for one in figures))


def _rows(assessment: Assessment, base: Arm, arms: Arms, feature: str, measure: str) -> list[Estimate]:
    rows = []
    for arm in arms.all():
        found = assessment.compare(feature, measure, base.key, arm.key)
        if arm.role == "seeds" or found is None or not isinstance(found.value, Value):
            continue
        value = found.value
        band = (0.0, found.chance) if found.chance is not None else None
        text = signed(value.value) if measure == "rate_difference" else ""
        rows.append(Estimate(arm_name(arm), value.value, value.low, value.high, band, arm.role, arm.filled, text))
    return rows


def _panel(base: Arm, title: str, measure: str, rows: Sequence[Estimate]) -> tuple[str, Picture | None, str]:
    share = measure != "ratio_of_medians"
    at, word = (0.0, "as the seeds") if share else (1.0, "as the seeds")
    within = (0.0, 0.3) if measure == "total_variation" else (-0.15, 0.15) if share else (0.6, 1.4)
    grey = "; grey: what chance alone gives" if any(row.band for row in rows) else ""
    spec = forest(title, f"{_WORDS[measure]}{grey}", rows, lines=((at, word),), share=share, within=within)
    told = "; ".join(f"{row.name} {_said(row, share=share)}" for row in rows)
    return title, draw(spec), f"{title}, {_WORDS[measure]}, from the {base.name}: {told}."


def _said(row: Estimate, *, share: bool) -> str:
    say = percent if share else rounded
    between = "" if row.low is None or row.high is None else f" ({say(row.low)} to {say(row.high)})"
    return f"{say(row.value)}{between}".replace("-", "−")
