"""Samples of one size: most figures of diversity grow or fall with the amount of text, so only equals compare.

Equal in number (`at_equal_size`) and equal in words (`at_equal_tokens`) are two questions, because the texts of one
set may be longer: a figure that differs at equal number and agrees at equal words was a difference in length.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.bootstrap import PERCENTILES
from seedbed.measures.definition import Measured, NotApplicable, Value
from seedbed.measures.tokens import tokenise

__all__ = ["Sizes", "at_equal_size", "at_equal_tokens", "common_sizes", "drawn", "sample_note"]

DRAWS = 100


@dataclass(frozen=True, slots=True)
class Sizes:
    """What several sets all have: `texts` in number, `tokens` in words (those of `tokens.tokenise`)."""

    texts: int
    tokens: int


def common_sizes(sets: Iterable[Sequence[str]]) -> Sizes:
    """The greatest sizes at which the sets can be compared; sets without a word do not count. 0 where none is left."""
    found = [(len(texts), words) for texts in sets if (words := sum(len(tokenise(text)) for text in texts))]
    return Sizes(min((n for n, _ in found), default=0), min((words for _, words in found), default=0))


def drawn(n: int, most: int, seed: int = 0) -> NDArray[np.intp]:
    """Indices of a sample of at most `most` of `n`, without replacement, in their order; the same for one seed."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, size=most, replace=False))


def sample_note(used: int, n: int, seed: int) -> str:
    """What an answer says of its sample; empty where nothing was left out."""
    return "" if used == n else f"a sample of {used:,} of {n:,} texts, seed {seed}"


def at_equal_size(
    items: Sequence[Any] | NDArray[Any],
    m: int,
    stat: Callable[[Any], Measured[float]],
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """Mean of `stat` over samples of `m` texts (or rows of vectors) drawn without replacement.

    `low` and `high` are the 95 % range of the samples: the spread of the drawing, not of new data. There is none
    where `m` is the whole set. Cost: `draws` times that of `stat`.
    """
    if not 0 < m <= len(items):
        return NotApplicable(f"there are {len(items)} texts; a sample of {m} needs at least that many, and one")
    if m == len(items):
        return _whole(stat(items), f"at m = {m} texts, which is the whole set")
    rng = np.random.default_rng(seed)
    picks = (rng.choice(len(items), size=m, replace=False) for _ in range(draws))
    samples = (items[pick] if isinstance(items, np.ndarray) else [items[index] for index in pick] for pick in picks)
    return _mean(map(stat, samples), len(items), f"at m = {m} texts, {draws} samples, seed {seed}")


def at_equal_tokens(
    texts: Sequence[str],
    tokens: int,
    stat: Callable[[Sequence[str]], Measured[float]],
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured[float]:
    """Mean of `stat` over samples of exactly `tokens` tokens: texts in random order, the last one cut.

    The one text that is cut comes as its tokens with spaces between. `low` and `high` as in `at_equal_size`.
    """
    words = [tokenise(text) for text in texts]
    total = sum(map(len, words))
    if not 0 < tokens <= total:
        return NotApplicable(f"there are {total} tokens; a sample of {tokens} needs at least that many, and one")
    if tokens == total:
        return _whole(stat(texts), f"at {tokens} tokens, which is the whole set")
    rng = np.random.default_rng(seed)

    def sample() -> list[str]:
        left, taken = tokens, []
        for index in rng.permutation(len(texts)):
            if left <= 0:
                break
            own = words[index]
            taken.append(texts[index] if len(own) <= left else " ".join(own[:left]))
            left -= len(own)
        return taken

    answers = (stat(sample()) for _ in range(draws))
    return _mean(answers, len(texts), f"at {tokens} tokens, {draws} samples, seed {seed}")


def _whole(answer: Measured[float], note: str) -> Measured[float]:
    if isinstance(answer, NotApplicable):
        return answer
    return Value(answer.value, n=answer.n, unit=answer.unit, note="; ".join(filter(None, [note, answer.note])))


def _mean(answers: Iterable[Measured[float]], n: int, note: str) -> Measured[float]:
    values, unit = [], ""
    for answer in answers:
        if isinstance(answer, NotApplicable):
            return answer
        values.append(answer.value)
        unit = answer.unit
    low, high = map(float, np.percentile(values, PERCENTILES))
    mean = math.fsum(values) / len(values)
    # of equal values the mean may be off by a rounding
    return Value(mean, min(low, mean), max(high, mean), n=n, unit=unit, note=note)
