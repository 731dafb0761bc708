"""seedbed status"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, funnel, hint, note, table


def status(
    folder: StudyFolder,
    groups: Annotated[
        bool, typer.Option("--groups", help="Instead: who took part, and what each group wrote.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Where the study stands: the counts at each stop of the road, each run's funnel, and the next step."""
    from seedbed.acts import Study

    study = Study.open(folder)
    found = study.groups() if groups else study.status()
    if as_json:
        data(found)
    elif groups:
        _groups(found["groups"])
    else:
        show(found)


def show(found: dict[str, Any]) -> None:
    from seedbed.runs import how_far

    boards, seeds, curation = found["boards"], found["seeds"], found["curation"]
    note(f"{found['study']}{': ' + found['title'] if found['title'] else ''}")
    note(f"  people      {found['people']:,}")
    if boards["boards"]:
        note(f"  boards      {boards['boards']:,}, {boards['changed']:,} changed since they were gathered, "
             f"{boards['waiting']:,} rows wait")  # fmt: skip
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
    _withdrawn(found["withdrawn"], found["study"])
    hint(found["next"])


def _withdrawn(taken: Mapping[str, Any], study: str) -> None:
    """What people took back, where they did, and what is due by [retention]."""
    if taken["rows"] or taken["releases"]:
        note(f"  withdrawn   {taken['rows']:,} rows of runs")
    for one in taken["releases"]:
        fate = "was removed; copies of it may be about" if one["removed"] else "holds them still: replace it"
        note(f"    release {one['version']}: {one['rows']:,} of its rows are withdrawn; it {fate}")
        for place in one["published"]:
            note(f"      published: {place}")
    if taken["unfinished"]:
        note("    A withdrawal broke off. Give the same command again: seedbed withdraw, with the same person or seeds")
    for one in taken["due"]:
        note(f"  due         {one['count']:,} {_DUE[one['what']]} since {one['since']}: "
             f"{command('withdraw', study, '--due')}")  # fmt: skip


_DUE = {"recordings": "transcripts", "boards": "people's words on boards", "identity": "names behind pseudonyms"}


def _groups(parts: list[dict[str, Any]]) -> None:
    def line(name: str, key: str, *of: str) -> tuple[str, ...]:
        return (name, *(_share(sum(part[key].get(one, 0) for one in of), part["questions"]) for part in parts))

    def times(name: str, key: str, once: bool) -> tuple[str, ...]:
        return (name, *(f"{sum((n == 1) is once for n in part[key].values())}" for part in parts))

    counts = [
        (name, *(str(part[key]) for part in parts))
        for name, key in (("people", "people"), ("questions", "questions"), ("pairs", "pairs"))
    ]
    table(
        ("", *(part["group"] for part in parts)),
        [
            *counts,
            line("end in ?", "question_mark", "yes"),
            line("do not", "question_mark", "no"),
            line("open", "openness", "open"),
            line("closed", "openness", "closed"),
            line("other", "openness", "other"),
            times("types once", "question_types", True),
            times("types again", "question_types", False),
            times("topics once", "topics", True),
            times("topics again", "topics", False),
        ],
    )
    for part in parts:
        note("")
        note(f"{part['group']}: {_people(part)}" if part["people"] else part["group"])
        note(f"  types   {_repeated(part['question_types'])}")
        note(f"  topics  {_repeated(part['topics'])}")


def _share(count: int, of: int) -> str:
    return f"{count} ({count / of:.1%})" if of else "–"


def _people(part: Mapping[str, Any]) -> str:
    roles = ", ".join(f"{n} {role}{'' if n == 1 else 's'}" for role, n in sorted(part["roles"].items()))
    places = ", ".join(f"{place or 'no place'} {n}" for place, n in part["locations"].items())
    return f"{roles}; {places}"


def _repeated(counts: Mapping[str, int]) -> str:
    """Labels that were used more than once, and how many once."""
    again = [f"{name or 'none given'} {n}" for name, n in counts.items() if n > 1]
    once = sum(n == 1 for n in counts.values())
    return ", ".join([*again, *([f"{once} once"] if once else [])]) or "–"
