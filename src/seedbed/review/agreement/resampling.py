"""A coefficient with its interval: items are drawn again and again, with all of their ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.review.agreement.coefficients import Coefficient

__all__ = ["DRAWS", "UNDEFINED", "measured"]

DRAWS = 2_000
UNDEFINED = "every rating is the same, so that agreement cannot be told from chance"
_PERCENTILES = (2.5, 97.5)
_CHUNK = 1_000_000  # weights held at once: 8 MB
# Fewer, and the percentile interval is known to be too narrow (see measures/bootstrap.py).
_FEW = 10


def measured(
    coefficients: Mapping[str, Coefficient], items: int, *, draws: int, seed: int, why: str = UNDEFINED
) -> dict[str, Measured[float]]:
    """Each coefficient on all `items` with its 95 % percentile interval over `draws` resamples of whole items.

    All see the same resamples, so that their differences can be read. `why` is the reason given where a coefficient
    has no value. Resamples in which it has none are left out, and `note` says how many.
    """
    once = np.ones((1, items))
    values = {name: float(of(once)[0]) for name, of in coefficients.items()}
    spread: dict[str, list[NDArray[np.float64]]] = {name: [] for name in coefficients}
    if items > 1:
        for drawn in _resamples(items, draws, seed):
            for name, of in coefficients.items():
                if not np.isnan(values[name]):
                    spread[name].append(of(drawn))
    return {
        name: NotApplicable(why) if np.isnan(value) else _with_interval(value, spread[name], items)
        for name, value in values.items()
    }


def _resamples(items: int, draws: int, seed: int) -> Iterator[NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // items)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn = rng.integers(items, size=(size, items)) + items * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * items).reshape(size, items).astype(float)


def _with_interval(value: float, spread: list[NDArray[np.float64]], items: int) -> Value[float]:
    found = np.concatenate(spread) if spread else np.empty(0)
    defined = found[~np.isnan(found)]
    if not len(defined):
        return Value(value, n=items, note="one item only: no interval" if items < 2 else "no interval")
    low, high = np.percentile(defined, _PERCENTILES)
    notes = []
    if len(defined) < len(found):
        notes.append(f"undefined in {len(found) - len(defined):,} of {len(found):,} resamples, which are left out")
    if low == high:
        notes.append("no resample differs: the interval says nothing")
    if items < _FEW:
        notes.append(f"only {items} items: the interval is too narrow")
    return Value(value, float(low), float(high), n=items, note="; ".join(notes))
