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
    drop_leaks: Annotated[
        bool,
        typer.Option(
            "--drop-leaks",
            help="Where texts of the two pools are too much alike, leave a row of each behind: a model's before "
            "people's, of two by people the one for evaluation.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the dataset with its card and checksums, whole or not at all.

    Refused while anything stands in both pools: the same text, or one too like it in words or meaning. leaks.md in the
    release says what was looked for; docs/splits.md explains it.
    """
    from seedbed.acts import Study
    from seedbed.release.taken import read_record

    study = Study.open(folder)
    with working("Releasing") as listen:
        made = study.release(version, drop_leaks=drop_leaks, listen=listen)
    for one in read_record(study.folder).releases.values():
        if not one.removed:
            note(f"Release {one.version} holds {one.rows:,} rows that were withdrawn since. Replace it by this one.")
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
