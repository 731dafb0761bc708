"""Routes that show the road of a study: seeds, curation, runs, assessment, report, record. They only read."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse

from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.road import assessment as road_assessment
from seedbed.server.road import files as road_files
from seedbed.server.road import propagation as road_propagation
from seedbed.server.road import shown as road_shown
from seedbed.server.road.reading import Reading, Shelf
from seedbed.server.road.schemas import (
    AssessmentShown,
    CurationShown,
    PropagationShown,
    RunRows,
    RunShown,
    SeedRows,
    StatusShown,
)

__all__ = ["Run", "router", "shelf_of"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)

Run = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/status")
async def status(study: StudyName, server: Server, reading: Reading) -> StatusShown:
    """The counts at each stop, and the one next step."""
    return await shelf_of(study, server, reading).told(road_shown.status)


@router.get("/seeds")
async def seeds(
    study: StudyName,
    server: Server,
    reading: Reading,
    kind: Literal["questions", "triples"] = "questions",
    group: Annotated[str | None, Query(max_length=64)] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Cursor = None,
    limit: Limit = 50,
) -> SeedRows:
    """Seeds in the order in which they came, with what curation decided. `q` looks in their words, labels and ids."""
    shelf = shelf_of(study, server, reading)
    return road_shown.seed_rows(await shelf.curated(), kind=kind, group=group, q=q, after=after, limit=limit)


@router.get("/curation")
async def curation(
    study: StudyName,
    server: Server,
    reading: Reading,
    subject: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Limit = 50,
) -> CurationShown:
    """What curation came to, and its decisions, newest first; those on one seed when it is named."""
    shelf = shelf_of(study, server, reading)
    return road_shown.curation(await shelf.curated(), subject=subject, before=before, limit=limit)


@router.get("/runs")
async def runs(study: StudyName, server: Server, reading: Reading) -> list[RunShown]:
    """Every run, oldest first, controls beneath what they are the control of."""
    return await shelf_of(study, server, reading).told(road_shown.runs)


@router.get("/runs/{run}")
async def run(study: StudyName, run: Run, server: Server, reading: Reading) -> RunShown:
    return await shelf_of(study, server, reading).told(lambda folder: road_shown.run(folder, run))


@router.get("/runs/{run}/rows")
async def run_rows(
    study: StudyName,
    run: Run,
    server: Server,
    reading: Reading,
    state: Literal["kept", "rejected", "failed"] | None = None,
    after: Annotated[int | None, Query(ge=-1, le=2**53)] = None,
    limit: Limit = 50,
) -> RunRows:
    """The rows of a run in slot order, read from its journal page by page."""
    shelf = shelf_of(study, server, reading)
    return await shelf.told(lambda folder: road_shown.run_rows(folder, run, state=state, after=after, limit=limit))


@router.get("/assessment")
async def assessment(study: StudyName, server: Server, reading: Reading) -> AssessmentShown | None:
    """What was measured; null before anything was."""
    return await shelf_of(study, server, reading).told(road_assessment.assessment)


@router.get("/propagation")
async def propagation(study: StudyName, server: Server, reading: Reading) -> PropagationShown:
    """What the seeds did, as far as it was tested; and what can be tested now."""
    return await shelf_of(study, server, reading).told(road_propagation.propagation)


@router.get("/report/{file:path}", response_class=FileResponse)
async def report(study: StudyName, file: str, server: Server, reading: Reading) -> FileResponse:
    """The report and its figures. No script runs in it, and it loads nothing."""
    return await shelf_of(study, server, reading).told(lambda folder: road_files.of_report(folder, file))


@router.get("/record", response_class=FileResponse)
async def record(
    study: StudyName, server: Server, reading: Reading, format: Literal["csv", "jsonl", "parquet"] = "csv"
) -> FileResponse:
    """The whole record of the workshop as a zip of flat tables, by pseudonyms."""
    return await road_files.record(shelf_of(study, server, reading).folder, study, format)


def shelf_of(study: str, server: Office, reading: Reading) -> Shelf:
    """What the signed-in person may read of the study's road. Raises Refusal."""
    who = server.allow("road", study)
    reading.take(who.session)
    return reading.of(study)
