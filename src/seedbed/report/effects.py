"""The pictures of the tests: slopes and follow indices with their intervals, swapped sets as points, and margins."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.measures.definition import Value
from seedbed.propagate.document import Propagation, Reading, Tested
from seedbed.report.evidence import capital
from seedbed.report.figure import Block, Figure, Table
from seedbed.report.forest import Estimate, forest, scatter
from seedbed.report.render import Picture, draw
from seedbed.report.tested import QUESTIONS, feature_name, figured, minus

__all__ = ["effect_figures"]

SCATTERS = 6  # panels of points: more than two rows of them say less
_LINES = {
    "T2": ((0.0, "no nearer"), (1.0, "the seeds’")),
    "T3": ((0.0, "none"), (1.0, "full")),
    "T4": ((0.0, "none"), (1.0, "full")),
    "T5": ((0.0, "none"), (1.0, "full")),
}
_SAYS = {
    "follows": ("follows the seeds", "follow the seeds"),
    "comes nearer": ("comes nearer than without any", "come nearer than without any"),
    "moves away": ("moves away", "move away"),
    "does not follow": ("does not", "do not"), "cannot be told": ("cannot be told", "cannot be told"),
}  # fmt: skip
_MARGINS = {"rate difference": 0.0, "total variation": 0.0, "ratio of medians": 1.0}
HEADERS = (
    "test", "feature", "rows", "measure", "estimate", "low", "high", "null or margin from", "to", "p", "p (Holm)",
    "verdict",
)  # fmt: skip
Panels = tuple[tuple[str, Picture | None, str], ...]


def effect_figures(found: Propagation | None, first: int) -> list[Figure]:
    """Up to two figures: what follows the seeds (T2 to T5), and how far the rows lie from them (T7)."""
    if found is None:
        return []
    made: list[Figure] = []
    follows = [one for one in found.findings if one.finding.test in _LINES and _known(one)]
    if follows:
        made.append(_follow(found, follows, first + len(made)))
    held = [one for one in found.findings if one.finding.test == "T7" and _known(one)]
    if held:
        made.append(_margins(held, first + len(made)))
    return made


def _follow(found: Propagation, tested: Sequence[Tested], number: int) -> Figure:
    generated = [one for one in tested if one.rows == "generated"] or list(tested)
    panels: list[tuple[str, Picture | None, str]] = []
    for test, lines in _LINES.items():
        for against in dict.fromkeys(one.against for one in generated if one.finding.test == test):
            own = [one for one in generated if one.finding.test == test and (test == "T4" or one.against == against)]
            if test == "T4" and against != own[0].against:
                continue  # each dose has runs of its own, and one panel has all doses
            rows = [_estimate(one) for one in own]
            title = f"{test}: {'follow index' if test == 'T2' else 'slope'}"
            under = f"{own[0].run}" + (", each against the runs of its doses" if test == "T4" else
                f", against {len(against)} runs" if len(against) > 1 else "".join(
                f", against {name}" for name in against))  # fmt: skip
            picture = draw(forest(title, under, rows, lines=lines, within=(-0.1, 1.1)))
            panels.append((title, picture, _words(title, own)))
    blocks = [Block("", tuple(panels))]
    dots = [one for one in generated if one.finding.outcome.points and one.finding.test in ("T3", "T4")][:SCATTERS]
    if dots:
        blocks.append(Block("Each run beside its own seeds", tuple(_dots(one) for one in dots)))
    says = {reading.says for reading in found.readings}
    return Figure(
        number=number,
        slug="figure-tests-follow",
        title=_title(found),
        what="How much of a feature of the seeds comes through: 1 is all of it, 0 nothing. " + " ".join(
            f"{test}: {QUESTIONS[test]}" for test in _LINES if any(one.finding.test == test for one in generated)
        ),
        blocks=tuple(blocks),
        read=(
            "A dot is the estimate and its line the 95% interval; the grey band is where 95% of estimates fall when "
            "the seeds do nothing. A line that crosses 0 shows nothing either way." + (
                " In the lower panels each dot is one run; on the dashed diagonal it is as its own seeds are." if dots
                else ""
            )
        ),
        evidence=tuple(capital(minus(reading.sentence)) for reading in found.readings),
        so_what=(
            "Only what follows here is known to be steered by writing other seeds. "
            + "".join(map(_arrives, found.readings))
            + ("What comes nearer does so because seeds were shown; whether it matters which was not shown. "
               if "comes nearer" in says else "")
            + ("What does not follow comes from the model or the instruction: other seeds will not change it. "
               if "does not follow" in says else "")
            + ("Where it cannot be told, more rows, or sets of seeds that differ more, would tell."
               if "cannot be told" in says else "")
        ).strip(),
        table=_table(tested),
    )  # fmt: skip


def _arrives(reading: Reading) -> str:
    """What a slope means: how much of a change of the seeds comes through. "" of what has none or does not follow."""
    if reading.says != "follows" or reading.by not in ("T3", "T4") or reading.value is None:
        return ""
    name = capital(feature_name(reading.feature))
    return f"{name}: of every 10 that the seeds are changed by, about {10 * reading.value:.0f} arrive in the rows. "


def _title(found: Propagation) -> str:
    counts = {says: sum(reading.says == says for reading in found.readings) for says in _SAYS}
    parts = [f"{n} {_SAYS[says][n > 1]}" for says, n in counts.items() if n]
    return f"Of {len(found.readings)} features, {', '.join(parts)}" if parts else "What follows the seeds"


def _margins(held: Sequence[Tested], number: int) -> Figure:
    panels: list[tuple[str, Picture | None, str]] = []
    for measure in dict.fromkeys(one.finding.outcome.measure for one in held):
        own = [one for one in held if one.finding.outcome.measure == measure]
        rows = [_estimate(one, with_rows=True) for one in own]
        title = capital(measure)
        none = _MARGINS.get(measure, 0.0)
        picture = draw(forest(title, "rows against the seeds they were shown", rows, lines=((none, "no difference"),)))
        panels.append((title, picture, _words(title, own)))
    counts: dict[str, int] = {}
    for one in held:
        if one.rows == "generated" and (verdict := one.finding.outcome.verdict) is not None:
            counts[verdict.value] = counts.get(verdict.value, 0) + 1
    told = ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) or "no verdict"
    return Figure(
        number=number,
        slug="figure-tests-margins",
        title=f"Held against the seeds, feature by feature: {told}",
        what=f"T7: {QUESTIONS['T7']} The margins were set before the test.",
        blocks=(Block("", tuple(panels)),),
        read=(
            "The grey band is the margin. A line wholly inside it is “preserved”, one wholly outside is "
            "“changed”, and one across its edge is “undecided”. It is the interval that "
            "decides: 90%, for labels wider. Filled dots are kept rows, open ones all generated."
        ),
        evidence=tuple(_verdict(one) for one in held),
        so_what=(
            "Rows may be as the seeds are without having it from them: read this beside the figure above. An undecided "
            "feature is not a preserved one; the table says how many seeds or rows would decide."
        ),
        table=_table(held),
    )


def _estimate(one: Tested, *, with_rows: bool = False) -> Estimate:
    out = one.finding.outcome
    assert isinstance(out.estimate, Value)
    low, high = out.bounds or (out.estimate.low, out.estimate.high)
    name = capital(_name(one)) + (f", {one.rows}" if with_rows else "")
    return Estimate(
        name, out.estimate.value, low, high, out.null or out.margin, filled=one.rows == "kept" or not with_rows
    )


def _dots(one: Tested) -> tuple[str, Picture | None, str]:
    out = one.finding.outcome
    assert isinstance(out.estimate, Value)
    title = f"{one.finding.test}: {_name(one)}"
    share = all(0 <= value <= 1 for point in out.points for value in point)
    across = ("share" if share else "mean") + " in the seeds of the run"
    if one.finding.test == "T4":
        across = "dose: share in the seeds of the run" if share else "dose: median in the seeds of the run"
    spec = scatter(
        title, f"{len(out.points)} runs, slope {figured(one.finding)}", out.points, slope=out.estimate.value,
        across=across, up=f"{'share' if share else 'mean'} in the run", share=share,
    )  # fmt: skip
    words = "; ".join(f"seeds {x:.2f}, run {y:.2f}" for x, y in out.points)
    return title, draw(spec), f"{title}, run beside its seeds: {words}."


def _verdict(one: Tested) -> str:
    verdict = one.finding.outcome.verdict
    name = capital(feature_name(one.finding.feature))
    return f"{name}, {one.rows}: {verdict.value if verdict else 'no verdict'}, {figured(one.finding)}"


def _words(title: str, own: Sequence[Tested]) -> str:
    told = "; ".join(f"{_name(one)} {figured(one.finding)}" for one in own)
    return f"{title}. {told}."


def _name(one: Tested) -> str:
    """The feature in words; the dose of question marks is the share of instructions, which end in none."""
    if one.finding.test == "T4" and one.finding.feature == "question-mark":
        return "instructions (no question mark)"
    return feature_name(one.finding.feature)


def _known(one: Tested) -> bool:
    return isinstance(one.finding.outcome.estimate, Value)


def _table(tested: Sequence[Tested]) -> Table:
    rows = []
    for one in tested:
        out = one.finding.outcome
        assert isinstance(out.estimate, Value)
        band = out.null or out.margin or (None, None)
        low, high = out.bounds or (out.estimate.low, out.estimate.high)
        figures = (out.estimate.value, low, high, *band, out.p, one.finding.p_holm)
        rows.append((
            one.finding.test, _name(one), f"{one.run}, {one.rows}", out.measure,
            *("" if figure is None else f"{figure:.4f}" for figure in figures),
            out.verdict.value if out.verdict else "",
        ))  # fmt: skip
    return Table(HEADERS, tuple(rows), frozenset(range(4, 11)))
