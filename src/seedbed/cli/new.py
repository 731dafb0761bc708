"""seedbed new"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import NewStudy
from seedbed.cli.console import hint, note


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

    study = Study.new(folder, title=title, taxonomy=taxonomy or (sample_folder() / "taxonomy.json" if sample else None))
    note(f"New study: {folder}")
    if sample:
        for report in study.import_sample():
            note(f"  {report.added} rows from {report.file.name}")
        hint(f"seedbed curate {folder}")
    else:
        hint(f"seedbed import {folder} FILE")
