"""The sections [withdrawal] and [retention] of study.toml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seedbed.study import SettingsModel

__all__ = ["RetentionSettings", "WithdrawalSettings"]


class WithdrawalSettings(SettingsModel):
    """What becomes of the rows and releases that grew from words that are taken back."""

    # Purge: whoever asks to be forgotten was told that their words go. Rows that may repeat them are part of that, and
    # rows can be made again from the seeds that stay; a promise cannot. Flag is for a study that has to keep evidence.
    policy: Literal["flag", "purge"] = Field(
        default="purge",
        description='"purge": rows and releases that grew from withdrawn words lose their texts for ever; ids and\n'
        'counts stay. "flag": they are marked, and left out of every later release, view and export; their texts stay\n'
        "in the study's files. The words of the person or seed themselves are erased either way.",
    )


class RetentionSettings(SettingsModel):
    """How many days after the workshop's end something is kept. Nothing goes by itself: `seedbed status` says what is
    due, and `seedbed withdraw DIR --due` does it after a question."""

    recordings: int | None = Field(
        default=None, ge=0, description="Days for transcripts of recordings (the texts of debriefs and sessions)."
    )
    boards: int | None = Field(
        default=None,
        ge=0,
        description="Days for what people wrote on boards. Their words are then erased, with all that grew from them.",
    )
    identity: int | None = Field(
        default=None, ge=0, description="Days for names and links: afterwards nobody can say who a pseudonym was."
    )
