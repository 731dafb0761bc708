"""What travels over HTTP of what came of a rating task: how it goes, where raters differ, how far they agree."""

from __future__ import annotations

from typing import Literal

from seedbed.server.review.schemas import Level, RowShown, TaskLine, Value
from seedbed.server.shapes import Said

__all__ = [
    "AgreementShown",
    "CoefficientsShown",
    "CrossShown",
    "DisputedRow",
    "DisputedRows",
    "KindShown",
    "Measured",
    "OpinionShown",
    "PartAgreement",
    "RaterLineShown",
    "RetestShown",
    "ReviewShown",
    "RowCheckShown",
    "ScaleAgreementShown",
    "SpreadShown",
    "TimesShown",
]


class Measured(Said):
    """A figure with its 95 % interval where it has one; or None and the reason why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    note: str = ""
    reason: str = ""


class TimesShown(Said):
    """Seconds for a row: the median with the quartiles of `n` ratings; `idle` were left lying and do not count."""

    n: int
    median: float | None
    low: float | None
    high: float | None
    idle: int


class RetestShown(Said):
    """A scale asked a second time: of `n` pairs the share that are the same, and how far apart they are (0 to 1)."""

    n: int
    same: Measured
    apart: float | None


class RaterLineShown(Said):
    """One rater. `given` counts each value of each scale; `severity` is the mean difference from the others on the
    same rows (below 0: lower than the others); `with_others` how close to them (1: the same)."""

    rater: str
    name: str
    assigned: int
    done: int
    begun: int
    skipped: int
    again: int
    last: str
    times: TimesShown
    given: dict[str, dict[str, int]]
    severity: dict[str, Measured]
    with_others: dict[str, Measured]
    retest: dict[str, RetestShown]


class RowCheckShown(Said):
    """Every rating that came, by what became of it: `recorded` is the sum of the others."""

    recorded: int
    standing: int
    replaced: int
    taken_back: int
    late: int


class ReviewShown(Said):
    """How a task goes. `by_raters` says how many rows have how many raters; `disputed` how many rows raters differ
    over, `gone` how many rows have no texts any more."""

    task: TaskLine
    raters: list[RaterLineShown]
    by_raters: dict[str, int]
    times: TimesShown
    retest: dict[str, RetestShown]
    disputed: int
    gone: int
    rows: RowCheckShown


class OpinionShown(Said):
    """What one rater says of a row. `values` are by scale; a scale of several labels has a list."""

    rater: str
    name: str
    values: dict[str, Value | list[str]]
    critique: str
    note: str
    skipped: bool
    at: str


class SpreadShown(Said):
    """What the ratings of a row come to on one scale: `soft` is the share of raters by value, `entropy` in bits,
    `hard` the value (or values, of several) of most, `tied` those between which no majority decides."""

    n: int
    soft: dict[str, float]
    entropy: float
    hard: list[Value]
    tied: list[Value]
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    apart: float


class DisputedRow(Said):
    """A row to talk through: on `scale` its raters are furthest apart (`apart`, 0 to 1). `row` is None where the row
    has no texts any more."""

    id: str
    scale: str
    apart: float
    n: int
    row: RowShown | None
    spreads: dict[str, SpreadShown]
    opinions: list[OpinionShown]


class DisputedRows(Said):
    """The furthest apart first. `next` is `offset` of the next page; None at the end."""

    rows: list[DisputedRow]
    total: int
    next: int | None


# --- agreement -------------------------------------------------------------------------------------------------------


class CoefficientsShown(Said):
    """Agreement of one scale, or of one label of it. `n_pairable` rows have two ratings or more: only these say
    anything. `coefficients` are raw, cohen, cohen_weighted, fleiss, alpha, ac1, ac2. `marginals` is how often each
    value was given."""

    n_items: int
    n_pairable: int
    n_raters: int
    n_ratings: int
    coefficients: dict[str, Measured]
    marginals: dict[str, int]


class CrossShown(Said):
    """Two kinds of people over the rows that both rated: `raw` of pairs, one of each, that agree; `kappa` beyond
    chance."""

    a: str
    b: str
    n_items: int
    raw: Measured
    kappa: Measured


class KindShown(Said):
    """What one kind of rows or people gave: shares of each value, and the mean on ordered scales; only the counts
    where too few people are of the kind."""

    kind: str
    n_ratings: int
    n_items: int
    n_raters: int
    shares: dict[str, Measured]
    mean: Measured | None


class PartAgreement(Said):
    """`label` is "" for a scale of one value; of a scale that takes several labels, each is judged by itself.
    `within` is by kind of people, `left_out` are kinds of too few raters, `retest` of each rater with themselves."""

    label: str
    overall: CoefficientsShown
    within: dict[str, CoefficientsShown]
    between: list[CrossShown]
    left_out: dict[str, int]
    retest: CoefficientsShown | None


class ScaleAgreementShown(Said):
    scale: str
    level: Level
    parts: list[PartAgreement]
    by_source: list[KindShown]
    by_people: list[KindShown]


class AgreementShown(Said):
    """`people` is how people were told apart, "" for not at all. `seq` numbers the ratings that were looked at."""

    people: Literal["", "group", "role", "position", "background", "location"]
    seq: int
    scales: list[ScaleAgreementShown]
