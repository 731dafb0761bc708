"""What people said of rows, task by task: how many judged what, how mixed they were, and how far they agree.

Nothing that anybody typed stands in it: a task goes by its name and a scale of somebody's own by its id, so that no
page has to be made anew when a person's words are erased. Titles of shipped scales are Seedbed's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.report.evidence import capital
from seedbed.report.words import interval, join, measured, percent, plural
from seedbed.review import (
    SHIPPED,
    Scale,
    Spread,
    TaskState,
    agreement_of,
    list_tasks,
    rates_by_source,
    spreads,
    summary,
)
from seedbed.review.agreement import Agreement
from seedbed.review.summarising import Retest
from seedbed.study import Folder

__all__ = ["Cell", "RatedScale", "RatedTask", "rated_tasks"]

_SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as the table shows it: "n/a" with the reason where it is not defined."""

    value: str
    interval: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RatedScale:
    """One scale of a task, or one label of a scale that takes several.

    `rows` were rated on it, `twice` by two people or more. `said` is the share of ratings for each value. `mixed` is
    the share of the rows of `twice` over which raters differ, `entropy` the mean entropy in bits of their soft labels.
    `by_source` has the mean of an ordered scale for each origin of rows, `again` what a second asking gave.
    """

    name: str
    rows: int
    twice: int
    said: str
    mixed: Cell
    entropy: Cell
    raw: Cell
    alpha: Cell
    ac1: Cell
    by_source: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class RatedTask:
    """One rating task: `about` says in a sentence who rated how much of what. `sources` are "seeds" and runs."""

    name: str
    about: str
    sources: frozenset[str]
    scales: tuple[RatedScale, ...]


def rated_tasks(folder: Folder) -> list[RatedTask]:
    """Every task that anybody rated and nobody deleted, oldest first."""
    found = [state for state in list_tasks(folder) if not state.task.deleted]
    return [_task(state) for state in found if any(not rated.again for rated in state.standing())]


def _task(state: TaskState) -> RatedTask:
    task, made = state.task, summary(state)
    began = [one for one in made.raters if one.done or one.begun]
    sources = list(dict.fromkeys(task.sources))
    of = join(["seeds" if one == _SEEDS else f"the run “{one}”" for one in sources])
    what = "pairs of answers" if task.kind == "triple" else "questions"
    about = (
        f"{plural(len(began), 'person', 'people')} rated {made.rated:,} of {made.items:,} {what} of {of}"
        f"{', without seeing where they come from' if task.blind else ''}."
    )
    scales = [line for scale in task.scales for line in _scale(state, scale, made.retest.get(scale.id))]
    return RatedTask(task.name, about, frozenset(sources), tuple(scales))


def _scale(state: TaskState, scale: Scale, retest: Retest | None) -> list[RatedScale]:
    found = agreement_of(state, scale.id).overall
    spread = spreads(state, scale.id)
    name = scale.title if SHIPPED.get(scale.id) and SHIPPED[scale.id].title == scale.title else scale.id
    again = f"Asked again, the same in {_words(retest.same)} of {plural(retest.n, 'answer')}." if retest else ""
    if not scale.several:
        return [
            _line(name, one, spread, _said(one.marginals, one.n_ratings), _by_source(state, scale), again)
            for one in found.values()
            if one.n_ratings
        ]
    given = {label: one for label, one in found.items() if one.marginals.get(1)}
    return [
        _line(f"{name}: {label}", one, {item: _of_label(each, label) for item, each in spread.items()},
              percent(one.marginals[1] / one.n_ratings, one.n_ratings), "", again if label == next(iter(given)) else "")
        for label, one in given.items()
    ]  # fmt: skip


def _line(
    name: str, found: Agreement, spread: Mapping[str, Spread], said: str, by_source: str, again: str
) -> RatedScale:
    twice = [one for one in spread.values() if one.n > 1]
    mixed: Measured[float] = NotApplicable("no row was rated by two people")
    entropy: Measured[float] = mixed
    if twice:
        mixed = wilson(sum(max(one.soft.values(), default=1.0) < 1 for one in twice), len(twice))
        entropy = Value(sum(one.entropy for one in twice) / len(twice), n=len(twice))
    return RatedScale(
        name, len(spread), len(twice), said, _cell(mixed, share=True), _cell(entropy), _cell(found.raw, share=True),
        _cell(found.alpha), _cell(found.ac1), by_source, again,
    )  # fmt: skip


def _of_label(spread: Spread, label: str | int | float) -> Spread:
    """The soft label of one label alone: given, or not."""
    from seedbed.review.spread import entropy_of

    share = spread.soft[label]
    return Spread(spread.n, {1: share, 0: 1 - share}, entropy_of((share, 1 - share)))


def _said(counts: Mapping[str | int | float, int], n: int) -> str:
    """“1: 10%, 2: 90%” of a scale with few values; of others the values most given."""
    shown = [(value, count) for value, count in counts.items() if count]
    more = ""
    if len(shown) > 8:
        shown, more = Counter(dict(shown)).most_common(5), f", and {len(shown) - 5} more values"
    return ", ".join(f"{_number(value)}: {percent(count / n, n)}" for value, count in shown) + more


def _by_source(state: TaskState, scale: Scale) -> str:
    """The mean for each origin, where rows of several are among those rated."""
    if scale.level == "nominal" or not state.task.mixed:
        return ""
    means = [
        f"{'seeds' if source == _SEEDS else source} {_words(one.mean, share=False)}"
        for source, one in rates_by_source(state, scale.id).items()
        if one.mean is not None
    ]
    return capital(f"mean by origin: {'; '.join(means)}.") if means else ""


def _cell(number: Measured[float], *, share: bool = False) -> Cell:
    if isinstance(number, NotApplicable):
        return Cell("n/a", reason=number.reason)
    return Cell(measured(number, share=share).replace("-", "−"), interval(number, share=share).replace("-", "−"))


def _words(number: Measured[float] | None, *, share: bool = True) -> str:
    if number is None or isinstance(number, NotApplicable):
        return "n/a"
    between = interval(number, share=share)
    return (measured(number, share=share) + (f" ({between})" if between else "")).replace("-", "−")


def _number(value: object) -> str:
    return str(value).replace("-", "−") if isinstance(value, int | float) else str(value)
