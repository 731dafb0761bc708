"""What tests found of the seeds' effect: the headline and the findings of propagation/propagation.json, as tables.

The words are the tests' own: whether a feature follows is a reading's sentence, and "preserved", "changed" and
"undecided" are an equivalence test's verdict. Where nothing was tested there are no such words, but the command.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seedbed.errors import UsageError
from seedbed.measures.definition import Value
from seedbed.propagate.document import Follows, Propagation, Reading, Tested
from seedbed.propagate.features import features_of
from seedbed.propagate.reading import ESTIMATES, needed_words, number
from seedbed.propagate.store import load
from seedbed.propagate.testing import Finding, Outcome, Verdict
from seedbed.report.evidence import capital
from seedbed.report.markup import Markup
from seedbed.report.words import join
from seedbed.study import Folder

__all__ = [
    "QUESTIONS",
    "FindingGroup",
    "FindingLine",
    "feature_name",
    "figured",
    "grouped",
    "headline",
    "load_tests",
    "minus",
    "verdicts_in_words",
]

_PREDICATES: Mapping[Follows, tuple[str, str]] = {
    "follows": ("follows the seeds", "follow the seeds"),
    "comes nearer": ("comes nearer to the seeds than without any", "come nearer to the seeds than without any"),
    "moves away": ("moves away from the seeds", "move away from the seeds"),
    "does not follow": ("does not follow them", "do not follow them"),
}
QUESTIONS = {
    "T1": "How far do the synthetic rows lie from the seeds?",
    "T2": "Do they lie nearer to the seeds than rows made without them?",
    "T3": "Do runs of different seeds go where their own seeds are?",
    "T4": "Does a run follow when one feature of its seeds is turned up?",
    "T5": "Does a row take after the examples in its own prompt?",
    "T6": "Do the tests stay silent where nothing can be?",
    "T7": "Is the difference to the seeds shown to be small, shown to be large, or neither?",
    "T8": "What did the checks move, after the model wrote?",
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as a row of the table."""

    feature: str
    question: str
    rows: str
    estimate: str
    interval: str
    band: str
    p: str
    p_holm: str
    verdict: str
    n: str
    note: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one test."""

    test: str
    question: str
    lines: tuple[FindingLine, ...]


def load_tests(folder: Folder) -> Propagation | None:
    """What was tested last, or None. Raises InputError where the file is damaged."""
    try:
        return load(folder)
    except UsageError:
        return None


def feature_name(feature: str) -> str:
    """“length” of "tokens", and the id where it is no feature that is known."""
    known = {one.name: one.words for stage in ("questions", "triples") for one in features_of(stage, {})}
    base, _, category = feature.partition(": ")
    return known.get(base, base) + (f": {category}" if category else "")


def verdicts_in_words(found: Propagation, told: Collection[str] = ()) -> Markup | None:
    """What the equivalence tests of generated rows said, verdict by verdict; None where there were none.

    `told`: the runs that the sentences beside it are about; rows of another run are named.
    """
    runs: dict[str, None] = {}
    by: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for one in _of(found, "T7"):
        if one.rows == "generated" and one.finding.outcome.verdict is not None:
            by[one.finding.outcome.verdict].append(feature_name(one.finding.feature))
            runs[one.run] = None
    parts = [
        Markup("<strong>{}</strong>: {}").format(verdict.value, join(list(dict.fromkeys(names))))
        for verdict, names in by.items()
        if names
    ]
    if not parts:
        return None
    whose = "Held against the seeds"
    if told and not runs.keys() <= set(told):
        whose = f"Rows of {join([f'“{run}”' for run in runs])}, held against the seeds"
    return Markup("{}, within margins set beforehand, {}.").format(whose, Markup("; ".join(parts)))


def headline(found: Propagation) -> Markup | None:
    """ "Length .79 and question marks .85 follow the seeds (follow index); topics .02 do not (slope); …", by readings.

    None where nothing was tested. Features of one answer and one kind of estimate stand together.
    """
    groups: dict[tuple[Follows, str], list[Reading]] = {}
    unknown = 0
    for reading in found.readings:
        if reading.says == "cannot be told" or reading.value is None:
            unknown += 1
        else:
            groups.setdefault((reading.says, ESTIMATES.get(reading.by, "")), []).append(reading)
    if not groups:
        return Markup("{}").format(found.headline) if found.headline else None
    order = list(_PREDICATES)
    ordered = sorted(groups.items(), key=lambda item: order.index(item[0][0]))
    parts = [_clause(says, estimate, group) for (says, estimate), group in ordered]
    if ordered[0][0][0] == "does not follow":  # "them" needs a clause before it that names the seeds
        parts[0] = Markup(parts[0].replace("follow them", "follow the seeds"))
    if unknown:
        parts.append(Markup("of {} it cannot be told").format(f"{unknown} more feature{'s' if unknown > 1 else ''}"))
    start, mark, rest = (Markup("; ").join(parts) + ".").partition("<strong>")
    return Markup(start + mark + capital(rest))


def _clause(says: Follows, estimate: str, group: Sequence[Reading]) -> Markup:
    known = {one.name: one for stage in ("questions", "triples") for one in features_of(stage, {})}
    names = [
        Markup("<strong>{}</strong> {}").format(
            known[one.feature].words if one.feature in known else one.feature, signed(one.value or 0.0)
        )
        for one in group
    ]
    many = len(group) > 1 or (group[0].feature in known and known[group[0].feature].plural)
    return Markup("{} {} ({})").format(Markup(join(names)), _PREDICATES[says][many], estimate)


def grouped(found: Propagation) -> tuple[FindingGroup, ...]:
    """The findings by test, in the order of the tests and of the file."""
    return tuple(
        FindingGroup(test, QUESTIONS[test], tuple(_line(one) for one in own))
        for test in QUESTIONS
        if (own := list(_of(found, test)))
    )


def figured(finding: Finding) -> str:
    """“.8 (.6 to .95)”, or “n/a”."""
    estimate = finding.outcome.estimate
    if not isinstance(estimate, Value):
        return "n/a"
    between = _between(finding.outcome)
    return signed(estimate.value) + (f" ({between})" if between else "")


def minus(sentence: str) -> str:
    """The sentence with a true minus before its negative numbers."""
    return re.sub(r"(?<=[ (])-(?=[.\d])", "−", sentence)


def signed(value: float) -> str:
    return number(value).replace("-", "−")


def _of(found: Propagation, test: str) -> Iterator[Tested]:
    return (one for one in found.findings if one.finding.test == test)


def _line(one: Tested) -> FindingLine:
    finding, out = one.finding, one.finding.outcome
    estimate = out.estimate
    notes = [estimate.note, out.note] if isinstance(estimate, Value) else [estimate.reason, out.note]
    if out.verdict is Verdict.UNDECIDED and out.needed is not None:
        notes.insert(0, needed_words(out.needed))
    band = out.null or out.margin
    return FindingLine(
        feature=capital(feature_name(finding.feature)),
        question=finding.question,
        rows=f"{one.run}, {one.rows}" + (f", against {join(list(one.against))}" if one.against else ""),
        estimate=f"{signed(estimate.value)} {out.measure}" if isinstance(estimate, Value) else f"n/a {out.measure}",
        interval=_between(out),
        band=f"{'margin ' if not out.null else ''}{signed(band[0])} to {signed(band[1])}" if band else "",
        p=_p(out.p),
        p_holm=_p(finding.p_holm),
        verdict=out.verdict.value if out.verdict else "",
        n=", ".join(f"{n:,} {name}" for name, n in out.n),
        note="; ".join(filter(None, notes)),
    )


def _between(out: Outcome) -> str:
    if out.bounds:
        return f"{signed(out.bounds[0])} to {signed(out.bounds[1])}"
    estimate = out.estimate
    if not isinstance(estimate, Value) or (estimate.low is None and estimate.high is None):
        return ""
    low = "−∞" if estimate.low is None else signed(estimate.low)
    return f"{low} to {'∞' if estimate.high is None else signed(estimate.high)}"


def _p(p: float | None) -> str:
    if p is None:
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}"
