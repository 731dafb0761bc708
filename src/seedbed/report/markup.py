"""Text that is HTML already, and stays so when other text is put into it: that is escaped.

The template engine has the same, but it is part of an extra, and this room is imported without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Self

__all__ = ["Markup"]


class Markup(str):
    """HTML. `format`, `join` and `+` escape whatever is not Markup; the template engine knows it by `__html__`."""

    __slots__ = ()

    def __html__(self) -> Self:
        return self

    def format(self, *parts: Any, **named: Any) -> Markup:
        return Markup(super().format(*map(_safe, parts), **{name: _safe(part) for name, part in named.items()}))

    def join(self, parts: Iterable[str], /) -> Markup:
        return Markup(super().join(map(_safe, parts)))

    def __add__(self, other: str) -> Markup:
        return Markup(super().__add__(_safe(other)))


def _safe(part: Any) -> str:
    return part if isinstance(part, Markup) else escape(str(part))
