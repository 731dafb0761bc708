"""Routes of those who run a workshop: who takes part, moving, removing, erasing."""

from __future__ import annotations

from fastapi import APIRouter

from seedbed.server import leading
from seedbed.server.asking import FAULTS, Id, Server, StudyName
from seedbed.server.schemas import Erased, Moved, PersonShown

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/people", responses=FAULTS)


@router.get("")
def people(study: StudyName, server: Server) -> list[PersonShown]:
    """Everyone who ever joined, in the order in which they did."""
    server.allow("people", study)
    return [PersonShown.model_validate(person) for person in server.study(study).people.all()]


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
async def redact(study: StudyName, id: Id, server: Server) -> Erased:
    """Out of the study, and their words and name out of its files. Cannot be undone."""
    who = server.allow("redact", study)
    return Erased.model_validate(dict(await leading.erase(server.hub, server.home, study, who, id)))
