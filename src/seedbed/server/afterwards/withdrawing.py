"""Withdrawals asked for by a page: what would go, doing it, and what is due. Each answers line by line."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from pydantic import BaseModel

from seedbed.errors import Busy, InputError, SeedbedError, StorageError
from seedbed.server.afterwards.desk import Desk
from seedbed.server.afterwards.withdrawal_schemas import (
    DueAsked,
    Foreseen,
    Policy,
    WithdrawalAsked,
    WithdrawalDone,
)
from seedbed.server.asking import Office
from seedbed.server.contract import Listen
from seedbed.server.identity import Who
from seedbed.server.jobs.errands import ErrandFailed, errand
from seedbed.server.people import leading
from seedbed.server.refusals import Refusal
from seedbed.settings import load_settings
from seedbed.study import Folder
from seedbed.study.events import EventStore

__all__ = ["carry_out", "carry_out_due", "foresee", "lines"]

_log = logging.getLogger("seedbed.server")
_LOOK_WITHIN = 600.0  # seconds: 66,609 rows take some fifteen at low priority
_SIGN = 10.0  # seconds after which an empty line says that the server is there
_EVERY = 0.2  # seconds between two words on progress
_working: set[asyncio.Task[None]] = set()


async def lines(
    act: Callable[[Listen], Awaitable[tuple[str, BaseModel]]], *, to_its_end: bool = True
) -> AsyncIterator[str]:
    """`act`'s progress, at most a few lines a second, then what it came to, or why not.

    When the page that asked goes away it goes on `to_its_end`, for half of a withdrawal would be worse than all.
    """
    loop, said = asyncio.get_running_loop(), asyncio.Queue[Mapping[str, Any] | None]()
    told = 0.0

    def progress(what: str, done: int, total: int) -> None:
        nonlocal told
        if done >= total or loop.time() - told >= _EVERY:
            told = loop.time()
            said.put_nowait({"progress": {"what": what, "done": done, "total": total}})

    def listen(what: str, done: int, total: int) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(progress, what, done, total)

    async def work() -> None:
        said.put_nowait(await _outcome(act, listen))
        said.put_nowait(None)

    task = asyncio.create_task(work())
    _working.add(task)
    task.add_done_callback(_working.discard)
    try:
        while True:
            try:
                line = await asyncio.wait_for(said.get(), _SIGN)
            except TimeoutError:
                yield "\n"
                continue
            if line is None:
                return
            yield json.dumps(line, ensure_ascii=False) + "\n"
    finally:
        if not to_its_end:
            task.cancel()


async def _outcome(act: Callable[[Listen], Awaitable[tuple[str, BaseModel]]], listen: Listen) -> Mapping[str, Any]:
    try:
        name, made = await act(listen)
        return {name: made.model_dump()}
    except Refusal as refusal:
        return {"error": refusal.code, "detail": refusal.detail if isinstance(refusal.detail, str) else ""}
    except Busy:
        return {"error": "at_work"}
    except SeedbedError as error:
        _log.error("a withdrawal: %s: %s", type(error).__name__, error)
        return {"error": "storage" if isinstance(error, StorageError) else "internal"}
    except Exception:
        _log.exception("a withdrawal")
        return {"error": "internal"}


async def foresee(
    server: Office, desk: Desk, study: str, asked: WithdrawalAsked, listen: Listen
) -> tuple[str, Foreseen]:
    """What it would take; a child process looks, one at a time in a study. Raises Refusal."""
    folder = server.study(study).folder
    own: Policy = (await asyncio.to_thread(load_settings, folder)).withdrawal.policy
    order = {
        "act": "foresee", "folder": str(folder.root), "person": asked.person, "seeds": asked.seeds,
        "policy": asked.policy or own, "account": await asyncio.to_thread(_is_account, server, asked.person),
    }  # fmt: skip
    try:
        async with desk.looking:
            found = await errand(
                order, _LOOK_WITHIN, lambda step: listen(str(step["what"]), int(step["done"]), int(step["total"]))
            )
    except ErrandFailed as failed:
        raise Refusal("busy" if failed.late else "unreadable", detail=str(failed)) from None
    if found.get("unknown"):
        raise Refusal("unknown_seed" if asked.person is None else "unknown_person")
    return "foreseen", Foreseen.model_validate({**found, "own_policy": own})


async def carry_out(
    server: Office, who: Who, study: str, asked: WithdrawalAsked, forget: Callable[[str | None], Awaitable[None]],
    listen: Listen,
) -> tuple[str, WithdrawalDone]:  # fmt: skip
    """Do it. `forget` is told whose words went, to let go of what is held of them. Raises Refusal, Busy, and what the
    withdrawal raises; the same again goes on from there."""
    if asked.person is not None:
        done = await _person(server, who, study, asked.person, asked.policy, forget, listen)
    else:
        try:
            done = await server.hub.withdraw_seeds(study, asked.seeds, asked.policy, listen)
        except InputError as error:
            _log.error("a withdrawal of seeds: %s", error)
            raise Refusal("unknown_seed") from None
        finally:
            await forget(None)
    return "done", _done([done])


async def carry_out_due(
    server: Office, who: Who, study: str, asked: DueAsked, forget: Callable[[str | None], Awaitable[None]],
    listen: Listen,
) -> tuple[str, WithdrawalDone]:  # fmt: skip
    """Do all that [retention] says is due. Raises Refusal out_of_date where that is not what somebody saw; else as
    `carry_out`, with what was done before done."""
    from seedbed.withdraw.retention import due, forget_recordings

    folder, people = server.study(study).folder, server.study(study).people
    found = await asyncio.to_thread(lambda: due(folder, load_settings(folder).retention))
    if [(one.what, one.count) for one in found] != list(zip(asked.what, asked.counts, strict=False)):
        raise Refusal("out_of_date")
    done = []
    for one in found:
        match one.what:
            case "recordings":

                def forget_words() -> int:
                    with folder.writing(), EventStore.of(folder) as store:
                        return forget_recordings(store, folder)

                await asyncio.to_thread(forget_words)
            case "boards":
                for number, person in enumerate(one.people):
                    listen("people", number, len(one.people))
                    done.append(await _person(server, who, study, person, None, forget))
            case "identity":
                for joined in await asyncio.to_thread(people.all):
                    # their links and sessions go with the name that they lead to
                    await leading.remove(server.hub, server.home, study, who, joined.id)
                    await asyncio.to_thread(people.erase, joined.id)
    return "done", _done(done)


async def _person(
    server: Office, who: Who, study: str, person: str, policy: Policy | None,
    forget: Callable[[str | None], Awaitable[None]], listen: Listen | None = None,
) -> Mapping[str, Any]:  # fmt: skip
    more: dict[str, Any] = {} if listen is None else {"listen": listen}
    try:
        if await asyncio.to_thread(_joined, server, study, person):
            done = await leading.erase(server.hub, server.home, study, who, person, policy=policy, **more)
        elif await asyncio.to_thread(_wrote, server, study, person):  # imported, or by an account of the server
            done = await server.hub.redact(study, person, policy, **more)
        else:
            raise Refusal("unknown_person")
    finally:
        await forget(None)
    await forget(person)
    return done


def _joined(server: Office, study: str, person: str) -> bool:
    return any(one.id == person for one in server.study(study).people.all())


def _wrote(server: Office, study: str, person: str) -> bool:
    from seedbed.withdraw.whom import is_known
    from seedbed.workshop.erasing import writers

    folder: Folder = server.study(study).folder
    if is_known(folder, person) or _is_account(server, person):
        return True
    with EventStore.of(folder) as store:
        return person in writers(store)


def _is_account(server: Office, person: str | None) -> bool:
    return any(one.id == person for one in server.home.accounts.all())


def _done(each: list[Mapping[str, Any]]) -> WithdrawalDone:
    withdrawn = [one["withdrawn"] for one in each]
    return WithdrawalDone.model_validate({
        "rewritten": sum(one["rewritten"] for one in each),
        "rows": sum(one["rows"] for one in withdrawn),
        "runs": max((one["runs"] for one in withdrawn), default=0),
        "releases": list(dict.fromkeys(version for one in withdrawn for version in one["releases"])),
        "policy": withdrawn[-1]["policy"] if withdrawn else "purge",
        "backups": max((one["backups"] for one in withdrawn), default=0),
        "look_alikes": [alike for one in each for alike in one["look_alikes"]],
    })  # fmt: skip
