"""Small worlds in which it is known what the seeds did, and how many wrong answers a law allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.definition import Value
from seedbed.propagate.testing import Outcome, Sample

LABELS = list("abcdefghij")


def number(outcome: Outcome) -> Value[float]:
    assert isinstance(outcome.estimate, Value), outcome.estimate
    return outcome.estimate


def holds(outcome: Outcome, truth: float) -> bool:
    """Whether the interval has the truth in it; an end at infinity is None."""
    value = number(outcome)
    low = -np.inf if value.low is None else value.low
    high = np.inf if value.high is None else value.high
    return bool(low - 1e-9 <= truth <= high + 1e-9)


def most(repetitions: int, chance: float = 0.05) -> float:
    """The most hits that a test of error `chance` shows in `repetitions`, but for once in a thousand (3.1 sd)."""
    return repetitions * chance + 3.1 * sqrt(repetitions * chance * (1 - chance))


def rate(hit: Callable[[np.random.Generator], bool], repetitions: int, seed: int = 0) -> int:
    """How many of `repetitions` independent worlds `hit`."""
    return sum(bool(hit(np.random.default_rng([seed, index]))) for index in range(repetitions))


def requests(n: int, size: int = 5) -> list[str]:
    return [f"request {index // size}" for index in range(n)]


def flags(rng: np.random.Generator, share: float, n: int, size: int = 1, alike: float = 0.0) -> Sample:
    """Flags with mean `share`; with probability `alike` a row copies the first of its request."""
    drawn = rng.random(n) < share
    first = drawn[np.arange(n) // size * size]
    return Sample.flags(np.where(rng.random(n) < alike, first, drawn), requests(n, size))


def labels(rng: np.random.Generator, shares: Sequence[float], n: int, size: int = 1, alike: float = 0.0) -> Sample:
    drawn = rng.choice(len(shares), size=n, p=shares)
    first = drawn[np.arange(n) // size * size]
    codes: NDArray[np.intp] = np.where(rng.random(n) < alike, first, drawn)
    return Sample.labels([LABELS[code] for code in codes], requests(n, size))


def lengths(rng: np.random.Generator, median: float, n: int, size: int = 1) -> Sample:
    """Whole numbers of about log-normal length, requests alike by a common factor."""
    common = np.repeat(rng.normal(0, 0.2, n // size + 1), size)[:n] if size > 1 else 0.0
    return Sample.numbers(np.rint(median * np.exp(common + rng.normal(0, 0.4, n))), requests(n, size))
