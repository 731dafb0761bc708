"""The rules as criteria: those for questions and those for pairs apart, as a study has them set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from seedbed.curate.rules import RULES, Effect
from seedbed.curate.settings import CurateSettings

__all__ = ["Listed", "rules_listed"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule as a criterion for questions or for triples, as a study has it set.

    `settings` are the keys of [curate] that bear on it, with their values.
    """

    id: str
    title: str
    about: str
    effect: Effect
    off: bool
    settings: dict[str, Any]


def rules_listed(kind: Literal["question", "triple"], settings: CurateSettings | None = None) -> tuple[Listed, ...]:
    """The criteria for questions, or those for triples, in the order in which they are tried."""
    s = settings or CurateSettings()
    return tuple(
        Listed(
            found.id,
            found.title,
            found.about,
            found.effect_in(s),
            found.id in s.off,
            {name: getattr(s, name) for name in found.settings if _bears(name, kind)},
        )
        for found in RULES
        if kind in found.applies
    )


def _bears(name: str, kind: Literal["question", "triple"]) -> bool:
    return kind == "triple" or name not in ("misaligned_words", "critique_words", "aligned_words")
