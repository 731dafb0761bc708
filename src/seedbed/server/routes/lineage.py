"""Routes of lineage: where anything of a study came from, and what came of it. They only read."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from seedbed.lineage import Key
from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.road import lineage
from seedbed.server.road.lineage import Kind, LineageAnswer, LineageStep
from seedbed.server.road.reading import Reading, Shelf

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/lineage", responses=FAULTS)

Id = Annotated[str, Query(min_length=1, max_length=300)]


@router.get("")
async def trace(study: StudyName, server: Server, reading: Reading, id: Id, kind: Kind | None = None) -> LineageAnswer:
    """Back to the people, by pseudonym, and forward to the releases, of a seed, row, run, release or person."""
    return await lineage.found(_shelf(study, server, reading), id, kind)


@router.get("/step")
async def step(
    study: StudyName,
    server: Server,
    reading: Reading,
    id: Id,
    kind: Kind,
    direction: Literal["back", "forward"],
    how: Annotated[str, Query(max_length=40)],
    member: Kind,
    of: Annotated[str, Query(max_length=300)] = "",
    after: Annotated[int, Query(ge=-1, le=2**53)] = -1,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LineageStep:
    """More of a step that was too long to show at once: what comes after `after`."""
    shelf = _shelf(study, server, reading)
    return await lineage.further(shelf, Key(kind, id), direction, how, of, member, after, limit)


def _shelf(study: str, server: Office, reading: Reading) -> Shelf:
    who = server.allow("road", study)
    reading.take(who.session)
    return reading.of(study)
