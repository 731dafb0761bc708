"""Where a study stands: the counts at each stop of the road, and the one next step. Reads; never writes."""

from __future__ import annotations

import shlex
from typing import Any

from seedbed.engine import Journal, RunRecord, read_run
from seedbed.settings import Settings
from seedbed.study import Folder

__all__ = ["status"]

SCHEMA = 1


def status(folder: Folder, settings: Settings) -> dict[str, Any]:
    """The form of `seedbed status --json`; `schema` goes up when a key changes its meaning or goes away."""
    from seedbed import curate, seeds

    folder.check()
    have = seeds.load(folder)
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
        "report": str(report) if report.is_file() else None,
        "releases": releases,
    }
    made["next"] = _next(made, folder, settings)
    return made


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


def _next(made: dict[str, Any], folder: Folder, settings: Settings) -> str:
    """The one command that carries the study on, ready for a shell."""
    where = str(folder.root)
    unfinished = [run for run in made["runs"] if not run["complete"]]
    if not made["seeds"]["questions"]:
        words = ["import", where, "FILE"]
    elif not made["curation"]["alignment"]:
        words = ["curate", where]
    elif unfinished:
        words = ["generate", where, *_again(read_run(folder.run(unfinished[0]["name"])), settings)]
    elif not any(run["stage"] in ("questions", "imported") for run in made["runs"]):
        words = ["generate", where]
    elif not made["assessed"]:
        words = ["assess", where]
    elif not made["report"]:
        words = ["report", where]
    elif not made["releases"]:
        words = ["release", where, "1.0"]
    else:
        return f"read {made['report']}"
    return shlex.join(["seedbed", *words])


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
