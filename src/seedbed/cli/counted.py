"""Numbers with the noun that they count."""

from __future__ import annotations

__all__ = ["counted"]


def counted(n: int, one: str, many: str = "") -> str:
    """As in "1 row", "2 rows"; `many` where the plural is not `one` with an s."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
