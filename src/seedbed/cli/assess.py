"""seedbed assess"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedbed.cli.arguments import StudyFolder
from seedbed.cli.console import command, hint, note, table, working

if TYPE_CHECKING:
    from seedbed.assess import Assessment


def assess(folder: StudyFolder) -> None:
    """Measure diversity, sensibility and relevance, on seeds, synthetic rows and controls alike.

    Each row is diverse, sensible and relevant: yes, no, or unverified where only a judge could say and none has
    earned it against people's ratings. What was measured on a text is kept, so a second run is quick and one that was
    stopped goes on.
    """
    from seedbed.acts import Study

    study = Study.open(folder)
    with working("Assessing") as listen:
        found = study.assess(listen=listen)
    _show(found)
    note(f"Assessment: {study.folder.assessment}/assessment.json")
    hint(command("report", folder))


def _show(found: Assessment) -> None:
    """How many rows of each set are what."""
    verdicts = {figures.key: figures.verdicts for figures in found.questions}
    verdicts |= {figures.key: figures.verdicts for figures in found.responses}
    rows = [
        (key, count.dimension, count.yes, count.no, count.unverified)
        for key, counts in verdicts.items()
        for count in counts
    ]
    if rows:
        table(("set", "rows that are", "yes", "no", "unverified"), rows)
    for funnel in found.funnels:
        if funnel.imported:
            note(f"{funnel.run}: {funnel.generated:,} rows were imported; no gate judged them")
        elif funnel.raw:
            note(f"{funnel.run}: {funnel.generated:,} rows were made without gates")
        else:
            note(f"{funnel.run}: {funnel.in_words} accepted by its gates")
