"""seedbed release"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, table, working

if TYPE_CHECKING:
    from seedbed.release.previewing import Preview


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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would hold, what changed, and what its card leaves open.")
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
    if dry_run:
        with working("Looking") as listen:
            found = study.preview_release(version, drop_leaks=drop_leaks, listen=listen)
        _foretell(found, as_json=as_json)
        hint(command("release", folder, version))
        return
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


def _foretell(found: Preview, *, as_json: bool) -> None:
    from seedbed.release.differing import CHANGES

    report, since = found.report, found.since
    counts = (
        {part.configuration: {change: len(part.ids[change]) for change in CHANGES} for part in since.parts}
        if since
        else {}
    )
    if as_json:
        data({"schema": 1, "version": report.version, "dry_run": True, "rows": dict(report.rows),
              "left_out": dict(report.left_out), "bytes": report.size, "unsaid": [key for key, _ in found.unsaid],
              "before": found.before or None, "changes": counts, "card": found.card})  # fmt: skip
        return
    table(["configuration", "rows"], [[name, count] for name, count in report.rows.items()])
    for what, count in report.left_out.items():
        note(f"  not released: {count:,} {what}")
    if since is not None:
        table([f"since {found.before}", *CHANGES], [[name, *each.values()] for name, each in counts.items()])
    for key, what in found.unsaid:
        note(f"  release.{key} in study.toml is empty: {what}")
    note(f"Release {report.version} would take {report.size / 1e6:.1f} MB. Nothing was written.")


def show(made: object) -> None:
    """The release in a few lines: rows by configuration, what was left out, where it is."""
    from seedbed.release import ReleaseReport

    assert isinstance(made, ReleaseReport)
    table(["configuration", "rows"], [[name, count] for name, count in made.rows.items()])
    for what, count in made.left_out.items():
        note(f"  not released: {count:,} {what}")
    note(f"Release {made.version}: {made.path} ({made.size / 1e6:.1f} MB, {len(made.files)} files)")
