"""A release of 66,609 rows: what it costs to look for leaks and to part them, and what all the rest of it costs.

A made-up study of 50,000 questions and 16,609 triples, with 300 seeds and 120 questions for evaluation, is released in
a process of its own. All six rules are asked between the pools and all five inside the alignment pool, of prompts and
of responses; vectors are drawn and lie in the cache. The rest is what else a release does: reading and choosing, every
configuration as JSONL and Parquet, documents, checksums, and all of it forced to disk. --check holds both parts, and
the memory, to their limits. Without --corpus the questions are made from the mock endpoint's word lists; name a file
(CSV, JSONL or plain lines) for figures that mean something.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from _bench import Check, arguments, child, conclude, machine
from _floor import peak_mib
from _questions import read_questions
from _released import EVALUATION, make_study, questions

FULL, TRIPLES = 66_609, 16_609
SPLITTING, REST, MIB = 60.0, 60.0, 1024.0  # CPU seconds of each part, memory of the whole
VERSION = "1.0"


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def release(path: Path) -> None:
    """Make the release and print at how many CPU seconds of this process each part of it began."""
    from seedbed.cli.threads import one_thread

    one_thread(os.environ)  # as the command does
    from seedbed.acts import Study

    began: dict[str, float] = {}
    study = Study.open(path)
    report = study.release(VERSION, drop_leaks=True, listen=lambda what, *_: began.setdefault(what, cpu()))
    # "rows" is first told after a thousand: that tenth of a second counts as splitting
    print(json.dumps({"began": began, "ended": cpu(), "peak": peak_mib(), "rows": report.rows, "size": report.size}))


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--corpus", type=Path, help="questions: CSV, JSONL, or one a line")
    parser.add_argument("--rows", type=int, default=FULL)
    parser.add_argument("--triples", type=int, default=TRIPLES, help="how many of the rows are triples")
    parser.add_argument("--study", type=Path, help="where the made study is kept")
    parser.add_argument("--of", type=Path, help="only release that study, and print figures as JSON")
    options = parser.parse_args()
    if options.of:
        release(options.of)
        return
    corpus = read_questions(options.corpus) if options.corpus else []
    with tempfile.TemporaryDirectory() as home:
        path = options.study or Path(home) / "study"
        make_study(path, questions(options.rows + EVALUATION, corpus), options.triples)
        whole, out = child([sys.executable, __file__, "--of", str(path)])
        told = json.loads((path / "releases" / VERSION / "leaks.json").read_text())["splits"]
    found = json.loads(out)
    began, rows = found["began"], found["rows"]
    splitting = began["rows"] - began["comparing the pools"]
    print(f"{machine()}; questions: {options.corpus.name if options.corpus else 'made from word lists'}\n")
    print(f"rows: {', '.join(f'{name} {number:,}' for name, number in rows.items())}; {found['size'] / 2**20:,.0f} MiB")
    print(f"{told['components']:,} components, the greatest {told['largest']}, links {told['links']}\n")
    exact = (options.rows, options.triples) == (FULL, TRIPLES)
    train = sum(told["rows"][name]["train"] for name in ("questions", "triples")) / (
        rows["questions"] + rows["triples"]
    )
    conclude(
        [
            Check(
                "looking for leaks between the pools", began["parting"] - began["comparing the pools"], None, "CPU s", 1
            ),
            Check("parting the alignment pool", began["rows"] - began["parting"], None, "CPU s", 1),
            Check(f"both, {options.rows:,} rows", splitting, SPLITTING if exact else None, "CPU s", 1),
            Check("the rest of the release", whole - splitting, REST if exact else None, "CPU s", 1),
            Check("  reading and choosing before", began["comparing the pools"], None, "CPU s", 1),
            Check("  rows of all configurations", began["parquet"] - began["rows"], None, "CPU s", 1),
            Check("  Parquet", began["describing"] - began["parquet"], None, "CPU s", 1),
            Check("  documents", found["ended"] - began["describing"], None, "CPU s", 1),
            Check("peak memory of the process", found["peak"], MIB if exact else None, "MiB", 0),
            Check("share of train", train, None, "", 3, at_least=0.79 if exact else None),
        ],
        check=options.check,
        markdown=options.markdown,
    )


if __name__ == "__main__":
    sys.exit(main())
