"""Which of many texts may be as like one as asked, by 64 bits each: the first and cheapest bound on a subsequence.

Each text is a set of token hashes and a length. A token whose bit the other text lacks matches nothing there, so of m
and n tokens with c bits in common no more than min(m - |a| + c, n - |b| + c) can match, where |a| and |b| are the
numbers of their bits. What that leaves of the question is one count of bits a row and two comparisons of bytes: what
does not depend on the bits asked for is kept for each length that is asked again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Screen"]

_LENGTHS = 64  # lengths of queries whose limits are kept: 2 bytes a row each
_BITS = 64
_NEVER = 255


class Screen:
    """The bits and the length of each row, in the order in which they were added."""

    def __init__(self) -> None:
        self._bits = np.zeros(1024, dtype=np.uint64)
        self._lengths = np.zeros(1024, dtype=np.int32)
        self._unmarked = np.zeros(1024, dtype=np.int32)  # tokens beyond the bits: they share the bit of another
        self._rows = 0
        self._limits: dict[tuple[int, int, int], _Limits] = {}

    def add(self, bits: np.uint64, length: int) -> None:
        if self._rows == self._bits.size:
            self._bits, self._lengths, self._unmarked = (
                np.concatenate([part, np.zeros_like(part)]) for part in (self._bits, self._lengths, self._unmarked)
            )
        self._bits[self._rows], self._lengths[self._rows] = bits, length
        self._unmarked[self._rows] = length - int(bits).bit_count()
        self._rows += 1

    @property
    def lengths(self) -> NDArray[np.int32]:
        """Tokens of each row."""
        return self._lengths[: self._rows]

    def passing(self, bits: np.uint64, length: int, top: int, scale: int) -> NDArray[np.intp]:
        """Rows whose bounds allow scale·LCS >= top·(m + n) with a text of `length` tokens, ascending."""
        limits = self._limits_of(length, top, scale)
        common = np.bitwise_count(self._bits[: self._rows] & bits)
        possible = common >= limits.least[: self._rows]
        common += limits.spare[: self._rows]
        possible &= common >= np.bitwise_count(bits)
        return np.flatnonzero(possible)

    def _limits_of(self, length: int, top: int, scale: int) -> _Limits:
        key = length, top, scale
        limits = self._limits.get(key)
        if limits is None:
            if len(self._limits) >= _LENGTHS:
                self._limits.pop(next(iter(self._limits)), None)
            limits = self._limits[key] = _Limits()
        if limits.known < self._rows:
            new = slice(limits.known, self._rows)
            limits.extend(self._lengths[new], self._unmarked[new], length, top, scale, self._bits.size)
        return limits


class _Limits:
    """For texts of one length, of each row: the `least` bits in common, and tokens to `spare`, as bytes.

    The bits in common and the spare tokens are together to be no less than the text's own bits.
    """

    __slots__ = ("known", "least", "spare")

    def __init__(self) -> None:
        self.known = 0
        self.least = np.empty(0, dtype=np.uint8)
        self.spare = np.empty(0, dtype=np.uint8)

    def extend(
        self, lengths: NDArray[np.int32], unmarked: NDArray[np.int32], length: int, top: int, scale: int, room: int
    ) -> None:
        """Take in the rows after the known ones, and have `room` for more."""
        if self.least.size < room:
            self.least = np.concatenate([self.least, np.zeros(room - self.least.size, dtype=np.uint8)])
            self.spare = np.concatenate([self.spare, np.zeros(room - self.spare.size, dtype=np.uint8)])
        new = slice(self.known, self.known + len(lengths))
        matches = (top * (lengths + length) + (scale - 1)) // scale  # the least LCS that is enough
        least = np.minimum(np.maximum(matches - unmarked, 0), _BITS + 1)
        least[matches > length] = _NEVER
        self.least[new] = least
        self.spare[new] = np.minimum(np.maximum(length - matches, 0), _BITS)
        self.known += len(lengths)
