"""What is set for the whole workshop: its template, its step and time, its taxonomy, the bridge of its sessions, what
is announced to all."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from seedbed.workshop.commands.base import CommandModel, Group, Item, Message, TemplateId
from seedbed.workshop.commands.prompts import Reference

__all__ = [
    "LONGEST", "AnnouncementAdd", "AnnouncementRemove", "BreakBegin", "BreakEnd", "BridgeGive", "Groups", "StepGo",
    "TaxonomySet", "TemplateSet", "TimerSet",
]  # fmt: skip

LONGEST = 500_000  # characters of a section as JSON: everybody who comes in gets it
Groups = Annotated[list[Group], Field(max_length=200)]  # none is all


class TemplateSet(CommandModel):
    """One section of the template, as a whole; `value` is JSON."""

    kind: Literal["template.set"]
    section: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
    value: Annotated[str, Field(max_length=LONGEST)]


class StepGo(CommandModel):
    """Everybody is at this step now; null is no step: before, between or after the sessions."""

    kind: Literal["step.go"]
    step: TemplateId | None


class TimerSet(CommandModel):
    """The time of the step: it runs, it stands, or it has `minutes` more (fewer below 0)."""

    kind: Literal["timer.set"]
    action: Literal["start", "pause", "add"]
    minutes: Annotated[int, Field(ge=-60, le=120)] | None = None

    @model_validator(mode="after")
    def _adds_minutes(self) -> TimerSet:
        if (self.action == "add") != bool(self.minutes):
            raise ValueError("minutes are what is added, and nothing else")
        return self


class BreakBegin(CommandModel):
    """A break for everybody, of so many minutes. It lasts until it is ended, or the workshop goes to another step."""

    kind: Literal["break.begin"]
    minutes: Annotated[int, Field(ge=1, le=120)]


class BreakEnd(CommandModel):
    kind: Literal["break.end"]


class AnnouncementAdd(CommandModel):
    """Something that everybody is to know, or everybody of some groups."""

    kind: Literal["announcement.add"]
    text: Annotated[Message, Field(max_length=1000)]
    groups: Groups = Field(default=[])


class AnnouncementRemove(CommandModel):
    kind: Literal["announcement.remove"]
    announcement: Item


class TaxonomySet(CommandModel):
    """A newer version of the taxonomy is installed in the study."""

    kind: Literal["taxonomy.set"]
    version: Annotated[int, Field(ge=1, lt=2**31)]


class BridgeGive(CommandModel):
    """The groups have their prompts for the second session: of the run `run`, or the seeds themselves."""

    kind: Literal["bridge.give"]
    run: Reference | None
    source: Literal["grown", "seeds"]
