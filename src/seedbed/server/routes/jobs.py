"""Routes of jobs: the road's acts, started from a page and watched there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.identity import Who
from seedbed.server.jobs.job import Job
from seedbed.server.jobs.keeping import KeptJobs, Works
from seedbed.server.jobs.options import GenerateOptions, JobAsked, given
from seedbed.server.jobs.schemas import JobShown
from seedbed.server.refusals import Refusal
from seedbed.server.road.reading import endpoint_names

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/jobs", responses=FAULTS)

JobId = Annotated[str, Path(pattern=r"^j_[a-z2-7]{10}$")]


@router.get("")
async def jobs(study: StudyName, server: Server, works: Works) -> list[JobShown]:
    """The study's last jobs, newest first."""
    server.allow("jobs", study)
    return [JobShown.model_validate(job) for job in await works.of(study).all()]


@router.post("", status_code=201)
async def start(study: StudyName, asked: JobAsked, server: Server, works: Works) -> JobShown:
    """Start an act. One job that makes rows is at work in a study at a time, and one of another kind."""
    who = server.allow("bridge" if asked.act == "bridge" else "jobs", study)
    if isinstance(asked.options, GenerateOptions):
        _check_endpoints(server, study, asked.options)
    return JobShown.model_validate(await works.of(study).start(asked.act, given(asked.options), who))


@router.get("/{id}")
async def job(study: StudyName, id: JobId, server: Server, works: Works) -> JobShown:
    return JobShown.model_validate((await _found(study, id, server, works))[0])


@router.post("/{id}/pause")
async def pause(study: StudyName, id: JobId, server: Server, works: Works) -> JobShown:
    """End after what is in flight; asked again, at once. Nothing that was made is lost."""
    found, jobs, _ = await _found(study, id, server, works)
    return JobShown.model_validate(await jobs.end(found.id, "pause"))


@router.post("/{id}/stop")
async def stop(study: StudyName, id: JobId, server: Server, works: Works) -> JobShown:
    """As pause, for good; it can be resumed all the same."""
    found, jobs, _ = await _found(study, id, server, works)
    return JobShown.model_validate(await jobs.end(found.id, "stop"))


@router.post("/{id}/resume")
async def resume(study: StudyName, id: JobId, server: Server, works: Works) -> JobShown:
    """Go on where the job stopped."""
    found, jobs, who = await _found(study, id, server, works)
    return JobShown.model_validate(await jobs.resume(found.id, who))


async def _found(study: str, id: str, server: Office, works: Works) -> tuple[Job, KeptJobs, Who]:
    """The job, for somebody who may steer it: whoever bridges steers the bridge."""
    signed_in = server.allow("study", study)
    steers = signed_in.role in ("organiser", "curator", "moderator")
    found = await works.of(study).find(id) if steers else None
    if found is None:
        server.allow("jobs", study)
        raise Refusal("unknown_job")
    who = server.allow("bridge", study) if found.act == "bridge" else server.allow("jobs", study)
    return found, works.of(study), who


def _check_endpoints(server: Office, study: str, options: GenerateOptions) -> None:
    known = endpoint_names(server.study(study).folder)
    if any(name is not None and name not in known for name in (options.writer, options.judge)):
        raise Refusal("unknown_endpoint")
