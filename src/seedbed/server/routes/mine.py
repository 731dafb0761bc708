"""Routes of a person's own page: what they wrote, what came of it, what they still agree to; and the links to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from seedbed.seeds import current_taxonomy
from seedbed.seeds.consents import TRAINING
from seedbed.server.afterwards import mine as page
from seedbed.server.afterwards.desk import Asking, Desks
from seedbed.server.afterwards.schemas import (
    AcrossAsked,
    ConsentChange,
    Entered,
    EntryAsked,
    ErasureShown,
    Grown,
    Mine,
    MineLabels,
    OfferAsked,
    PersonalLinkMade,
    PersonalLinkShown,
    RowAsked,
)
from seedbed.server.asking import FAULTS, Id, Office, Server, StudyName, enter
from seedbed.server.guide import labelling
from seedbed.server.guide.arriving import consent_given
from seedbed.server.identity import RETURNING, Who
from seedbed.server.people.home import StudyIdentity
from seedbed.server.people.people import Person
from seedbed.server.people.personal import PersonalLink
from seedbed.server.people.qr import drawn
from seedbed.server.people.roles import has
from seedbed.server.refusals import Refusal
from seedbed.server.road.reading import Reading, Shelves
from seedbed.server.routes.study import shown_study
from seedbed.workshop.afterwards import Offered
from seedbed.workshop.afterwards.deciding import cancel_erasure, erasure, offer, resume, stop, withdraw
from seedbed.workshop.places import fresh_id

__all__ = ["made_link", "router"]

router = APIRouter(prefix="/api", responses=FAULTS)


# -- the way in ------------------------------------------------------------------------------------------------------


@router.post("/mine")
async def come_in(asked: EntryAsked, server: Server, asking: Asking, response: Response) -> Entered:
    """Come to one's own page by a personal link; the browser gets a session that opens nothing else.

    Who is signed in as that person already stays so.
    """
    asking.knocks.take(server.address)
    study, identity, link, person = await asyncio.to_thread(_found, server, asked.code)
    title = (await asyncio.to_thread(shown_study, study, identity.folder)).title
    if person.removed is not None:
        if person.name:
            raise Refusal("removed")
        state = await asking.of(study).read()
        found = state.erasures.get(person.id)
        return Entered(study=study, title=title, erased=(found.done if found else "") or person.removed)
    await asyncio.to_thread(identity.personal.used, link.id)
    who = server.who
    if who is None or (who.id, who.study) != (person.id, study):
        if who is not None:
            await asyncio.to_thread(server.home.sessions.end, who.session)
            await server.hub.revoked(session=who.session)
        sessions = server.home.sessions
        token, _ = await asyncio.to_thread(sessions.open_returning, study, person, link.id, server.agent)
        if await asyncio.to_thread(identity.personal.by_code, asked.code) is None:  # withdrawn in this very moment
            await asyncio.to_thread(sessions.end_link, study, link.id)
            raise Refusal("bad_link")
        enter(response, server.config, token)
    return Entered(study=study, title=title)


def _found(server: Office, code: str) -> tuple[str, StudyIdentity, PersonalLink, Person]:
    """Raises Refusal bad_link, whatever is wrong with it."""
    for name, identity in server.home.studies.items():
        found = identity.personal.by_code(code)
        if found is not None:
            return name, identity, *found
    raise Refusal("bad_link")


# -- the page --------------------------------------------------------------------------------------------------------


@router.get("/studies/{study}/mine")
async def mine(study: StudyName, server: Server, asking: Asking, reading: Reading) -> Mine:
    """All that one wrote, and what came of it."""
    who = server.allow("mine", study)
    asking.looks.take(who.session)
    return await _page(server, study, who, asking, reading)


@router.get("/studies/{study}/mine/grown")
async def grown(study: StudyName, server: Server, asking: Asking, reading: Reading) -> Grown:
    """What grew from one's words; to be asked apart, because a study of many runs takes a while to read."""
    who = server.allow("mine", study)
    asking.looks.take(who.session)
    return await reading.of(study).told(lambda _: asking.of(study).growth.of(who.id))


@router.post("/studies/{study}/mine/consent")
async def consent(study: StudyName, asked: ConsentChange, server: Server, asking: Asking, reading: Reading) -> Mine:
    """Answer the consent anew. What is not agreed to any more is in nothing that is made from now on."""
    who = server.allow("mine", study)
    await consent_given(server, study, await _themselves(server, study, who), asked.items)
    await asking.of(study).settle()
    return await _page(server, study, who, asking, reading)


@router.post("/studies/{study}/mine/rows")
async def row(study: StudyName, asked: RowAsked, server: Server, asking: Asking, reading: Reading) -> Mine:
    """Have a row of one's own used no more, or again. It is everybody's who wrote in it: one of them suffices."""
    who = server.allow("mine", study)
    desk = asking.of(study)
    wrote = await asyncio.to_thread(desk.shelf.of, who.id)
    if not page.wrote_in(wrote, asked.board, asked.row):
        raise Refusal("not_your_row")
    await desk.record(who.id, (stop if asked.stop else resume)(who.id, asked.board, asked.row))
    await desk.settle()
    return await _page(server, study, who, asking, reading)


@router.post("/studies/{study}/mine/erasure")
async def erase(study: StudyName, asked: AcrossAsked, server: Server, asking: Asking, reading: Reading) -> Mine:
    """Ask the organiser to erase all that one wrote, or take that back. From the asking on nothing of it is used."""
    who = server.allow("mine", study)
    desk = asking.of(study)
    await desk.record(who.id, (erasure if asked.erase else cancel_erasure)(who.id))
    await desk.settle()
    return await _page(server, study, who, asking, reading)


# -- offers ----------------------------------------------------------------------------------------------------------


@router.post("/studies/{study}/mine/offers", status_code=201)
async def make_offer(study: StudyName, asked: OfferAsked, server: Server, asking: Asking, reading: Reading) -> Mine:
    """Offer a question, or a question with two replies, for a curator to look at."""
    who = server.allow("offer", study)
    asking.offers_by_address.take(server.address)
    asking.offers.take(f"{study} {who.id}")
    said = Offered(**asked.model_dump(exclude={"key"}))
    await asking.of(study).record(who.id, offer(who.id, asked.key, fresh_id(), said))
    return await _page(server, study, who, asking, reading)


@router.post("/studies/{study}/mine/offers/{id}/withdraw")
async def withdraw_offer(study: StudyName, id: str, server: Server, asking: Asking, reading: Reading) -> Mine:
    """Take back what one offered; a seed that it became is none any more."""
    who = server.allow("offer", study)
    desk = asking.of(study)
    await desk.record(who.id, withdraw(who.id, id))
    await desk.settle()
    return await _page(server, study, who, asking, reading)


# -- links -----------------------------------------------------------------------------------------------------------


@router.post("/studies/{study}/mine/links", status_code=201)
async def keep_link(study: StudyName, server: Server) -> PersonalLinkMade:
    """A link to one's own page, to be kept. Who came by such a link makes no others: withdrawing the one that was lost
    has to be enough."""
    who = server.allow("own_person", study)
    return await made_link(server, study, who.id, "person")


@router.delete("/studies/{study}/mine/links/{id}", status_code=204)
async def revoke_link(study: StudyName, id: Id, server: Server) -> None:
    """It opens nothing any more, and who came by it is out."""
    who = server.allow("mine", study)
    await _revoke(server, study, who.id, id)


@router.get("/studies/{study}/people/{id}/links")
def links_of(study: StudyName, id: Id, server: Server) -> list[PersonalLinkShown]:
    """The links to somebody's own page, without their codes."""
    server.allow("links", study)
    server.study(study).people.get(id)
    return [PersonalLinkShown.model_validate(link) for link in server.study(study).personal.of(id)]


@router.post("/studies/{study}/people/{id}/links", status_code=201)
async def make_link(study: StudyName, id: Id, server: Server) -> PersonalLinkMade:
    """A link to somebody's own page, to be handed to nobody else; that it was made stands on the page."""
    server.allow("links", study)
    return await made_link(server, study, id, "organiser")


@router.delete("/studies/{study}/people/{id}/links/{link}", status_code=204)
async def revoke_link_of(study: StudyName, id: Id, link: Id, server: Server) -> None:
    """It opens nothing any more, and who came by it is out."""
    server.allow("links", study)
    await _revoke(server, study, id, link)


async def made_link(server: Office, study: str, person: str, by: Any) -> PersonalLinkMade:
    made, code = await asyncio.to_thread(server.study(study).personal.make, person, by)
    url = f"{server.config.url}/mine#{code}"
    shown = PersonalLinkShown.model_validate(made).model_dump()
    return PersonalLinkMade(**shown, url=url, qr=drawn(url))


async def _revoke(server: Office, study: str, person: str, id: str) -> None:
    await asyncio.to_thread(server.study(study).personal.revoke, person, id)
    for session in await asyncio.to_thread(server.home.sessions.end_link, study, id):
        await server.hub.revoked(session=session)


# --------------------------------------------------------------------------------------------------------------------


async def _themselves(server: Office, study: str, who: Who) -> Who:
    """`who` under the role that they have in the workshop: by it they are asked what they agree to."""
    person = await asyncio.to_thread(server.study(study).people.get, who.id)
    return Who(who.id, who.name, person.role, who.study, who.group, who.session)


async def _page(server: Office, study: str, who: Who, asking: Desks, reading: Shelves) -> Mine:
    identity, desk = server.study(study), asking.of(study)
    themselves = await _themselves(server, study, who)
    shown = await asyncio.to_thread(shown_study, study, identity.folder)
    members: Mapping[str, Mapping[str, Any]] = (await server.hub.snapshot(study, "workshop"))["people"]
    agenda = await server.hub.agenda(study)
    taxonomy = labelling.shown(await asyncio.to_thread(current_taxonomy, identity.folder))
    wrote = await asyncio.to_thread(desk.shelf.of, who.id)
    state = await desk.read()
    made = await reading.of(study).curated(fresh=True)
    training = any(item.id == TRAINING for item in agenda.template.consent)
    consents = {id: _answer(known) for id, known in members.items()} if training else {}
    known = members.get(who.id) or {}
    given = known.get("consent")
    asked = state.erasures.get(who.id)
    return Mine(
        title=shown.title, language=agenda.template.about.language, name=who.name, role=themselves.role,
        returning=who.role == RETURNING, contact=agenda.template.about.contact,
        consent=list(agenda.template.consent_of(themselves.role)),
        given=None if given is None else dict(given["items"]),
        rows=page.rows(who.id, wrote, state, made, consents), notes=page.notes(wrote), comments=page.comments(wrote),
        offers=page.offers(who.id, state, made, consents), may_offer=has(themselves, "offer"),
        links=[PersonalLinkShown.model_validate(link) for link in identity.personal.of(who.id)],
        erasure=None if asked is None else ErasureShown(at=asked.at),
        labels=MineLabels(
            topics=taxonomy.topics, question_types=taxonomy.question_types, values=taxonomy.values
        ),
    )  # fmt: skip


def _answer(known: Mapping[str, Any]) -> bool | None:
    """What somebody said of the use for training; None where they were not asked yet."""
    given = known.get("consent")
    return None if given is None else bool(given["items"].get(TRAINING, False))
