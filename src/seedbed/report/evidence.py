"""What figures say in words: which rows, their numbers with n and interval, and how far two sets lie apart.

Every sentence describes. Where there is no control the words stop at what the rows look like; where there is one
they give both numbers and the interval of their difference, and no verdict.
"""

from __future__ import annotations

from collections.abc import Callable

from seedbed.assess.document import Assessment, Distribution, Number, QuestionFigures
from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.view import Arm, Arms
from seedbed.report.words import interval, join, measured, points

__all__ = [
    "arm_name",
    "capital",
    "complement",
    "control_words",
    "covered",
    "distance",
    "distance_words",
    "evidence",
    "figures_of",
    "finding",
    "largest",
    "observer_words",
]


def figures_of(assessment: Assessment, arm: Arm) -> QuestionFigures:
    found = assessment.of(arm.key)
    if found is None:
        raise KeyError(arm.key)
    return found


def arm_name(arm: Arm) -> str:
    run = f", run “{arm.info.run}”" if arm.info.run else ""
    return f"{arm.name}{run}"


def complement(value: Value[float]) -> Value[float]:
    low = None if value.high is None else 1 - value.high
    high = None if value.low is None else 1 - value.low
    return Value(1 - value.value, low, high, value.n, value.unit, value.note)


def evidence(arm: Arm, number: Number) -> str:
    if isinstance(number, NotApplicable):
        return f"{arm_name(arm)}: n/a, {number.reason}"
    between = interval(number)
    return f"{arm_name(arm)}: {measured(number)} of {number.n:,}" + (f" (95% interval {between})" if between else "")


def largest(distribution: Distribution, count: int) -> str:
    ranked = sorted(distribution.shares, key=lambda item: -item.count)[:count]
    named = [f"“{item.label}” ({measured(item.share)})" for item in ranked if item.count]
    return join(named) or "no label"


def finding(arms: Arms, of: Callable[[Arm], str], in_seeds: str, in_kept: str, seeds_only: str) -> str:
    """A title that says the finding: what holds of the seeds, and what of the kept rows."""
    base, shown = arms.base, arms.kept
    if base and shown and shown.n:
        return capital(f"{of(base)} {in_seeds if arms.seeds else seeds_only}, {of(shown)} {in_kept}")
    if base:
        return capital(f"{of(base)} {seeds_only if base.info.selection == 'all' else in_seeds}")
    if arms.shown:
        return capital(f"{of(arms.shown)} {in_kept}")
    return "There are no rows to show"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def control_words(assessment: Assessment, arms: Arms) -> str:
    if not arms.with_ or not arms.without:
        return "There is no control to compare with: this figure describes, and no more."
    found = assessment.compare("question_mark", "rate_difference", arms.with_.key, arms.without.key)
    if found is None or isinstance(found.value, NotApplicable):
        return ""
    with_, without = (figures_of(assessment, arm).question_mark for arm in (arms.with_, arms.without))
    gap = found.value
    between = (
        f" (95% interval {gap.low * 100:+.0f} to {gap.high * 100:+.0f})" if gap.low is not None and gap.high else ""
    )
    return (
        f"The same instruction gave {measured(with_)} with seeds and {measured(without)} without: "
        f"{points(gap)}{between.replace('-', '−')}. That is one pair of runs, described, not tested."
    )


def distance_words(assessment: Assessment, arms: Arms, feature: str, thing: str) -> str:
    """How far seeds and synthetic rows, and the control and its run, lie apart, beside what chance gives."""
    told = []
    rows = arms.generated or arms.kept
    if arms.base and rows:
        told.append(distance(assessment, feature, arms.base, rows, f"Between seeds and generated rows, {thing}"))
    if arms.with_ and arms.without:
        told.append(
            distance(
                assessment, feature, arms.with_, arms.without, f"Between rows made with and without seeds, {thing}"
            )
        )
    elif rows:
        told.append("Without a control, nothing here speaks of what the seeds did.")
    return " ".join(filter(None, told)) or "Only seeds are here: this is what people wrote."


def distance(assessment: Assessment, feature: str, a: Arm, b: Arm, start: str) -> str:
    found = assessment.compare(feature, "total_variation", a.key, b.key)
    if found is None or isinstance(found.value, NotApplicable):
        return ""
    value = found.value
    chance = f"; chance alone would give about {found.chance:.2f}" if found.chance is not None else ""
    between = f" (95% interval {value.low:.2f} to {value.high:.2f})" if value.low is not None and value.high else ""
    return f"{start} differs by {value.value:.2f} on a scale from 0 to 1{between}{chance}."


def observer_words(assessment: Assessment, kind: str) -> str:
    found = next((item for item in assessment.observer if item.kind == kind), None)
    if found is None or isinstance(found.accuracy, NotApplicable) or isinstance(found.coverage, NotApplicable):
        reason = found.accuracy.reason if found and isinstance(found.accuracy, NotApplicable) else "no hand labels"
        return f"The observer’s accuracy is unknown ({reason}): read single bars with care."
    people = (
        f"; authors and readers agree on {measured(found.authors_agree)}"
        if isinstance(found.authors_agree, Value)
        else ""
    )
    return (
        f"The observer agrees with hand labels on {measured(found.accuracy)} (95% interval {interval(found.accuracy)}) "
        f"of the {measured(found.coverage)} of {found.labels} seeds on which it decides{people}."
    )


def covered(
    assessment: Assessment, arms: Arms, observed: Callable[[QuestionFigures], Distribution], nouns: str
) -> list[str]:
    told = []
    for arm in arms.all():
        seen = observed(figures_of(assessment, arm))
        filled = sum(item.count > 0 for item in seen.shares)
        told.append(
            f"{arm_name(arm)}: {filled} of {len(seen.shares)} {nouns} observed in {seen.n:,} rows; "
            f"{seen.missing:,} without an observed label"
        )
    return told
