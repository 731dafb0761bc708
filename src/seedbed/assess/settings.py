"""The [assess] section of study.toml."""

from __future__ import annotations

from pydantic import Field

from seedbed.study import SettingsModel

__all__ = ["AssessSettings"]


class AssessSettings(SettingsModel):
    """How the finished tables are measured. Nothing here decides a row's fate."""

    draws: int = Field(
        default=2000,
        ge=100,
        le=100_000,
        description="Draws behind each interval of a distance; whole prompts are what varies.",
    )
    seed: int = Field(default=0, ge=0, description="Seed of the bootstrap and of the samples: same seed, same numbers.")
    rarefy_to: int = Field(
        default=0,
        ge=0,
        description=(
            "Verb-noun repetition is compared at this many pairs in every set, because it grows with the number of\n"
            "pairs. 0 takes the largest number that every compared set has."
        ),
    )
    samples: int = Field(
        default=20,
        ge=2,
        le=1_000,
        description="Samples of one size that each figure of diversity is the mean of, since these grow with size.",
    )
    sample: int = Field(
        default=0,
        ge=0,
        description=(
            "At most this many rows of one run are embedded and parsed: a seeded sample of whole prompts. 0 takes all\n"
            "(about 10 ms of CPU a row, once: what was measured on a text is kept)."
        ),
    )
    grammar_sample: int = Field(
        default=500, ge=0, description="At most this many rows of one run get the grammar note (4 ms a sentence)."
    )
    response_sample: int = Field(
        default=2000,
        ge=0,
        description=(
            "At most this many triples of one run have their responses embedded: a seeded sample of whole prompts. 0\n"
            "takes all (of each response 15 ms of CPU for every 50 tokens, once). Lengths, coherence and likeness in\n"
            "words are measured on all."
        ),
    )
    workers: int = Field(
        default=0,
        ge=0,
        le=64,
        description=(
            "Processes that embed and parse where there are many new texts, 400 MB each. 0 takes one for each core,\n"
            "at most 4."
        ),
    )
    misaligned_thresholds: tuple[int, int] = Field(
        default=(100, 150), description="Token thresholds for misaligned responses: of seeds, of synthetic rows."
    )
    aligned_thresholds: tuple[int, int] = Field(
        default=(120, 200), description="Token thresholds for aligned responses: of seeds, of synthetic rows."
    )
    rate_margin: float = Field(
        default=0.05, gt=0, lt=1, description="Margin for a difference of two rates, fixed before the data is seen."
    )
    distance_margin: float = Field(
        default=0.10, gt=0, lt=1, description="Margin for a total variation distance, fixed before the data is seen."
    )
    ratio_margin: tuple[float, float] = Field(
        default=(0.8, 1.25), description="Margins for a ratio of medians, fixed before the data is seen."
    )
