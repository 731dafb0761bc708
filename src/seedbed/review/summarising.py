"""How a task goes: who did how much, how long it takes, who is severe, who says the same twice, what went in and out.

`summary` is cheap (one walk over the ratings) and may be asked for again and again; `agreement_of` and `rates` draw
resamples for their intervals.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.records import Rating
from seedbed.review.assigning import assigned
from seedbed.review.distances import apart, distance
from seedbed.review.fold import PREFIX, Rated, TaskState
from seedbed.review.scales import Answer, Scalar, Scale
from seedbed.review.spread import Disputed, disputed

__all__ = ["IDLE_S", "RaterLine", "Retest", "RowCheck", "Summary", "Times", "ratings", "summary"]

IDLE_S = 600.0
"""A rating that took longer was left lying: its time says nothing of the work."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds for an item: the median with the quartiles of `n` ratings, and how many were left lying."""

    n: int = 0
    median: float | None = None
    low: float | None = None
    high: float | None = None
    idle: int = 0


@dataclass(frozen=True, slots=True)
class Retest:
    """A scale asked a second time: of `n` pairs, the share that are the same, and how far they are apart."""

    n: int
    same: Measured[float]
    apart: float | None = None


@dataclass(frozen=True, slots=True)
class RaterLine:
    """One rater. `done` of `assigned` places are complete (skipped ones too), `begun` are not.

    `given` is how often each value of each scale was given. `severity` compares with the others on the items that both
    rated: the mean difference of the rater's value from the others' mean, on ordinal and interval scales (below 0:
    lower than the others). `with_others` is the mean closeness (1 less apart) to each other rater of the same item.
    """

    rater: str
    assigned: int
    done: int
    begun: int = 0
    skipped: int = 0
    again: int = 0
    last: str = ""
    times: Times = Times()
    given: Mapping[str, Mapping[Scalar, int]] = field(default_factory=dict)
    severity: Mapping[str, Measured[float]] = field(default_factory=dict)
    with_others: Mapping[str, Measured[float]] = field(default_factory=dict)
    retest: Mapping[str, Retest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Every rating that was recorded, by what became of it: `recorded` is the sum of the others."""

    recorded: int
    standing: int
    replaced: int
    taken_back: int
    late: int

    @property
    def holds(self) -> bool:
        return self.recorded == self.standing + self.replaced + self.taken_back + self.late


@dataclass(frozen=True, slots=True)
class Summary:
    """`items` of the task, `rated` by somebody, `by_raters` how many items have how many raters."""

    task: str
    items: int
    rated: int
    places: int
    done: int
    raters: tuple[RaterLine, ...]
    by_raters: Mapping[int, int]
    times: Times
    retest: Mapping[str, Retest]
    disputed: tuple[Disputed, ...]
    rows: RowCheck


def summary(state: TaskState) -> Summary:
    """The task as it stands. With open raters only those who began are counted among the places."""
    task = state.task
    first: dict[str, dict[str, Rated]] = defaultdict(dict)  # rater to item
    second: dict[str, dict[str, Rated]] = defaultdict(dict)
    standing = list(state.standing())
    for rated in standing:
        (second if rated.again else first)[rated.rater][rated.item] = rated
    others = _Others(task.scales, standing)
    lines = []
    for rater in state.raters():
        own = [*first[rater].values(), *second[rater].values()]
        complete = [rated for rated in own if state.is_complete(rated)]
        lines.append(RaterLine(
            rater, assigned(task, rater), len(complete), len(own) - len(complete),
            sum(rated.skipped for rated in own), len(second[rater]), max((rated.at for rated in own), default=""),
            _times(own), _given(task.scales, first[rater].values()),
            others.severity(first[rater].values()), others.closeness(first[rater].values()),
            _retest(task.scales, [(first[rater], second[rater])]),
        ))  # fmt: skip
    touched = Counter(rated.item for rated in standing if not rated.again)
    rows = RowCheck(
        recorded=len(state.rated),
        standing=len(standing),
        replaced=sum(not one.late and one.seq not in state.undone for one in state.rated) - len(standing),
        taken_back=len(state.undone),
        late=sum(one.late for one in state.rated),
    )
    return Summary(
        task.name, len(task.items), len(touched), sum(line.assigned for line in lines),
        sum(line.done for line in lines), tuple(lines),
        dict(sorted(Counter(touched[item] for item in task.items).items())), _times(standing),
        _retest(task.scales, [(first[rater], second[rater]) for rater in list(second)]), disputed(state), rows,
    )  # fmt: skip


def ratings(state: TaskState) -> list[Rating]:
    """What stands as rows: one for each rater, item and scale, second times not among them. Several labels are one
    value, joined by ";" in the scale's order; none is "".
    """
    source = PREFIX + state.task.name
    return [
        Rating(rated.item, rated.rater, scale, ";".join(value) if isinstance(value, tuple) else value, source)
        for rated in state.standing()
        if not rated.again
        for scale, value in rated.values.items()
    ]


def _times(given: Sequence[Rated]) -> Times:
    seconds = [rated.seconds for rated in given if rated.seconds is not None and not rated.via]
    active = [one for one in seconds if one <= IDLE_S]
    if not active:
        return Times(idle=len(seconds))
    low, _, high = quantiles(active, n=4, method="inclusive") if len(active) > 1 else (active[0],) * 3
    return Times(len(active), round(median(active), 1), round(low, 1), round(high, 1), len(seconds) - len(active))


def _given(scales: Iterable[Scale], own: Iterable[Rated]) -> dict[str, dict[Scalar, int]]:
    counts: dict[str, Counter[Scalar]] = defaultdict(Counter)
    for rated in own:
        for id, value in rated.values.items():
            counts[id].update(value if isinstance(value, tuple) else (value,))
    found: dict[str, dict[Scalar, int]] = {}
    for scale in scales:
        if scale.id in counts:
            made = counts[scale.id]
            found[scale.id] = {value: made[value] for value in scale.values or sorted(made) if made[value]}
    return found


def _retest(
    scales: Iterable[Scale], pairs: Sequence[tuple[Mapping[str, Rated], Mapping[str, Rated]]]
) -> dict[str, Retest]:
    found: dict[str, Retest] = {}
    for scale in scales:
        both = [
            (before.values[scale.id], after.values[scale.id])
            for first, second in pairs
            for item, after in second.items()
            if (before := first.get(item)) and scale.id in before.values and scale.id in after.values
        ]
        if both:
            by = sum(apart(scale, [a, b]) for a, b in both) / len(both)
            found[scale.id] = Retest(len(both), wilson(sum(a == b for a, b in both), len(both)), round(by, 4))
    return found


class _Others:
    """How often each value was given to each item, so that one rater can be compared with the rest of them."""

    def __init__(self, scales: Iterable[Scale], standing: Iterable[Rated]) -> None:
        self._scales = {scale.id: scale for scale in scales}
        self._counts: dict[tuple[str, str], Counter[Answer]] = defaultdict(Counter)
        for rated in standing:
            if not rated.again:
                for id, value in rated.values.items():
                    self._counts[rated.item, id][value] += 1

    def severity(self, own: Iterable[Rated]) -> dict[str, Measured[float]]:
        found: dict[str, list[float]] = {id: [] for id, one in self._scales.items() if one.level != "nominal"}
        for scale, value, others in self._compared(own):
            if scale.id in found:
                mean = sum(_number(one) * count for one, count in others.items()) / others.total()
                found[scale.id].append(_number(value) - mean)
        return {id: _mean(values) for id, values in found.items()}

    def closeness(self, own: Iterable[Rated]) -> dict[str, Measured[float]]:
        found: dict[str, list[float]] = {id: [] for id in self._scales}
        for scale, value, others in self._compared(own):
            by = sum(distance(scale, value, one) * count for one, count in others.items()) / others.total()
            found[scale.id].append(1 - by)
        return {id: _mean(values) for id, values in found.items()}

    def _compared(self, own: Iterable[Rated]) -> Iterable[tuple[Scale, Answer, Counter[Answer]]]:
        for rated in own:
            for id, value in rated.values.items():
                if (counts := self._counts[rated.item, id]).total() > 1:
                    yield self._scales[id], value, counts - Counter([value])


def _mean(values: Sequence[float]) -> Measured[float]:
    """The mean over items, with its interval by the normal approximation from 10 items on."""
    n = len(values)
    if not n:
        return NotApplicable("nobody else rated the same items")
    mean = sum(values) / n
    if n < 10:
        return Value(round(mean, 4), n=n, note="fewer than 10 items: no interval")
    error = 1.96 * (sum((value - mean) ** 2 for value in values) / (n - 1) / n) ** 0.5
    return Value(round(mean, 4), round(mean - error, 4), round(mean + error, 4), n=n)


def _number(value: Any) -> float:
    return float(value)
