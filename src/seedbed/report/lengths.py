"""Figures 6 and 7: how long the misaligned and the aligned responses are, with the paper's thresholds."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.assess.document import Assessment, Comparison, Lengths, Number, ResponseFigures
from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.charts import Column, Panel, histogram
from seedbed.report.evidence import arm_name
from seedbed.report.figure import Block, Figure, Table
from seedbed.report.nearby import beside_seeds
from seedbed.report.render import Picture, draw
from seedbed.report.view import Arm, Arms, Group
from seedbed.report.words import interval, measured, percent, plural, rounded

__all__ = ["response_lengths"]

HEADERS = ("set", "from (tokens)", "to below", "texts", "share")


def response_lengths(assessment: Assessment, arms: Arms, panels: Sequence[Group], *, aligned: bool) -> Figure:
    """Figure 6 (misaligned) or 7 (aligned). A share under a threshold is the paper's; the median ratio says more."""
    name = "aligned" if aligned else "misaligned"
    lengths = {arm.key: _lengths(assessment, arm, aligned=aligned) for arm in arms.all()}
    lengths = {key: found for key, found in lengths.items() if found.n}
    seeds_limit, rows_limit = _limits(lengths)
    # to where the last bin begins, which holds all that is longer: one text of 5,000 tokens shall not squeeze the rest
    upto, width = _axis([found.bins[-1].low for found in lengths.values()], rows_limit)
    beyond = any(found.bins[-1].high - found.bins[-1].low > found.bins[0].high for found in lengths.values())
    columns = {key: _columns(key, found, width, upto) for key, found in lengths.items()}
    top = max((column.share for made in columns.values() for column in made), default=1.0) * 1.08
    drawn = tuple(_panel(group, columns, upto, top, (seeds_limit, rows_limit)) for group in panels)
    return Figure(
        number=7 if aligned else 6,
        slug=f"figure-{7 if aligned else 6}-{name}-length",
        title=_title(arms, lengths, name, seeds_limit, rows_limit),
        what=(
            f"Lengths of the {name} responses, in tokens of {_tokenizer(lengths)}. After figure {7 if aligned else 6} "
            f"of the paper’s appendix, which names no tokenizer; its thresholds are {seeds_limit} for seeds and "
            f"{rows_limit} for synthetic rows."
        ),
        blocks=(
            Block("", drawn),
            *beside_seeds(assessment, arms, (("Median length", f"{name}_tokens", "ratio_of_medians"),)),
        ),
        read=(
            f"Each column is the share of texts of that length, {width} tokens wide; dashed lines mark the two "
            f"thresholds.{' The last column holds all longer texts too.' if beyond else ''} All panels of columns "
            "share their scales. The lower panel has each set’s median length as a "
            "multiple of the seeds’, with its 95% interval: 1 is the same."
        ),
        evidence=tuple(
            _evidence(arm, lengths[arm.key], seeds_limit, rows_limit) for arm in arms.all() if arm.key in lengths
        ),
        so_what=_so_what(assessment, arms, name),
        table=Table(
            HEADERS,
            tuple(
                (arm_name(arm), str(b.low), str(b.high), str(b.count), f"{b.count / lengths[arm.key].n:.4f}")
                for arm in arms.all()
                if arm.key in lengths
                for b in lengths[arm.key].bins
            ),
            frozenset({1, 2, 3, 4}),
        ),
    )


def _lengths(assessment: Assessment, arm: Arm, *, aligned: bool) -> Lengths:
    found: ResponseFigures | None = assessment.responses_of(arm.key)
    if found is None:
        raise KeyError(arm.key)
    return found.aligned if aligned else found.misaligned


def _limits(lengths: dict[str, Lengths]) -> tuple[int, int]:
    for found in lengths.values():
        if len(found.under) == 2:
            return found.under[0][0], found.under[1][0]
    return 0, 0


def _tokenizer(lengths: dict[str, Lengths]) -> str:
    return next((found.tokenizer for found in lengths.values() if found.tokenizer), "a named tokenizer")


def _axis(last: Sequence[int], limit: int) -> tuple[int, int]:
    """The end of the axis and the width of a column: about 20 columns, a multiple of the 10 that are counted."""
    most = max([*last, int(limit * 1.15)], default=100)
    width = 10 * max(1, round(most / 200))
    return (most // width + 1) * width, width


def _columns(key: str, lengths: Lengths, width: int, upto: int) -> list[Column]:
    counts: dict[int, int] = {}
    for found in lengths.bins:
        low = min(found.low, upto - width) // width * width
        counts[low] = counts.get(low, 0) + found.count
    return [Column(low, low + width, key, n / lengths.n) for low, n in sorted(counts.items()) if n]


def _panel(
    group: Group, columns: dict[str, list[Column]], upto: int, top: float, limits: tuple[int, int]
) -> tuple[str, Picture | None, str]:
    arms = [arm for arm in group.arms if columns.get(arm.key)]
    if not arms:
        return group.title, None, group.missing or "Nothing of this could be measured."
    names = {arm.key: f"{arm.name} ({arm.n:,})" for arm in arms}
    panel = Panel(group.title, "", tuple((names[arm.key], arm.role, arm.filled) for arm in arms))
    own = [Column(c.low, c.high, names[arm.key], c.share) for arm in arms for c in columns[arm.key]]
    words = []
    for arm in arms:
        most = max(columns[arm.key], key=lambda column: column.share)
        ends = f"{most.low} or more" if most.high == upto else f"{most.low} to {most.high - 1}"
        words.append(f"{arm.name}: the highest column ({percent(most.share)}) is of {ends} tokens.")
    picture = draw(histogram(panel, own, upto=upto, top=top, thresholds=limits, unit="tokens"))
    return group.title, picture, f"{group.title}. " + " ".join(words)


def _under(lengths: Lengths, limit: int) -> Number:
    return next((share for at, share in lengths.under if at == limit), NotApplicable("no such threshold"))


def _title(arms: Arms, lengths: dict[str, Lengths], name: str, seeds_limit: int, rows_limit: int) -> str:
    base = next((arm for arm in (arms.seeds, arms.all_seeds) if arm and arm.key in lengths), None)
    shown = next((arm for arm in (arms.kept, arms.generated) if arm and arm.key in lengths), None)
    parts = []
    if base:
        share = measured(_under(lengths[base.key], seeds_limit))
        parts.append(f"{share} of people’s {name} responses are shorter than {seeds_limit} tokens")
    if shown:
        share = measured(_under(lengths[shown.key], rows_limit))
        whose = "proposals" if shown.info.proposals else "responses"
        parts.append(f"{share} of the model’s {lengths[shown.key].n:,} {whose} shorter than {rows_limit}")
    return ", ".join(parts) or f"There are no {name} responses to show"


def _evidence(arm: Arm, lengths: Lengths, seeds_limit: int, rows_limit: int) -> str:
    limit = seeds_limit if arm.role == "seeds" else rows_limit
    under = _under(lengths, limit)
    between = interval(under)
    middle = lengths.median
    median = f"median {rounded(middle.value)} tokens" if isinstance(middle, Value) else "no median"
    around = interval(middle, share=False)
    return (
        f"{arm_name(arm)}: {median}{f' (95% interval {around})' if around else ''}; {measured(under)} under {limit}"
        f"{f' ({between})' if between else ''}; {plural(lengths.n, 'text')}"
    )


def _so_what(assessment: Assessment, arms: Arms, name: str) -> str:
    told = [
        "Two thresholds that differ can both hold while lengths move apart; the ratio of medians has no such slack."
    ]
    rows = arms.generated or arms.kept
    if arms.base and rows:
        found = assessment.compare(f"{name}_tokens", "ratio_of_medians", arms.base.key, rows.key)
        told.append(_ratio(found, "Generated responses have", "times the median length of the seeds’"))
    if arms.with_ and arms.without:
        found = assessment.compare(f"{name}_tokens", "ratio_of_medians", arms.with_.key, arms.without.key)
        told.append(_ratio(found, "Responses made without seeds have", "times the median length of those made with"))
    elif rows:
        told.append("Without a control, nothing here speaks of what the seeds did.")
    return " ".join(filter(None, told))


def _ratio(found: Comparison | None, start: str, end: str) -> str:
    if found is None or isinstance(found.value, NotApplicable):
        return ""
    around = interval(found.value, share=False)
    return f"{start} {found.value.value:.2f} {end}{f' (95% interval {around})' if around else ''}."
