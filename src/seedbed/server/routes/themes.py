"""Routes of debriefs and of the sources of a thematic analysis."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from seedbed.server.asking import FAULTS, Server, StudyName
from seedbed.server.guide import sourcing
from seedbed.server.guide.source_schemas import DebriefShown, PreviewOfSource, SourceAsked, SourceLine, SourceShown
from seedbed.server.road.reading import Reading

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)

Source = Annotated[str, Path(pattern=r"^[a-z0-9]{1,16}$")]


@router.get("/debriefs")
async def debriefs(study: StudyName, server: Server, reading: Reading) -> list[DebriefShown]:
    """The debriefs of the template: how many notes and sources there are, and which topics were kept."""
    reading.take(server.allow("themes", study).session)
    return await sourcing.debriefs_of(server, study)


@router.get("/themes")
async def lines(study: StudyName, server: Server, reading: Reading) -> list[SourceLine]:
    """Every source, the newest first."""
    reading.take(server.allow("themes", study).session)
    return await sourcing.lines_of(server, study)


@router.post("/themes/preview")
async def preview(study: StudyName, asked: SourceAsked, server: Server, reading: Reading) -> PreviewOfSource:
    """What a file would come to: who speaks, what is left out, which names are spoken. Keeps nothing."""
    reading.take(server.allow("themes", study).session)
    return await sourcing.previewed(server, study, asked)


@router.post("/themes", status_code=201)
async def take(study: StudyName, asked: SourceAsked, server: Server, reading: Reading) -> SourceLine:
    """Take a file in, whole or not at all."""
    who = server.allow("themes", study)
    reading.take(who.session)
    return await sourcing.taken(server, study, asked, who.id)


@router.post("/themes/boards")
async def boards(study: StudyName, server: Server, reading: Reading) -> list[SourceLine]:
    """Make sources of reflection and debrief boards; those on which nothing is new make none."""
    who = server.allow("themes", study)
    reading.take(who.session)
    return await sourcing.taken_from_boards(server, study, who.id)


@router.get("/themes/{source}")
async def one(
    study: StudyName, source: Source, server: Server, reading: Reading,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> SourceShown:  # fmt: skip
    """A source, 200 segments at a time."""
    reading.take(server.allow("themes", study).session)
    return await sourcing.one_of(server, study, source, after)


@router.delete("/themes/{source}", status_code=204)
async def remove(study: StudyName, source: Source, server: Server) -> None:
    """Take a source out, with its words. It cannot be undone."""
    who = server.allow("design", study)
    await sourcing.removed(server, study, source, who.id)
