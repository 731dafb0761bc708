"""Routes of curation: the table of seeds, decisions and their taking back, the choice, the rules, the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from seedbed.server.asking import FAULTS, Server, StudyName
from seedbed.server.curation import acts, comparing, returning, shown, standing
from seedbed.server.curation.asked import BulkApply, BulkAsked, DecideAsked, LogAsked, TableAsked, TickAsked, UndoAsked
from seedbed.server.curation.choice import ComparisonShown, SelectionShown
from seedbed.server.curation.criteria import ChecklistShown, CriterionShown, ProfileShown, RulesShown
from seedbed.server.curation.desks import Curating
from seedbed.server.curation.schemas import (
    BulkApplied,
    BulkPreview,
    Decided,
    DecisionRows,
    SeedInFull,
    TablePage,
    Undone,
)
from seedbed.server.road.reading import Reading

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/curation", responses=FAULTS)

SeedId = Annotated[str, Path(min_length=1, max_length=400)]
Item = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Kind = Literal["question", "triple"]


@router.get("/table")
async def table(
    study: StudyName, asked: Annotated[TableAsked, Query()], server: Server, curating: Curating
) -> TablePage:
    """A page of the seeds that fit, and what there is to filter by. A field given twice means either; "" means none."""
    server.allow("curate", study)
    shared = curating.of(study)
    return await shared.read(lambda desk: shown.page(desk.table(), asked, shared.names()))


@router.get("/seeds/{id:path}")
async def seed(study: StudyName, id: SeedId, server: Server, curating: Curating) -> SeedInFull:
    """All that stands on one seed: its words, every decision, versions, what is like it, ratings, what was merged."""
    server.allow("curate", study)
    shared = curating.of(study)
    return await shared.read(lambda desk: shown.seed(desk.table(), shared.names(), id, desk.boards))


@router.get("/decisions")
async def decisions(
    study: StudyName, asked: Annotated[LogAsked, Query()], server: Server, curating: Curating
) -> DecisionRows:
    """The log, newest first: of one seed, of one person, of people or of the rules alone."""
    server.allow("curate", study)
    shared = curating.of(study)
    return await shared.read(lambda desk: shown.decision_rows(desk.look(), asked, shared.names()))


@router.post("/decisions")
async def decide(study: StudyName, asked: DecideAsked, server: Server, curating: Curating) -> Decided:
    """Decide about one seed. 409 `decided_meanwhile`, with {by, act, reason, at, seen}, where somebody else did."""
    who = server.allow("curate", study)
    shared = curating.of(study)
    made = await shared.act(lambda desk: acts.decide(desk, asked, who.id, shared.names()))
    await returning.deliver(server.hub, study, shared)
    return made


@router.post("/undo")
async def undo(study: StudyName, asked: UndoAsked, server: Server, curating: Curating) -> Undone:
    """Take back a person's act, or a bulk act as one; what stood before stands again."""
    who = server.allow("curate", study)
    shared = curating.of(study)
    made = await shared.act(lambda desk: acts.undo(desk, asked, who.id, shared.names()))
    await returning.deliver(server.hub, study, shared)
    return made


@router.post("/bulk/preview")
async def preview(study: StudyName, asked: BulkAsked, server: Server, curating: Curating) -> BulkPreview:
    """What an act on many rows would do; nothing is done."""
    server.allow("curate", study)
    shared = curating.of(study)
    return await shared.try_out(lambda desk: acts.preview(desk, asked, shared.names()))


@router.post("/bulk")
async def bulk(study: StudyName, asked: BulkApply, server: Server, curating: Curating) -> BulkApplied:
    """Do what was previewed. 409 `preview_changed` where it would do something else by now."""
    who = server.allow("curate", study)
    shared = curating.of(study)
    made = await shared.act(lambda desk: acts.apply(desk, asked, who.id))
    await returning.deliver(server.hub, study, shared)
    return made


@router.get("/selection")
async def selection(study: StudyName, server: Server, curating: Curating, kind: Kind = "question") -> SelectionShown:
    """The examples, who is next, and the cells and balance before and after."""
    server.allow("curate", study)
    return await curating.of(study).read(lambda desk: standing.selection(desk.look(), kind))


@router.get("/selection/compared")
async def compared(
    study: StudyName, server: Server, curating: Curating, reading: Reading, kind: Kind = "question"
) -> ComparisonShown:
    """What each way of choosing would come to now, and why each chosen seed is: some seconds of work, then kept."""
    who = server.allow("curate", study)
    reading.take(who.session)
    return await comparing.compared(curating.of(study), kind)


@router.get("/rules")
async def rules(study: StudyName, server: Server, curating: Curating) -> RulesShown:
    """The criteria for questions and for pairs, as they are set, with how many seeds each concerns."""
    server.allow("curate", study)
    return await curating.of(study).read(lambda desk: standing.rules(desk.look(), acts.settings(desk)))


@router.get("/profile")
async def profile(study: StudyName, server: Server, curating: Curating) -> ProfileShown | None:
    """The use case that the study serves; null where it names none."""
    server.allow("curate", study)
    return await curating.of(study).read(acts.profile)


@router.get("/checklist")
async def checklist(study: StudyName, server: Server, curating: Curating) -> ChecklistShown:
    """What the profile asks for, with what people said of each."""
    server.allow("curate", study)
    shared = curating.of(study)
    return await shared.read(lambda desk: acts.checklist(desk, shared.names()))


@router.put("/checklist/{item}")
async def tick(study: StudyName, item: Item, asked: TickAsked, server: Server, curating: Curating) -> CriterionShown:
    """Say of a criterion that it holds, does not, or does not apply; "open" takes that back."""
    who = server.allow("curate", study)
    return await curating.of(study).act(lambda desk: acts.tick(desk, item, asked, who.id))


_MEDIA: Mapping[str, str] = {"md": "text/markdown", "csv": "text/csv", "json": "application/json"}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {"schema": {"type": "string"}} for media in _MEDIA.values()}}
}


@router.get("/checklist/export", response_class=Response, responses=_FILE)
async def export(
    study: StudyName, server: Server, curating: Curating, format: Literal["md", "csv", "json"] = "md"
) -> Response:
    """The checklist as a file, for keeping."""
    server.allow("curate", study)
    text = await curating.of(study).read(lambda desk: acts.export(desk, format))
    name = f"{study}-checklist.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type=f"{_MEDIA[format]}; charset=utf-8", headers=headers)
