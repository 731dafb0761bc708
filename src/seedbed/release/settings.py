"""The [release] section of study.toml: under which licence, in which formats, and how much of the people is shown."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from seedbed.release.splitting.settings import LeakSettings, SplitSettings
from seedbed.study.toml import SettingsModel

__all__ = ["ReleaseSettings", "ScopeSettings"]

_ADDRESS = re.compile(r"https://[!-~]{1,480}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class ScopeSettings(SettingsModel):
    """How far the taking part went, in the layers of Suresh et al. (2024): three notes of the study's own."""

    foundation: str = Field(
        default="", description="What of the foundation model, such as its data or its aims, people had a say in."
    )
    subfloor: str = Field(
        default="", description="What people had a say in that a field or region shares: data, taxonomies, norms."
    )
    surface: str = Field(default="", description="What people had a say in that concerns one use of a model.")

    def layers(self) -> list[tuple[str, str]]:
        """(layer, note) of those of which something is said, from the ground up."""
        found = [(name, str(getattr(self, name)).strip()) for name in ("foundation", "subfloor", "surface")]
        return [(name, text) for name, text in found if text]


class ReleaseSettings(SettingsModel):
    """What a release holds and says. None of it changes a row."""

    # Attribution keeps the credit, and with it the way back to the card and its content warning; a licence that
    # forbade commerce or derivation would forbid the training that the data is for.
    license: str = Field(
        default="CC-BY-4.0",
        description="SPDX identifier of the licence. CC-BY-4.0 allows every use and asks that the people be credited.",
    )
    pretty_name: str = Field(default="", description="The dataset's title. Left empty: made of the version's name.")
    description: str = Field(default="", description="What the dataset is, in a few sentences; the card opens with it.")
    contact: str = Field(default="", description="Where questions and withdrawals of consent go; shown in the card.")
    creator: str = Field(
        default="",
        description="Who publishes the dataset: a person or an organisation. Left empty: the study's people.",
    )
    url: str = Field(default="", description="Where the dataset is to be found, once it is; an https address.")
    languages: tuple[str, ...] = Field(
        default=("en",), min_length=1, description="The languages of the texts, as BCP 47 tags."
    )
    formats: tuple[Literal["jsonl", "parquet"], ...] = Field(
        default=("jsonl", "parquet"), description="File formats. JSONL is always written; parquet needs polars."
    )
    k: int = Field(
        default=5, ge=2, description="No count of people below this is shown, nor can one be found by subtraction."
    )
    include_human_pairs: bool = Field(
        default=True, description="Release the responses that people wrote and curation included."
    )
    include_human_questions: bool = Field(
        default=True, description="Release the questions that people wrote and curation included, as seeds."
    )
    include_surplus: bool = Field(
        default=False, description="Release kept rows beyond the number that their run or cell was to have."
    )
    include_reasons: bool = Field(
        default=False, description="Release the reasons that curators typed for their decisions, word for word."
    )
    leaks: LeakSettings = Field(
        default=LeakSettings(), description="What no two rows of the alignment and the evaluation pool may share."
    )
    splits: SplitSettings = Field(
        default=SplitSettings(), description="Train, validation and test inside the alignment pool."
    )
    scope: ScopeSettings = Field(
        default=ScopeSettings(), description="How far the taking part went; shown in the card."
    )

    @field_validator("license")
    @classmethod
    def _one_identifier(cls, value: str) -> str:
        from seedbed.release.licences import canonical, nearest

        if found := canonical(value):
            return found
        near = nearest(value)
        asked = f"did you mean {near}? " if near else ""
        raise ValueError(
            f"no licence of that name is known; {asked}One SPDX identifier is wanted, such as CC-BY-4.0; "
            "a licence of your own is LicenseRef-NAME"
        )

    @field_validator("pretty_name", "contact", "creator")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("one line of printable characters is wanted")
        return value

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("an address that begins with https:// is wanted")
        return value

    @field_validator("languages")
    @classmethod
    def _tags(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [tag for tag in value if not _LANGUAGE.fullmatch(tag)]:
            raise ValueError(f"no BCP 47 tag: {', '.join(wrong)}")
        return value
