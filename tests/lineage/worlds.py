"""Studies of any shape, written as the program writes them; and a walk over their files that keeps nothing in mind."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from seedbed.acts import Study
from seedbed.curate.decisions import BY_PERSON, encode
from seedbed.engine import Journal, Outcome, RunRecord
from seedbed.records import Ask, Decision, Question, Reply, State, Triple, Verdict
from seedbed.seeds.codec import encode as encode_seed
from seedbed.seeds.codec import encode_contribution
from seedbed.study import Folder, write_json
from seedbed.study.events import Act, EventStore


@dataclass(frozen=True)
class Made:
    """A request of a run: its parents, and what became of each slot (None: no verdict yet) with its rivals."""

    examples: tuple[str, ...] = ()
    prompt_id: str | None = None
    grown_from: str | None = None
    persona_from: str | None = None
    fates: tuple[tuple[State, tuple[str, ...]] | None, ...] = ((State.KEPT, ()),)
    settled: bool = True


@dataclass(frozen=True)
class Run:
    name: str
    stage: str
    asks: tuple[Made, ...]
    place: str = "runs"
    with_seeds: bool = True
    planned: tuple[str, ...] = ()


@dataclass
class World:
    """Seeds by id with their authors; edits by (seed, person), merges by (seed, into), expansions by (id, of)."""

    authors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)  # pairs, and the prompt each answers
    grown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    edits: list[tuple[str, str]] = field(default_factory=list)
    merges: list[tuple[str, str]] = field(default_factory=list)
    expansions: list[tuple[str, str]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    releases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: dict[str, tuple[str, ...]] = field(default_factory=dict)


def write_run(folder: Folder, run: Run) -> None:
    path = folder.root / run.place / run.name
    ask = {"with_seeds": run.with_seeds, "examples": list(run.planned), "model": "m"}
    write_json(path / "run.json", asdict(RunRecord(run.name, run.stage, ask, {}, {}, "2026-01-01T00:00:00+00:00")))
    outcomes, verdicts = [], []
    first = 0
    for made in run.asks:
        asked = Ask(
            f"a{first:07d}", first, len(made.fates), prompt_id=made.prompt_id, examples=made.examples,
            grown_from=made.grown_from, persona_from=made.persona_from,
        )  # fmt: skip
        outcomes.append(Outcome(asked, 0, Reply({"text": "words"}), final=made.settled))
        for slot, fate in enumerate(made.fates, first):
            if fate is not None and made.settled:
                state, rivals = fate
                inner = {"alternatives": {"aligned": [{"text": '"rival":"no"', "rival": id} for id in rivals[1:]]}}
                fields = inner if rivals[1:] else {}
                verdict = Verdict(slot, state, "novelty", "near", 0.5, rivals[0] if rivals else None, "a row", fields)
                verdicts.append((verdict, None))
        first += len(made.fates)
    with closing(Journal(path / "journal.db")) as journal:
        journal.commit(outcomes, verdicts)


def write_release(folder: Folder, version: str, ids: Sequence[str], lineage: Mapping[str, Any] | None = None) -> None:
    path = folder.releases / version
    (path / "rows").mkdir(parents=True)
    rows = [json.dumps({"id": id, "lineage": dict(lineage or {})}) + "\n" for id in ids]
    (path / "rows" / "train.jsonl").write_text("".join(rows))
    manifest = {"created": "2026-01-02", "files": [{"path": "rows/train.jsonl"}], "runs": []}
    (path / "manifest.json").write_text(json.dumps(manifest))


def write_world(path: Path, world: World) -> Study:
    study = Study.new(path)
    with EventStore.of(study.folder) as store:
        store.append("seeds", "import", [_seed(world, id) for id in world.authors])
        acts: list[tuple[str, Act]] = []
        for seed, person in world.edits:
            decision = Decision(seed, "edit", person, BY_PERSON, "", detail={"fields": {"text": "other words"}})
            acts.append((person, encode(decision)))
        for seed, into in world.merges:
            acts.append(("cura", encode(Decision(seed, "merge", "cura", BY_PERSON, "", rival=into))))
        for id, of in world.expansions:
            acts.append(("cura", Act("expansion", id, {"parent": of, "region": "br", "text": ""}, {"swaps": "[]"})))
        for actor, act in acts:
            store.append("curate", actor, [act])
        for task, items in world.tasks.items():
            store.append(f"review/{task}", "cura", [Act("task.create", task, {"items": list(items)})])
    for run in world.runs:
        write_run(study.folder, run)
    for version, ids in world.releases.items():
        write_release(study.folder, version, ids)
    return study


def _seed(world: World, id: str) -> Act:
    authors = world.authors[id]
    if id in world.answers:
        record = Triple(
            id, "p", "m", "c", "a", prompt_id=world.answers[id], authors=authors, parents=world.grown.get(id, ())
        )
        return encode_contribution(record, "board/A/triples", 1, {"misaligned": authors})
    return encode_seed(Question(id, f"the question {id}", authors=authors))


# --- the walk ----------------------------------------------------------------------------------------------------


def walked(root: Path, world: World, start: Iterable[str]) -> set[str]:
    """All that grew from `start`, by reading every file once more for every thing that is found."""
    parents: dict[str, set[str]] = {}
    for seed, prompt in world.answers.items():
        parents.setdefault(seed, set()).update({prompt, *world.grown.get(seed, ())})
    for seed, into in world.merges:
        parents.setdefault(into, set()).add(seed)
        if any(edited == seed for edited, _ in world.edits):
            parents.setdefault(seed, set()).add(into)
    for id, of in world.expansions:
        parents.setdefault(id, set()).add(of)
    for path in (*root.glob("runs/*"), *root.glob("judgements/*")):
        record = json.loads((path / "run.json").read_text())
        head = f"{path.name}." if path.parent.name == "runs" else f"judgements/{path.name}."
        with closing(sqlite3.connect(path / "journal.db")) as db:
            for first, count, told in db.execute("SELECT first, count, ask FROM calls"):
                ask = json.loads(told)
                shown = set(ask["examples"])
                if not shown and record["ask"]["with_seeds"]:
                    shown = set(record["ask"]["examples"])
                whole = {ask["prompt_id"], (ask["prompt_id"] or "").rpartition("#")[0]}
                for slot in range(first, first + count):
                    mine = parents.setdefault(f"{head}{slot:06d}", set())
                    mine |= shown | whole | {ask["grown_from"], ask["persona_from"]}
            for slot, rival, fields in db.execute("SELECT slot, rival, fields FROM verdicts"):
                options = json.loads(fields).get("alternatives", {}).get("aligned", [])
                parents[f"{head}{slot:06d}"] |= {rival, *(option["rival"] for option in options)}
    found = set(start)
    while True:
        fresh = {id for id, of in parents.items() if id not in found and of & found}
        if not fresh:
            return found
        found |= fresh
