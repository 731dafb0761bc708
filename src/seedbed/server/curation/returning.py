"""What curators give back to a group goes to its board, and goes from it when it was settled.

The decision is on record first. To deliver again gives what a board lacks and nothing twice, so that a server that died
in between, or a decision made by command, changes nothing but the time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from seedbed.curate.decisions import STREAM
from seedbed.curate.desk import Desk
from seedbed.errors import SeedbedError
from seedbed.seeds.contributions import row_of
from seedbed.server.contract import LiveHub
from seedbed.server.curation.desks import CurationDesk, CurationDesks
from seedbed.server.identity import Who
from seedbed.server.jobs.job import Job
from seedbed.server.jobs.jobs import Handover
from seedbed.server.refusals import Refusal
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.workshop.families.returns import Return

__all__ = ["begin", "deliver", "handover", "wanted"]

_log = logging.getLogger("seedbed.server")

Boards: TypeAlias = Mapping[str, Mapping[str, Return]]


def wanted(desk: Desk) -> dict[str, dict[str, Return]]:
    """What each board is to show, by board and seed; boards that showed something once are named with nothing."""
    sight = desk.look()
    found: dict[str, dict[str, Return]] = {}
    asked = {one.decision.subject for one in sight.have.people.acts.values() if one.decision.act == "return"}
    for id in sorted(asked):
        board = desk.boards.get(id)
        row = row_of(id, board) if board is not None else None
        if board is None or row is None:
            continue  # from a file: there is nobody to ask
        on_board = found.setdefault(board, {})
        logged = sight.curation.given_back(id)
        if logged is not None and id in sight.seeds:
            on_board[id] = Return(row, logged.decision.reason, logged.actor, logged.seq)
    return found


async def deliver(hub: LiveHub, study: str, shared: CurationDesk) -> None:
    """Have the boards show what stands. What cannot be delivered now is at the next decision, or the next start."""
    async with shared.delivering:
        try:
            boards = await shared.read(wanted)
        except (Refusal, SeedbedError) as error:
            _log.warning("what was returned to groups of %s was not read: %s", study, error)
            return
        for doc, on_board in boards.items():
            if shared.delivered.get(doc) == on_board:
                continue
            shared.delivered.pop(doc, None)
            try:
                await hub.returned(study, doc, on_board)
            except (Refusal, SeedbedError) as error:
                _log.warning("what was returned to %s in %s was not delivered: %s", doc, study, error)
            except Exception:
                _log.exception("what was returned to %s in %s was not delivered", doc, study)  # it stands decided
            else:
                shared.delivered[doc] = on_board


async def begin(hub: LiveHub, curation_desks: CurationDesks) -> None:
    """The server starts: deliver what was decided while nothing was served, or just before it died."""
    for study, shared in curation_desks.all():
        try:
            if await asyncio.to_thread(_has_returned, shared.folder):
                await deliver(hub, study, shared)
        except Exception:
            _log.exception("what was returned to the groups of %s", study)  # the workshop goes on without


def _has_returned(folder: Folder) -> bool:
    """Whether anybody ever gave a seed back: without, nothing of curation is read, and held, for a workshop."""
    if not folder.has_people:
        return False
    with EventStore.of(folder) as store:
        return any(event.data.get("act") == "return" for event in store.read(STREAM))


def handover(hub: Callable[[], LiveHub | None], study: str, shared: CurationDesk) -> Handover:
    """What follows when the rules have run: rows that were changed are taken up, and asked for no more."""

    async def before(job: Job, who: Who) -> Mapping[str, Any]:
        return {}

    async def after(job: Job, who: Who, result: dict[str, Any]) -> dict[str, Any]:
        if (live := hub()) is not None:
            await deliver(live, study, shared)
        return result

    return Handover(before, after)
