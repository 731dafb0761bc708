"""Who someone is in a workshop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["EVERYWHERE", "FACILITATORS", "NOBODY", "Member", "Role"]

Role = Literal["organiser", "curator", "moderator", "participant", "observer", "rater", "contributor"]

EVERYWHERE = frozenset({"organiser", "curator", "moderator"})  # not bound to one group
FACILITATORS = frozenset({"organiser", "moderator"})  # run the workshop


@dataclass(frozen=True, slots=True)
class Member:
    """A person or account as it stands now. `group` is None for those who are bound to none."""

    id: str
    role: str
    group: str | None = None
    removed: bool = False


NOBODY = Member("", "")
"""Who sees what anybody at a document may see, and nothing that is somebody's own."""
