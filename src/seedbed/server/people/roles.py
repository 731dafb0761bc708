"""Who may ask for what over HTTP: the one table, and the one place where it is asked.

What a member may do inside a board or to another member, the workshop decides (`seedbed.workshop.can`), by where its
log says that they belong (`LiveHub.barred`).
"""

from __future__ import annotations

from typing import Literal

from seedbed.server.identity import RETURNING, Who
from seedbed.server.refusals import Refusal

__all__ = ["Duty", "allow", "has"]

Duty = Literal[
    "own_account", "accounts", "studies", "study", "own_person", "links", "people", "labels", "lead", "design",
    "redact", "themes", "road", "jobs", "bridge", "curate", "review", "rate", "mine", "offer",
]  # fmt: skip

_MAY: dict[Duty, frozenset[str]] = {
    "own_account": frozenset({"organiser", "curator"}),
    "accounts": frozenset({"organiser"}),
    "studies": frozenset({"organiser", "curator", "moderator", "participant", "observer", "rater", "contributor"}),
    "study": frozenset({"organiser", "curator", "moderator", "participant", "observer", "rater"}),
    # what people say of themselves, and another device that is them
    "own_person": frozenset({"moderator", "participant", "observer", "rater", "contributor"}),
    "links": frozenset({"organiser"}),
    "people": frozenset({"organiser", "curator", "moderator"}),
    "labels": frozenset({"organiser", "curator", "moderator"}),
    "lead": frozenset({"organiser", "moderator"}),  # moves and removes people, goes from step to step, reviews labels
    "design": frozenset({"organiser"}),  # template and taxonomy
    "redact": frozenset({"organiser"}),
    "themes": frozenset({"organiser", "curator", "moderator"}),  # debriefs, and sources of an analysis
    "road": frozenset({"organiser", "curator"}),  # reads what the road has made, and downloads it
    "jobs": frozenset({"organiser", "curator"}),
    "bridge": frozenset({"organiser", "moderator"}),
    "curate": frozenset({"organiser", "curator"}),  # decides which seeds become examples, and why
    "review": frozenset({"organiser", "curator"}),  # makes rating tasks, and reads what came of them
    "rate": frozenset({"organiser", "curator", "moderator", "participant", "rater"}),
    # what one wrote and what came of it, also by a personal link
    "mine": frozenset({"moderator", "participant", "observer", "rater", "contributor", RETURNING}),
    "offer": frozenset({"moderator", "participant", "observer", "contributor", RETURNING}),
}


def has(who: Who, duty: Duty) -> bool:
    """Whether `who`'s role has this duty."""
    return who.role in _MAY[duty]


def allow(who: Who | None, duty: Duty, study: str | None = None) -> Who:
    """`who`, if their role has this duty, and in this study. Raises Refusal signed_out, not_yours.

    Whoever belongs to one study hears the same of every other, whether it exists or not.
    """
    if who is None:
        raise Refusal("signed_out")
    if who.role not in _MAY[duty] or (study is not None and who.study not in (None, study)):
        raise Refusal("not_yours")
    return who
