"""A number as a table of the page has it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as the page shows it: its value, its interval and n, or the reason why there is none."""

    value: str
    interval: str = ""
    n: str = ""
    reason: str = ""
