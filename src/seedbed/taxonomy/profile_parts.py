"""What a profile is made of: worked examples, a scope, criteria to tick, and the words of entity slots by region."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from seedbed.study import SettingsModel

__all__ = ["ChecklistItem", "Id", "ProfileEntity", "ProfileExample", "ProfileWord", "Scope", "Words"]

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class ProfileExample(SettingsModel):
    """A worked example: a prompt, a response with the fault, the critique that names it, the response put right."""

    prompt: Words = Field(description="What somebody asks.")
    misaligned: str = Field(default="", description="A response that violates the value.")
    critique: str = Field(default="", description="What is wrong with it.")
    aligned: str = Field(default="", description="The response put right.")


class Scope(SettingsModel):
    """What the mitigator is to look after, and what it is to leave alone."""

    model_config = ConfigDict(populate_by_name=True)

    within: tuple[Words, ...] = Field(
        default=(), validation_alias="in", serialization_alias="in", description="What belongs to it."
    )
    outside: tuple[Words, ...] = Field(
        default=(), validation_alias="out", serialization_alias="out", description="What does not."
    )


class ChecklistItem(SettingsModel):
    """One criterion that people tick. `kind` (the key `for`) is what it is asked of."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id = Field(description="A short name that never changes.")
    text: Words = Field(description="What has to hold.")
    kind: Literal["questions", "triples", "release"] = Field(
        default="questions",
        validation_alias="for",
        serialization_alias="for",
        description="questions, triples or release.",
    )


class ProfileWord(SettingsModel):
    """Words that may stand in a slot. Without regions they are allowed in all, but for the forbidden ones."""

    value: Words = Field(description="The words.")
    regions: tuple[Words, ...] = Field(default=(), description="The only regions where they may stand. Empty: all.")
    forbidden: tuple[Words, ...] = Field(default=(), description="Regions where they must not stand.")

    def allowed_in(self, region: str) -> bool:
        return region not in self.forbidden and (not self.regions or region in self.regions)


class ProfileEntity(SettingsModel):
    """A kind of slot in questions, such as country or medicine, and the words for it."""

    kind: Id = Field(description="The kind, as seeds name it.")
    label: str = Field(default="", description="The kind in words.")
    values: tuple[ProfileWord, ...] = Field(default=(), description="What may stand there, region by region.")
