"""Routes of those who come by name and password: setting up, signing in, accounts, sessions."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from seedbed.server.asking import FAULTS, Id, Server, enter, leave
from seedbed.server.people.accounts import checked_name
from seedbed.server.refusals import Refusal
from seedbed.server.routes.schemas import AccountShown, Credentials, Me, NewAccount, NewPassword, SessionShown, Setup

__all__ = ["router"]

router = APIRouter(prefix="/api", responses=FAULTS)


@router.post("/setup", status_code=204)
async def set_up(asked: Setup, server: Server, response: Response) -> None:
    """Make the first organiser, by the one-time link that the server printed when it started."""
    home = server.home
    if home.setup is None or not home.setup.fits(asked.token) or home.accounts.has_organiser():
        raise Refusal("setup_over")
    checked_name(asked.name)
    hashed = await server.login.hash(asked.password)
    account = await asyncio.to_thread(home.accounts.add, asked.name, "organiser", hashed, only_first=True)
    home.setup = None
    token, _ = await asyncio.to_thread(home.sessions.open_account, account, server.agent)
    enter(response, server.config, token, device=server.login.mark(account))


@router.post("/login", status_code=204)
async def log_in(asked: Credentials, server: Server, response: Response) -> None:
    """Sign in. The session that the browser had, if any, ends."""
    account = await server.login.enter(asked.name, asked.password, server.address, server.device)
    if server.who is not None:
        await _end(server, server.who.session)
    token, _ = await asyncio.to_thread(server.home.sessions.open_account, account, server.agent)
    enter(response, server.config, token, device=server.login.mark(account))


@router.post("/logout", status_code=204)
async def log_out(server: Server, response: Response) -> None:
    """End this session; nothing happens when there is none."""
    if server.who is not None:
        await _end(server, server.who.session)
    leave(response, server.config)


@router.get("/me")
def me(server: Server) -> Me:
    """Who the server takes this browser for."""
    who = server.who
    if who is None:
        return Me(kind="nobody")
    return Me(
        kind="account" if who.is_account else "person",
        id=who.id, name=who.name, role=who.role, study=who.study, group=who.group,
    )  # fmt: skip


@router.get("/accounts")
def accounts(server: Server) -> list[AccountShown]:
    server.allow("accounts")
    return [AccountShown.model_validate(account) for account in server.home.accounts.all()]


@router.post("/accounts", status_code=201)
async def add_account(asked: NewAccount, server: Server) -> AccountShown:
    """Make an account with a first password, which its owner should change."""
    server.allow("accounts")
    checked_name(asked.name)
    hashed = await server.login.hash(asked.password)
    account = await asyncio.to_thread(server.home.accounts.add, asked.name, asked.role, hashed)
    return AccountShown.model_validate(account)


@router.delete("/accounts/{id}", status_code=204)
async def remove_account(id: Id, server: Server) -> None:
    """Remove an account; its sessions end and its sockets close at once."""
    server.allow("accounts")
    await asyncio.to_thread(server.home.accounts.remove, id)
    await asyncio.to_thread(server.home.sessions.end_account, id)
    await server.hub.revoked(person=id)


@router.post("/password", status_code=204)
async def set_password(asked: NewPassword, server: Server, response: Response) -> None:
    """Change one's own password. Every other session ends, and this one goes on under a new cookie."""
    who = server.allow("own_account")
    await server.login.confirm(who.id, asked.old)
    hashed = await server.login.hash(asked.new)
    await asyncio.to_thread(server.home.accounts.set_password, who.id, hashed)
    for session in await asyncio.to_thread(server.home.sessions.end_account, who.id):
        await server.hub.revoked(session=session)
    account = server.home.accounts.get(who.id)
    token, _ = await asyncio.to_thread(server.home.sessions.open_account, account, server.agent)
    enter(response, server.config, token)


@router.get("/sessions")
def sessions(server: Server) -> list[SessionShown]:
    """One's own sessions, newest first."""
    who = server.allow("own_account")
    return [
        SessionShown(
            id=one.id, agent=one.agent, created=one.created, seen=one.seen, expires=one.expires,
            current=one.id == who.session,
        )
        for one in server.home.sessions.of_account(who.id)
    ]  # fmt: skip


@router.delete("/sessions", status_code=204)
async def end_other_sessions(server: Server) -> None:
    """End all of one's sessions but this one."""
    who = server.allow("own_account")
    for session in await asyncio.to_thread(server.home.sessions.end_account, who.id, but=who.session):
        await server.hub.revoked(session=session)


@router.delete("/sessions/{id}", status_code=204)
async def end_session(id: Id, server: Server) -> None:
    """End one of one's own sessions."""
    who = server.allow("own_account")
    await asyncio.to_thread(server.home.sessions.end, id, account=who.id)
    await server.hub.revoked(session=id)


async def _end(server: Server, session: str) -> None:
    try:
        await asyncio.to_thread(server.home.sessions.end, session)
    except Refusal:
        return  # another request ended it first
    await server.hub.revoked(session=session)
