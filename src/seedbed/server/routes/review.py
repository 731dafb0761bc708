"""Routes of review: rating tasks for those who make them, and for those who rate."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse

from seedbed.review.spec import TaskSpec
from seedbed.review.tasks import change, check_spec, delete
from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.identity import Who
from seedbed.server.refusals import Refusal
from seedbed.server.review import exchange, rating, shown
from seedbed.server.review.desk import Desk, Reviewing
from seedbed.server.review.rating_schemas import MyTask, RateAsked, RatedRows, Rating, RatingTask, TakeBack
from seedbed.server.review.result_schemas import AgreementShown, DisputedRows, ReviewShown
from seedbed.server.review.schemas import (
    Codebook,
    ImportAsked,
    Imported,
    PreviewShown,
    RaterShown,
    TaskAsked,
    TaskChanged,
    TaskLine,
)
from seedbed.server.road.reading import Reading

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)

Task = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]

# --- for those who make tasks ----------------------------------------------------------------------------------------


@router.get("/codebook")
async def codebook(study: StudyName, server: Server, reading: Reading) -> Codebook:
    """What a rating task can be made of: scales, sources, and who may rate."""
    who = server.allow("review", study)
    reading.take(who.session)
    raters = await asyncio.to_thread(_raters, server, study)
    return await reading.of(study).told(lambda folder: shown.codebook(folder, raters))


@router.get("/review")
async def tasks(study: StudyName, server: Server, reviewing: Reviewing, deleted: bool = False) -> list[TaskLine]:
    """The rating tasks with their progress, the newest first; those that were deleted too, where wanted."""
    server.allow("review", study)
    return await reviewing.of(study).told(lambda desk: shown.lines(desk, deleted=deleted))


@router.post("/review/preview")
async def preview(study: StudyName, asked: TaskAsked, server: Server, reviewing: Reviewing) -> PreviewShown:
    """How many rows the sample of a task would come to, and three of them. Makes nothing."""
    desk = _errands(study, server, reviewing)[1]
    spec = _spec(asked)
    await desk.told(lambda desk: check_spec(desk.folder, TaskSpec.from_json(spec)))
    return PreviewShown.model_validate(await desk.errand("preview", "bad_task", spec=spec))


@router.post("/review", status_code=201)
async def create(study: StudyName, asked: TaskAsked, server: Server, reviewing: Reviewing) -> TaskLine:
    """Draw the rows and make the task. Rows and scales then stand as they are now."""
    who, desk = _errands(study, server, reviewing)
    if asked.name in await desk.told(lambda desk: desk.names()):
        raise Refusal("task_taken")
    await asyncio.to_thread(_known, server, study, asked.raters)
    spec = _spec(asked)
    await desk.told(lambda desk: check_spec(desk.folder, TaskSpec.from_json(spec)))
    await desk.errand("create", "bad_task", spec=spec, actor=who.id)
    return await desk.told(lambda desk: shown.line(desk.held(asked.name)))


@router.get("/review/{task}")
async def review(study: StudyName, task: Task, server: Server, reviewing: Reviewing) -> ReviewShown:
    """How a task goes: progress and times by rater, who differs from the others, who says the same twice."""
    server.allow("review", study)
    names = await asyncio.to_thread(reviewing.names, study)
    return await reviewing.of(study).told(lambda desk: shown.review(desk, task, names))


@router.get("/review/{task}/disputed")
async def disputed(
    study: StudyName, task: Task, server: Server, reviewing: Reviewing, offset: Offset = 0, limit: Limit = 20
) -> DisputedRows:
    """The rows over which raters differ, the furthest apart first, with what everybody said."""
    server.allow("review", study)
    desk = reviewing.of(study)
    await desk.items(task)
    names = await asyncio.to_thread(reviewing.names, study)
    return await desk.told(lambda desk: shown.disputed_rows(desk, task, names, offset, limit))


@router.get("/review/{task}/agreement")
async def agreement(
    study: StudyName,
    task: Task,
    server: Server,
    reviewing: Reviewing,
    people: Literal["", "group", "role", "position", "background", "location"] = "",
) -> AgreementShown:
    """How far raters agree on each scale, with intervals; by kinds of people where `people` says so. Takes seconds
    the first time after a rating."""
    desk = _errands(study, server, reviewing)[1]
    return AgreementShown.model_validate(await desk.agreement(task, people))


@router.patch("/review/{task}")
async def patch(study: StudyName, task: Task, asked: TaskChanged, server: Server, reviewing: Reviewing) -> TaskLine:
    """Another title, other instructions or raters; closed, or open again."""
    who = server.allow("review", study)
    told = asked.model_dump(exclude_none=True)

    def changed(desk: Desk) -> TaskLine:
        _standing(desk, task)
        before = desk.held(task).task.raters
        _known(server, study, [rater for rater in asked.raters or () if rater not in before])
        if told:
            change(desk.folder, task, who.id, **told)
        return shown.line(desk.held(task))

    return await reviewing.of(study).told(changed)


@router.delete("/review/{task}", status_code=204)
async def remove(
    study: StudyName,
    task: Task,
    server: Server,
    reviewing: Reviewing,
    confirm: Annotated[str, Query(max_length=64)],
    reason: Annotated[str, Query(max_length=500)] = "",
) -> None:
    """Take a task out of use; its ratings stay on record. `confirm` is the task's name once more."""
    who = server.allow("review", study)
    if confirm != task:
        raise Refusal("bad_request")

    def deleted(desk: Desk) -> None:
        _standing(desk, task)
        delete(desk.folder, task, who.id, reason)

    await reviewing.of(study).told(deleted)


@router.get("/review/{task}/export", response_class=FileResponse)
async def export(
    study: StudyName,
    task: Task,
    server: Server,
    reviewing: Reviewing,
    format: Literal["csv", "csv-wide", "argilla", "label-studio"] = "csv",
    blank: bool = False,
) -> FileResponse:
    """The task with its ratings as a file, or a zip of several; only what is to be rated, with `blank`."""
    desk = _errands(study, server, reviewing)[1]
    await desk.told(lambda desk: desk.held(task))
    return await exchange.exported(desk, task, format, ratings=not blank)


@router.post("/review/{task}/import")
async def import_file(
    study: StudyName, task: Task, asked: ImportAsked, server: Server, reviewing: Reviewing
) -> Imported:
    """Record what was rated elsewhere, and tell of every row what became of it."""
    who, desk = _errands(study, server, reviewing)
    await desk.told(lambda desk: _standing(desk, task))
    return await exchange.imported(desk, task, who.id, asked)


# --- for those who rate ----------------------------------------------------------------------------------------------


@router.get("/rate")
async def my_tasks(study: StudyName, server: Server, reviewing: Reviewing) -> list[MyTask]:
    """The open tasks that one may rate, with one's own progress."""
    who = server.allow("rate", study)
    return await reviewing.of(study).told(lambda desk: rating.my_tasks(desk, who.id))


@router.get("/rate/{task}")
async def rating_task(
    study: StudyName, task: Task, server: Server, reviewing: Reviewing, limit: Annotated[int, Query(ge=1, le=20)] = 5
) -> RatingTask:
    """What is asked, and the next rows that one has not done."""
    who = server.allow("rate", study)
    desk = reviewing.of(study)
    await desk.told(lambda desk: rating.may(desk, task, who.id))
    await desk.items(task)
    return await desk.told(lambda desk: rating.next_items(desk, task, who.id, limit))


@router.post("/rate/{task}/ratings")
async def rate(study: StudyName, task: Task, asked: RateAsked, server: Server, reviewing: Reviewing) -> Rating:
    """Say what one thinks of a row. Answered once it is on disk; so are `task_closed` and `task_deleted`: then it is
    kept and not counted."""
    who = server.allow("rate", study)
    return await reviewing.of(study).told(lambda desk: rating.rate(desk, task, who.id, asked))


@router.post("/rate/{task}/undo")
async def take_back(study: StudyName, task: Task, asked: TakeBack, server: Server, reviewing: Reviewing) -> Rating:
    """Take back one's own newest rating of a row; what one said before stands again."""
    who = server.allow("rate", study)
    return await reviewing.of(study).told(lambda desk: rating.take_back(desk, task, who.id, asked))


@router.get("/rate/{task}/mine")
async def mine(
    study: StudyName, task: Task, server: Server, reviewing: Reviewing, offset: Offset = 0, limit: Limit = 50
) -> RatedRows:
    """What one said, the newest first, to look at and change."""
    who = server.allow("rate", study)
    desk = reviewing.of(study)
    await desk.told(lambda desk: rating.may(desk, task, who.id))
    await desk.items(task)
    return await desk.told(lambda desk: rating.mine(desk, task, who.id, offset, limit))


# --- what several of them start from ---------------------------------------------------------------------------------


def _errands(study: str, server: Office, reviewing: Reviewing) -> tuple[Who, Desk]:
    """Who asks for what a process of its own does, and not too often."""
    who = server.allow("review", study)
    reviewing.take(who.session)
    return who, reviewing.of(study)


def _standing(desk: Desk, task: str) -> None:
    """Raises Refusal unknown_task, task_deleted."""
    if desk.held(task).task.deleted:
        raise Refusal("task_deleted")


def _spec(asked: TaskAsked) -> dict[str, object]:
    """As the review room reads it: a scale of one's own has options, or a range."""
    told = asked.model_dump()
    for scale in told["scales"]:
        if isinstance(scale, dict):
            gone = ("low", "high") if scale["options"] else ("options",)
            for name in gone:
                del scale[name]
    return told


def _known(server: Office, study: str, raters: list[str]) -> None:
    """Raises Refusal unknown_person, which says whom nobody knows."""
    known = {one.id for one in server.study(study).people.all()} | {one.id for one in server.home.accounts.all()}
    if unknown := [rater for rater in raters if rater not in known]:
        raise Refusal("unknown_person", detail=", ".join(unknown[:10]))


def _raters(server: Office, study: str) -> list[RaterShown]:
    """Everybody who may be asked to rate."""
    found = [
        RaterShown(id=one.id, name=one.name, role=one.role, group=one.group)
        for one in server.study(study).people.all()
        if one.removed is None and one.role != "observer"
    ]
    accounts = server.home.accounts.all()
    return found + [RaterShown(id=one.id, name=one.name, role=one.role, group="") for one in accounts]
