"""What a measure is, and the two answers it may give.

A measure answers `Value` where its definition holds and `NotApplicable` with a reason where it does not: in a
language that its word lists do not cover, on too few items, without the labels that it needs. A caller never
gets a number that looks right and is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from seedbed.measures.tokens import mostly_latin

__all__ = ["ANY", "ENGLISH", "Direction", "Languages", "Measure", "Measured", "NotApplicable", "Value"]

T = TypeVar("T")

Direction = Literal["higher is better", "lower is better", "describes"]


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """A measured value, with its 95 % interval (`low`, `high`) and the number of items where these exist."""

    value: T
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = ""
    note: str = ""

    @property
    def applicable(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The measure has no meaning here; `reason` is a sentence for the reader."""

    reason: str

    @property
    def applicable(self) -> bool:
        return False


Measured: TypeAlias = Value[T] | NotApplicable


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages that a measure is valid for: `only` these, or all `but` those. ISO 639 codes."""

    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()
    why: str = ""

    def refuses(self, language: str) -> NotApplicable | None:
        """None where `language` ("en", "pt-BR", …) is covered, else the reason why it is not."""
        code = language.replace("_", "-").split("-")[0].lower()
        covered = code not in self.but if self.only is None else code in self.only
        if covered:
            return None
        return NotApplicable(f"not defined for language {language!r}" + (f": {self.why}" if self.why else ""))

    def refuses_text(self, text: str, language: str) -> NotApplicable | None:
        """`refuses`, and where only English is covered also a text in letters that English does not have: a row may be
        in another language than its table says."""
        if refusal := self.refuses(language):
            return refusal
        if self.only is not None and self.only <= {"en"} and not mostly_latin(text):
            return NotApplicable("most of its letters are not Latin" + (f": {self.why}" if self.why else ""))
        return None

    def __str__(self) -> str:
        if self.only is not None:
            return ", ".join(sorted(self.only))
        return "any" + (f" but {', '.join(sorted(self.but))}" if self.but else "")


ANY = Languages()
ENGLISH = Languages(only=frozenset({"en"}), why="its word lists, parser or model are English")


@dataclass(frozen=True, slots=True)
class Measure:
    """The catalogue entry of one measure: what it says, how it is computed, where it comes from, where it errs."""

    name: str
    summary: str
    formula: str
    source: str
    unit: str
    direction: Direction
    languages: Languages
    traps: str
