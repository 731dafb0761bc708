"""How varied the words of a set of texts are. All of it depends on how many texts there are and how long they are.

So compare two sets with `at_equal_size` and `at_equal_tokens`, which draw samples of one size from each. What texts
share with each other stands in `repetition.py`, what they mean in `spread.py`.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Sequence

import numpy as np

from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.sampling import at_equal_size, at_equal_tokens, common_sizes
from seedbed.measures.tokens import ngrams, tokenise

__all__ = [
    "ENTRIES",
    "at_equal_size",
    "at_equal_tokens",
    "common_sizes",
    "compression_ratio",
    "distinct_n",
    "expectation_adjusted_distinct",
    "mattr",
]

WINDOW = 50  # tokens, as Covington & McFall; about two questions

ENTRIES = (
    Measure(
        "distinct_n", "share of n-grams that are distinct", "distinct n-grams / n-grams", "Li et al. 2016", "share",
        "higher is better", ANY, "falls with the amount of text: compare at equal size only",
    ),
    Measure(
        "expectation_adjusted_distinct", "distinct tokens over those expected of as many random draws",
        "U / (V·(1 - ((V-1)/V)^C)), U distinct of C tokens, V the vocabulary", "Liu et al. 2022", "ratio",
        "higher is better", ANY, "V must be the same for both sides; natural text stays well under 1",
    ),
    Measure(
        "compression_ratio", "how much the texts compress when joined", "bytes / gzip bytes", "Shaib et al. 2024",
        "ratio", "lower is better", ANY, "grows with the amount of text: compare at equal size only",
    ),
    Measure(
        "mattr", "mean share of different tokens in a moving window",
        f"mean over all windows of {WINDOW} tokens of distinct / {WINDOW}, texts joined in a seeded random order",
        "Covington & McFall 2010", "share", "higher is better", ANY,
        "does not see repetition farther apart than the window, and one window holds about two questions",
    ),
)  # fmt: skip


def distinct_n(texts: Sequence[str], n: int = 2) -> Measured[float]:
    """Share of distinct n-grams over all texts."""
    grams = [gram for text in texts for gram in ngrams(tokenise(text), n)]
    if not grams:
        return NotApplicable(f"no text has {n} words")
    return Value(len(set(grams)) / len(grams), n=len(grams))


def expectation_adjusted_distinct(texts: Sequence[str], vocabulary: int) -> Measured[float]:
    """EAD over words, for a vocabulary of the given size (one size for all sets compared)."""
    words = [token for text in texts for token in tokenise(text)]
    if not words:
        return NotApplicable("the texts have no words")
    if vocabulary < len(set(words)):
        return NotApplicable(f"the texts have more different words than the vocabulary's {vocabulary}")
    expected = vocabulary * (1 - ((vocabulary - 1) / vocabulary) ** len(words))
    return Value(len(set(words)) / expected, n=len(words))


def compression_ratio(texts: Sequence[str]) -> Measured[float]:
    """Bytes of the texts, one a line, over their gzip bytes."""
    raw = "\n".join(texts).encode()
    if len(raw) < 1_000:
        return NotApplicable("under 1,000 bytes gzip's own header weighs too much")
    return Value(len(raw) / len(gzip.compress(raw, mtime=0)), n=len(texts))


def mattr(texts: Sequence[str], window: int = WINDOW, seed: int = 0) -> Measured[float]:
    """Moving-average type-token ratio of the texts in a random order. About 1 µs a token.

    The order matters because a window spans texts: rows of one prompt stand together in a run, which would lower
    the figure of a run and not that of seeds.
    """
    words: list[str] = []
    for index in np.random.default_rng(seed).permutation(len(texts)):
        words += tokenise(texts[index])
    if len(words) < window or window < 1:
        return NotApplicable(f"there are {len(words)} tokens; a window of {window} needs at least that many, and one")
    inside = Counter(words[:window])
    distinct = total = len(inside)
    for gone, come in zip(words, words[window:], strict=False):
        inside[gone] -= 1
        distinct -= inside[gone] == 0
        distinct += inside[come] == 0
        inside[come] += 1
        total += distinct
    windows = len(words) - window + 1
    return Value(total / windows / window, n=windows, note=f"windows of {window} tokens, order of texts by seed {seed}")
