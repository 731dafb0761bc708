"""seedbed backup"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, working


def backup(
    folder: StudyFolder,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The zip file to write. Left out: the study's name and the time."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole study to one zip file, also while it is being served.

    The file holds identity.db, that is who is behind each pseudonym: keep it where only the organisers can read it.
    """
    from seedbed.study import Folder
    from seedbed.study.backup import backup as write

    study = Folder(folder)
    study.check()
    target = file or Path(f"{folder.resolve().name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
    with working("Backing up") as listen:
        made = write(study, target, listen=listen)
    if as_json:
        data({"schema": 1, "path": str(made.path), "files": made.files, "bytes": made.bytes, "size": made.size,
              "notes": made.notes})  # fmt: skip
        return
    note(f"Backup: {made.path} ({made.files:,} files, {made.bytes / 1e6:.1f} MB packed to {made.size / 1e6:.1f} MB)")
    for name, remark in made.notes.items():
        note(f"  {name}: {remark}")
    if study.identity.is_file():
        note("  It holds identity.db, that is who is behind each pseudonym. Only you can read the file (mode 0600).")
    hint(command("restore", made.path, "NEW_FOLDER"))
