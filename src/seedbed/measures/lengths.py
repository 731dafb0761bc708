"""How long texts are, in words and in tokens of a named tokenizer (the paper names none)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from seedbed.measures.definition import ANY, Languages, Measure, Measured, NotApplicable, Value
from seedbed.measures.intervals import wilson
from seedbed.measures.wordpiece import TOKENIZER, wordpiece

__all__ = ["ENTRIES", "SPACED", "quantiles", "share_under", "token_length", "tokens", "word_length", "words"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LIMITS = (100, 120, 150, 200)  # the paper's figures 6 and 7
MOST_UNKNOWN = 0.1

SPACED = Languages(
    but=frozenset({"bo", "ja", "km", "lo", "my", "th", "yue", "zh"}), why="it is written without spaces between words"
)

ENTRIES = (
    Measure(
        "words", "number of words", "pieces between spaces that hold a letter or digit", "method of seedbed",
        "words", "describes", SPACED, "'well-known' is one word, 'well – known' two",
    ),
    Measure(
        "tokens", f"number of tokens of {TOKENIZER}", "WordPiece pieces, without [CLS] and [SEP]",
        "Devlin et al. 2019", "tokens", "describes", ANY,
        "an English vocabulary: other languages fall into more pieces, so compare within one language only",
    ),
    Measure(
        "length_quantiles", "quantiles of a length", "linear interpolation between order statistics",
        "Hyndman & Fan 1996, type 7", "the unit of the values", "describes", ANY, "tails of small samples mean little",
    ),
    Measure(
        "share_under", "share of texts shorter than a limit", "#{x < limit} / n, Wilson interval",
        "Candello et al. 2025, appendix A figures 6 and 7", "share", "describes", ANY,
        "'preserved' under two different limits hides a shift: see ratio_of_medians",
    ),
)  # fmt: skip


def words(text: str) -> int:
    """Number of pieces between spaces that hold a letter or digit."""
    return sum(any(map(str.isalnum, piece)) for piece in text.split())


def tokens(text: str) -> int:
    """Number of tokens of the uncased BERT WordPiece tokenizer, special tokens not counted."""
    return len(wordpiece().ids(text))


def word_length(text: str, language: str = "en") -> Measured[int]:
    """`words` where the language has spaces between them, else `NotApplicable`."""
    return SPACED.refuses(language) or Value(words(text), unit="words")


def token_length(text: str) -> Measured[int]:
    """`tokens`, or `NotApplicable` where over a tenth of them are unknown to the vocabulary."""
    ids = wordpiece().ids(text)
    unknown = ids.count(wordpiece().unknown)
    if unknown > MOST_UNKNOWN * len(ids):
        return NotApplicable(f"{unknown} of {len(ids)} tokens are unknown to {TOKENIZER}")
    return Value(len(ids), unit="tokens", note=TOKENIZER)


def quantiles(values: Sequence[float], at: Sequence[float] = QUANTILES) -> Measured[dict[float, float]]:
    """Quantiles by linear interpolation, as numpy's default. Raises ValueError for one outside 0 to 1."""
    if not all(0 <= q <= 1 for q in at):
        raise ValueError(f"quantiles lie between 0 and 1: {at}")
    if not values:
        return NotApplicable("there are no items")
    if bad := sum(not math.isfinite(value) for value in values):
        return NotApplicable(f"{bad} of {len(values)} values are not finite numbers")
    ordered = sorted(values)
    answer: dict[float, float] = {}
    for q in at:
        place = q * (len(ordered) - 1)
        below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
        answer[q] = below + (above - below) * (place - math.floor(place))
    return Value(answer, n=len(ordered))


def share_under(values: Sequence[float], limits: Sequence[float] = LIMITS) -> dict[float, Measured[float]]:
    """For each limit the share of values strictly below it, with its Wilson interval."""
    if bad := sum(not math.isfinite(value) for value in values):
        refusal = NotApplicable(f"{bad} of {len(values)} values are not finite numbers")
        return dict.fromkeys(limits, refusal)
    return {limit: wilson(sum(value < limit for value in values), len(values)) for limit in limits}
