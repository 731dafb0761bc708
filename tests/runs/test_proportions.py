"""Shares and their differences against published figures."""

from __future__ import annotations

import pytest

from seedbed.runs import difference, share


def made(count: int, of: int):  # type: ignore[no-untyped-def]
    found = share(count, of)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("b", "a", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_differences_are_those_of_the_paper(b: tuple[int, int], a: tuple[int, int], low: float, high: float) -> None:
    value, *bounds = difference(made(*a), made(*b))
    assert value == pytest.approx(b[0] / b[1] - a[0] / a[1])
    assert bounds == pytest.approx([low, high], abs=6e-5)


def test_the_other_way_round_is_the_same_with_its_signs_turned() -> None:
    one, other = made(3, 40), made(11, 30)
    value, low, high = difference(one, other)
    assert difference(other, one) == pytest.approx((-value, -high, -low))


def test_nothing_has_no_share() -> None:
    assert share(0, 0) is None
    whole = made(0, 8)
    assert (whole.value, whole.low) == (0.0, 0.0)
    assert 0.3 < whole.high < 0.35
