"""Routes of a study: what it is, its boards, and their history."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from seedbed.server.asking import FAULTS, Group, Office, Server, StudyName
from seedbed.server.identity import Who
from seedbed.server.people.roles import has
from seedbed.server.refusals import Refusal
from seedbed.server.routes.schemas import BoardShown, Health, StudyHome, StudyShown
from seedbed.settings import load_settings
from seedbed.study import Folder

__all__ = ["readable_boards", "router", "shown_study"]

router = APIRouter(prefix="/api", responses=FAULTS)

Activity = Annotated[str, Path(pattern=r"^[a-z]{1,32}$")]
Seq = Annotated[int, Path(ge=0, le=2**53)]


@router.get("/health")
def health() -> Health:
    """That the server runs; says nothing else, because anybody may ask."""
    return Health(status="ok")


@router.get("/studies")
def studies(server: Server) -> list[StudyShown]:
    """The studies that one may see: all for an account, their own for a person."""
    who = server.allow("studies")
    return [
        shown_study(name, identity.folder)
        for name, identity in server.home.studies.items()
        if who.study in (None, name)
    ]


@router.get("/studies/{study}")
async def study_home(study: StudyName, server: Server) -> StudyHome:
    """A study as its workshop's home shows it; a participant sees their own group."""
    who = server.allow("study", study)
    shown = await asyncio.to_thread(shown_study, study, server.study(study).folder)
    members = await server.hub.snapshot(study, "workshop")
    boards = await readable_boards(server, study, who)
    groups = [] if who.role == "rater" else [group for group in members["groups"] if who.group in (None, group)]
    present = sum(not person["removed"] for person in members["people"].values())
    activities = list(dict.fromkeys(board.activity for board in boards))
    return StudyHome(title=shown.title, groups=groups, activities=activities, boards=boards, people=present)


@router.get("/studies/{study}/boards/{group}/{activity}/history")
async def history(
    study: StudyName,
    group: Group,
    activity: Activity,
    server: Server,
    before: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[dict[str, Any]]:
    """What happened on a board, newest first, page by page."""
    doc = _board(server, study, group, activity)
    return [dict(moment) for moment in await server.hub.history(study, doc, before, limit)]


@router.get("/studies/{study}/boards/{group}/{activity}/at/{seq}")
async def at(study: StudyName, group: Group, activity: Activity, seq: Seq, server: Server) -> dict[str, Any]:
    """A board as it was, who wrote each character of it, and the names of those who had a hand in it by then."""
    past = dict(await server.hub.at(study, _board(server, study, group, activity), seq))
    return {**past, "people": await _names(server, study, past["state"])}


@router.get("/studies/{study}/boards/{group}/{activity}/people")
async def people_of_board(study: StudyName, group: Group, activity: Activity, server: Server) -> dict[str, str]:
    """The names of those who have a hand in a board, by id: "" for who is anonymous in the group."""
    who = server.allow("study", study)
    doc = f"board/{group}/{activity}"
    code = server.hub.barred(study, who, doc)
    if code is not None:
        raise Refusal(code)
    return await _names(server, study, await server.hub.snapshot(study, doc))


async def _names(server: Office, study: str, state: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Of those who ever could type on a board. Whoever was erased is not among them."""
    ids = {issued["person"] for issued in state["clients"].values()}
    names = {person.id: person.name for person in await asyncio.to_thread(server.study(study).people.all)}
    names |= {account.id: account.name for account in await asyncio.to_thread(server.home.accounts.all)}
    found = {id: names[id] for id in sorted(ids) if names.get(id)}
    if server.who is not None and has(server.who, "people"):
        return found
    members = (await server.hub.snapshot(study, "workshop"))["people"]
    return {id: "" if members.get(id, {}).get("anonymous") else name for id, name in found.items()}


async def readable_boards(server: Office, study: str, who: Who) -> list[BoardShown]:
    """The boards of `study` that `who` may read."""
    return [
        BoardShown.model_validate(dict(board))
        for board in await server.hub.boards(study, lambda doc: server.hub.barred(study, who, doc) is None)
    ]


def shown_study(name: str, folder: Folder) -> StudyShown:
    settings = load_settings(folder)
    return StudyShown(name=name, title=settings.title or name, language=settings.language)


def _board(server: Office, study: str, group: str, activity: str) -> str:
    """The document that is asked about, by somebody who may read it and has not asked too much."""
    doc = f"board/{group}/{activity}"
    who = server.allow("study", study)
    code = server.hub.barred(study, who, doc)
    if code is not None:
        raise Refusal(code)
    server.past.take(who.session)
    return doc
