"""Routes of join links: the organiser makes and withdraws them, people come in by them."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from seedbed.server.asking import FAULTS, Id, Office, Server, StudyName, enter
from seedbed.server.guide.arriving import consent_given, profile_set
from seedbed.server.guide.guiding import agreed
from seedbed.server.identity import UNBOUND, Who
from seedbed.server.people.home import StudyIdentity
from seedbed.server.people.leading import ordered
from seedbed.server.people.links import Link
from seedbed.server.people.people import Person
from seedbed.server.people.qr import drawn
from seedbed.server.refusals import Refusal
from seedbed.server.routes.schemas import Invitation, JoinAsked, Joined, LinkAsked, LinkMade, LinkShown
from seedbed.server.routes.study import readable_boards, shown_study

__all__ = ["router", "seated"]

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
    if (asked.group == "") != (asked.role in UNBOUND):
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
async def invitation(code: Code, server: Server) -> Invitation:
    """What a link invites to."""
    study, identity, link = await asyncio.to_thread(_found, server, code)
    shown = await asyncio.to_thread(shown_study, study, identity.folder)
    template = (await server.hub.agenda(study)).template
    return Invitation(
        title=shown.title, group=link.group, role=link.role, about=template.about,
        consent=list(template.consent_of(link.role)), language=template.about.language,
    )  # fmt: skip


@router.post("/join/{code}")
async def join(code: Code, asked: JoinAsked, server: Server, response: Response) -> Joined:
    """Come in under a name; the browser gets a session, and the one it had ends.

    What the person agreed to is on record before they are in.
    """
    study, identity, link = await asyncio.to_thread(_found, server, code)
    if link.group and link.group not in await _groups(server, study):
        raise Refusal("unknown_group")
    # nobody comes into being by an answer that is none, nor by none where one is required
    agreed((await server.hub.agenda(study)).template, asked.consent or {}, link.role)
    person = await asyncio.to_thread(identity.links.join, code, asked.name)
    who = Who(person.id, person.name, person.role, study, person.group or None, "")
    command = {"id": "join", "kind": "member.join", "person": who.id, "group": who.group, "role": who.role}
    await server.hub.command(study, "workshop", who, {**command, "anonymous": asked.anonymous})
    if asked.consent is not None:
        await consent_given(server, study, who, asked.consent)
    if asked.profile is not None:
        await profile_set(server, study, who, asked.profile)
    return await seated(server, study, person, who, response)


async def seated(server: Office, study: str, person: Person, who: Who, response: Response) -> Joined:
    """The browser is this person's from now on."""
    if server.who is not None:
        await asyncio.to_thread(server.home.sessions.end, server.who.session)
        await server.hub.revoked(session=server.who.session)
    token, _ = await asyncio.to_thread(server.home.sessions.open_person, study, person, server.agent)
    enter(response, server.config, token)
    return Joined(study=study, group=person.group, boards=await readable_boards(server, study, who))


async def _groups(server: Office, study: str) -> list[str]:
    return list((await server.hub.snapshot(study, "workshop"))["groups"])


def _found(server: Office, code: str) -> tuple[str, StudyIdentity, Link]:
    """The study and link of a code. Raises Refusal bad_link, whatever is wrong with it."""
    for name, identity in server.home.studies.items():
        link = identity.links.by_code(code)
        if link is not None:
            return name, identity, link
    raise Refusal("bad_link")
