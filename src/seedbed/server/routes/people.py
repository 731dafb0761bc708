"""Routes of those who run a workshop: who takes part, moving, removing, erasing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from seedbed.server.afterwards.desk import Asking
from seedbed.server.asking import FAULTS, Id, Server, StudyName
from seedbed.server.curation.desks import Curating
from seedbed.server.people import leading
from seedbed.server.people.people import Person
from seedbed.server.routes.schemas import Erased, Moved, PersonShown
from seedbed.workshop.afterwards.deciding import erased as erased_

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/people", responses=FAULTS)


@router.get("")
async def people(study: StudyName, server: Server) -> list[PersonShown]:
    """Everyone who ever joined, in the order in which they did, with what they agreed to."""
    server.allow("people", study)
    joined = await asyncio.to_thread(server.study(study).people.all)
    known = (await server.hub.snapshot(study, "workshop"))["people"]
    return [_shown(person, known.get(person.id) or {}) for person in joined]


@router.post("/{id}/move")
async def move(study: StudyName, id: Id, asked: Moved, server: Server) -> PersonShown:
    """To another group; they lose the boards of the old one at once."""
    who = server.allow("lead", study)
    return PersonShown.model_validate(await leading.move(server.hub, server.home, study, who, id, asked.group))


@router.post("/{id}/remove", status_code=204)
async def remove(study: StudyName, id: Id, server: Server) -> None:
    """Out of the study, at once; what they wrote stays."""
    who = server.allow("lead", study)
    await leading.remove(server.hub, server.home, study, who, id)


@router.post("/{id}/redact")
async def redact(study: StudyName, id: Id, server: Server, curating: Curating, asking: Asking) -> Erased:
    """Out of the study, and their words and name out of its files. Cannot be undone."""
    who = server.allow("redact", study)
    erased = await leading.erase(server.hub, server.home, study, who, id)
    curating.of(study).forget()  # their words are in memory too
    await asyncio.to_thread(asking.of(study).forget)
    await asking.of(study).record(who.id, erased_(id))  # who asked for it sees by their link that it was done
    return Erased.model_validate(dict(erased))


def _shown(person: Person, known: Mapping[str, Any]) -> PersonShown:
    """`known` is what the workshop's own record says of them."""
    consent = known.get("consent")
    said = {
        "anonymous": bool(known.get("anonymous")),
        "consent": None if consent is None else dict(consent["items"]),
        "misaligned": known.get("misaligned"),
    }
    return PersonShown.model_validate(person).model_copy(update=said)
