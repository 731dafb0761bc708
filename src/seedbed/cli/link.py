"""seedbed link"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import data, hint, note
from seedbed.cli.serve import ServerHome
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.study import Folder


class Role(StrEnum):
    participant = "participant"
    observer = "observer"
    moderator = "moderator"
    rater = "rater"
    contributor = "contributor"


def link(
    folder: StudyFolder,
    group: Annotated[
        str, typer.Option(metavar="NAME", help="The group they join; none for a moderator, a rater or a contributor.")
    ] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.participant,
    label: Annotated[str, typer.Option(metavar="TEXT", help="A reminder of whom the link is for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=365, help="How long it opens the door. Left out: always.")] = (
        None
    ),
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the pages are. Left out: where they were last served.")
    ] = None,
    home: ServerHome = None,
    as_json: AsJson = False,
) -> None:
    """Make a link by which people join a study, and draw it for a phone's camera.

    The link is shown now and never again: only its hash is kept. Withdraw it on the study's workshop page.
    """
    from datetime import UTC, datetime, timedelta

    from seedbed.server.config import ServerConfig, checked_public_url
    from seedbed.server.people.home import Home, StudyIdentity, default_home
    from seedbed.server.people.qr import typed
    from seedbed.server.refusals import Refusal
    from seedbed.study import Folder

    study = Folder(folder)
    study.check()
    if role not in (Role.moderator, Role.rater, Role.contributor):
        _check_group(study, group)
    place = home or default_home()
    if public_url is not None:
        url = checked_public_url(public_url)
    else:
        with Home(place, {}) as opened:
            url = opened.url or ServerConfig(place).url
    identity = StudyIdentity.of(study)
    try:
        until = None if days is None else datetime.now(UTC) + timedelta(days=days)
        made, code = identity.links.make(group, role, label[:100], until)
    except Refusal as refusal:
        raise UsageError(refusal.message) from None
    finally:
        identity.db.close()
    address = f"{url}/join/{code}"
    if as_json:
        data({"id": made.id, "url": address, "group": group, "role": role, "expires": made.expires})
        return
    print(address)
    if sys.stdout.isatty():
        print(typed(address))
    note(
        f"For a {role}" + (f" in group {group}" if group else "") + (f", until {made.expires}" if made.expires else "")
    )
    hint("Show or send it only to those whom it is for: whoever has it can join.")


def _check_group(study: Folder, group: str) -> None:
    """Raises UsageError for a group that the workshop does not have."""
    from seedbed.settings import load_settings
    from seedbed.study.events import EventStore
    from seedbed.workshop import WORKSHOP, Members

    members = Members(load_settings(study).workshop.groups)
    with EventStore.of(study) as store:
        for event in store.read(WORKSHOP):
            members.take(event)
    if group not in members.groups:
        known = ", ".join(members.groups)
        raise UsageError(
            f"The workshop has no group {group!r} (it has: {known})" if group else f"Name the group: {known}",
            hint="Make the link on the workshop page, which adds the group; or add it to groups under [workshop] in "
            "study.toml and start the server again.",
        )
