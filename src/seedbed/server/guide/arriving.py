"""What somebody says of themselves at the door and later, put on record as their own act."""

from __future__ import annotations

from collections.abc import Mapping

from seedbed.server.asking import Office
from seedbed.server.guide.guiding import agreed
from seedbed.server.guide.schemas import ProfileAsked
from seedbed.server.identity import Who
from seedbed.server.people.leading import ordered

__all__ = ["consent_given", "profile_set"]


async def consent_given(server: Office, study: str, who: Who, said: Mapping[str, bool]) -> None:
    """Answer every item of the consent that they are asked, as it is worded now. Raises Refusal bad_consent,
    consent_needed."""
    agenda = await server.hub.agenda(study)
    items = agreed(agenda.template, said, who.role)
    command = {"kind": "consent.give", "person": who.id, "items": items, "version": agenda.template_version}
    await ordered(server.hub, study, who, command)


async def profile_set(server: Office, study: str, who: Who, asked: ProfileAsked) -> None:
    """Say it as a whole; what is empty is taken back."""
    await ordered(server.hub, study, who, {"kind": "profile.set", "person": who.id, **asked.model_dump()})
