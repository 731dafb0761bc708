"""The choice of examples as it is shown: who is in and why, the cells and the balance, and other ways of choosing."""

from __future__ import annotations

from typing import Any, Literal

from seedbed.server.curation.schemas import SeedShown
from seedbed.server.shapes import Said

__all__ = [
    "AspectShown",
    "CellShown",
    "ChosenSeed",
    "ComparisonShown",
    "CountShown",
    "FigureOf",
    "SelectionShown",
    "StrategyShown",
    "WhyShown",
]


class CountShown(Said):
    """How many seeds have a label, before (of all that may be chosen) and after (of the chosen)."""

    label: str
    before: int
    after: int


class FigureOf(Said):
    """A number with its range where it has one; or None and the reason why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


class AspectShown(Said):
    """topic, question_type, value, group or author. Evenness is Pielou's: 1 where all labels are equally frequent."""

    aspect: str
    rows: list[CountShown]
    evenness_before: FigureOf
    evenness_after: FigureOf


class CellShown(Said):
    """A cell of topic and type; for triples `column` is "" and `row` a value. `before` are those that may be chosen."""

    row: str
    column: str
    before: int
    after: int


class ChosenSeed(SeedShown):
    """`why` is the reason on record; `pinned` what a person decided, over the rules. `detail` what the choice weighed,
    where the strategy weighs: `by`, the burden by aspect, and `cosine`, to the nearest that was chosen before."""

    order: int | None
    why: str
    pinned: bool | None
    detail: dict[str, Any]


class SelectionShown(Said):
    """The examples of one kind, in the order of choice, and the next that more places would go to. `strategy` is what
    the last curation chose by, `places` how many it was to choose, `settings` those of [curate] that bear on it.
    `stale` says that people decided since, so that curating again would change the choice."""

    kind: Literal["question", "triple"]
    strategy: str
    places: int
    settings: dict[str, Any]
    chosen: list[ChosenSeed]
    next: list[ChosenSeed]
    cells: list[CellShown]
    balance: list[AspectShown]
    labels: dict[str, dict[str, str]]
    stale: bool
    seq: int


class StrategyShown(Said):
    """One way of choosing, on the seeds that may be chosen now. `shared` of its choices the standing one has too;
    `cells` of `of_cells` cells have a chosen seed; `nearest` is the mean cosine to the nearest other chosen."""

    name: str
    chosen: list[str]
    shared: int
    cells: FigureOf
    of_cells: int
    evenness: dict[str, FigureOf]
    nearest: FigureOf


class WhyShown(Said):
    """A seed beside the chosen: how many others have its label, by aspect; `new` are those that it alone brings."""

    id: str
    others: dict[str, int]
    burden: dict[str, int]
    new: list[str]
    nearest: str | None
    cosine: float | None


class ComparisonShown(Said):
    strategies: list[StrategyShown]
    why: list[WhyShown]
