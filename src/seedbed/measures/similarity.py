"""Has this been said before? Novelty by words (ROUGE-L), exact and without rounding.

ROUGE-L F1 of two texts of m and n tokens with a longest common subsequence of L is 2L/(m+n) (Lin 2004). A text is
a near-duplicate where F1 >= 7/10, decided in integers as 20·L >= 7·(m+n): in floating point exact ties fall on
either side. (Self-Instruct rejects above .7 and lets .7 itself stay; we do not.)
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cdist

from seedbed.errors import InputError
from seedbed.measures.alphabet import Alphabet
from seedbed.measures.definition import ANY, Measure, Measured, NotApplicable, Value
from seedbed.measures.screen import Screen
from seedbed.measures.tokens import Mode, ngrams, tokenise
from seedbed.measures.vectors import VectorIndex

__all__ = [
    "CUT",
    "ENTRIES",
    "NoveltyIndex",
    "VectorIndex",
    "copy_of_example",
    "is_near_duplicate",
    "lcs_len",
    "ngram_containment",
    "rouge_l_f1",
    "tokenise",
]

CUT = (7, 10)
CONTAINMENT_NGRAM = 8

_WIDE_WORDS = 4
_FEW = 32  # candidates for which a second bound costs more than comparing

ENTRIES = (
    Measure(
        "rouge_l", "likeness of two texts by their common words in order", "F1 = 2·LCS / (m + n), on tokens",
        "Lin 2004; cut .7 by Wang et al. 2022 (Self-Instruct)", "0 to 1", "lower is better", ANY,
        "blind to paraphrase; short questions reach .7 by a shared frame; F1 has no meaning for texts without words",
    ),
    Measure(
        "ngram_containment", "share of a text's 8-grams that occur in others", "|G(t) ∩ G(others)| / |G(t)|",
        "Broder 1997", "share", "lower is better", ANY, "no answer for texts of fewer than 8 tokens",
    ),
)  # fmt: skip


def lcs_len(a: list[str], b: list[str]) -> int:
    """Length of the longest common subsequence of two token lists."""
    return int(LCSseq.similarity(a, b))


def rouge_l_f1(a: str, b: str, mode: Mode = "unicode") -> Measured[float]:
    """ROUGE-L F1 of two texts; `NotApplicable` where one has no words."""
    left, right = tokenise(a, mode), tokenise(b, mode)
    if not left or not right:
        return NotApplicable("a text has no words")
    return Value(2 * lcs_len(left, right) / (len(left) + len(right)))


def is_near_duplicate(a: str, b: str, cut: tuple[int, int] = CUT, mode: Mode = "unicode") -> bool:
    """Whether ROUGE-L F1 >= cut[0]/cut[1], in integers. A text without words is nobody's duplicate."""
    left, right = tokenise(a, mode), tokenise(b, mode)
    return bool(left) and bool(right) and 2 * cut[1] * lcs_len(left, right) >= cut[0] * (len(left) + len(right))


def ngram_containment(text: str, others: Iterable[str], n: int = CONTAINMENT_NGRAM) -> Measured[float]:
    """Share of the distinct n-grams of `text` that occur in any of `others`."""
    own = set(ngrams(tokenise(text), n))
    if not own:
        return NotApplicable(f"the text has fewer than {n} words")
    theirs = {gram for other in others for gram in ngrams(tokenise(other), n)}
    return Value(len(own & theirs) / len(own), n=len(own))


def copy_of_example(text: str, examples: Iterable[tuple[str, str]]) -> str | None:
    """The id of the first example (id, text) that `text` repeats: a near-duplicate, or all its 8-grams; else None."""
    for id, example in examples:
        contained = ngram_containment(text, [example])
        if is_near_duplicate(text, example) or (isinstance(contained, Value) and contained.value == 1):
            return id
    return None


_Near: TypeAlias = tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]
"""Rows, their LCS with a text, and the sum of both lengths."""


class NoveltyIndex:
    """Texts kept so far; finds the most similar one exactly.

    Each token becomes one character (`Alphabet`). Before rapidfuzz compares these, bit sets
    of token hashes bound the LCS: a token whose bit the other text lacks matches nothing there. On 40,000
    questions 64 bits leave 0.08 % of the pairs to compare and a look-up takes a tenth of the time; longer texts
    fill 64 bits, so what is left passes 256 more.
    """

    def __init__(self, cut: tuple[int, int] = CUT, mode: Mode = "unicode") -> None:
        self.cut = _lowest_terms(cut)
        self.mode: Mode = mode
        self._alphabet = Alphabet()
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._encoded: list[str] = []
        self._screen = Screen()
        self._wide = np.zeros((1024, _WIDE_WORDS), dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def add(self, id: str, text: str) -> None:
        """Keep a text, without comparing it. Raises InputError when the id is known already."""
        self._refuse_known(id)
        encoded = self._alphabet.learn(tokenise(text, self.mode))
        self._keep(id, encoded, _bits(encoded))

    def near_and_add(self, id: str, text: str) -> list[tuple[str, float]]:
        """`near` of what was kept before, then `add`: the text is taken apart once."""
        self._refuse_known(id)
        encoded = self._alphabet.learn(tokenise(text, self.mode))
        bits = _bits(encoded)
        found = self._named(self._near(encoded, bits, None))
        self._keep(id, encoded, bits)
        return found

    def _refuse_known(self, id: str) -> None:
        if id in self._rows:
            raise InputError(f"the novelty index holds {id!r} already")

    def _keep(self, id: str, encoded: str, bits: NDArray[np.uint64]) -> None:
        row = len(self._ids)
        if row == len(self._wide):
            self._wide = np.concatenate([self._wide, np.zeros_like(self._wide)])
        self._wide[row] = bits[1:]
        self._screen.add(bits[0], len(encoded))
        self._encoded.append(encoded)
        self._ids.append(id)
        self._rows[id] = row

    def nearest(self, text: str, cut: tuple[int, int] | None = None) -> tuple[str, float] | None:
        """The id and F1 of the most similar text with F1 >= cut, the earliest added among equals; or None.

        With cut (0, 1) the most similar text is found however far it is, by comparing all.
        """
        near = self._near(*self._looked(text), cut)
        if near is None:
            return None
        rows, common, lengths = near
        best = 0
        for rival in range(1, len(rows)):
            if common[rival] * lengths[best] > common[best] * lengths[rival]:
                best = rival
        return self._ids[rows[best]], float(2 * common[best] / lengths[best])

    def near(self, text: str, cut: tuple[int, int] | None = None) -> list[tuple[str, float]]:
        """The id and F1 of every text with F1 >= cut, in the order they were added."""
        return self._named(self._near(*self._looked(text), cut))

    def _looked(self, text: str) -> tuple[str, NDArray[np.uint64]]:
        query = self._alphabet.look(tokenise(text, self.mode))
        return query, _bits(query)

    def _named(self, found: _Near | None) -> list[tuple[str, float]]:
        if found is None:
            return []
        rows, common, lengths = found
        return [(self._ids[row], float(f1)) for row, f1 in zip(rows, 2 * common / lengths, strict=True)]

    def _near(self, query: str, bits: NDArray[np.uint64], cut: tuple[int, int] | None) -> _Near | None:
        """Rows with F1 >= cut, their LCS and the sum of both lengths; None where there are none."""
        top, bottom = self.cut if cut is None else _lowest_terms(cut)
        if not query or not self._ids:
            return None
        rows = self._candidates(query, bits, top, 2 * bottom)
        if not rows.size:
            return None
        lengths = self._screen.lengths[rows].astype(np.int64) + len(query)
        texts = [self._encoded[row] for row in rows]
        common = cdist([query], texts, scorer=LCSseq.similarity, dtype=np.int32)[0].astype(np.int64)
        near = np.flatnonzero((2 * bottom * common >= top * lengths) & (lengths > len(query)))
        return (rows[near], common[near], lengths[near]) if near.size else None

    def _candidates(self, query: str, bits: NDArray[np.uint64], top: int, scale: int) -> NDArray[np.intp]:
        """Rows whose bounds allow scale·LCS >= top·(m + n)."""
        rows = self._screen.passing(bits[0], len(query), top, scale)
        if rows.size <= _FEW:
            return rows
        theirs, own = self._wide[rows], bits[1:]
        lengths = self._screen.lengths[rows]
        least = top * (lengths + len(query))
        possible = scale * (lengths - _count(theirs & ~own)) >= least
        possible &= scale * (len(query) - _count(own & ~theirs)) >= least
        return rows[possible]


def _lowest_terms(cut: tuple[int, int]) -> tuple[int, int]:
    # Small terms keep the bounds within int32 for texts of up to 100,000 tokens.
    top, bottom = cut
    if not (0 <= top <= bottom and bottom > 0) or bottom // gcd(top, bottom) > 10_000:
        raise InputError(f"a novelty cut is a pair of integers p, q <= 10,000 with 0 <= p/q <= 1, not {cut}")
    return top // gcd(top, bottom), bottom // gcd(top, bottom)


def _bits(encoded: str) -> NDArray[np.uint64]:
    """Token hashes as bit sets: one word of 64 bits, then 256 bits in four words."""
    bits = 0
    for character in set(encoded):
        # Fibonacci hashing: neighbouring codes, which are words first seen together, fall far apart.
        spread = ord(character) * 0x9E3779B1 & 0xFFFFFFFF
        bits |= 1 << (spread >> 26) | 1 << 64 + (spread >> 7 & 255)
    return np.frombuffer(bits.to_bytes(8 * (1 + _WIDE_WORDS), "little"), dtype="<u8").astype(np.uint64, copy=False)


def _count(words: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Bits set in each row."""
    return np.asarray(np.bitwise_count(words).sum(axis=1, dtype=np.int32))
