"""Where a study stands: the counts at each stop of the road, and the one next step. Reads; never writes."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from seedbed.engine import Journal, RunRecord, read_run
from seedbed.measures.definition import Value
from seedbed.measures.openness import openness_of
from seedbed.measures.text_format import traditional
from seedbed.records import Person, Question
from seedbed.release.taken import read_record
from seedbed.settings import Settings
from seedbed.study import Folder

__all__ = ["BRIDGE_RUN", "groups", "status"]

SCHEMA = 1
BRIDGE_RUN = re.compile(r"bridge-([1-9][0-9]{0,5})")
"""The name of a run that a bridge grew: prompts for people to answer, and no generation of the study's."""
_NONE = "not applicable"


def status(folder: Folder, settings: Settings) -> dict[str, Any]:
    """The form of `seedbed status --json`; `schema` goes up when a key changes its meaning or goes away."""
    from seedbed import curate
    from seedbed.seeds.gathering import survey

    folder.check()
    events, boards = survey(folder)
    have = events.seeds()
    curation = curate.load(folder)
    runs = [_run(folder, name) for name in folder.run_names()]
    assessed = (folder.assessment / "assessment.json").is_file()
    report = folder.report / "index.html"
    releases = sorted(path.name for path in folder.releases.iterdir() if not path.name.startswith(".")) if (
        folder.releases.is_dir()
    ) else []  # fmt: skip
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "study": str(folder.root),
        "title": settings.title,
        "people": len(have.people),
        "boards": {
            "boards": boards.boards,
            "changed": boards.moved,
            "waiting": sum(boards.held.values()),
            "reasons": dict(boards.held),
        },
        "seeds": {"questions": len(have.questions), "triples": len(have.triples), "ratings": len(have.ratings)},
        "curation": {
            "included": _count(have, curation, excluded=False),
            "excluded": len(curation.excluded),
            "chosen_questions": len(curation.selected_questions),
            "chosen_triples": len(curation.selected_triples),
            "alignment": sum(pool == "alignment" for pool in curation.pools.values()),
            "evaluation": sum(pool == "evaluation" for pool in curation.pools.values()),
        },
        "runs": runs,
        "assessed": assessed,
        "propagated": (folder.propagation / "propagation.json").is_file(),
        "report": str(report) if report.is_file() else None,
        "releases": releases,
        "withdrawn": _withdrawn(folder, settings),
    }
    words = _next(made, folder, settings)
    made["next_act"] = words[0] if words else "read"
    made["next"] = shlex.join(["seedbed", *words]) if words else f"read {made['report']}"
    return made


def _withdrawn(folder: Folder, settings: Settings) -> dict[str, Any]:
    """What people took back: rows by now, releases that hold some, whether a withdrawal broke off, and what is due."""
    from seedbed.withdraw.releases import copies_of
    from seedbed.withdraw.retention import due

    record = read_record(folder)
    copies = copies_of(folder, record.releases)
    return {
        "rows": sum(sum(one.rows.values()) for one in record.withdrawals),
        "releases": [
            {
                "version": one.version,
                "rows": one.rows,
                "removed": one.removed,
                "published": [copy.place for copy in copies if copy.version == one.version],
            }
            for one in record.releases.values()
        ],
        "unfinished": len(record.unfinished),
        "due": [one.to_json() for one in due(folder, settings.retention)],
    }


def groups(folder: Folder) -> dict[str, Any]:
    """Who took part and what each group wrote: the counts of the paper's Tables 2 and 4 and of its appendix A.1.

    One part a group, sorted, and one of all under the name "all". Every seed counts, whatever became of it; its labels
    are those that stand after curation, and one that nobody knows or confirmed stands as it was typed. `openness` is
    by rule A. A text in a language that a measure does not cover counts as "not applicable".
    """
    from seedbed import curate, seeds

    folder.check()
    curation = curate.load(folder)
    people = seeds.load(folder).people
    asking = {person.group for person in people} | {question.group for question in curation.questions}
    named = sorted((asking | {triple.group for triple in curation.triples}) - {""})

    def part(name: str, *, whole: bool = False) -> dict[str, Any]:
        asked = [question for question in curation.questions if whole or question.group == name]
        there = [person for person in people if whole or person.group == name]
        return {"group": name, **_people(there), **_questions(asked),
                "pairs": sum(whole or triple.group == name for triple in curation.triples)}  # fmt: skip

    return {"schema": SCHEMA, "groups": [*map(part, named), part("all", whole=True)]}


def _people(people: Sequence[Person]) -> dict[str, Any]:
    return {
        "people": len(people),
        "roles": _counted(person.role.lower() for person in people),
        "locations": _counted(person.location for person in people),
    }


def _questions(questions: Sequence[Question]) -> dict[str, Any]:
    marks = [traditional(question.text, question.language) for question in questions]
    forms = [openness_of(question.text, "a", question.language) for question in questions]
    return {
        "questions": len(questions),
        "question_mark": _counted(
            ("yes" if mark.value else "no") if isinstance(mark, Value) else _NONE for mark in marks
        ),
        "openness": _counted(form.value if isinstance(form, Value) else _NONE for form in forms),
        "question_types": _counted(item.question_type or item.question_type_raw.strip() for item in questions),
        "topics": _counted(item.topic or item.topic_raw.strip() for item in questions),
    }


def _counted(found: Iterable[str]) -> dict[str, int]:
    """Counts by name, the greatest first; "" counts too, for what was not given."""
    return dict(sorted(Counter(found).items(), key=lambda item: (-item[1], item[0])))


def _count(have: Any, curation: Any, *, excluded: bool) -> int:
    ids = [item.id for item in (*have.questions, *have.triples)]
    return sum((id in curation.excluded) is excluded for id in ids)


def _run(folder: Folder, name: str) -> dict[str, Any]:
    record = read_run(folder.run(name))
    path = folder.run(name) / "journal.db"
    if path.is_file():
        journal = Journal(path, read_only=True)
        try:
            totals = journal.totals()
        finally:
            journal.close()
    else:
        totals = {"kept": 0, "rejected": 0, "failed": 0, "reasons": {}, "calls": 0}
    generated = totals["kept"] + totals["rejected"]
    return {
        "name": name,
        "stage": record.stage,
        "model": record.ask.get("model", ""),
        "raw": bool(record.ask.get("raw")),
        "with_seeds": bool(record.ask.get("with_seeds", False)),
        "proposals": bool(record.ask.get("proposals", False)),
        "target": record.ask.get("target"),
        "candidates": record.ask.get("candidates"),
        "over_target": totals.get("over_target", 0),
        "generated": generated,
        "kept": totals["kept"],
        "rejected": totals["rejected"],
        "failed": totals["failed"],
        "reasons": totals["reasons"],
        "calls": totals["calls"],
        "complete": record.stage == "imported" or (generated > 0 and (folder.run(name) / "summary.json").is_file()),
    }


def _next(made: dict[str, Any], folder: Folder, settings: Settings) -> list[str]:
    """The words of the one command that carries the study on; none where there is only the report to read."""
    where = str(folder.root)
    runs = [run for run in made["runs"] if not BRIDGE_RUN.fullmatch(run["name"])]  # with its own the bridge goes on
    unfinished = [run for run in runs if not run["complete"]]
    if not made["seeds"]["questions"]:
        written = made["boards"]["changed"] or made["boards"]["waiting"]
        return ["curate", where] if written else ["import", where, "FILE"]
    if not made["curation"]["alignment"] or made["boards"]["changed"]:
        return ["curate", where]  # people wrote since: it takes that up
    if unfinished:
        record = read_run(folder.run(unfinished[0]["name"]))
        if record.about.get("propagation"):
            return ["propagate", where, *_declared(folder, record)]
        return ["generate", where, *_again(record, settings)]
    if not any(run["stage"] in ("questions", "imported") for run in runs):
        return ["generate", where]
    if not made["assessed"]:
        return ["assess", where]
    if not made["propagated"] and not made["report"] and any(map(_showed_seeds, runs)):
        return ["propagate", where]
    if not made["report"]:
        return ["report", where]
    if not made["releases"]:
        return ["release", where, "1.0"]
    return []


def _showed_seeds(run: dict[str, Any]) -> bool:
    """Whether it can be asked of a run what its seeds did."""
    return run["stage"] in ("questions", "triples") and run["with_seeds"] and run["generated"] > 0


def _declared(folder: Folder, record: RunRecord) -> list[str]:
    """The options with which `propagate` goes on with the design that a run was declared in."""
    from seedbed.propagate.planning import read_plan  # brings numpy along

    base, part = str(record.about["control_of"]), record.about["propagation"]["part"]
    words = ["--run", base]
    if part == "dose":
        return [*words, "--dose", str(record.about["propagation"]["feature"])]
    if part != "set":
        return [*words, "--controls"]
    plan = read_plan(folder)
    arms = [len(one.arms) for one in (plan.designs if plan else ()) if one.kind == "swap" and one.base == base]
    return [*words, "--swap", str(arms[-1] if arms else 6)]


def _again(record: RunRecord, settings: Settings) -> list[str]:
    """The options with which `generate` goes on with a run: those that study.toml does not give by itself."""
    ask, urls = record.ask, record.about.get("endpoint")
    words = ["--stage", record.stage, "--run", record.name]
    part = settings.generate.triples if record.stage == "triples" else settings.generate.questions
    for name in () if record.stage == "topics" else ("target", "candidates"):
        if ask.get(name) not in (None, getattr(part, name)):
            words += [f"--{name}", str(ask[name])]
    if ask.get("with_seeds") is False:
        words += ["--without-seeds"]
    if ask.get("raw"):
        words += ["--raw"]
    if ask.get("values") and tuple(ask["values"]) != settings.generate.triples.values:
        words += ["--value", "+".join(ask["values"])]
    named = settings.endpoints.get(settings.generate.writer)
    if isinstance(urls, list) and urls and (named is None or (named.model, list(named.urls)) != (ask["model"], urls)):
        words += ["--endpoint", str(urls[0]), "--model", str(ask["model"])]
        if key_env := record.about.get("key_env"):
            words += ["--key-env", str(key_env)]
    if source := record.about.get("prompts_from"):
        words += ["--prompts", str(source)]
    if judge := record.about.get("judge"):
        words += ["--judge", str(judge)]
    subset = ask.get("subset") or {}
    for option, name in (("--topic", "topics"), ("--type", "question_types")):
        if tuple(subset.get(name) or ()) != getattr(settings.generate.triples, name):
            words += [word for id in subset.get(name) or () for word in (option, str(id))]
    if subset.get("sample") not in (None, settings.generate.triples.sample):
        words += ["--sample", str(subset["sample"])]
    if (topics := record.about.get("topics_from")) and topics != settings.generate.questions.topics:
        words += ["--topics", str(topics)]
    if control_of := record.about.get("control_of"):
        words += ["--control-of", str(control_of)]
    return words
