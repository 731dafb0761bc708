"""Keys between keys: always another, sorted as they were asked for, and short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seedbed.workshop.order import between


@given(st.lists(st.floats(0, 1), max_size=80))
def test_any_way_of_inserting_keeps_the_order(where: list[float]) -> None:
    keys: list[str] = []
    for share in where:
        at = round(share * len(keys))
        key = between(keys[at - 1] if at else "", keys[at] if at < len(keys) else "")
        keys.insert(at, key)
    assert keys == sorted(set(keys))
    assert all(key and key.isascii() and key.isalnum() and not key.endswith("0") for key in keys)


def longest(count: int, *, where: int) -> int:
    keys: list[str] = []
    for _ in range(count):
        at = min(where, len(keys)) if where >= 0 else len(keys)
        keys.insert(at, between(keys[at - 1] if at else "", keys[at] if at < len(keys) else ""))
    assert keys == sorted(set(keys))
    return max(map(len, keys))


def test_keys_stay_short() -> None:
    assert longest(500, where=-1) <= 8
    assert longest(500, where=0) <= 110
    assert longest(500, where=1) <= 110
