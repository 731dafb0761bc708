"""Chance that can be repeated: an order that hangs on a key and on nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

__all__ = ["chance", "shuffled"]


def chance(*key: object) -> float:
    """A number in [0, 1) that the key alone decides, the same on every machine and in every version of Python.

    BLAKE2b over the key's parts; `random` promises the same numbers, and not the same `shuffle`, between versions.
    """
    return _number(hashlib.blake2b(_bytes(*key), digest_size=8)) / (1 << 53)


def shuffled(items: Iterable[str], *key: object) -> list[str]:
    """`items` in an order that the key decides: by `chance(*key, item)`. One item more moves none of the others past
    each other."""
    begun = hashlib.blake2b(_bytes(*key, ""), digest_size=8)  # the key once: half the time of 10,000 rows
    keyed = []
    for item in items:
        made = begun.copy()
        made.update(item.encode())
        keyed.append((_number(made), item))
    return [item for _, item in sorted(keyed)]


def _bytes(*key: object) -> bytes:
    return "\x1f".join(map(str, key)).encode()


def _number(made: hashlib.blake2b) -> int:
    return int.from_bytes(made.digest()) >> 11
