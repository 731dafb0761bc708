"""Routes of withdrawals, for organisers: who waits and what is due, what would go, and doing it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter

from seedbed.server.afterwards import withdrawing, withdrawn
from seedbed.server.afterwards.desk import Asking
from seedbed.server.afterwards.schemas import ErasureWaiting
from seedbed.server.afterwards.withdrawal_schemas import (
    DueAsked,
    ForeseenLine,
    WaitingShown,
    WithdrawalAsked,
    WithdrawalLine,
    WithdrawalsShown,
)
from seedbed.server.asking import FAULTS, Office, Server, StudyName
from seedbed.server.curation.desks import Curating
from seedbed.server.road.reading import Reading
from seedbed.server.routes.helper import Lines
from seedbed.workshop.afterwards.deciding import erased

__all__ = ["router"]

router = APIRouter(prefix="/api/studies/{study}/withdrawals", responses=FAULTS)

_SAID = "Lines of JSON, one object each"


@router.get("")
async def withdrawals(study: StudyName, server: Server, reading: Reading, asking: Asking) -> WithdrawalsShown:
    """Who asked and waits, what is due, what was withdrawn, and which releases hold some of it."""
    reading.take(server.allow("redact", study).session)
    names = await asyncio.to_thread(_names, server, study)
    now = await asking.of(study).read()
    asked = [ErasureWaiting(person=one.person, name=names.get(one.person, ""), at=one.at) for one in now.asked()]
    return await reading.of(study).told(lambda folder: withdrawn.standing(folder, asked))


@router.get("/waiting")
async def waiting(study: StudyName, server: Server, reading: Reading, asking: Asking) -> WaitingShown:
    """How much there is to do."""
    reading.take(server.allow("redact", study).session)
    now = await asking.of(study).read()
    return await reading.of(study).told(lambda folder: withdrawn.waiting(folder, len(now.asked())))


@router.post("/foresee", response_class=Lines, responses={200: {"model": ForeseenLine, "description": _SAID}})
async def foresee(study: StudyName, asked: WithdrawalAsked, server: Server, reading: Reading, asking: Asking) -> Lines:
    """What would go. Changes nothing; a page that goes away ends it."""
    reading.take(server.allow("redact", study).session)
    look = partial(withdrawing.foresee, server, asking.of(study), study, asked)
    return Lines(withdrawing.lines(look, to_its_end=False))


@router.post("", response_class=Lines, responses={200: {"model": WithdrawalLine, "description": _SAID}})
async def withdraw(
    study: StudyName, asked: WithdrawalAsked, server: Server, reading: Reading, curating: Curating, asking: Asking
) -> Lines:
    """Withdraw a person, or single seeds. Cannot be undone; what broke off, the same request completes."""
    who = server.allow("redact", study)
    forget = _forgetting(study, who.id, reading, curating, asking)
    return Lines(withdrawing.lines(partial(withdrawing.carry_out, server, who, study, asked, forget)))


@router.post("/due", response_class=Lines, responses={200: {"model": WithdrawalLine, "description": _SAID}})
async def due(
    study: StudyName, asked: DueAsked, server: Server, reading: Reading, curating: Curating, asking: Asking
) -> Lines:
    """Do all that [retention] says is due, if it is what was seen. Cannot be undone."""
    who = server.allow("redact", study)
    forget = _forgetting(study, who.id, reading, curating, asking)
    return Lines(withdrawing.lines(partial(withdrawing.carry_out_due, server, who, study, asked, forget)))


def _names(server: Office, study: str) -> dict[str, str]:
    return {person.id: person.name for person in server.study(study).people.all()}


def _forgetting(
    study: str, actor: str, reading: Reading, curating: Curating, asking: Asking
) -> Callable[[str | None], Awaitable[None]]:
    async def forget(person: str | None) -> None:
        """Let go of the words that are in memory; a person's queue hears that it was done."""
        if person is None:
            curating.of(study).forget()
            reading.of(study).lineage = None
            await asyncio.to_thread(asking.of(study).forget)
        else:
            await asking.of(study).record(actor, erased(person))

    return forget
