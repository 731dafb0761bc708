"""Who may ask for what over HTTP: the one table, and the one place where it is asked.

What a member may do inside a board or to another member, the workshop decides (`seedbed.workshop.can`), by where its
log says that they belong (`LiveHub.barred`).
"""

from __future__ import annotations

from typing import Literal

from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal

__all__ = ["Duty", "allow"]

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
