"""seedbed new"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import NewStudy
from seedbed.cli.console import command, hint, note
from seedbed.errors import InputError, UsageError


def new(
    folder: NewStudy,
    title: Annotated[str, typer.Option(help="The study in a few words.")] = "",
    taxonomy: Annotated[
        Path | None, typer.Option(help="Topics, question types and values as JSON. Left out: the paper's own.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Fill it with the sample study's seeds.")] = False,
    package: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Set it up from a package that seedbed replicate has written."),
    ] = None,
    next: Annotated[
        bool, typer.Option("--next", help="Of the package, the next template: with the lessons that were accepted.")
    ] = False,
) -> None:
    """Make a study: a folder with its settings and labels."""
    from seedbed.acts import Study, sample_folder

    if package is not None:
        if taxonomy is not None or sample:
            raise UsageError("A package brings its own labels", hint="Leave --taxonomy and --sample out.")
        _from_package(folder, package, title, next)
        return
    if next:
        raise UsageError("--next is of a package", hint="Name the package: --from FILE")
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


def _from_package(folder: Path, package: Path, title: str, next: bool) -> None:
    from seedbed.replicate import set_up

    made = set_up(package, folder, title=title, next=next)
    note(f"New study: {made.path}, as packed on {made.made[:16].replace('T', ' ')} UTC by seedbed {made.seedbed}")
    note(f"  groups: {', '.join(made.groups)}")
    if made.models:
        note(f"  its models have no address here: add [endpoints.NAME] to study.toml for {', '.join(made.models)}")
    hint(command("serve", made.path))


def _check(taxonomy: Path) -> None:
    """Raises InputError before anything is made: half a study would be in the way of the next attempt."""
    from seedbed.taxonomy import load_taxonomy

    if not taxonomy.is_file():
        raise InputError(f"There is no file {taxonomy}", hint="Name a taxonomy in JSON, or leave --taxonomy out.")
    load_taxonomy(taxonomy)
