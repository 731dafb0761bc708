"""Lineage of 66,609 questions and 20,000 triples that grew from 400 seeds: what it costs to trace anything.

The study is made up, its files are not: journals and a release as the program writes them. The first trace reads them
all; from then on an index answers, and what is told includes the look whether anything changed. In this process, as a
server would do it; of the command, which starts Python for each trace, the CPU seconds are told beside it.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from _bench import ROOT, Check, arguments, child, conclude, machine
from _questions import made_up

sys.path.insert(0, str(ROOT / "src"))

QUESTIONS, TRIPLES, SEEDS, PEOPLE = 66_609, 20_000, 400, 40
MS = 100.0  # of any trace: the promise, in CPU and on the clock
COLD = 12.0  # CPU seconds of the first; nobody is promised it: 4.1 where nothing else ran
PEAK = 300.0  # MiB of this process
IDS = ("P7", "q133", "p12", "questions.041000", "triples.010000", "topics.000003", "questions", "triples", "1.0")


def study(path: Path) -> Path:
    """A study whose every question has 5 examples of 300 seeds, and every triple 4 of 100 pairs."""
    from seedbed.acts import Study
    from seedbed.curate.decisions import encode as encode_decision
    from seedbed.records import Decision, Question, Triple
    from seedbed.seeds.codec import encode
    from seedbed.study.events import EventStore

    made = Study.new(path)
    texts = made_up(SEEDS)
    authors = [(f"P{number % PEOPLE}",) for number in range(SEEDS)]
    pairs = [Triple(f"p{n}", texts[n], "bad", "why", "good", authors=authors[n]) for n in range(SEEDS // 4)]
    questions = [Question(f"q{n}", texts[n], authors=authors[n]) for n in range(SEEDS // 4, SEEDS)]
    with EventStore.of(made.folder) as store:
        store.append("seeds", "import", map(encode, (*questions, *pairs)))
        rules = [
            Decision(seed.id, "include", "rule", "all-rules", "no rule excludes it") for seed in (*questions, *pairs)
        ]
        store.append("curate", "cura", map(encode_decision, rules))
    _run(path, "topics", "topics", 200, [item.id for item in questions], random.Random(1))
    _run(path, "questions", "questions", QUESTIONS, [item.id for item in questions], random.Random(2))
    _run(path, "triples", "triples", TRIPLES, [item.id for item in pairs], random.Random(3))
    _release(path)
    return path


def _run(path: Path, name: str, stage: str, rows: int, seeds: list[str], draw: random.Random) -> None:
    from seedbed.engine import Journal, Outcome, RunRecord
    from seedbed.records import Ask, Reply, State, Verdict
    from seedbed.study import write_json

    ask = {"with_seeds": True, "examples": seeds, "model": "made-up"}
    record = RunRecord(name, stage, ask, {}, {}, "2026-01-01T00:00:00+00:00")
    write_json(path / "runs" / name / "run.json", asdict(record))
    words = "What do the people of this town say of the plan, and who was asked about it before it was made? " * 2
    fields = dict.fromkeys(("prompt", "misaligned", "critique", "aligned"), words) if stage == "triples" else {}
    with closing(Journal(path / "runs" / name / "journal.db")) as journal:
        for start in range(0, rows, 10_000):
            outcomes, verdicts = [], []
            for slot in range(start, min(rows, start + 10_000)):
                shown = tuple(draw.sample(seeds, 4 if fields else 5))
                outcomes.append(
                    Outcome(
                        Ask(
                            f"a{slot:07d}", slot, 1, topic="health", question_type="advice", examples=shown,
                            prompt_id=f"questions.{draw.randrange(QUESTIONS):06d}" if fields else None,
                            grown_from=f"topics.{slot % 200:06d}" if stage == "questions" else None,
                        ),
                        1, Reply({"text": words}),
                    )
                )  # fmt: skip
                near = slot and draw.random() < 0.2
                rival = f"{name}.{draw.randrange(slot):06d}" if near else None
                state, gate = (State.REJECTED, "novelty") if near else (State.KEPT, "")
                verdicts.append((Verdict(slot, state, gate, "", 0.8, rival, words, fields), bytes(768)))
            journal.commit(outcomes, verdicts)


def _release(path: Path) -> None:
    """Every question, and every triple in two configurations, with their lineage."""
    to = path / "releases" / "1.0"
    draw = random.Random(4)
    listed = []
    for part, run, rows in (
        ("questions", "questions", QUESTIONS),
        ("triples", "triples", TRIPLES),
        ("sft", "triples", TRIPLES),
    ):
        (to / part).mkdir(parents=True)
        listed.append({"path": f"{part}/train.jsonl"})
        with (to / part / "train.jsonl").open("w") as file:
            for slot in range(rows):
                seeds = [f"q{draw.randrange(100, SEEDS)}" for _ in range(5)]
                lineage = {"seed_ids": seeds, "prompt_id": None, "run": run, "gates": ["length", "novelty"]}
                file.write(json.dumps({"id": f"{run}.{slot:06d}", "text": "words " * 20, "lineage": lineage}) + "\n")
    (to / "manifest.json").write_text(json.dumps({"files": listed, "runs": [], "created": "2026-01-02"}))


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _most(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Milliseconds of CPU and on the clock: the least of several times, which a busy machine disturbs least."""
    found = []
    for _ in range(times):
        cpu, clock = time.process_time(), time.perf_counter()
        work()
        found.append((1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - clock)))
    return min(cpu for cpu, _ in found), min(clock for _, clock in found)


def main() -> None:
    asked = arguments(__doc__).parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as home:
        path = study(Path(home) / "study")
        from seedbed.acts import Study

        opened, before = Study.open(path), _peak()
        began = time.process_time()
        opened.trace("p12")
        checks = [Check("the first trace: all read", time.process_time() - began, COLD, "CPU s", 1)]
        for id in IDS:
            if id == "q33":
                id = "q133"
            cpu, clock = _most(lambda id=id: opened.trace(id))
            checks.append(Check(f"trace {id}", cpu, MS, "CPU ms", 1))
            checks.append(Check(f"trace {id}, on the clock", clock, None if cpu < MS else MS, "ms", 1))
        cpu, _ = _most(lambda: opened.descendants("P7"))
        checks.append(Check("descendants of a person", cpu, MS, "CPU ms", 1))
        checks.append(Check("memory of this process", _peak(), PEAK, "MiB", 0))
        checks.append(Check("of it before the first trace", before, None, "MiB", 0))
        index = path / "lineage" / "index.db"
        checks.append(Check("the index on disk", index.stat().st_size / 2**20, None, "MiB", 1))
        cpu, _ = child([sys.executable, "-m", "seedbed", "trace", str(path), "questions.041000", "--json"])
        checks.append(Check("the command, with Python's start", cpu, None, "CPU s", 2))
    conclude(checks, check=asked.check)


if __name__ == "__main__":
    main()
