"""Who takes part, in which group; and what each person says of themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from seedbed.workshop.commands.base import Code, CommandModel, Group, Passage, Person

__all__ = [
    "PROFILE",
    "ConsentGive",
    "GroupAdd",
    "MemberJoin",
    "MemberMove",
    "MemberRemove",
    "ProfileSet",
    "WarningAnswer",
]  # fmt: skip

PROFILE = ("position", "background", "place", "positionality")
_About = Annotated[Passage, Field(max_length=500)]


class MemberJoin(CommandModel):
    """A person takes their place: themselves, as their link says, or by the organiser's hand.

    `anonymous` is chosen at the first arrival and stays: the others of the group then see no name.
    """

    kind: Literal["member.join"]
    person: Person
    group: Group | None
    role: Literal["moderator", "participant", "observer", "rater", "contributor"]
    anonymous: bool = False

    @model_validator(mode="after")
    def _has_a_group(self) -> MemberJoin:
        if self.group is None and self.role not in ("moderator", "rater", "contributor"):
            raise ValueError("only a moderator, a rater or a contributor is bound to no group")
        if self.group is not None and self.role in ("rater", "contributor"):
            raise ValueError("a rater or a contributor is bound to no group")
        return self


class MemberMove(CommandModel):
    kind: Literal["member.move"]
    person: Person
    group: Group


class MemberRemove(CommandModel):
    kind: Literal["member.remove"]
    person: Person


class GroupAdd(CommandModel):
    kind: Literal["group.add"]
    group: Group


class ConsentGive(CommandModel):
    """A person's own answer to each item of the consent, as version `version` of the template words them."""

    kind: Literal["consent.give"]
    person: Person
    items: Annotated[dict[Code, bool], Field(max_length=20)]
    version: Annotated[int, Field(ge=0, lt=2**31)]


class ProfileSet(CommandModel):
    """What a person says of themselves, as a whole; all of it empty takes it back."""

    kind: Literal["profile.set"]
    person: Person
    position: _About = ""
    background: _About = ""
    place: _About = ""
    positionality: _About = ""


class WarningAnswer(CommandModel):
    """After the warning before misaligned writing: whether this person writes such text."""

    kind: Literal["warning.answer"]
    person: Person
    choice: Literal["write", "opt_out"]
