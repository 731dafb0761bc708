"""What travels over HTTP, both ways: closed and bounded, so that a request of another shape gets no further."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints

from seedbed.server.guide.schemas import ItemName, ProfileAsked
from seedbed.server.shapes import Asked, Said
from seedbed.workshop.template import About, ConsentItem

__all__ = [
    "AccountShown",
    "BoardShown",
    "Credentials",
    "Erased",
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


class Credentials(Asked):
    name: _Name
    password: _Password


class Setup(Credentials):
    token: Annotated[str, StringConstraints(max_length=100)]


class NewAccount(Credentials):
    role: Literal["organiser", "curator"]


class NewPassword(Asked):
    old: _Password
    new: _Password


class JoinAsked(Asked):
    """`anonymous` is chosen here and stays: the others of the group then see no name.

    `consent` answers the invitation's items, no where one is left out; without it the person is asked later.
    """

    name: _Name
    anonymous: bool = False
    consent: Annotated[dict[ItemName, StrictBool], Field(max_length=50)] | None = None
    profile: ProfileAsked | None = None


class Moved(Asked):
    group: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]


class LinkAsked(Asked):
    """`group` is empty for a moderator, a rater or a contributor. `label` reminds the organiser whom it is for."""

    group: _Group
    role: Literal["moderator", "participant", "observer", "rater", "contributor"]
    label: Annotated[str, StringConstraints(max_length=100)] = ""
    expires: datetime | None = None


class Me(Said):
    kind: Literal["account", "person", "nobody"]
    id: str | None = None
    name: str | None = None
    role: str | None = None
    study: str | None = None
    group: str | None = None


class AccountShown(Said):
    id: str
    name: str
    role: str
    created: str


class SessionShown(Said):
    id: str
    agent: str
    created: str
    seen: str
    expires: str
    current: bool


class StudyShown(Said):
    name: str
    title: str
    language: str


class BoardShown(Said):
    doc: str
    group: str
    activity: str
    phase: Literal["open", "closed"]
    rows: int


class StudyHome(Said):
    """`people` counts those who joined and were not removed."""

    title: str
    groups: list[str]
    activities: list[str]
    boards: list[BoardShown]
    people: int


class LinkShown(Said):
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


class Invitation(Said):
    """What a link invites to, what is asked before, and in which language the pages greet."""

    title: str
    group: str
    role: str
    about: About
    consent: list[ConsentItem]
    language: str


class Joined(Said):
    study: str
    group: str
    boards: list[BoardShown]


class PersonShown(Said):
    """`link` is the id of the link they came by. `consent` is by item, None for whoever was never asked."""

    id: str
    name: str
    group: str
    role: str
    link: str
    joined: str
    removed: str | None
    anonymous: bool = False
    consent: dict[str, bool] | None = None
    misaligned: Literal["write", "opt_out"] | None = None


class LookAlike(Said):
    """A text of somebody else that repeats what was erased: for a person to decide."""

    doc: str
    text: str
    excerpt: str
    author: str


class WithdrawnRows(Said):
    """What went beside the boards: rows of so many runs, and releases that held them. By the policy "purge" their words
    are gone and the releases were removed, by "flag" both are marked. `made_again` names what was removed and can be
    made again; `backups` counts those that still hold all of it."""

    rows: int
    runs: int
    releases: list[str]
    policy: Literal["flag", "purge"]
    made_again: list[str]
    backups: int


class Erased(Said):
    """`rewritten` counts the entries of the log that were rewritten. `epoch` is the new one, by document."""

    rewritten: int
    withdrawn: WithdrawnRows
    epoch: Any
    look_alikes: list[LookAlike]


class Health(Said):
    status: Literal["ok"]
