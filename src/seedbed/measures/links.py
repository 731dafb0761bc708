"""Which texts of one set are linked to which of another (or of their own): five ways to be the same text.

Every way is exact. Each has an index that keeps one side's texts and answers for one text of the other, so that a set
is joined with itself by asking before keeping. Only cosine works on blocks: a product of matrices is ten times
quicker than as many products with a vector.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seedbed.measures.similarity import NoveltyIndex
from seedbed.measures.tokens import ngrams, tokenise

__all__ = ["ExactIndex", "GramIndex", "JaccardIndex", "LinkIndex", "RougeIndex", "cosine_links", "exact_key"]

SHINGLE = 5
JACCARD = (8, 10)
COSINE = 0.9
_TILE = 2_048
_AXES = 63  # of 384: 31 let 335,131 pairs through where 63 let 24,883, and 95 save nothing more
_AXES_FROM = 4_096  # rows that the axes are found from
_FEW = 4_096  # rows for which the whole product is quicker than turning them
_SCREEN_ERROR = 5e-5  # twice the worst error of a float32 product of unit vectors of 384


class LinkIndex(Protocol):
    """Texts by row number; `links` gives those a text is linked to, with the likeness.

    `meet` is `links` and then `add`, with the text taken apart once.
    """

    def add(self, row: int, text: str) -> None: ...

    def links(self, text: str) -> list[tuple[int, float]]: ...

    def meet(self, row: int, text: str) -> list[tuple[int, float]]: ...


def exact_key(text: str) -> str:
    """Lower case without anything but letters, digits and combining marks; "" for a text without any.

    Combining marks stay: without its vowel signs one Hindi word is another.
    """
    return "".join(tokenise(text))


class ExactIndex:
    """The first text of each `exact_key`."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def add(self, row: int, text: str) -> None:
        if key := exact_key(text):
            self._first.setdefault(key, row)

    def links(self, text: str) -> list[tuple[int, float]]:
        row = self._first.get(exact_key(text))
        return [] if row is None else [(row, 1.0)]

    def meet(self, row: int, text: str) -> list[tuple[int, float]]:
        key = exact_key(text)
        first = self._first.setdefault(key, row) if key else row
        return [] if first == row else [(first, 1.0)]


class GramIndex:
    """For each run of `n` words the first text that has it. The likeness is the number of runs shared with that text.

    The first is enough to say whether a text is linked at all, and to find what hangs together.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self._first: dict[tuple[str, ...], int] = {}

    def add(self, row: int, text: str) -> None:
        for gram in ngrams(tokenise(text), self.n):
            self._first.setdefault(gram, row)

    def links(self, text: str) -> list[tuple[int, float]]:
        return self._shared(set(ngrams(tokenise(text), self.n)))

    def meet(self, row: int, text: str) -> list[tuple[int, float]]:
        grams = set(ngrams(tokenise(text), self.n))
        found = self._shared(grams)
        for gram in grams:
            self._first.setdefault(gram, row)
        return found

    def _shared(self, grams: set[tuple[str, ...]]) -> list[tuple[int, float]]:
        if self._first.keys().isdisjoint(grams):
            return []
        shared = Counter(row for gram in grams if (row := self._first.get(gram)) is not None)
        return [(row, float(count)) for row, count in shared.most_common()]


class JaccardIndex:
    """Texts whose sets of 5-word shingles have a Jaccard index of at least .8.

    Found by prefixes (Chaudhuri, Ganti & Kaushik 2006): two sets with J >= t share one of the first
    |x| - ⌈t·|x|⌉ + 1 shingles of each in any one order of all shingles, here from the latest first seen backwards.
    So nothing is missed, where MinHash with bands misses some pairs near the threshold; and for t = .8 on questions
    the prefix is five or six shingles, fewer than there would be bands.
    """

    def __init__(self, cut: tuple[int, int] = JACCARD, n: int = SHINGLE) -> None:
        self._cut, self._n = cut, n
        self._sets: dict[int, frozenset[int]] = {}
        self._holders: dict[int, list[int]] = defaultdict(list)
        self._first: dict[frozenset[int], int] = {}
        self._codes: dict[tuple[str, ...], int] = {}

    def add(self, row: int, text: str) -> None:
        self._keep(row, self._learnt(text))

    def links(self, text: str) -> list[tuple[int, float]]:
        grams = set(ngrams(tokenise(text), self._n))
        # a shingle never seen matches nothing; it counts in the union, and stands first in the order
        unseen = len(self._codes)
        return self._near(frozenset(self._codes.get(gram, unseen + number) for number, gram in enumerate(grams)))

    def meet(self, row: int, text: str) -> list[tuple[int, float]]:
        own = self._learnt(text)
        found = self._near(own)
        self._keep(row, own)
        return found

    def _learnt(self, text: str) -> frozenset[int]:
        codes = self._codes
        return frozenset([codes.setdefault(gram, len(codes)) for gram in ngrams(tokenise(text), self._n)])

    def _keep(self, row: int, own: frozenset[int]) -> None:
        if not own or own in self._first:
            return  # the first of equal sets speaks for all of them
        self._first[own] = row
        self._sets[row] = own
        for shingle in self._prefix(own):
            self._holders[shingle].append(row)

    def _near(self, own: frozenset[int]) -> list[tuple[int, float]]:
        if not own:
            return []
        top, bottom = self._cut
        found = []
        for row in sorted({row for shingle in self._prefix(own) for row in self._holders.get(shingle, ())}):
            other = self._sets[row]
            if min(len(own), len(other)) * bottom < top * max(len(own), len(other)):
                continue
            both = len(own & other)
            if both * bottom >= top * (len(own) + len(other) - both):
                found.append((row, both / (len(own) + len(other) - both)))
        return found

    def _prefix(self, own: frozenset[int]) -> list[int]:
        top, bottom = self._cut
        # latest seen first: what is seen late is seldom, so few texts share it
        return sorted(own, reverse=True)[: len(own) - -(-top * len(own) // bottom) + 1]


class RougeIndex:
    """Texts with a ROUGE-L F1 of at least `cut`."""

    def __init__(self, cut: tuple[int, int]) -> None:
        self._index = NoveltyIndex(cut)

    def add(self, row: int, text: str) -> None:
        self._index.add(str(row), text)

    def links(self, text: str) -> list[tuple[int, float]]:
        return [(int(row), f1) for row, f1 in self._index.near(text)]

    def meet(self, row: int, text: str) -> list[tuple[int, float]]:
        return [(int(other), f1) for other, f1 in self._index.near_and_add(str(row), text)]


def cosine_links(
    left: NDArray[np.float64], right: NDArray[np.float64] | None = None, cut: float = COSINE
) -> Iterator[tuple[int, int, float]]:
    """(row of left, row of right, cosine) of every pair with a cosine of at least `cut`; without `right` of every
    pair of rows i > j of `left`. Rows of length 1, of shape (n, d) and (m, d); 66,609 of 384 with themselves
    take 7 s of CPU on one thread.

    A product in float32 of shorter rows screens (`_shorter`), what it lets through is computed again in float64.
    """
    narrow, other = _shorter(left, right)
    target = left if right is None else right
    least = np.float32(cut - _SCREEN_ERROR)
    # room that is used again: a tile is 16 MB, which the system would clear for each
    room, mask = np.empty(_TILE * _TILE, dtype=np.float32), np.empty(_TILE * _TILE, dtype=np.bool_)
    for start in range(0, len(left), _TILE):
        block = narrow[start : start + _TILE]
        for begin in range(0, len(other) if right is not None else start + len(block), _TILE):
            near = other[begin : begin + _TILE]
            size = len(block) * len(near)
            np.matmul(block, near.T, out=room[:size].reshape(len(block), len(near)))
            # of one dimension: there what is almost all false is passed over in words
            found = np.flatnonzero(np.greater_equal(room[:size], least, out=mask[:size]))
            rows, columns = found // len(near) + start, found % len(near) + begin
            if right is None:
                below = rows > columns
                rows, columns = rows[below], columns[below]
            for part in range(0, len(rows), _TILE):
                i, j = rows[part : part + _TILE], columns[part : part + _TILE]
                exact = np.vecdot(left[i], target[j])
                for at in np.flatnonzero(exact >= cut):
                    yield int(i[at]), int(j[at]), float(exact[at])


def _shorter(
    left: NDArray[np.float64], right: NDArray[np.float64] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rows whose products are never less than those of `left` and `right`, with a sixth of the numbers.

    Turned to their principal axes, rows are cut after the first `_AXES`, and the length of what was cut off stands in
    its place: by Cauchy and Schwarz u·v <= u1·v1 + |u2||v2|. Of 198 million pairs of 19,916 questions 24,883 pass at
    .9 and 20,173 are over it. Which axes are taken is a matter of speed alone.
    """
    if len(left) < _FEW or left.shape[1] <= 2 * _AXES:
        narrow = left.astype(np.float32)
        return narrow, narrow if right is None else right.astype(np.float32)
    sample = left[:: -(-len(left) // _AXES_FROM)]
    _, axes = np.linalg.eigh(sample.T @ sample)
    axes = np.ascontiguousarray(axes[:, : -_AXES - 1 : -1])

    def cut_off(rows: NDArray[np.float64]) -> NDArray[np.float32]:
        made = np.empty((len(rows), _AXES + 1), dtype=np.float32)
        for start in range(0, len(rows), _TILE):
            part = rows[start : start + _TILE]
            turned = part @ axes
            # the length of the rest; what rounding takes of it, at most 1e-7, the margin of the screen holds
            rest = np.maximum(np.vecdot(part, part) - np.vecdot(turned, turned), 0)
            made[start : start + _TILE, :_AXES] = turned
            made[start : start + _TILE, _AXES] = np.sqrt(rest)
        return made

    narrow = cut_off(left)
    return narrow, narrow if right is None else cut_off(right)
