"""seedbed report"""

from __future__ import annotations

from seedbed.cli.arguments import StudyFolder
from seedbed.cli.console import command, hint, note, working


def report(folder: StudyFolder) -> None:
    """Draw the figures and write one page that explains the study: report/index.html."""
    from seedbed.acts import Study

    study = Study.open(folder)
    with working("Drawing") as listen:
        page = study.report(listen=listen)
    note(f"Report: {page}")
    hint(command("release", folder, "1.0"))
