"""Routes of join links: the organiser makes and withdraws them, people come in by them."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from seedbed.server.asking import FAULTS, Id, Office, Server, StudyName, enter
from seedbed.server.contract import Refusal
from seedbed.server.home import StudyIdentity
from seedbed.server.identity import Who
from seedbed.server.leading import ordered
from seedbed.server.links import Link
from seedbed.server.people import Person
from seedbed.server.qr import drawn
from seedbed.server.routes_study import readable_boards, shown_study
from seedbed.server.schemas import Invitation, JoinAsked, Joined, LinkAsked, LinkMade, LinkShown

__all__ = ["router"]

router = APIRouter(prefix="/api", responses=FAULTS)

Code = Annotated[str, Path(max_length=100)]


@router.get("/studies/{study}/links")
def links(study: StudyName, server: Server) -> list[LinkShown]:
    """Every link ever made, without the codes, which nobody knows any more."""
    server.allow("links", study)
    return [LinkShown.model_validate(link) for link in server.study(study).links.all()]


@router.post("/studies/{study}/links", status_code=201)
async def make_link(study: StudyName, asked: LinkAsked, server: Server) -> LinkMade:
    """A new link; a group that is new to the workshop is added to it."""
    who = server.allow("links", study)
    if (asked.group == "") != (asked.role == "moderator"):
        raise Refusal("bad_group")
    if asked.group and asked.group not in await _groups(server, study):
        await ordered(server.hub, study, who, {"kind": "group.add", "group": asked.group})
    made, code = await asyncio.to_thread(
        server.study(study).links.make, asked.group, asked.role, asked.label, asked.expires
    )
    url = f"{server.config.url}/join/{code}"
    shown = LinkShown.model_validate(made).model_dump()
    return LinkMade(**shown, url=url, qr=drawn(url))


@router.delete("/studies/{study}/links/{id}", status_code=204)
async def revoke_link(study: StudyName, id: Id, server: Server) -> None:
    """Nobody comes in by it any more; those who did stay."""
    server.allow("links", study)
    await asyncio.to_thread(server.study(study).links.revoke, id)


@router.get("/join/{code}")
def invitation(code: Code, server: Server) -> Invitation:
    """What a link invites to."""
    study, identity, link = _found(server, code)
    return Invitation(title=shown_study(study, identity.folder).title, group=link.group, role=link.role)


@router.post("/join/{code}")
async def join(code: Code, asked: JoinAsked, server: Server, response: Response) -> Joined:
    """Come in under a name; the browser gets a session, and the one it had ends."""
    study, identity, link = await asyncio.to_thread(_found, server, code)
    if link.group and link.group not in await _groups(server, study):
        raise Refusal("unknown_group")
    person = await asyncio.to_thread(identity.links.join, code, asked.name)
    who = await _seat(server, study, person)
    if server.who is not None:
        await asyncio.to_thread(server.home.sessions.end, server.who.session)
        await server.hub.revoked(session=server.who.session)
    token, _ = await asyncio.to_thread(server.home.sessions.open_person, study, person, server.agent)
    enter(response, server.config, token)
    return Joined(study=study, group=person.group, boards=await readable_boards(server, study, who))


async def _seat(server: Office, study: str, person: Person) -> Who:
    who = Who(person.id, person.name, person.role, study, person.group or None, "")
    command = {"id": "join", "kind": "member.join", "person": who.id, "group": who.group, "role": who.role}
    await server.hub.command(study, "workshop", who, command)
    return who


async def _groups(server: Office, study: str) -> list[str]:
    return list((await server.hub.snapshot(study, "workshop"))["groups"])


def _found(server: Office, code: str) -> tuple[str, StudyIdentity, Link]:
    """The study and link of a code. Raises Refusal bad_link, whatever is wrong with it."""
    for name, identity in server.home.studies.items():
        link = identity.links.by_code(code)
        if link is not None:
            return name, identity, link
    raise Refusal("bad_link")
