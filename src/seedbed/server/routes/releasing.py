"""Routes of releases: what the next one is to say and hold, which there are, their files, and what changed between."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from seedbed.server.asking import FAULTS, Server, StudyName
from seedbed.server.jobs.differing import DifferenceShown
from seedbed.server.road import preparing, released
from seedbed.server.road.reading import Reading
from seedbed.server.road.releasing_schemas import PrepareAsked, ReleasePrepared, ReleaseShown
from seedbed.server.routes.road import Run, shelf_of

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)


@router.get("/releasing")
async def form(study: StudyName, server: Server, reading: Reading) -> ReleasePrepared:
    """What the next release is to say and hold, as [release] of study.toml has it."""
    return await shelf_of(study, server, reading).told(preparing.prepared)


@router.put("/releasing")
async def prepare(study: StudyName, asked: PrepareAsked, server: Server, reading: Reading) -> ReleasePrepared:
    """Write what was changed into study.toml, where it stands; its other lines stay."""
    server.allow("jobs", study)
    return await shelf_of(study, server, reading).told(
        lambda folder: preparing.prepare(folder, asked.before, asked.form)
    )


@router.get("/releases")
async def releases(study: StudyName, server: Server, reading: Reading) -> list[ReleaseShown]:
    """What was released, oldest first, with its files."""
    return await shelf_of(study, server, reading).told(released.releases)


@router.get("/releases/{old}/changes/{new}")
async def changes(study: StudyName, old: Run, new: Run, server: Server, reading: Reading) -> DifferenceShown:
    """What the release `new` has otherwise than `old`."""
    return await shelf_of(study, server, reading).told(lambda folder: released.difference(folder, old, new))


@router.get("/releases/{version}/files/{file:path}", response_class=FileResponse)
async def release_file(study: StudyName, version: Run, file: str, server: Server, reading: Reading) -> FileResponse:
    """A file of a release, for keeping."""
    return await shelf_of(study, server, reading).told(lambda folder: released.of_release(folder, version, file))
