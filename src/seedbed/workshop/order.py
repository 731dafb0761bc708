"""Keys that put rows in order: a new key between any two, and none that is there ever changes.

A key is a fraction between 0 and 1, written in base 62 without its leading "0." and without trailing zeros; compared
as text, in Python or in a browser, keys sort as the fractions do. Inserting n times at the same place makes keys of
about n / 5.9 characters (log2 62 = 5.95 bits a digit).
"""

from __future__ import annotations

__all__ = ["between"]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # in the order of their code points
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
_BASE = len(_DIGITS)


def between(low: str, high: str) -> str:
    """A key above `low` ("" is 0) and below `high` ("" is 1). Needs low < high as fractions.

    At the open end the step is 1/16 of what is left, not half of it: rows are mostly added last, and so 500 of them
    stay within keys of 7 characters instead of 84.
    """
    places = max(len(low), len(high)) + 2
    bottom = _number(low, places)
    top = _number(high, places) if high else _BASE**places
    middle = bottom + (top - bottom) // (2 if high else 16)
    digits = _written(middle, places)
    # the shortest prefix that still lies between
    for length in range(1, places):
        if digits[:length] > low and (not high or digits[:length] < high) and digits[length - 1] != "0":
            return digits[:length]
    return digits.rstrip("0")


def _number(key: str, places: int) -> int:
    value = 0
    for digit in key.ljust(places, "0"):
        value = value * _BASE + _VALUE[digit]
    return value


def _written(value: int, places: int) -> str:
    digits = []
    for _ in range(places):
        value, digit = divmod(value, _BASE)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
