"""Cohen's kappa for every two raters who rated enough of the same items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.review.agreement.coefficients import cohen, identity
from seedbed.review.agreement.resampling import UNDEFINED
from seedbed.review.agreement.table import MISSING, Table

__all__ = ["PairAgreement", "cohen_pairs"]


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two raters over the `n` items that both rated; no interval, because pairs are many and short."""

    a: str
    b: str
    n: int
    raw: float
    kappa: Measured[float]


def cohen_pairs(table: Table, *, least: int = 10) -> Iterator[PairAgreement]:
    """Every two raters with at least `least` (1 or more) items in common, in the order of the table."""
    rated = (table.codes != MISSING).astype(np.float32)
    shared = np.rint(rated.T @ rated).astype(int)
    same = identity(len(table.categories))
    for first, second in zip(*np.nonzero(np.triu(shared >= max(least, 1), k=1)), strict=True):
        codes = table.codes[:, [first, second]]
        codes = codes[(codes != MISSING).all(axis=1)]
        names = table.raters[first], table.raters[second]
        pair = Table(tuple(map(str, range(len(codes)))), names, table.categories, codes)
        kappa = float(cohen(pair, same)(np.ones((1, len(codes))))[0])
        yield PairAgreement(
            *names, len(codes), float((codes[:, 0] == codes[:, 1]).mean()),
            NotApplicable(UNDEFINED) if np.isnan(kappa) else Value(kappa, n=len(codes)),
        )  # fmt: skip
