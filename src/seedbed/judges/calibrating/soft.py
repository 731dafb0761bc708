"""How near a judge's distribution over labels is to the raters', item by item (LeWiDi: Leonardelli et al. 2025).

Where raters disagree there is no one right label, and a judge that says so in the same shares is better than one that
is sure. Manhattan: Σ|p - q| over labels, 0 to 2, for labels without an order. Wasserstein: Σ|F - G| over the steps of
the scale, in steps, for labels with one. Lower is better. Beside them stand two judges that need no model: the raters'
own distribution over all other items, and one label for all (the most frequent). A model should beat both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.bootstrap import DRAWS, bootstrap_ci
from seedbed.measures.definition import Measured, NotApplicable

__all__ = ["SoftScores", "shares_of", "soft_scores"]


@dataclass(frozen=True, slots=True)
class SoftScores:
    """Mean distances over `n` items with 95 % intervals; `overall` and `majority` are the judges without a model.

    `wasserstein` is NotApplicable for labels without an order.
    """

    n: int
    manhattan: Measured[float]
    wasserstein: Measured[float]
    overall_manhattan: Measured[float]
    overall_wasserstein: Measured[float]
    majority_manhattan: Measured[float]
    majority_wasserstein: Measured[float]


def shares_of(labels: Sequence[object]) -> dict[str, float]:
    """The share of each label among those given, as words."""
    counts = Counter(map(str, labels))
    return {label: count / len(labels) for label, count in sorted(counts.items())}


def soft_scores(
    judged: Sequence[Mapping[str, float]],
    rated: Sequence[Mapping[str, float]],
    scale: Sequence[str],
    *,
    ordered: bool,
    clusters: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> SoftScores:
    """Distances of `judged` from `rated`: a distribution over the labels of `scale` (in their order) for each item.

    What of a judge's distribution is no label of the scale (out of label, unclear) is spread evenly over the scale:
    no knowledge, and counted as such. Raises ValueError where lengths differ, or raters gave a label not of the scale.
    """
    if len(judged) != len(rated):
        raise ValueError(f"{len(judged)} judged items and {len(rated)} rated ones")
    if not judged:
        nothing = NotApplicable("there are no items")
        return SoftScores(0, *[nothing] * 6)
    mine, theirs = _matrix(judged, scale, spread=True), _matrix(rated, scale, spread=False)
    n = len(mine)
    total = theirs.sum(axis=0)
    # each item's own raters are left out of what stands for the others, where there are others
    overall = (total - theirs) / (n - 1) if n > 1 else theirs
    majority = np.zeros_like(theirs)
    majority[:, int(total.argmax())] = 1
    found: list[Measured[float]] = []
    for made in (mine, overall, majority):
        found.append(_mean(np.abs(made - theirs).sum(axis=1), clusters, draws, seed))
        steps = np.abs((made - theirs).cumsum(axis=1)[:, :-1]).sum(axis=1)
        found.append(_mean(steps, clusters, draws, seed) if ordered else NotApplicable("the labels have no order"))
    return SoftScores(n, *found)


def _mean(distances: NDArray[np.float64], clusters: Sequence[str] | None, draws: int, seed: int) -> Measured[float]:
    return bootstrap_ci(distances, lambda drawn: float(np.mean(drawn)), clusters, draws, seed)


def _matrix(items: Sequence[Mapping[str, float]], scale: Sequence[str], *, spread: bool) -> NDArray[np.float64]:
    at = {label: column for column, label in enumerate(scale)}
    found = np.zeros((len(items), len(scale)))
    for row, shares in enumerate(items):
        for label, share in shares.items():
            if label in at:
                found[row, at[label]] += share
            elif spread:
                found[row] += share / len(scale)
            else:
                raise ValueError(f"{label!r} is no label of the scale {', '.join(scale)}")
    return found
