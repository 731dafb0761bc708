"""seedbed redact"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import data, note
from seedbed.cli.serve import ServerHome
from seedbed.errors import Busy, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def redact(
    folder: StudyFolder,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, p_…", show_default=False)],
    home: ServerHome = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take one person's words and name out of a study's files. Cannot be undone.

    Where a server holds the study, do it on the study's workshop page. Copies of the study, what others retyped,
    and releases are out of reach: texts that repeat what was erased are listed for you to decide.
    """
    from seedbed.server.home import default_home, named_studies
    from seedbed.server.serving import SERVE_LOCK
    from seedbed.study import hold

    (name, study), *_ = named_studies([folder]).items()
    if not yes:
        typer.confirm(f"Take the words and the name of {person} out of {folder} for ever?", abort=True, err=True)
    try:
        with hold(study.root / SERVE_LOCK, what=f"The study {name}"):
            erased = _redact(name, home or default_home(), folder, person)
    except Busy as busy:
        raise Busy(
            f"A server holds the study {name}: {busy}",
            hint="Do it there: the study's workshop page, People, Erase. Or stop the server first.",
        ) from None
    if as_json:
        data({**erased, "look_alikes": [dict(one) for one in erased["look_alikes"]]})
    else:
        show(erased)


def _redact(name: str, home: Path, folder: Path, person: str) -> Mapping[str, Any]:
    import asyncio

    from seedbed.server.home import Home, named_studies
    from seedbed.server.hub import Hub
    from seedbed.server.identity import Who
    from seedbed.server.leading import erase
    from seedbed.server.refusals import Refusal
    from seedbed.settings import load_settings

    studies = named_studies([folder])

    async def run(opened: Home) -> Mapping[str, Any]:
        hub = Hub({name: (studies[name], load_settings(studies[name]).workshop)})
        await hub.start()
        try:
            return await erase(hub, opened, name, Who("cli", "", "organiser", None, None, ""), person)
        finally:
            await hub.stop()

    with Home(home, studies) as opened:
        try:
            return asyncio.run(run(opened))
        except Refusal as refusal:
            raise UsageError(refusal.message) from None


def show(erased: Mapping[str, Any]) -> None:
    note(f"Erased. {erased['rewritten']:,} entries of the log were rewritten.")
    if erased["look_alikes"]:
        note("These texts of others repeat what was erased; read them and decide:")
        for one in erased["look_alikes"]:
            note(f"  {one['doc']} {one['text']} ({one['author']}): {one['excerpt']}")
