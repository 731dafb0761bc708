"""[release.leaks] and [release.splits] of study.toml: what may not stand in both pools, and how the rest is parted."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from seedbed.study.toml import SettingsModel

__all__ = ["LeakSettings", "SplitSettings"]

_FRACTION = re.compile(r"(\d{1,4})/([1-9]\d{0,3})")

# as in measures.contamination, whose import would cost every command numpy
RuleName = Literal["exact", "ngrams", "jaccard", "rouge_l", "cosine", "lineage"]


def _fraction(value: str) -> str:
    match = _FRACTION.fullmatch(value)
    if not match or not 0 < int(match[1]) <= int(match[2]):
        raise ValueError('a fraction of two integers over 0 and up to 1 is wanted, such as "7/10"')
    return value


def _pair(value: str) -> tuple[int, int]:
    top, _, bottom = value.partition("/")
    return int(top), int(bottom)


class LeakSettings(SettingsModel):
    """When two texts are one and the same to a model that learns."""

    rules: tuple[RuleName, ...] = Field(
        default=("exact", "ngrams", "jaccard", "rouge_l", "cosine", "lineage"),
        min_length=1,
        description="What no two rows of the two pools may share. cosine needs the embedder, and reads English.",
    )
    ngram: int = Field(default=8, ge=3, le=50, description="Words in a row that two questions may not share.")
    long_ngram: int = Field(default=13, ge=3, le=50, description="Words in a row that two responses may not share.")
    jaccard: str = Field(
        default="8/10", description="Jaccard index of their runs of five words, from which two texts are one."
    )
    rouge_l: str = Field(default="7/10", description="ROUGE-L F1 from which two texts are one.")
    cosine: float = Field(default=0.9, gt=0, le=1, description="Cosine from which two texts mean the same.")
    on_leak: Literal["refuse", "drop"] = Field(
        default="refuse",
        description="What a release does with leaks between the pools: refuse and name them, or drop a row of each (a "
        "model's before people's; of two by people the one for evaluation).",
    )

    _fractions = field_validator("jaccard", "rouge_l")(_fraction)

    @property
    def cuts(self) -> tuple[tuple[int, int], tuple[int, int], float]:
        """Jaccard and ROUGE-L as two integers each, and the cosine."""
        return _pair(self.jaccard), _pair(self.rouge_l), self.cosine


class SplitSettings(SettingsModel):
    """Train, validation and test inside the alignment pool. None of it moves a row between the pools."""

    validation: float = Field(default=0.1, ge=0, le=0.5, description="Share of the rows for validation.")
    test: float = Field(
        default=0.1,
        ge=0,
        le=0.5,
        description="Share of the rows for testing what was trained on the rest. The evaluation pool stands apart.",
    )
    least: int = Field(
        default=100, ge=2, description="Fewer rows than this are not parted: a tenth of them would say nothing."
    )
    seed: int = Field(default=1, ge=0, description="Decides every draw: same rows and seed, same splits.")
    # 19,916 questions by a model: the greatest chain by all rules is 282 rows with these two, and 2,184 without
    short_words: int = Field(
        default=16,
        ge=0,
        description="Questions under so many words often share a frame and nothing else; 0 treats all alike.",
    )
    short_rouge_l: str = Field(
        default="8/10", description="ROUGE-L F1 from which two such short texts must stay in one split."
    )

    _fractions = field_validator("short_rouge_l")(_fraction)

    @model_validator(mode="after")
    def _some_train(self) -> SplitSettings:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test leave no row to train on")
        return self

    @property
    def short(self) -> tuple[int, tuple[int, int]] | None:
        """The words and the cut of short texts, or None."""
        return (self.short_words, _pair(self.short_rouge_l)) if self.short_words else None
