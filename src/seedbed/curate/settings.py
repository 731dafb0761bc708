"""The [curate] section of study.toml: which seeds become examples, and which are set apart for evaluation."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from seedbed.study import SettingsModel

__all__ = ["RULE_IDS", "CurateSettings"]

# In the order in which they are tried; rules.py holds what they do.
RULE_IDS = (
    "written-by-model",
    "missing-field",
    "too-verbose",
    "not-sensible",
    "same-text",
    "irrelevant-value",
    "exact-duplicate",
    "near-duplicate",
    "between-pools",
    "unknown-label",
    "unknown-value",
    "no-verb-noun",
    "duplicate-topic-in-group",
)
_FRACTION = re.compile(r"(\d{1,4})/([1-9]\d{0,3})")


class CurateSettings(SettingsModel):
    """Rules, pools and the choice of examples."""

    select: int = Field(
        default=33,
        ge=1,
        le=10_000,
        description="How many seed questions are shown as examples. The pilot chose 33 of 94.",
    )
    select_triples: int = Field(
        default=0, ge=0, le=10_000, description="How many seed triples are shown as examples; 0 takes all that may be."
    )
    seed: int = Field(default=1, ge=0, description="Decides every draw and every tie: same seeds, same choice.")
    evaluation_share: float = Field(
        default=0.2,
        ge=0,
        le=0.9,
        description=(
            "Share of the seeds of each group that is set apart for evaluation, before anything is generated.\n"
            "A seed that was given a pool keeps it."
        ),
    )
    near_duplicate: str = Field(
        default="7/10", description="Two texts are near-duplicates from this ROUGE-L F1 on, a fraction of two integers."
    )
    same_text: str = Field(
        default="9/10", description="From this ROUGE-L F1 on, the aligned text says the same as the misaligned one."
    )
    shared_words: int = Field(
        default=8,
        ge=0,
        le=50,
        description=(
            "Seeds whose questions have this many words in a row in common stay in one pool. 0 looks at\n"
            "near-duplicates only."
        ),
    )
    question_words: int = Field(
        default=100, ge=1, description="Longest question, in words: verbose examples make a model verbose, and invent."
    )
    misaligned_words: int = Field(default=150, ge=1, description="Longest misaligned response of a seed, in words.")
    critique_words: int = Field(default=150, ge=1, description="Longest critique of a seed, in words.")
    aligned_words: int = Field(default=200, ge=1, description="Longest aligned response of a seed, in words.")
    values: tuple[str, ...] = Field(
        default=(), description="Ids of the values that triples must speak of; none means every value."
    )
    off: tuple[str, ...] = Field(default=(), description=f"Rules that are switched off. Known: {', '.join(RULE_IDS)}.")
    parser: bool = Field(default=True, description="Let the English parser judge structure too, where it is installed.")
    topic_weight: int = Field(
        default=3,
        ge=0,
        le=1000,
        description=(
            "Examples are chosen one by one, each time the seed whose labels are least represented so far. The four\n"
            "weights say how much topic, question type, group and author count."
        ),
    )
    question_type_weight: int = Field(default=3, ge=0, le=1000, description="Weight of the question type.")
    group_weight: int = Field(default=2, ge=0, le=1000, description="Weight of the group.")
    author_weight: int = Field(default=1, ge=0, le=1000, description="Weight of the author.")

    @field_validator("near_duplicate", "same_text")
    @classmethod
    def _is_fraction(cls, text: str) -> str:
        match = _FRACTION.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]) or int(match[1]) == 0:
            raise ValueError('is a fraction of two integers above 0 and up to 1, such as "7/10"')
        return text

    @field_validator("off")
    @classmethod
    def _are_rules(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in RULE_IDS]
        if unknown:
            raise ValueError(f"names no rule: {', '.join(unknown)}; known: {', '.join(RULE_IDS)}")
        return names

    @property
    def cut(self) -> tuple[int, int]:
        """`near_duplicate` as (numerator, denominator)."""
        return _fraction(self.near_duplicate)

    @property
    def same_cut(self) -> tuple[int, int]:
        """`same_text` as (numerator, denominator)."""
        return _fraction(self.same_text)


def _fraction(text: str) -> tuple[int, int]:
    top, _, bottom = text.partition("/")
    return int(top), int(bottom)
