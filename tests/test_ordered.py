"""What takes long comes first in both halves, nothing is lost, and a module's tests stay together and in order."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from tests.ordered import long_first


class Item:
    def __init__(self, module: str, test: str, marks: frozenset[str]) -> None:
        self.nodeid = f"{module}::{test}"
        self._marks = marks

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self._marks else None


def collected(**modules: tuple[int, str]) -> list[Any]:
    """Modules of so many tests, of which the last has the mark."""
    return [
        Item(name, str(number), frozenset({mark} if number == count - 1 else ()))
        for name, (count, mark) in modules.items()
        for number in range(count)
    ]


def ids(items: list[Any]) -> list[str]:
    return [item.nodeid for item in items]


def modules(items: list[Any]) -> list[str]:
    return [name for name, _ in groupby(item.nodeid.partition("::")[0] for item in items)]


def test_both_halves_begin_with_what_takes_long() -> None:
    items = collected(a=(4, ""), b=(2, "slow"), c=(4, ""), d=(3, "model"), e=(1, "slow"), f=(4, ""))
    ordered = long_first(items)
    assert modules(ordered[:9]) == ["b", "e", "a", "c"]
    assert modules(ordered[9:]) == ["d", "c", "f"]
    assert sorted(ids(ordered)) == sorted(ids(items))
    assert [id for id in ids(ordered) if id[0] == "d"] == ["d::0", "d::1", "d::2"]


@pytest.mark.parametrize("marks", [("", ""), ("slow", ""), ("slow", "slow")])
def test_none_is_lost_where_all_or_none_takes_long(marks: tuple[str, str]) -> None:
    items = collected(a=(1, marks[0]), b=(5, marks[1]))
    assert sorted(ids(long_first(items))) == sorted(ids(items))
    assert long_first([]) == []
