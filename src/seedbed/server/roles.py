"""Who may ask for what over HTTP: the one table, and the one place where it is asked.

What a member may do inside a board or to another member, the workshop decides (`seedbed.workshop.can`).
"""

from __future__ import annotations

from typing import Literal

from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.workshop import Member, can

__all__ = ["Duty", "allow", "allow_reading", "as_member"]

Duty = Literal["own_account", "accounts", "studies", "study", "links", "people", "lead", "redact"]

_MAY: dict[Duty, frozenset[str]] = {
    "own_account": frozenset({"organiser", "curator"}),
    "accounts": frozenset({"organiser"}),
    "studies": frozenset({"organiser", "curator", "moderator", "participant", "observer"}),
    "study": frozenset({"organiser", "curator", "moderator", "participant", "observer"}),
    "links": frozenset({"organiser"}),
    "people": frozenset({"organiser", "curator", "moderator"}),
    "lead": frozenset({"organiser", "moderator"}),  # moves and removes people
    "redact": frozenset({"organiser"}),
}


def allow(who: Who | None, duty: Duty, study: str | None = None) -> Who:
    """`who`, if their role has this duty, and in this study. Raises Refusal signed_out, not_yours.

    Whoever belongs to one study hears the same of every other, whether it exists or not.
    """
    if who is None:
        raise Refusal("signed_out")
    if who.role not in _MAY[duty] or (study is not None and who.study not in (None, study)):
        raise Refusal("not_yours")
    return who


def allow_reading(who: Who, doc: str) -> None:
    """Raises Refusal when `who` may not read the document."""
    code = can(as_member(who), doc, "read")
    if code is not None:
        raise Refusal(code)


def as_member(who: Who) -> Member:
    return Member(who.id, who.role, who.group)
