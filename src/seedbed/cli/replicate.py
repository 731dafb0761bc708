"""seedbed replicate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note


def replicate(
    folder: StudyFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The zip file to write.", show_default=False)],
    with_boards: Annotated[
        bool,
        typer.Option(
            "--with-boards",
            help="Put the record of the boards in it too: pseudonyms only, and the words of those alone who agreed to "
            "training and to quoting.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write what the workshop was set up with to one zip file, from which others set it up again.

    Agenda, script, boards, labels, profiles, settings, versions of prompts and the decision log; nothing that people
    wrote. Another team makes a study of it: seedbed new DIR --from FILE.
    """
    from seedbed.replicate import pack
    from seedbed.study import Folder

    made = pack(Folder(folder), file, boards=with_boards)
    if as_json:
        data({"schema": 1, "path": str(made.path), "files": made.files, "bytes": made.bytes, "boards": made.boards})
        return
    note(f"Replication package: {made.path} ({made.files} files, {made.bytes / 1e3:,.0f} kB before packing)")
    if made.boards:
        note("  It holds the words of those who agreed to training and to quoting, under their pseudonyms.")
    hint(command("new", "NEW_DIR", "--from", made.path))
