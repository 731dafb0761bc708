"""seedbed assess"""

from __future__ import annotations

from seedbed.cli.arguments import StudyFolder
from seedbed.cli.console import command, hint, note, working


def assess(folder: StudyFolder) -> None:
    """Measure diversity, sensibility and relevance, on seeds, synthetic rows and controls alike."""
    from seedbed.acts import Study

    study = Study.open(folder)
    with working("Assessing") as listen:
        study.assess(listen=listen)
    note(f"Assessment: {study.folder.assessment}/assessment.json")
    hint(command("report", folder))
