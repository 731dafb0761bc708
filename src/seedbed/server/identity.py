"""Who is at the other end of a request: a person of one study, or an account of this server."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LINK_ROLES", "RETURNING", "UNBOUND", "WITHOUT_BOARDS", "Who"]

LINK_ROLES = ("moderator", "participant", "observer", "rater", "contributor")
UNBOUND = frozenset({"moderator", "rater", "contributor"})
"""Roles that are of no group."""
RETURNING = "returning"
"""The role of whoever came by a personal link, which somebody else may hold: their page, and nothing under their name
on a board."""
WITHOUT_BOARDS = frozenset({RETURNING, "contributor"})
"""Roles that have no business at a socket."""


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in person or account, as the server knows it; never what the client says of itself.

    `id` is `p_…` for a person, `a_…` for an account. `study` is None for an account, and `group` for whoever
    is bound to none. `session` is the session's public id, not its secret.
    """

    id: str
    name: str
    role: str
    study: str | None
    group: str | None
    session: str

    @property
    def is_account(self) -> bool:
        return self.study is None
