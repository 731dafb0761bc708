"""The order of the tests in several processes: what takes long comes first, so that none ends alone, minutes later."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

__all__ = ["long_first"]

LONG = ("slow", "model")


def long_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Both halves begin with modules that have tests marked slow or model, in turns; modules stay together.

    xdist gives each of two processes a half, and takes from the end of the other's what one has no more of.
    """
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    long = [
        module for module in modules.values() if any(item.get_closest_marker(mark) for item in module for mark in LONG)
    ]
    short = [item for module in modules.values() if module not in long for item in module]
    halves: list[list[pytest.Item]] = [[], []]
    for number, module in enumerate(long):
        halves[number % 2] += module
    room = max(0, (len(items) + 1) // 2 - len(halves[0]))
    return [*halves[0], *short[:room], *halves[1], *short[room:]]
