"""What figures say in words: which rows, their numbers with n and interval, and how far two sets lie apart.

Every sentence describes. Where there is no control the words stop at what the rows look like; where there is one
they give both numbers and the interval of their difference, and no verdict.
"""

from __future__ import annotations

from collections.abc import Callable

from seedbed.assess.document import Assessment, Comparison, Distribution, Number, QuestionFigures
from seedbed.measures.definition import NotApplicable, Value
from seedbed.report.view import Arm, Arms
from seedbed.report.words import interval, measured, plural, points

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
    "in_hundred",
    "largest",
    "observer_words",
]


def figures_of(assessment: Assessment, arm: Arm) -> QuestionFigures:
    found = assessment.of(arm.key)
    if found is None:
        raise KeyError(arm.key)
    return found


def arm_name(arm: Arm) -> str:
    """What the arm is called, with a capital: “Shown as examples”."""
    return capital(arm.name)


def complement(value: Value[float]) -> Value[float]:
    low = None if value.high is None else 1 - value.high
    high = None if value.low is None else 1 - value.low
    return Value(1 - value.value, low, high, value.n, value.unit, value.note)


def evidence(arm: Arm, number: Number) -> str:
    if isinstance(number, NotApplicable):
        return f"{arm_name(arm)}: n/a, {number.reason}"
    between = interval(number)
    return f"{arm_name(arm)}: {measured(number)} of {number.n:,}" + (f" ({between})" if between else "")


def largest(distribution: Distribution) -> str:
    """The most frequent category with its share: “giving advice (17%)”."""
    most = max(distribution.shares, key=lambda item: item.count, default=None)
    return f"“{most.label}” ({measured(most.share)})" if most and most.count else "no label"


def finding(arms: Arms, of: Callable[[Arm], str], start: str = "", end: str = "") -> str:
    """A title that says the finding: what holds of the seeds, and what of the kept rows.

    “{start}{seeds' figure} of the seeds{end}, {kept rows' figure} of the kept questions”.
    """
    named = [
        (arm, f"the {arm.name} questions" if arm.role != "seeds" else _seeds(arm))
        for arm in (arms.base, arms.kept or arms.generated)
        if arm is not None and arm.n
    ]
    if not named:
        return "There are no rows to show"
    parts = [f"{of(arm)} {name}" for arm, name in named]
    return capital(f"{start}{parts[0]}{end}" + "".join(f", {part}" for part in parts[1:]))


def _seeds(arm: Arm) -> str:
    return "the seeds shown as examples" if arm.info.selection == "in-context" else "the seeds"


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


def distance_words(assessment: Assessment, arms: Arms, feature: str) -> str:
    """How far seeds and synthetic rows, and the control and its run, lie apart, beside what chance gives."""
    told = []
    rows = arms.generated or arms.kept
    if arms.base and rows:
        told.append(distance(assessment, feature, arms.base, rows, f"Seeds and {rows.name} rows"))
    if arms.with_ and arms.without:
        told.append(distance(assessment, feature, arms.with_, arms.without, "Rows made with and without seeds"))
    elif rows:
        told.append("Without a control, nothing here speaks of what the seeds did.")
    return " ".join(filter(None, told)) or "Only seeds are here: this is what people wrote."


def distance(assessment: Assessment, feature: str, a: Arm, b: Arm, start: str) -> str:
    """A total variation distance in words: how many rows of a hundred would have to change."""
    found = assessment.compare(feature, "total_variation", a.key, b.key)
    if found is None or isinstance(found.value, NotApplicable):
        return ""
    return f"{start} would agree if {in_hundred(found)}."


def in_hundred(found: Comparison) -> str:
    """“27 of 100 rows changed (95% interval 15 to 42); chance alone makes it about 12”."""
    value = found.value
    if isinstance(value, NotApplicable):
        return value.reason
    text = f"{100 * value.value:.0f} of 100 rows had another label"
    if found.chance is None:
        return text
    between = ""
    if value.low is not None and value.high is not None:
        between = f" (95% interval {100 * value.low:.0f} to {100 * value.high:.0f})"
    if value.value <= found.chance:
        return f"{text}{between}, no more than chance alone makes of so few rows ({100 * found.chance:.0f})"
    return f"{text}{between}; chance alone makes it about {100 * found.chance:.0f}"


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
            f"{arm_name(arm)}: {filled} of {len(seen.shares)} {nouns} in {plural(seen.n, 'row')}"
            + (f", {seen.missing:,} more not decided" if seen.missing else "")
        )
    return told
