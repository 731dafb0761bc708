"""Agreement of a judge with people from a table of weights, with intervals by resampling whole clusters.

Each item has weight 1. Its raters share it: of three raters, two of whom say yes, it is two thirds a yes and one third
a no. So no tie is broken and no disagreement is dropped. A judge that gave no verdict stands in a column of its own,
which agrees with nobody.

    agreement    share of the weight on which judge and rater say the same
    kappa        (po - pe) / (1 - pe), pe = Σ of both sides' shares of yes and of no (Cohen 1960), pooled over raters
    human_kappa  the same between two raters of one item, over all ordered pairs of raters, where there are two
    behind       human_kappa less the judge's kappa, both on the items that have two raters
    sensitivity  P(judge says yes | a rater says yes); no verdict is a miss
    specificity  P(judge says no | a rater says no); no verdict is a miss
    over_length  kappa less that of a judge who always takes the longer response, where two are compared
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.bootstrap import DRAWS, FEW_CLUSTERS, PERCENTILES, redraw
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson

__all__ = ["FIGURES", "Counts", "agreement_figures", "counts_of", "kappa"]

Counts: TypeAlias = NDArray[np.float64]
"""Items or clusters by 24 weights: judge (yes, no, none) x rater (yes, no), two raters (yes, no) x (yes, no), and the
first six once more for the items that have two raters; then 1 for no verdict, and 1 for the item; and the first six
for what length alone says."""

_JUDGE, _HUMAN, _BOTH, _NONE, _ITEM, _LENGTH = slice(0, 6), slice(6, 10), slice(10, 16), 16, 17, slice(18, 24)
_COLUMNS = 24
FIGURES = ("agreement", "kappa", "human_kappa", "behind", "sensitivity", "specificity", "no_verdict", "over_length")


def counts_of(
    said: Sequence[bool | None], raters: Sequence[Sequence[bool]], by_length: Sequence[bool | None] | None = None
) -> Counts:
    """The weights of each item, shape (items, 24): what the judge said of it, and its raters (one at least).

    `by_length` is what length alone would say, where two responses are compared (None: both are of one length).
    """
    table = np.zeros((len(said), _COLUMNS))
    for row, (verdict, people) in enumerate(zip(said, raters, strict=True)):
        yes = sum(people) / len(people)
        table[row, _JUDGE] = _weights(verdict, yes)
        if by_length is not None:
            table[row, _LENGTH] = _weights(by_length[row], yes)
        table[row, _NONE], table[row, _ITEM] = verdict is None, 1
        if (n := len(people)) > 1:
            k = sum(people)
            pairs = n * (n - 1)
            table[row, _HUMAN] = [k * (k - 1), k * (n - k), k * (n - k), (n - k) * (n - k - 1)]
            table[row, _HUMAN] /= pairs
            table[row, _BOTH] = table[row, _JUDGE]
    return table


def _weights(verdict: bool | None, yes: float) -> list[float]:
    weights = [0.0] * 6
    at = 4 if verdict is None else 0 if verdict else 2
    weights[at : at + 2] = yes, 1 - yes
    return weights


def agreement_figures(
    table: Counts, clusters: Sequence[str], draws: int = DRAWS, seed: int = 0
) -> dict[str, Measured[float]]:
    """Every one of FIGURES with its 95 % interval, from the weights of items, one cluster label an item."""
    if not len(table):
        return dict.fromkeys(FIGURES, NotApplicable("no item was judged and rated"))
    sums = _by_cluster(table, clusters)
    whole = _figures(sums.sum(axis=0)[None])
    spread = _figures(redraw(sums, draws, np.random.default_rng(seed))) if len(sums) > 1 else None
    alone = len(sums) == len(table)
    found = {}
    for name in FIGURES:
        found[name] = _answer(name, whole, spread, sums, alone)
    return found


def kappa(table: Counts) -> Counts:
    """Cohen's kappa of each row of weights (yes, no, none) x (yes, no), shape (rows, 6); nan where it has none."""
    total = table.sum(axis=1)
    by_judge = np.stack([table[:, 0] + table[:, 1], table[:, 2] + table[:, 3]], axis=1)
    by_people = np.stack([table[:, 0::2].sum(axis=1), table[:, 1::2].sum(axis=1)], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (table[:, 0] + table[:, 3]) / total
        chance = (by_judge * by_people).sum(axis=1) / total**2
        answer = (observed - chance) / (1 - chance)
    # people who gave one label to all: kappa is 0 or 0/0, whatever the judge says
    found: Counts = np.where((total > 0) & (by_people.min(axis=1) > 1e-12), answer, np.nan)
    return found


def _by_cluster(table: Counts, clusters: Sequence[str]) -> Counts:
    if len(clusters) != len(table):
        raise ValueError(f"{len(table)} items have {len(clusters)} cluster labels")
    at = {label: row for row, label in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(at), table.shape[1]))
    np.add.at(sums, [at[label] for label in clusters], table)
    return sums


def _figures(sums: Counts) -> Mapping[str, Counts]:
    judge, human, both = sums[:, _JUDGE], sums[:, _HUMAN], sums[:, _BOTH]
    people = kappa(np.concatenate([human, np.zeros((len(human), 2))], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "agreement": (judge[:, 0] + judge[:, 3]) / judge.sum(axis=1),
            "kappa": kappa(judge),
            "human_kappa": people,
            "behind": people - kappa(both),
            "sensitivity": judge[:, 0] / judge[:, 0::2].sum(axis=1),
            "specificity": judge[:, 3] / judge[:, 1::2].sum(axis=1),
            "no_verdict": sums[:, _NONE] / sums[:, _ITEM],
            "over_length": kappa(judge) - kappa(sums[:, _LENGTH]),
        }


_MEANINGLESS = {
    "kappa": "people gave all items one label: kappa has no meaning",
    "human_kappa": "no item has two raters, or all raters gave one label",
    "behind": "no item has two raters, or one label was given to all",
    "sensitivity": "no rater said yes",
    "specificity": "no rater said no",
    "over_length": "no two responses are compared",
}
_SHARES: Mapping[str, tuple[Callable[[Counts], Counts], Callable[[Counts], Counts]]] = {
    "agreement": (lambda c: c[:, 0] + c[:, 3], lambda c: c[:, _JUDGE].sum(axis=1)),
    "sensitivity": (lambda c: c[:, 0], lambda c: c[:, 0:6:2].sum(axis=1)),
    "specificity": (lambda c: c[:, 3], lambda c: c[:, 1:6:2].sum(axis=1)),
    "no_verdict": (lambda c: c[:, _NONE], lambda c: c[:, _ITEM]),
}  # fmt: skip


def _answer(
    name: str, whole: Mapping[str, Counts], spread: Mapping[str, Counts] | None, sums: Counts, alone: bool
) -> Measured[float]:
    value = float(whole[name][0])
    if not np.isfinite(value):
        return NotApplicable(_MEANINGLESS.get(name, "there are no items"))
    n = round(float(sums[:, _ITEM].sum()))
    if name in _SHARES:
        return _share(name, value, spread, sums, alone)
    if spread is None:
        return Value(value, n=n, note="one cluster only: no interval")
    finite = spread[name][np.isfinite(spread[name])]
    low, high = (float(bound) for bound in np.percentile(finite, PERCENTILES)) if len(finite) else (value, value)
    notes = [f"only {len(sums)} clusters: the interval is too narrow"] if len(sums) < FEW_CLUSTERS else []
    if low == high == value == 1 and name in ("kappa", "human_kappa"):
        low = _low_of_perfect(sums, name)
        notes.append("by Wilson's interval: no error was seen")
    return Value(value, low, high, n=n, note="; ".join(notes))


def _share(name: str, value: float, spread: Mapping[str, Counts] | None, sums: Counts, alone: bool) -> Measured[float]:
    """A share, with Wilson's interval where items stand alone and are not shared out among raters, else resampled.

    Where resampling shows no spread, each cluster counts as one item of Wilson's.
    """
    of, among = _SHARES[name]
    hits, base = float(of(sums).sum()), float(among(sums).sum())
    whole_numbers = all(abs(x - round(x)) < 1e-9 for x in (hits, base))
    n = round(base)
    if alone and whole_numbers:
        return wilson(round(hits), round(base))
    drawn_shares = spread[name][np.isfinite(spread[name])] if spread is not None else np.empty(0)
    if not len(drawn_shares) or drawn_shares.min() == drawn_shares.max():
        with_any = int((among(sums) > 0).sum())
        bound = wilson(round(value * with_any), with_any)
        return Value(value, getattr(bound, "low", None), getattr(bound, "high", None), n=n, note="by Wilson's interval")
    low, high = np.percentile(drawn_shares, PERCENTILES)
    return Value(value, float(low), float(high), n=n)


def _low_of_perfect(sums: Counts, name: str) -> float:
    """The lower bound of a kappa of 1: agreement may be as low as Wilson says of so many clusters without an error."""
    part = sums[:, _JUDGE] if name == "kappa" else sums[:, _HUMAN]
    with_any = int((part.sum(axis=1) > 0).sum())
    agreed: Any = wilson(with_any, with_any)
    total = part.sum(axis=0)
    yes = (total[0] + total[1]) / total.sum()
    chance = float(yes**2 + (1 - yes) ** 2)
    return float((agreed.low - chance) / (1 - chance))
