"""The [propagate] section of study.toml."""

from __future__ import annotations

from pydantic import Field

from seedbed.study import SettingsModel

__all__ = ["PropagateSettings"]


class PropagateSettings(SettingsModel):
    """How it is tested what the seeds did. The margins of "preserved" are those of [assess]."""

    alpha: float = Field(
        default=0.05, gt=0, lt=0.5, description="The chance of a false claim over all features of one test (Holm)."
    )
    least_slope: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description=(
            "A feature is said not to follow the seeds where its whole interval lies under this: 1 is full transfer,\n"
            "0 none. Fixed before anything is generated."
        ),
    )
    draws: int = Field(default=2000, ge=100, le=100_000, description="Bootstrap draws behind each interval.")
    permutations: int = Field(
        default=2000, ge=199, le=100_000, description="Shuffles behind each p-value: its least is 1 / (this + 1)."
    )
    pseudo: int = Field(
        default=100,
        ge=0,
        le=10_000,
        description="Shuffles of the seeds' labels with which the test itself is tested. 0 leaves that out.",
    )
    seed: int = Field(default=0, ge=0, description="Seed of all draws: same seed, same numbers.")
    candidates: int = Field(
        default=240, ge=8, description="Rows of each control, set or dose; never more than the run itself has."
    )
    sets: int = Field(default=6, ge=3, le=24, description="Sets of seeds of a swap. With 4, no p is under 1/24.")
    least_set: int = Field(default=8, ge=2, description="The fewest seeds of a set or of a dose.")
    most_overlap: float = Field(
        default=0.5, ge=0, lt=1, description="The share of its seeds that a set may have in common with another."
    )
