"""The [report] section of study.toml."""

from __future__ import annotations

from pydantic import Field

from seedbed.study import SettingsModel

__all__ = ["ReportSettings"]


class ReportSettings(SettingsModel):
    """What the report shows. It reads the assessment, and measures nothing itself."""

    title: str = Field(default="", description="The report's title. Left empty: the name of the study's folder.")
    about: str = Field(
        default="", description="The study in one line, under the title. Left empty: made from its counts."
    )
    run: str = Field(
        default="",
        description="The run of questions that the figures show. Left empty: the one with the most kept rows.",
    )
    triples_run: str = Field(
        default="", description="The run of triples that the figures show. Left empty: the one with the most kept rows."
    )
    kept_examples: int = Field(default=12, ge=0, le=100, description="Kept questions shown, spread over the topics.")
    rejected_examples: int = Field(default=2, ge=0, le=20, description="Rejected rows shown for each gate.")
    pairs_shown: int = Field(default=4, ge=0, le=50, description="Pairs written by people that are shown.")
    proposals_shown: int = Field(default=12, ge=0, le=50, description="Proposed triples shown.")
    show_texts: bool = Field(
        default=True, description="Show example rows at all. Off: numbers and figures only, no text that anybody wrote."
    )
    verbs: int = Field(default=20, ge=1, le=40, description="Verbs in the inner ring of the verb-noun figure.")
    nouns: int = Field(default=4, ge=1, le=10, description="Nouns for each verb in its outer ring.")
