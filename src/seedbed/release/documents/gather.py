"""Facts of the rows: what is in the release, what the runs made, what stayed behind and why, what curation decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.records import Pool, Writer
from seedbed.release.choose import Tally, Why
from seedbed.release.columns import COLUMNS
from seedbed.release.documents.facts import Facts
from seedbed.release.documents.gather_people import gather_people
from seedbed.release.documents.gather_process import gather_process
from seedbed.release.documents.gather_ratings import gather_ratings
from seedbed.release.documents.header import title
from seedbed.release.files import ReleaseFile
from seedbed.release.funnel import gate_lines, parameters
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import RunSource, Sources, public_model

__all__ = ["gather"]

_SETTINGS = "study.toml, [release]"


def gather(
    version: str, created: str, settings: ReleaseSettings, sources: Sources, tally: Tally, files: Sequence[ReleaseFile]
) -> Facts:
    """All that the documents of this release may say. `created` is its moment (ISO 8601); `files` are of rows."""
    facts = Facts()
    _about(facts, version, created, settings, sources)
    _rows(facts, sources, tally, files)
    _runs(facts, sources, tally)
    _stays(facts, sources, tally)
    _contributed(facts, sources, tally)
    _decided(facts, sources)
    facts.add("before", sources.before[0] or None, "releases/", "the newest version before this one")
    facts.add("before.withdrawn", sources.before[1], "withdrawals.json", "rows of it that were withdrawn since")
    gather_people(facts, sources, settings.k)
    gather_process(facts, sources, settings.k)
    gather_ratings(facts, sources, tally, settings.k)
    return facts


def _about(facts: Facts, version: str, created: str, settings: ReleaseSettings, sources: Sources) -> None:
    facts.add("version", version, "seedbed release", "the version that was asked for")
    facts.add("created", created, "manifest.json", "the moment at which the release was made")
    facts.add("title", title(settings, version), _SETTINGS, "pretty_name, else the study's title, else the version")
    for name in ("description", "contact", "creator", "url", "license", "k"):
        facts.add(name, getattr(settings, name), _SETTINGS, name)
    facts.add("languages", list(settings.languages), _SETTINGS, "languages")
    scope = [{"layer": name, "scope": text} for name, text in settings.scope.layers()]
    facts.add("scope", scope, "study.toml, [release.scope]", "each layer of which something is said")
    facts.add("profile", dict(sources.profile) if sources.profile else None, "profiles/", "the profile in use")
    facts.add("taxonomy", sources.taxonomy.version, "taxonomy/", "the version in use")
    for name, labels in (("topics", sources.taxonomy.topics), ("question_types", sources.taxonomy.question_types)):
        found = [{"id": label.id, "label": label.label, "definition": label.definition} for label in labels]
        facts.add(f"taxonomy.{name}", found, "taxonomy.json", name)
    values = [{"id": v.id, "label": v.label, "definition": v.definition} for v in sources.taxonomy.values]
    facts.add("taxonomy.values", values, "taxonomy.json", "values")


def _rows(facts: Facts, sources: Sources, tally: Tally, files: Sequence[ReleaseFile]) -> None:
    stages = {run.name: run.record.stage for run in sources.runs}
    for name in COLUMNS:
        facts.add(f"rows.{name}", tally.released[name], f"{name}/", "lines of its .jsonl files")
    told = [
        {"file": file.path, "rows": file.rows, "bytes": file.size, "sha256": file.sha256}
        for file in files
    ]  # fmt: skip
    splits = [
        {"configuration": name, "split": split.removesuffix(".jsonl"), "rows": file.rows}
        for file in files
        for name, _, split in [file.path.partition("/")] if split.endswith(".jsonl")
    ]  # fmt: skip
    facts.add("splits", splits, "CONFIGURATION/SPLIT.jsonl", "lines")
    facts.add("files", told, "the files of rows", "rows, bytes and SHA-256 of each")
    by_people = tally.released["triples"] - sum(
        count.released for name, count in tally.runs.items() if stages.get(name) == "triples"
    )
    facts.add("triples.of_people", by_people, "triples/", "rows whose origin is seed")
    facts.add("same_response", tally.same_response, "triples/", "triples whose two responses are the same")


def _runs(facts: Facts, sources: Sources, tally: Tally) -> None:
    facts.add(
        "runs", [_run(run, tally) for run in sources.runs], "runs/*/run.json and journal.db",
        "verdicts by state; of those rejected, by the first gate that failed; and what the run asked with",
    )  # fmt: skip
    for stage in ("questions", "triples"):
        counts = [tally.runs[run.name] for run in sources.runs if run.record.stage == stage]
        gated = [count for count in counts if count.stays is None]
        made: dict[str, Any] | None = None
        if gated:
            made = {"kept": sum(c.kept for c in gated), "generated": sum(c.generated for c in gated)}
        facts.add(f"funnel.{stage}", made, "runs/*/journal.db", f"sums over the runs of {stage} that may be released")
        facts.add(
            f"released.{stage}", sum(count.released for count in counts), f"{stage}/",
            "rows whose origin is synthetic",
        )  # fmt: skip


def _run(run: RunSource, tally: Tally) -> dict[str, Any]:
    counts, asked = tally.runs[run.name], parameters(run.record.ask)
    told = {**asked.get("sampling", {}), "max_tokens": asked.get("max_tokens"), "seed": asked.get("seed")}
    return {
        "name": run.name,
        "stage": run.record.stage,
        "created": run.record.created,
        "profile": run.record.about.get("profile"),
        "model": public_model(str(run.record.ask.get("model", ""))),
        "prompt_version": run.record.ask.get("prompt_version", ""),
        "sampling": {name: value for name, value in told.items() if value is not None},
        "fingerprints": run.fingerprints,
        "from": sorted(counts.grown_from),
        "stays": counts.stays.value if counts.stays else None,
        "generated": counts.generated,
        "kept": counts.kept,
        "failed": counts.failed,
        "released": counts.released,
        "behind": counts.kept - counts.released,
        "gates": [
            {"gate": line.gate, "threshold": line.threshold, "rejected": line.rejected}
            for line in gate_lines(run, counts)
        ],
    }


def _stays(facts: Facts, sources: Sources, tally: Tally) -> None:
    order = {why: number for number, why in enumerate(Why)}
    found = sorted(tally.left_out.items(), key=lambda item: (item[0][0], order[item[0][1]]))
    facts.add(
        "left_out", [{"rows": what, "why": why.value, "count": count} for (what, why), count in found],
        "people.db and runs/*/journal.db", "rows that are in no file of the release, by the first reason that holds",
    )  # fmt: skip
    facts.add("left_out.total", sum(tally.left_out.values()), "people.db and runs/*/journal.db", "all of them")
    held = sum(pool is Pool.EVALUATION for pool in sources.pools.values()) if not tally.released["evaluation"] else 0
    facts.add("evaluation.held_back", held, "people.db, stream curation", "seeds of the evaluation pool, if none leave")


def _contributed(facts: Facts, sources: Sources, tally: Tally) -> None:
    groups = sorted({group for group, _ in tally.contributed}, key=lambda name: (len(name), name))

    def line(name: str, chosen: Sequence[str]) -> dict[str, Any]:
        parts: tuple[tuple[str, Mapping[tuple[str, str], int]], ...] = (
            ("", tally.contributed),
            ("_released", tally.shared),
        )
        return {"group": name, **{
            f"{kind}{suffix}": sum(counts[group, kind] for group in chosen)
            for kind in ("questions", "pairs") for suffix, counts in parts
        }}  # fmt: skip

    lines = [line(group or "no group", [group]) for group in groups]
    facts.add(
        "contributions", [*lines, line("All", groups)] if groups else [],
        "people.db, stream seeds", "seeds by the group that wrote them, and those of them in the release",
    )  # fmt: skip
    pairs = sum(count for (what, _), count in tally.writers.items() if what == "aligned")
    facts.add("human_pairs", pairs, "triples/ and evaluation/", "triples whose origin is seed")
    facts.add(
        "writers", [{"field": f, "written_by": by, "pairs": n} for (f, by), n in sorted(tally.writers.items())],
        "triples/ and evaluation/", "human_or_llm of the triples by people",
    )  # fmt: skip
    stated = sorted(tally.stated.items(), key=lambda item: (-item[1], item[0]))
    facts.add(
        "stated", [{"source": source, "rows": count} for source, count in stated],
        "seeds/, triples/ and evaluation/", "source of the rows by people",
    )  # fmt: skip
    questions = sum(question.id in sources.selected for question in sources.questions)
    facts.add(
        "chosen", {"questions": questions, "pairs": len(sources.selected) - questions} if sources.selected else None,
        "people.db, stream curation", "seeds from which prompts take their examples",
    )  # fmt: skip
    spoken: Counter[str] = Counter(question.language for question in sources.questions)
    spoken.update(triple.language for triple in sources.triples)
    facts.add(
        "languages.seeds", [{"language": tag, "seeds": n} for tag, n in spoken.most_common()],
        "people.db, stream seeds", "seeds by the language that came with them",
    )  # fmt: skip
    by_model = sum(item.written_by in (Writer.MODEL, Writer.EDITED) for item in sources.questions)
    facts.add("questions.with_model", by_model, "people.db, stream seeds", "questions of people with words of a model")


def _decided(facts: Facts, sources: Sources) -> None:
    facts.add("decisions.total", len(sources.decisions), "decisions.jsonl", "decisions that stand")
    acts = Counter((d.act, d.rule or "–", "rule" if d.actor == "rule" else "person") for d in sources.decisions)
    facts.add(
        "decisions", [{"act": a, "rule": r, "by": by, "decisions": n} for (a, r, by), n in sorted(acts.items())],
        "decisions.jsonl", "decisions that stand, by act, rule, and whether a rule or a person decided",
    )  # fmt: skip
