"""seedbed release"""

from __future__ import annotations

from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import data, note, table, working


def release(
    folder: StudyFolder,
    version: Annotated[
        str, typer.Argument(metavar="VERSION", help="Such as 1.0; it names the folder releases/VERSION.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write the dataset with its card and checksums, whole or not at all."""
    from seedbed.acts import Study

    study = Study.open(folder)
    with working("Releasing") as listen:
        made = study.release(version, listen=listen)
    if as_json:
        data({"schema": 1, "version": made.version, "path": str(made.path), "rows": dict(made.rows),
              "left_out": dict(made.left_out), "bytes": made.size})  # fmt: skip
        return
    show(made)


def show(made: object) -> None:
    """The release in a few lines: rows by configuration, what was left out, where it is."""
    from seedbed.release import ReleaseReport

    assert isinstance(made, ReleaseReport)
    table(["configuration", "rows"], [[name, count] for name, count in made.rows.items()])
    for what, count in made.left_out.items():
        note(f"  not released: {count:,} {what}")
    note(f"Release {made.version}: {made.path} ({made.size / 1e6:.1f} MB, {len(made.files)} files)")
