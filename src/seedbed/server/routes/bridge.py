"""Routes of the bridge: what the first session wrote becomes the prompts of the second."""

from __future__ import annotations

from fastapi import APIRouter

from seedbed.server.asking import FAULTS, Group, Server, StudyName
from seedbed.server.jobs.keeping import Works
from seedbed.server.jobs.options import BridgeOptions, given
from seedbed.server.jobs.schemas import JobShown
from seedbed.server.refusals import Refusal
from seedbed.server.road import bridging
from seedbed.server.road.bridge_schemas import BridgeShown, ParentShown
from seedbed.server.road.reading import Reading, endpoint_names

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)


@router.get("/bridge")
async def bridge(study: StudyName, server: Server, works: Works, reading: Reading) -> BridgeShown:
    """What every group was given, with the seeds each prompt grew from, and what is left over."""
    reading.take(server.allow("bridge", study).session)
    return await bridging.shown(server.hub, works.of(study), reading.of(study), study)


@router.post("/bridge", status_code=201)
async def build(study: StudyName, asked: BridgeOptions, server: Server, works: Works) -> JobShown:
    """Give each group prompts until it has `per_group`. Asked again, it gives what is lacking and nothing twice."""
    who = server.allow("bridge", study)
    if asked.endpoint is not None and asked.endpoint not in endpoint_names(server.study(study).folder):
        raise Refusal("unknown_endpoint")
    return JobShown.model_validate(await works.of(study).start("bridge", given(asked), who))


@router.get("/boards/{group}/triples/parents")
async def parents(study: StudyName, group: Group, server: Server, reading: Reading) -> dict[str, list[ParentShown]]:
    """By row: the seeds that its prompt grew from."""
    doc = f"board/{group}/triples"
    who = server.allow("study", study)
    code = server.hub.barred(study, who, doc)
    if code is not None:
        raise Refusal(code)
    reading.take(who.session)
    return await bridging.parents(server.hub, reading.of(study), study, doc)
