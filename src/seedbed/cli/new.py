"""seedbed new"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import NewStudy
from seedbed.cli.console import command, hint, note
from seedbed.errors import InputError


def new(
    folder: NewStudy,
    title: Annotated[str, typer.Option(help="The study in a few words.")] = "",
    taxonomy: Annotated[
        Path | None, typer.Option(help="Topics, question types and values as JSON. Left out: the paper's own.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Fill it with the sample study's seeds.")] = False,
) -> None:
    """Make a study: a folder with its settings and labels."""
    from seedbed.acts import Study, sample_folder

    if taxonomy is not None:
        _check(taxonomy)
    study = Study.new(folder, title=title, taxonomy=taxonomy or (sample_folder() / "taxonomy.json" if sample else None))
    note(f"New study: {folder}")
    if sample:
        for report in study.import_sample():
            note(f"  {report.added} rows from {report.file.name}")
        hint(command("curate", folder))
    else:
        hint(command("import", folder, "FILE"))


def _check(taxonomy: Path) -> None:
    """Raises InputError before anything is made: half a study would be in the way of the next attempt."""
    from seedbed.taxonomy import load_taxonomy

    if not taxonomy.is_file():
        raise InputError(f"There is no file {taxonomy}", hint="Name a taxonomy in JSON, or leave --taxonomy out.")
    load_taxonomy(taxonomy)
