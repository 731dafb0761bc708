"""The coefficients, each for many resamples at once: a matrix of item weights in, one number a resample out.

Every coefficient is a function of sums over items, so a resample of items is a row of weights (how often each item
was drawn), and a thousand resamples are one matrix product. nan stands for "undefined" in here and leaves as
NotApplicable.

    C  counts, (items, categories)      r  ratings of an item      W  weights, (resamples, items)
    T  how much two categories agree, (categories, categories), 1 on the diagonal
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from seedbed.review.agreement.table import MISSING, Table

__all__ = ["Coefficient", "ac", "cohen", "cross", "fleiss", "identity", "krippendorff", "quadratic", "raw"]

Array: TypeAlias = NDArray[np.float64]
Coefficient = Callable[[Array], Array]
"""W of shape (resamples, items) to one number a resample, nan where it is undefined."""


def identity(size: int) -> Array:
    """Two categories agree wholly or not at all."""
    return np.eye(size)


def quadratic(numbers: Array) -> Array:
    """1 - (distance / greatest distance)²: quadratic weights (Cohen 1968; Fleiss & Cohen 1973)."""
    gaps = (numbers[:, None] - numbers[None, :]) ** 2
    return 1 - gaps / (gaps.max() or 1.0)


def raw(counts: Array, weights: Array) -> Coefficient:
    """The mean, over items with two ratings or more, of the share of pairs of raters that agree."""
    each, several = _agreeing(counts, weights)

    def of(drawn: Array) -> Array:
        return _ratio(drawn @ each, drawn @ several)

    return of


def fleiss(counts: Array) -> Coefficient:
    """Fleiss' kappa (1971): (pa - pe) / (1 - pe) with pe = Σ p_k², for any number of ratings an item (Gwet 2014)."""
    each, several = _agreeing(counts, identity(counts.shape[1]))
    shares, rated = _shares(counts)

    def of(drawn: Array) -> Array:
        p = _ratio(drawn @ shares, (drawn @ rated)[:, None])
        return _beyond(_ratio(drawn @ each, drawn @ several), (p**2).sum(axis=1))

    return of


def ac(counts: Array, weights: Array) -> Coefficient:
    """Gwet's AC1 (2008) with identity weights, AC2 with others: pe = ΣT / (K (K - 1)) · Σ p_k (1 - p_k)."""
    each, several = _agreeing(counts, weights)
    shares, rated = _shares(counts)
    size = counts.shape[1]

    def of(drawn: Array) -> Array:
        if size < 2:
            return np.full(len(drawn), np.nan)
        p = _ratio(drawn @ shares, (drawn @ rated)[:, None])
        by_chance = weights.sum() / (size * (size - 1)) * (p * (1 - p)).sum(axis=1)
        return _beyond(_ratio(drawn @ each, drawn @ several), by_chance)

    return of


def cohen(table: Table, weights: Array) -> Coefficient:
    """Cohen's kappa (1960, weighted 1968) of the two raters of `table`: pe = p₁ᵀ T p₂, on items that both rated."""
    first, second = table.codes.T
    both = (first != MISSING) & (second != MISSING)
    size = len(table.categories)
    one, other = (np.where(both[:, None], np.eye(size)[codes], 0.0) for codes in (first, second))
    each = np.where(both, weights[first, second], 0.0)

    def of(drawn: Array) -> Array:
        n = drawn @ both.astype(float)
        left, right = (_ratio(drawn @ marks, n[:, None]) for marks in (one, other))
        return _beyond(_ratio(drawn @ each, n), ((left @ weights) * right).sum(axis=1))

    return of


def krippendorff(counts: Array, level: str, numbers: Array) -> Coefficient:
    """Krippendorff's alpha (2011): 1 - observed / expected disagreement, over items with two ratings or more.

    Squared distances need no table of coincidences: the ordinal metric is the squared distance of mid-ranks, so both
    follow from an item's sum and sum of squares.
    """
    r = counts.sum(axis=1)
    pairable = r >= 2
    of_pairable = np.where(pairable[:, None], counts, 0.0)
    share = np.where(pairable, 1 / np.maximum(r - 1, 1), 0.0)

    def nominal(drawn: Array) -> Array:
        n_k = drawn @ of_pairable
        n = n_k.sum(axis=1)
        observed = drawn @ (share * (r**2 - (counts**2).sum(axis=1)))
        return _one_less(observed * (n - 1), n**2 - (n_k**2).sum(axis=1))

    # centred, so that squares of large numbers do not eat the digits
    middle = np.average(numbers, weights=of_pairable.sum(axis=0)) if pairable.any() else 0.0
    x = numbers - middle
    sums, squares = of_pairable @ x, of_pairable @ x**2
    spread = share * (r * squares - sums**2)
    span = float(np.ptp(numbers)) if len(numbers) else 0.0

    def interval(drawn: Array) -> Array:
        n = drawn @ np.where(pairable, r, 0.0)
        expected = n * (drawn @ squares) - (drawn @ sums) ** 2
        expected[expected <= 1e-12 * (n * span) ** 2] = 0.0
        return _one_less(drawn @ spread * (n - 1), expected)

    def ordinal(drawn: Array) -> Array:
        n_k = drawn @ of_pairable
        n = n_k.sum(axis=1)
        ranks = np.cumsum(n_k, axis=1) - n_k / 2 - n[:, None] / 2
        within = (ranks**2) @ of_pairable.T * r - (ranks @ of_pairable.T) ** 2
        expected = n * (n_k * ranks**2).sum(axis=1) - (n_k * ranks).sum(axis=1) ** 2
        expected[(n_k > 0).sum(axis=1) < 2] = 0.0
        return _one_less((drawn * share * within).sum(axis=1) * (n - 1), expected)

    made: dict[str, Coefficient] = {"nominal": nominal, "ordinal": ordinal, "interval": interval}
    return made[level]


def cross(left: Array, right: Array, weights: Array) -> tuple[Coefficient, Coefficient]:
    """Agreement of raters of one group with those of another: raw, and beyond chance (Wong, Paritosh, Aroyo 2021).

    Raw is the share of pairs of one rater of each group that agree, each item weighing as many as it has ratings; by
    chance is what the two groups' marginals give: kappa_x = 1 - observed / expected disagreement.
    """
    r, s = left.sum(axis=1), right.sum(axis=1)
    both = (r > 0) & (s > 0)
    often = np.where(both, r + s, 0.0)
    agreeing = often * ((left @ weights) * right).sum(axis=1) / np.where(both, r * s, 1.0)
    one, other = (np.where(both[:, None], counts, 0.0) for counts in (left, right))

    def observed(drawn: Array) -> Array:
        return _ratio(drawn @ agreeing, drawn @ often)

    def beyond(drawn: Array) -> Array:
        p, q = (_ratio(drawn @ marks, (drawn @ marks.sum(axis=1))[:, None]) for marks in (one, other))
        return _beyond(observed(drawn), ((p @ weights) * q).sum(axis=1))

    return observed, beyond


def _agreeing(counts: Array, weights: Array) -> tuple[Array, Array]:
    """For each item the share of pairs that agree, 0 where there is no pair; and whether there is one."""
    r = counts.sum(axis=1)
    several = (r >= 2).astype(float)
    pairs = (counts * (counts @ weights - 1)).sum(axis=1)
    return several * pairs / np.maximum(r * (r - 1), 1), several


def _shares(counts: Array) -> tuple[Array, Array]:
    """For each item the share of its ratings in each category; and whether it has any."""
    r = counts.sum(axis=1)
    return counts / np.maximum(r, 1)[:, None], (r > 0).astype(float)


def _ratio(a: Array, b: Array) -> Array:
    shape = np.broadcast_shapes(a.shape, b.shape)
    found: Array = np.divide(a, b, out=np.full(shape, np.nan), where=np.broadcast_to(b != 0, shape))
    return found


def _beyond(agreed: Array, by_chance: Array) -> Array:
    """(pa - pe) / (1 - pe); undefined where chance alone agrees wholly."""
    left = 1 - by_chance
    left[left < 1e-12] = 0.0
    return _ratio(agreed - by_chance, left)


def _one_less(observed: Array, expected: Array) -> Array:
    return 1 - _ratio(observed, expected)
