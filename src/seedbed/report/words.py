"""Numbers and names as the report writes them."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.assess.document import Number
from seedbed.measures.definition import NotApplicable

__all__ = ["count", "interval", "join", "measured", "percent", "plural", "points", "rounded", "signed"]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(n: int) -> str:
    """12,345"""
    return f"{n:,}"


def plural(n: int, one: str, many: str = "") -> str:
    """1 question, 12,345 questions"""
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def percent(share: float, n: int | None = None) -> str:
    """97%, or 97.5% of a thousand rows or more; never 0% or 100% for what is not none or all."""
    digits = 1 if n is not None and n >= 1000 else 0
    text = f"{share:.{digits}%}"
    if share > 0 and float(text[:-1]) == 0:
        return f"<{10**-digits:g}%"
    if share < 1 and float(text[:-1]) == 100:
        return f">{100 - 10**-digits:g}%"
    return text


def rounded(value: float) -> str:
    """Two significant places below 10, none above 100."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 10 else f"{value:.2f}"


def interval(number: Number, *, share: bool = True) -> str:
    """“89–100%” or “17.0–20.5”; empty where there is none."""
    if isinstance(number, NotApplicable) or number.low is None or number.high is None:
        return ""
    if share:
        low, high = percent(number.low, number.n), percent(number.high, number.n)
        return f"{low} to {high}" if ">" in low + high or "<" in low + high else f"{low.removesuffix('%')}–{high}"
    return f"{rounded(number.low)} to {rounded(number.high)}"


def measured(number: Number, *, share: bool = True) -> str:
    """The value, or “n/a”."""
    if isinstance(number, NotApplicable):
        return "n/a"
    return percent(number.value, number.n) if share else rounded(number.value)


def points(number: Number) -> str:
    """A difference of shares in percentage points with its sign: “+12 points”."""
    if isinstance(number, NotApplicable):
        return "n/a"
    return f"{signed(number.value)} points"


def signed(share: float) -> str:
    """A share in points with its sign: +12, −3, 0."""
    text = f"{share * 100:+.0f}".replace("-", "−")
    return "0" if text[1:] == "0" else text


def join(parts: Sequence[str], last: str = "and") -> str:
    """a, b and c"""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
