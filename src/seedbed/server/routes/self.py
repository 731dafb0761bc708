"""Routes of what people say of themselves, and of their second device."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from seedbed.server.afterwards.desk import Asking
from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.guide.arriving import consent_given, profile_set
from seedbed.server.guide.guiding import myself
from seedbed.server.guide.schemas import (
    ConsentAsked,
    DeviceInvitation,
    DeviceLink,
    MisalignedAsked,
    Myself,
    ProfileAsked,
)
from seedbed.server.identity import Who
from seedbed.server.people.home import StudyIdentity
from seedbed.server.people.leading import ordered
from seedbed.server.people.people import Person
from seedbed.server.people.qr import drawn
from seedbed.server.refusals import Refusal
from seedbed.server.routes.join import seated
from seedbed.server.routes.schemas import Joined
from seedbed.server.routes.study import shown_study

__all__ = ["router"]

router = APIRouter(prefix="/api", responses=FAULTS)

Code = Annotated[str, Path(max_length=100)]


@router.post("/studies/{study}/me/consent")
async def consent(study: StudyName, asked: ConsentAsked, server: Server, asking: Asking) -> Myself:
    """Answer the consent anew. It holds for all that this person wrote and will write."""
    who = server.allow("own_person", study)
    await consent_given(server, study, who, asked.items)
    await asking.of(study).settle()
    return await myself(server, study, who)


@router.post("/studies/{study}/me/profile")
async def profile(study: StudyName, asked: ProfileAsked, server: Server) -> Myself:
    """Say, or take back, who one is; all of it is optional."""
    who = server.allow("own_person", study)
    await profile_set(server, study, who, asked)
    return await myself(server, study, who)


@router.post("/studies/{study}/me/misaligned")
async def misaligned(study: StudyName, asked: MisalignedAsked, server: Server) -> Myself:
    """After the warning: whether one writes misaligned texts. It can be answered anew."""
    who = server.allow("own_person", study)
    await ordered(server.hub, study, who, {"kind": "warning.answer", "person": who.id, "choice": asked.choice})
    return await myself(server, study, who)


@router.post("/studies/{study}/me/device", status_code=201)
async def make_device(study: StudyName, server: Server) -> DeviceLink:
    """A link that lets one more device in as this person: once, and for ten minutes."""
    who = server.allow("own_person", study)
    code, expires = await asyncio.to_thread(server.study(study).devices.make, who.id)
    url = f"{server.config.url}/device/{code}"
    return DeviceLink(url=url, qr=drawn(url), expires=expires)


@router.get("/device/{code}")
def device(code: Code, server: Server) -> DeviceInvitation:
    """Whom a device link lets in. Asking does not use it."""
    study, identity, person = _found(server, code)
    return DeviceInvitation(title=shown_study(study, identity.folder).title, name=person.name)


@router.post("/device/{code}")
async def enter_device(code: Code, server: Server, response: Response) -> Joined:
    """Come in as that person; the browser gets a session, and the one it had ends."""
    study, identity, _ = await asyncio.to_thread(_found, server, code)
    person = await asyncio.to_thread(identity.devices.use, code)
    who = Who(person.id, person.name, person.role, study, person.group or None, "")
    return await seated(server, study, person, who, response)


def _found(server: Office, code: str) -> tuple[str, StudyIdentity, Person]:
    """Raises Refusal bad_link, whatever is wrong with it."""
    for name, identity in server.home.studies.items():
        person = identity.devices.by_code(code)
        if person is not None:
            return name, identity, person
    raise Refusal("bad_link")
