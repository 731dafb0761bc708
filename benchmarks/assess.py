"""Assessment: what it costs to measure a run of 66,609 questions in full, and to do so again.

A study with the sample's seeds and one run of made questions is assessed by the real command with the real embedder,
parser and grammar checker; then once more, when all that was measured on a text is in the cache. Every row is
embedded and parsed; Harper reads a sample, self-BLEU, homogenisation, chamfer and the hull take at most 1,000 or 2,000
texts, and Vendi all of them (the notes in assessment.json say so).

--check measures two small runs, holds the greater to the budget of its rows, and says what a line through both comes
to at 66,609. --full measures those. Without --corpus the questions are made from the mock endpoint's word lists; name
a file (CSV, JSONL or plain lines) for figures that mean something. The report of each study is drawn and measured too.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _bench import Check, Ran, arguments, conclude, environment, machine, table, watched
from _questions import made_up, read_questions, recombined

FULL = 66_609
KEPT = 0.875
# of the full run: CPU seconds, memory, CPU seconds of the second run (a busy machine stretches the clock)
CPU, MIB, AGAIN = 18 * 60.0, 2048.0, 30.0
REPORT, HTML = 20.0, 5.0  # CPU seconds, MiB: the whole page, the interpreter's start with it
SMALL = (1_200, 3_000)  # both with more rows than Harper reads, and enough for several processes
PER_PROMPT = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """One size: the first run, the second, the report of it, and how large the study's assessment and the page are."""

    rows: int
    first: Ran
    second: Ran
    report: Ran
    mib: float
    html: float


def study(root: Path, texts: Sequence[str]) -> None:
    """The sample's seeds, curated by labels alone, and a run whose rows are `texts`, seven in eight kept."""
    from seedbed import curate, seeds
    from seedbed.acts import Study, sample_folder
    from seedbed.engine import Outcome, RunRecord, open_run
    from seedbed.records import Ask, Reply, State, Verdict

    folder = Study.new(root).folder
    seeds.install_taxonomy(folder, sample_folder() / "taxonomy.json")
    for name in ("people", "questions", "pairs", "hand_labels"):
        seeds.import_file(folder, sample_folder() / f"{name}.csv")
    curate.curate(folder, curate.CurateSettings(vectors=False))
    taxonomy, chosen = seeds.current_taxonomy(folder), list(curate.load(folder).selected_questions)
    cells = list(itertools.product([t.id for t in taxonomy.topics], [t.id for t in taxonomy.question_types]))
    draw = random.Random(1)
    asks: list[Ask] = []
    verdicts: list[tuple[Verdict, bytes | None]] = []
    for first in range(0, len(texts), PER_PROMPT):
        part = texts[first : first + PER_PROMPT]
        topic, kind = draw.choice(cells)
        examples = tuple(draw.sample(chosen, 3))
        asks.append(Ask(f"a{len(asks):07d}", first, len(part), topic, None, kind, examples=examples, seed=first))
        for slot, text in enumerate(part, first):
            if draw.random() < KEPT:
                verdicts.append((Verdict(slot, State.KEPT, text=text), None))
            else:
                gate = draw.choice(["form", "novelty", "topic"])
                verdicts.append((Verdict(slot, State.REJECTED, gate, "made up", 0.8, None, text), None))
    record = RunRecord("questions", "questions", {"model": "none", "prompt_version": "q1"}, {"order": ["form"]}, {})
    with open_run(folder.run("questions"), record) as (_, journal):
        journal.commit([Outcome(ask, 1, Reply({"n": 1})) for ask in asks], verdicts)


def measure(folder: Path, texts: Sequence[str], rows: int) -> Measured:
    root = folder / f"study-{rows}"
    study(root, list(recombined(list(texts), rows)))
    ran = []
    for what, verb in (("first", "assess"), ("second", "assess"), ("report", "report")):
        print(f"{rows:,} rows, {what}", file=sys.stderr)
        ran.append(watched([sys.executable, "-m", "seedbed", verb, str(root)], env=environment(), timeout=3600))
        if ran[-1].fault:
            sys.exit(f"{what} of {rows:,} rows failed: {ran[-1].fault}")
    size = sum(path.stat().st_size for path in (root / "assessment").iterdir()) / 2**20
    page = sum(path.stat().st_size for path in (root / "report").glob("*.html")) / 2**20
    return Measured(rows, ran[0], ran[1], ran[2], size, page)


def at_full(points: Sequence[tuple[int, float]]) -> float:
    """What a line through two points comes to at the full number of rows; never less than was measured, where noise
    makes the line fall."""
    (n, a), (m, b) = points
    return max(a, b, b + (b - a) / (m - n) * (FULL - m))


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--corpus", type=Path, help="questions: CSV, JSONL, or one a line")
    parser.add_argument("--full", action="store_true", help=f"measure {FULL:,} rows too (about 20 minutes)")
    options = parser.parse_args()
    texts = read_questions(options.corpus) if options.corpus else made_up(FULL if options.full else max(SMALL))
    with tempfile.TemporaryDirectory() as name:
        found = [measure(Path(name), texts, rows) for rows in (*SMALL, *([FULL] if options.full else []))]
    where = f"{options.corpus.name}, {len(texts):,} questions" if options.corpus else "made from word lists"
    print(f"{machine()}, {len(os.sched_getaffinity(0))} usable; questions: {where}\n")
    lines = [("rows", "first: CPU s", "s", "ms a row", "peak MiB", "second: CPU s", "s", "peak MiB", "assessment/ MiB",
              "report: CPU s", "page MiB")]  # fmt: skip
    for one in found:
        first, second = one.first, one.second
        lines.append((
            f"{one.rows:,}", f"{first.cpu:.1f}", f"{first.seconds:.1f}", f"{1000 * first.cpu / one.rows:.1f}",
            f"{first.peak:.0f}", f"{second.cpu:.1f}", f"{second.seconds:.1f}", f"{second.peak:.0f}", f"{one.mib:.1f}",
            f"{one.report.cpu:.1f}", f"{one.html:.1f}",
        ))  # fmt: skip
    table(lines, markdown=options.markdown, left=0)
    cpu, again, held, drawn, page = (
        at_full([(one.rows, value(one)) for one in found[:2]])
        for value in (
            lambda o: o.first.cpu,
            lambda o: o.second.cpu,
            lambda o: o.second.peak,
            lambda o: o.report.cpu,
            lambda o: o.html,
        )
    )
    # the models' processes do not grow with the rows: what grows is the process that has the rows, and it alone
    peak = found[1].first.peak + held - found[1].second.peak
    exact = not options.full  # with the full run measured, the line is there to be compared with it
    checks = [
        Check(f"first run, by a line through both to {FULL:,} rows", cpu, CPU if exact else None, "CPU s", 0),
        Check("  peak memory, by the same line", peak, MIB if exact else None, "MiB", 0),
        Check("  second run, by the same line", again, AGAIN if exact else None, "CPU s", 0),
        Check("  report, by the same line", drawn, REPORT if exact else None, "CPU s", 1),
        Check("  its page, by the same line", page, HTML if exact else None, "MiB", 1),
    ]
    if options.full:
        last = found[-1]
        checks += [
            Check(f"first run of {FULL:,} rows", last.first.cpu, CPU, "CPU s", 0),
            Check("  peak memory of all its processes", max(last.first.peak, last.second.peak), MIB, "MiB", 0),
            Check("  second run", last.second.cpu, AGAIN, "CPU s", 1),
            Check("  report", last.report.cpu, REPORT, "CPU s", 1),
            Check("  its page", last.html, HTML, "MiB", 1),
        ]
    conclude(checks, check=options.check, markdown=options.markdown)


if __name__ == "__main__":
    main()
