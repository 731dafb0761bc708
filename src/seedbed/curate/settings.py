"""The [curate] section of study.toml: which seeds become examples, and which are set apart for evaluation."""

from __future__ import annotations

import re
from typing import Literal

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
    "irrelevant-to-profile",
    "exact-duplicate",
    "near-duplicate",
    "between-pools",
    "unknown-label",
    "unknown-value",
    "no-verb-noun",
    "duplicate-topic-in-group",
    "label-drift",
    "edit-overtaken",
)
# Those that need no pool to be kept apart, and that say something of the seed.
_MAY_EXCLUDE = ("irrelevant-to-profile", "no-verb-noun", "duplicate-topic-in-group", "label-drift")
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
    advise: tuple[str, ...] = Field(
        default=(), description="Rules that would set seeds aside, or hold them back, and here only remark on them."
    )
    enforce: tuple[str, ...] = Field(
        default=(), description=f"Remarks that set seeds aside here. Possible: {', '.join(_MAY_EXCLUDE)}."
    )
    relevance: float = Field(
        default=0.1,  # of the pilot's 94 questions 13 are below it with the profile "fairness", 29 below .15
        ge=-1,
        le=1,
        description=(
            "Below this cosine to every text of the profile (definition, harms, scope, examples) a seed may not\n"
            "belong to it. Only where a profile is named and the embedder installed."
        ),
    )
    label_margin: float = Field(
        default=0.1,
        ge=0,
        le=2,
        description="By so much another topic has to be nearer, in cosine, than a question's own to be suggested.",
    )
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
    cell_weight: int = Field(
        default=1, ge=0, le=1000, description="Weight of topic and question type together, as one label."
    )
    diversity_weight: int = Field(
        default=3,
        ge=0,
        le=1000,
        description=(
            "Weight of meaning: how near a seed is to the nearest chosen one. A tenth of cosine counts as much as one\n"
            "more use of a label of which there are ten. Where the embedder is not installed it counts for nothing."
        ),
    )
    nuanced_weight: int = Field(
        default=1, ge=0, le=1000, description="How much a seed is preferred that a person marked as nuanced."
    )
    select_by: Literal["balanced", "stratified", "manual"] = Field(
        default="balanced",
        description=(
            "How examples are chosen. balanced: by the weights above. stratified: at random within each topic and\n"
            "question type, in their shares. manual: only those that people picked. Picks hold in every one."
        ),
    )
    distinct_stages: bool = Field(
        default=True,
        description=(
            "Triples whose prompt is, or is near to, a question that is chosen as an example wait until no others are\n"
            "left, so that the two stages learn from different seeds."
        ),
    )
    vectors: bool = Field(
        default=True, description="Compare seeds by meaning too, where the embedder is installed (English)."
    )
    expand_per_seed: int = Field(
        default=4,
        ge=1,
        le=1000,
        description="How many other versions of a question with marked entities there are to be after an expansion.",
    )
    near_meaning: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="Seeds with this cosine or more are alike in meaning: they stay in one pool, and in one stage.",
    )

    @field_validator("near_duplicate", "same_text")
    @classmethod
    def _is_fraction(cls, text: str) -> str:
        match = _FRACTION.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]) or int(match[1]) == 0:
            raise ValueError('is a fraction of two integers above 0 and up to 1, such as "7/10"')
        return text

    @field_validator("off", "advise", "enforce")
    @classmethod
    def _are_rules(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in RULE_IDS]
        if unknown:
            raise ValueError(f"names no rule: {', '.join(unknown)}; known: {', '.join(RULE_IDS)}")
        return names

    @field_validator("advise")
    @classmethod
    def _may_advise(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if "between-pools" in names:
            raise ValueError("between-pools keeps evaluation apart from what models are shown, and cannot only advise")
        return names

    @field_validator("enforce")
    @classmethod
    def _may_exclude(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        other = [name for name in names if name not in _MAY_EXCLUDE]
        if other:
            raise ValueError(f"{other[0]} is no remark that can exclude; possible: {', '.join(_MAY_EXCLUDE)}")
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
