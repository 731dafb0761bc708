"""A small study for tests: seeds as records, runs as real journals on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seedbed.engine import Outcome, RunRecord, open_run
from seedbed.records import Ask, Decision, Person, Pool, Question, Reply, State, Triple, Verdict, Writer
from seedbed.release.build import ReleaseReport, build_release
from seedbed.release.settings import ReleaseSettings
from seedbed.release.sources import Sources, read_runs
from seedbed.study import Folder
from seedbed.taxonomy import Label, Taxonomy, Value

TAXONOMY = Taxonomy(
    version=1,
    topics=(Label(id="travel", label="Travel"), Label(id="health", label="Health")),
    question_types=(Label(id="giving-advice", label="giving advice"),),
    values=(Value(id="fairness", label="Fairness", definition="Treat people alike."),),
)
PEOPLE = tuple(
    Person(f"quiet-heron-{number}", "participant", str(number % 2), "Engineer", "NLP", "BR" if number < 6 else "US")
    for number in range(12)
)
GATES = {"order": ["length", "novelty"], "min_words": 4, "max_words": 45, "rouge_l": [7, 10], "must_ask": None}
IN_WORDS = ("exact", "ngrams", "jaccard", "rouge_l", "lineage")  # all but the one that takes the embedder
URL = "http://10.1.2.3:8081/v1"


def question(id: str, text: str, **more: Any) -> Question:
    given: dict[str, Any] = {
        "topic": "travel", "topic_raw": "Travel", "question_type": "giving-advice",
        "question_type_raw": "giving advice", "group": "1", "authors": ("quiet-heron-1",),
        "source": "written for this project",
    }  # fmt: skip
    return Question(id, text, **(given | more))


def pair(id: str, prompt: str, **more: Any) -> Triple:
    given: dict[str, Any] = {
        "misaligned": f"No, they are all worse at it, says {id}.", "critique": f"A stereotype, in {id}.",
        "aligned": f"People differ, and {id} shows that training helps.", "values": ("fairness",), "group": "1",
        "authors": ("quiet-heron-2",), "source": "paper, Table 1",
        "written_by": {"misaligned": Writer.HUMAN, "critique": Writer.HUMAN, "aligned": Writer.EDITED},
    }  # fmt: skip
    return Triple(id, prompt, **(given | more))


def rule(subject: str, act: str, reason: str, **more: Any) -> Decision:
    return Decision(subject, act, "rule", more.pop("rule", "near-duplicate"), reason, **more)


def ask(slot: int, **more: Any) -> Ask:
    given: dict[str, Any] = {"topic": "travel", "question_type": "giving-advice", "examples": ("q1", "q2")}
    return Ask(f"a{slot:07d}", slot, 1, **(given | more))


def kept(slot: int, text: str = "", **fields: Any) -> Verdict:
    return Verdict(slot, State.KEPT, text=text, fields=fields)


def rejected(slot: int, gate: str = "novelty") -> Verdict:
    return Verdict(slot, State.REJECTED, gate, "too close to another", 0.81, "q1", "A text that nobody may see?")


def answer(slot: int, prompt: str, **more: Any) -> Verdict:
    given = {
        "prompt": prompt, "misaligned": f"Never trust them, number {slot}.", "critique": "It generalises.",
        "aligned": f"Judge each one alone, number {slot}.", "scaffold": {}, "alternatives": {},
    }  # fmt: skip
    return kept(slot, "text", **(given | more))


def write_run(
    folder: Folder,
    name: str,
    stage: str,
    slots: Sequence[tuple[Ask, Verdict]],
    *,
    asked: Mapping[str, Any] | None = None,
    gates: Mapping[str, Any] = GATES,
    control_of: str | None = None,
) -> None:
    """A run on disk as the engine leaves it: run.json and journal.db."""
    settings = {
        "model": "/home/somebody/models/recorded-writer", "prompt_version": "p1", "with_seeds": True, "raw": False,
        "examples": ["q1", "q2"], "target": len(slots), "sampling": {"temperature": 0.7, "top_p": None}, "url": URL,
        "key_env": "SOME_KEY",
    }  # fmt: skip
    about = {"title": "a run", "seedbed": "0.1.0", "control_of": control_of, "endpoint": [URL]}
    wanted = RunRecord(name, stage, {**settings, **(asked or {})}, dict(gates), about)
    with open_run(folder.run(name), wanted) as (_, journal):
        outcomes = [Outcome(ask, 1, None if v.state is State.FAILED else Reply({"n": 1})) for ask, v in slots]
        journal.commit(outcomes, [(verdict, None) for _, verdict in slots])
    # runs are made within the same second here: give each its own
    path = folder.run(name) / "run.json"
    record = json.loads(path.read_text())
    record["created"] = f"2025-01-01T00:00:{len(folder.run_names()):02d}+00:00"
    path.write_text(json.dumps(record))


def study(root: Path) -> Folder:
    root.mkdir(parents=True, exist_ok=True)
    (root / "study.toml").write_text("")
    return Folder(root)


def sources(folder: Folder, **more: Any) -> Sources:
    """Three alignment questions, an evaluation one, an excluded one; a pair in each pool; whatever runs there are."""
    questions = (
        question("q1", "Where should I go with two small children?"),
        question("q2", "Should I tell my manager that I am ill?", group="2", topic="health"),
        question("q3", "Does the museum open on Sundays?", topic=None, topic_raw="Culture"),
        question("q4", "May a shop refuse to serve me?", group="2"),
        question("q5", "Where should I go with two little children?"),
    )
    triples = (pair("p1", "Are old people bad drivers?"), pair("p2", "Are the young lazy?", group="2"))
    pools = dict.fromkeys(("q1", "q2", "q3", "q5", "p1"), Pool.ALIGNMENT)
    pools |= dict.fromkeys(("q4", "p2"), Pool.EVALUATION)
    out = rule("q5", "exclude", "nearly the same as q1", measured=0.93, rival="q1")
    made = Sources(
        taxonomy=TAXONOMY,
        questions=questions,
        triples=triples,
        people=PEOPLE,
        decisions=(
            out,
            Decision(
                "q3", "retag", "quiet-heron-1", "by hand", "Ana told me so", detail={"topic": "travel", "was": "x y"}
            ),
        ),
        pools=pools,
        excluded={"q5": out},
        selected=frozenset({"q1", "q2"}),
        runs=read_runs(folder),
    )
    return replace(made, **more)


def grown(root: Path) -> Folder:
    """The study with one run of every kind."""
    folder = study(root)
    texts = [f"Which train should I take to town number {n}, and why?" for n in range(6)]
    asks = [ask(n) for n in range(8)]
    verdicts = [*(kept(n, text) for n, text in enumerate(texts)), rejected(6), rejected(7, "length")]
    write_run(folder, "questions", "questions", list(zip(asks, verdicts, strict=True)))
    write_run(
        folder,
        "with-seeds",
        "questions",
        [(ask(0), kept(0, "A raw row, is it?"))],
        asked={"raw": True},
        gates={"order": []},
    )
    write_run(
        folder, "without-seeds", "questions", [(ask(0, examples=()), kept(0, "A control row, is it?"))],
        asked={"with_seeds": False}, control_of="questions",
    )  # fmt: skip
    stage2 = {"examples": ["p1"], "values": ["fairness"]}
    shown: dict[str, Any] = {"examples": ("p1",), "values": ("fairness",), "topic": None, "question_type": None}
    write_run(
        folder, "proposals", "triples", [(ask(0, **shown, prompt_id="questions.000000"), answer(0, texts[0]))],
        asked={**stage2, "proposals": True, "model": "smollm2"},
    )  # fmt: skip
    write_run(
        folder, "triples", "triples",
        [
            (ask(0, **shown, prompt_id="questions.000001"), answer(0, texts[1], scaffold={"misaligned": "Never"})),
            (ask(1, **shown, prompt_id="q1"), answer(1, "Where should I go with two small children?")),
            (ask(2, **shown, prompt_id="questions.000003"), rejected(2)),
        ],
        asked={**stage2, "proposals": False},
    )  # fmt: skip
    return folder


def make(folder: Folder, version: str = "v1", made: Sources | None = None, **settings: Any) -> ReleaseReport:
    given = ReleaseSettings(**{"leaks": {"rules": IN_WORDS}, **settings})
    return build_release(folder, lambda: made or sources(folder), given, version)


def rows(report: ReleaseReport, configuration: str) -> list[dict[str, Any]]:
    paths = (report.path / configuration).glob("*.jsonl")
    return [row for path in paths for row in json_lines(path)]


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file; split at line feeds only, for a text may hold other line separators."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
