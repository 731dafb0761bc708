"""Moving, removing and erasing people: the workshop's record first, which is the truth, then names and sessions."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from seedbed.server.contract import Listen, LiveHub
from seedbed.server.identity import UNBOUND, Who
from seedbed.server.people.home import Home
from seedbed.server.people.people import Person
from seedbed.server.refusals import Refusal

__all__ = ["erase", "move", "ordered", "ordered_all", "remove"]


def _silent(what: str, done: int, total: int) -> None:
    return None


async def move(hub: LiveHub, home: Home, study: str, who: Who, id: str, group: str) -> Person:
    """`who` moves person `id` to another group. They lose the boards of the old one at once. Raises Refusal."""
    people = home.studies[study].people
    person = people.get(id)
    if person.removed is not None:
        raise Refusal("removed")
    if person.role in UNBOUND:
        raise Refusal("bad_group")
    if group not in (await hub.snapshot(study, "workshop"))["groups"]:
        raise Refusal("unknown_group")
    await ordered(hub, study, who, {"kind": "member.move", "person": id, "group": group})
    return await asyncio.to_thread(people.move, id, group)


async def remove(hub: LiveHub, home: Home, study: str, who: Who, id: str) -> None:
    """`who` removes person `id`; what they wrote stays. Raises Refusal."""
    people = home.studies[study].people
    if people.get(id).removed is None:
        await ordered(hub, study, who, {"kind": "member.remove", "person": id})
        await asyncio.to_thread(people.remove, id)
    await asyncio.to_thread(home.sessions.end_person, study, id)
    await hub.revoked(person=id)


async def erase(
    hub: LiveHub, home: Home, study: str, who: Who, id: str, *, policy: Literal["flag", "purge"] | None = None,
    listen: Listen = _silent,
) -> Mapping[str, Any]:  # fmt: skip
    """`who` removes person `id` with every word and the name, and withdraws what was made of the words, by `policy` or
    the study's own. Raises Refusal; says what `LiveHub.redact` says."""
    await remove(hub, home, study, who, id)
    erased = await hub.redact(study, id, policy, listen)
    # last, so that an erasure that broke off can be asked for again under the name that is known
    await asyncio.to_thread(home.studies[study].people.erase, id)
    return erased


async def ordered(hub: LiveHub, study: str, who: Who, command: Mapping[str, Any], *, doc: str = "workshop") -> None:
    """Carry out a command on a document under an id of its own. Raises Refusal."""
    await hub.command(study, doc, who, {"id": f"http-{secrets.token_hex(8)}", **command})


async def ordered_all(hub: LiveHub, study: str, who: Who, commands: Iterable[Mapping[str, Any]], *, doc: str) -> None:
    """Carry out several commands on a document, one after the other with nothing between. Raises Refusal."""
    await hub.commands(study, doc, who, [{"id": f"http-{secrets.token_hex(8)}", **command} for command in commands])
