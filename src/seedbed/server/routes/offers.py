"""Routes of the queue: what people offered beside the boards, and what they asked to have erased."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from seedbed.seeds.consents import TRAINING
from seedbed.seeds.offers import offer_seed
from seedbed.server.afterwards.desk import Asking
from seedbed.server.afterwards.schemas import Decided, DecisionAsked, ErasureWaiting, Offers, OfferShown, State
from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.people.database import stamp
from seedbed.workshop.afterwards import Afterwards, Offer
from seedbed.workshop.afterwards.deciding import judge

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}", responses=FAULTS)

OfferId = Annotated[str, Path(pattern=r"^[a-z0-9]{1,16}$")]
_STATES: tuple[State, ...] = ("open", "accepted", "declined", "withdrawn")
_MOST = 500


@router.get("/offers")
async def offers(
    study: StudyName,
    server: Server,
    asking: Asking,
    state: Annotated[Literal["open", "accepted", "declined", "withdrawn"], Query()] = "open",
) -> Offers:
    """Those of one state, with who offered them. No offer waits whose author asked to have everything erased."""
    server.allow("curate", study)
    now = await asking.of(study).read()
    if state == "open":
        found = now.waiting()
    else:
        found = [one for one in now.offers.values() if one.state == state and one.question]
        found.sort(key=lambda one: one.decided_at or one.at, reverse=True)
    show = await _shower(server, study)
    return Offers(
        offers=[show(one) for one in found[:_MOST]], counts=_counts(now),
        taking=await asyncio.to_thread(_taking, server, study),
    )  # fmt: skip


@router.post("/offers/{id}/decide")
async def decide(study: StudyName, id: OfferId, asked: DecisionAsked, server: Server, asking: Asking) -> Decided:
    """Accept it, decline it with a reason that its author reads, or take back what was decided. What is accepted is a
    seed at once; curation then decides about it as about every other."""
    who = server.allow("curate", study)
    desk = asking.of(study)
    now, _ = await desk.record(who.id, judge(id, asked.state, asked.reason, seen=asked.seen))
    await desk.settle()
    return Decided(offer=(await _shower(server, study))(now.offers[id]), counts=_counts(now))


@router.get("/erasures")
async def erasures(study: StudyName, server: Server, asking: Asking) -> list[ErasureWaiting]:
    """Who asked to have all their words erased and still waits, longest first."""
    server.allow("redact", study)
    names = await asyncio.to_thread(_names, server, study)
    now = await asking.of(study).read()
    return [ErasureWaiting(person=one.person, name=names.get(one.person, ""), at=one.at) for one in now.asked()]


def _counts(now: Afterwards) -> dict[State, int]:
    found = Counter(one.state for one in now.offers.values() if one.question)
    return {state: found[state] for state in _STATES} | {"open": len(now.waiting())}


def _names(server: Office, study: str) -> dict[str, str]:
    names = {person.id: person.name for person in server.study(study).people.all()}
    return names | {account.id: account.name for account in server.home.accounts.all()}


def _taking(server: Office, study: str) -> int:
    links = server.study(study).links.all()
    return sum(
        link.role == "contributor" and link.revoked is None and (link.expires is None or link.expires > stamp())
        for link in links
    )


async def _shower(server: Office, study: str) -> Any:
    names = await asyncio.to_thread(_names, server, study)
    members: Mapping[str, Mapping[str, Any]] = (await server.hub.snapshot(study, "workshop"))["people"]
    template = (await server.hub.agenda(study)).template
    asks = any(item.id == TRAINING for item in template.consent)

    def shown(one: Offer) -> OfferShown:
        known = members.get(one.by) or {}
        given = known.get("consent")
        return OfferShown(
            id=one.id, by=one.by, name=names.get(one.by, ""), group=known.get("group") or "", at=one.at, form=one.form,
            question=one.question, misaligned=one.misaligned, critique=one.critique, aligned=one.aligned,
            topic=one.topic, question_type=one.question_type, value=one.value, state=one.state, reason=one.reason,
            decided_by=names.get(one.decided_by, one.decided_by), decided_at=one.decided_at,
            agrees=not asks or (given is not None and bool(given["items"].get(TRAINING))), seed=offer_seed(one.id),
        )  # fmt: skip

    return shown
