"""The prompts a group gets for its second session: grown from seeds, seeds themselves, or a facilitator's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from seedbed.workshop.commands.base import CommandModel, Row, Spoken

__all__ = ["LONGEST", "REFERENCE", "PromptGive", "PromptSwap", "Reference"]

LONGEST = 2000  # characters of a prompt
# ids of seeds, run rows and runs: another room's, so only their form is looked at
REFERENCE = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}"
Reference = Annotated[str, StringConstraints(pattern=rf"^{REFERENCE}$")]


class PromptGive(CommandModel):
    """A new row of a triples board, with `text` in its field `question`.

    `source` says what the prompt is; `from` is the run row or seed it is, `parents` the seeds it grew from. White space
    in `text` becomes one space each: a field is one line.
    """

    kind: Literal["prompt.give"]
    text: Annotated[Spoken, Field(min_length=1, max_length=LONGEST)]
    source: Literal["grown", "seed", "own"]
    origin: Reference | None = Field(default=None, alias="from")
    parents: Annotated[list[Reference], Field(max_length=20)] = Field(default=[])
    run: Reference | None = None
    topic: Annotated[Spoken, Field(max_length=200)] = ""
    question_type: Annotated[Spoken, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _says_where_it_comes_from(self) -> PromptGive:
        if (self.origin is None) != (self.source == "own"):
            raise ValueError("names where it comes from, unless it is one's own")
        return self


class PromptSwap(PromptGive):
    """Another prompt in the place of the one that `row` has; what it had stays on record."""

    kind: Literal["prompt.swap"]  # type: ignore[assignment]
    row: Row
