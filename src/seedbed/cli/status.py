"""seedbed status"""

from __future__ import annotations

from typing import Any

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import data, funnel, hint, note


def status(folder: StudyFolder, as_json: AsJson = False) -> None:
    """Where the study stands: the counts at each stop of the road, each run's funnel, and the next step."""
    from seedbed.acts import Study

    found = Study.open(folder).status()
    if as_json:
        data(found)
    else:
        show(found)


def show(found: dict[str, Any]) -> None:
    from seedbed.runs import how_far

    seeds, curation = found["seeds"], found["curation"]
    note(f"{found['study']}{': ' + found['title'] if found['title'] else ''}")
    note(f"  people      {found['people']:,}")
    note(f"  seeds       {seeds['questions']:,} questions, {seeds['triples']:,} pairs, {seeds['ratings']:,} ratings")
    note(f"  curated     {curation['included']:,} included, {curation['excluded']:,} excluded")
    note(f"  examples    {curation['chosen_questions']:,} questions and {curation['chosen_triples']:,} pairs chosen")
    for run in found["runs"]:
        kind = "proposals" if run["proposals"] else "comparison rows" if run["raw"] else run["stage"]
        unfinished = "" if run["complete"] else f", unfinished ({how_far(run['target'], run['candidates'], run)})"
        funnel(f"{run['name']} ({kind} by {run['model'] or 'unknown'}{unfinished})", run["generated"], run["kept"],
               run["failed"], run["reasons"])  # fmt: skip
    note(f"  report      {found['report'] or 'none yet'}")
    note(f"  releases    {', '.join(found['releases']) or 'none yet'}")
    hint(found["next"])
