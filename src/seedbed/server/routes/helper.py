"""Routes of the model helper: what may be asked, asking, and hints on questions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import StreamingResponse

from seedbed.server.asking import FAULTS, Group, Server, StudyName
from seedbed.server.helper.helper import Helper
from seedbed.server.helper.schemas import HelpAsked, HelperShown, HelpLine, HintsAsked, HintsShown, RowHints

__all__ = ["router"]

router = APIRouter(prefix="/api", responses=FAULTS)

Activity = Annotated[str, Path(pattern=r"^[a-z]{1,32}$")]


class Lines(StreamingResponse):
    """JSON objects, a line each, sent as they come: also by an nginx in front."""

    media_type = "application/x-ndjson"

    def init_headers(self, headers: Any = None) -> None:
        super().init_headers({**(headers or {}), "X-Accel-Buffering": "no"})


def _helper(request: Request) -> Helper:
    found: Helper = request.app.state.helper
    return found


Helping = Annotated[Helper, Depends(_helper)]


@router.get("/studies/{study}/helper")
async def helper(study: StudyName, server: Server, helping: Helping) -> HelperShown:
    """Which models may be asked here, and how often still."""
    who = server.allow("study", study)
    return await helping.shown(server.hub, study, server.study(study).folder, who)


@router.post(
    "/studies/{study}/boards/{group}/{activity}/ask",
    response_class=Lines,
    responses={200: {"model": HelpLine, "description": "Lines of JSON, one object each"}},
)
async def ask(
    study: StudyName, group: Group, activity: Activity, asked: HelpAsked, server: Server, helping: Helping
) -> Lines:
    """Ask a model. Only who may write on the board may; a page that goes away ends the call."""
    who = server.allow("study", study)
    doc = f"board/{group}/{activity}"
    lines = await helping.ask(server.hub, study, server.study(study).folder, who, doc, asked)
    return Lines(lines)


@router.post("/studies/{study}/boards/{group}/{activity}/hints")
async def hints(
    study: StudyName, group: Group, activity: Activity, asked: HintsAsked, server: Server, helping: Helping
) -> HintsShown:
    """What can be told of questions by their grammar. Never an error for want of a parser: null instead."""
    who = server.allow("study", study)
    folder = server.study(study).folder
    await helping.may_write(server.hub, study, who, f"board/{group}/{activity}")
    server.past.take(who.session)
    found = await helping.hints(folder, asked.texts)
    return HintsShown(rows={row: RowHints(verb_noun=verdict) for row, verdict in found.items()})
