"""Routes of those who lead a workshop: how the groups are getting on, and who came."""

from __future__ import annotations

from fastapi import APIRouter

from seedbed.server.asking import FAULTS, Server, StudyName
from seedbed.server.guide.leading_schemas import Recruitment, WorkshopProgress
from seedbed.server.guide.progressing import progress_of, recruitment_of

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/workshop", responses=FAULTS)


@router.get("/progress")
async def progress(study: StudyName, server: Server) -> WorkshopProgress:
    """Every group: rows, coverage, who wrote how much, questions that wait; and what to be warned of."""
    server.allow("lead", study)
    return await progress_of(server, study)


@router.get("/recruitment")
async def recruitment(study: StudyName, server: Server) -> Recruitment:
    """Who was wanted and who came, by what people told of themselves and agreed to be counted by."""
    server.allow("design", study)
    return await recruitment_of(server, study)
