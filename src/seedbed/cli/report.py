"""seedbed report"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import StudyFolder
from seedbed.cli.console import command, hint, note, working


def report(
    folder: StudyFolder,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write every figure there, as CSV, SVG, PNG and PDF."),
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also print the page to this PDF, by an installed Chromium.")
    ] = None,
) -> None:
    """Draw the figures and write one page that explains the study: report/index.html."""
    from seedbed.acts import Study
    from seedbed.report.exporting import export_figures, print_page

    study = Study.open(folder)
    with working("Drawing") as listen:
        page = study.report(listen=listen)
    note(f"Report: {page}")
    if figures is not None:
        made = export_figures(study.folder, figures)
        note(f"Figures: {len(made)} files in {figures}")
    if pdf is not None:
        with working("Printing"):
            print_page(study.folder, pdf)
        note(f"PDF: {pdf}")
    if not (study.folder.propagation / "propagation.json").is_file():
        hint(f"Nothing was tested of what the seeds did: {command('propagate', folder)}")
    hint(command("release", folder, "1.0"))
