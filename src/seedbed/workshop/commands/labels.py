"""Topics, question types, values and risks that participants add, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from seedbed.workshop.commands.base import Code, CommandModel, Item, Passage, Spoken

__all__ = ["LabelAdd", "LabelKind", "LabelReview"]

LabelKind = Literal["topics", "question_types", "values", "risks"]


class LabelAdd(CommandModel):
    """ "Add yours": a label that the taxonomy lacks."""

    kind: Literal["label.add"]
    of: LabelKind
    label: Annotated[Spoken, Field(min_length=1, max_length=80)]
    definition: Annotated[Passage, Field(max_length=500)] = ""


class LabelReview(CommandModel):
    """What becomes of a label: accepted as the label `as` of the taxonomy, declined, or proposed once more."""

    kind: Literal["label.review"]
    label: Item
    state: Literal["proposed", "accepted", "declined"]
    into: Code | None = Field(default=None, alias="as")

    @model_validator(mode="after")
    def _only_what_is_accepted_becomes_one(self) -> LabelReview:
        if self.into is not None and self.state != "accepted":
            raise ValueError("only an accepted label becomes one of the taxonomy")
        return self
