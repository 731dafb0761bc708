"""seedbed account"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.arguments import AsJson
from seedbed.cli.console import command, data, hint, note, table
from seedbed.cli.serve import ServerHome
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.server.people.home import Home


class Act(StrEnum):
    add = "add"
    list = "list"
    remove = "remove"
    password = "password"


class Role(StrEnum):
    organiser = "organiser"
    curator = "curator"


def account(
    act: Annotated[Act, typer.Argument(help="What to do.", show_default=False)],
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The account's name.", show_default=False)] = None,
    role: Annotated[Role, typer.Option(help="What a new account may do: run workshops, or read and decide.")] = (
        Role.organiser
    ),
    home: ServerHome = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, one line, unasked.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add, list and remove the server's accounts, or give one a new password.

    A running server takes it up at once. A removed account, and one with a new password, is signed out everywhere
    within seconds.
    """
    from seedbed.server.people.home import Home, default_home
    from seedbed.server.refusals import Refusal

    if (name is None) != (act is Act.list):
        raise UsageError(
            "Name an account" if name is None else "The list takes no name", hint=command("account", act, "NAME")
        )
    with Home(home or default_home(), {}) as opened:
        try:
            if act is Act.list:
                _list(opened, as_json)
            else:
                _change(opened, act, name or "", role, password_stdin)
        except Refusal as refusal:
            raise UsageError(refusal.message, hint=command("account", "list")) from None


def _list(home: Home, as_json: bool) -> None:
    accounts = home.accounts.all()
    if as_json:
        data([{"id": one.id, "name": one.name, "role": one.role, "created": one.created} for one in accounts])
    elif accounts:
        table(["name", "role", "since"], [[one.name, one.role, one.created[:10]] for one in accounts])
    else:
        note(f"No accounts in {home.path}.")
        hint(command("account", "add", "NAME"))


def _change(home: Home, act: Act, name: str, role: Role, from_stdin: bool) -> None:
    from seedbed.server.people.passwords import Passwords
    from seedbed.server.refusals import Refusal

    if act is Act.add:
        if home.accounts.named(name) is not None:
            raise Refusal("name_taken")
        made = home.accounts.add(name, role, Passwords().hash(_password(from_stdin)))
        note(f"New {made.role}: {made.name}")
        return
    found = home.accounts.named(name)
    if found is None:
        raise Refusal("unknown_account")
    account, _ = found
    if act is Act.remove:
        home.accounts.remove(account.id)
    else:
        home.accounts.set_password(account.id, Passwords().hash(_password(from_stdin)))
    ended = len(home.sessions.end_account(account.id))
    done = "Removed" if act is Act.remove else "New password for"
    note(f"{done} {account.name}" + (f"; {ended} sessions ended" if ended else ""))


def _password(from_stdin: bool) -> str:
    from seedbed.server.people.accounts import checked_password

    if from_stdin:
        return checked_password(sys.stdin.readline().rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise UsageError("There is nobody to ask for a password", hint="Add --password-stdin and pipe it in.")
    typed: str = typer.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True, err=True)
    return checked_password(typed)
