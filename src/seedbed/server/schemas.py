"""What travels over HTTP, both ways: closed and bounded, so that a request of another shape gets no further."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

__all__ = [
    "AccountShown",
    "BoardShown",
    "Credentials",
    "Erased",
    "Fault",
    "Health",
    "Invitation",
    "JoinAsked",
    "Joined",
    "LinkAsked",
    "LinkMade",
    "LinkShown",
    "LookAlike",
    "Me",
    "Moved",
    "NewAccount",
    "NewPassword",
    "PersonShown",
    "SessionShown",
    "Setup",
    "StudyHome",
    "StudyShown",
]

# longer than what is allowed, so that the answer can say what is wrong and not only that something is
_Name = Annotated[str, StringConstraints(min_length=1, max_length=160)]
_Password = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
_Group = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,31})?$")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Fault(_Said):
    """Why not. Pages turn the code into a sentence in their reader's language."""

    code: str
    message: str


class Credentials(_Asked):
    name: _Name
    password: _Password


class Setup(Credentials):
    token: Annotated[str, StringConstraints(max_length=100)]


class NewAccount(Credentials):
    role: Literal["organiser", "curator"]


class NewPassword(_Asked):
    old: _Password
    new: _Password


class JoinAsked(_Asked):
    name: _Name


class Moved(_Asked):
    group: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]


class LinkAsked(_Asked):
    """`group` is empty for a moderator. `label` reminds the organiser whom the link was made for."""

    group: _Group
    role: Literal["moderator", "participant", "observer"]
    label: Annotated[str, StringConstraints(max_length=100)] = ""
    expires: datetime | None = None


class Me(_Said):
    kind: Literal["account", "person", "nobody"]
    id: str | None = None
    name: str | None = None
    role: str | None = None
    study: str | None = None
    group: str | None = None


class AccountShown(_Said):
    id: str
    name: str
    role: str
    created: str


class SessionShown(_Said):
    id: str
    agent: str
    created: str
    seen: str
    expires: str
    current: bool


class StudyShown(_Said):
    name: str
    title: str
    language: str


class BoardShown(_Said):
    doc: str
    group: str
    activity: str
    phase: Literal["open", "closed"]
    rows: int


class StudyHome(_Said):
    """`people` counts those who joined and were not removed."""

    title: str
    groups: list[str]
    activities: list[str]
    boards: list[BoardShown]
    people: int


class LinkShown(_Said):
    id: str
    group: str
    role: str
    label: str
    created: str
    expires: str | None
    revoked: str | None
    uses: int


class LinkMade(LinkShown):
    """The only time that the link's address is told. `qr` is the same as an SVG drawing."""

    url: str
    qr: str


class Invitation(_Said):
    title: str
    group: str
    role: str


class Joined(_Said):
    study: str
    group: str
    boards: list[BoardShown]


class PersonShown(_Said):
    """`link` is the id of the link they came by."""

    id: str
    name: str
    group: str
    role: str
    link: str
    joined: str
    removed: str | None


class LookAlike(_Said):
    """A text of somebody else that repeats what was erased: for a person to decide."""

    doc: str
    text: str
    excerpt: str
    author: str


class Erased(_Said):
    """`rewritten` counts the entries of the log that were rewritten. `epoch` is the new one, by document."""

    rewritten: int
    epoch: Any
    look_alikes: list[LookAlike]


class Health(_Said):
    status: Literal["ok"]
