"""Splits: what it costs to look for leaks between the pools of 66,609 rows and to part one of them, embeddings cached.

The rows are questions and 120 are for evaluation. All six rules are asked between the pools and all five inside the
alignment pool. Vectors are drawn: a hundred directions with as much of their length in the first of 384 axes as
MiniLM's of real questions, and for one row in a hundred the vector of another, turned a little. --check holds the whole
to its limits. Without --corpus the questions are made from the mock endpoint's word lists; name a file (CSV, JSONL or
plain lines) for figures that mean something.
"""

from __future__ import annotations

import resource
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _bench import Check, arguments, conclude, machine
from _floor import peak_mib
from _questions import made_up, read_questions, recombined

FULL, EVALUATION = 66_609, 120
CPU, MIB = 60.0, 1024.0
# one in `FRAGMENT` words of made-up questions is of the row alone: word lists are few, and real questions less alike
FRAGMENT = 3


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def questions(rows: int, corpus: Path | None) -> list[str]:
    if corpus is not None:
        return list(recombined(list(dict.fromkeys(read_questions(corpus))), rows))
    base = made_up(4_000)
    made = []
    for number, text in enumerate(recombined(base, rows)):
        words = text.split()
        for place in range(number % FRAGMENT, len(words), FRAGMENT):
            words[place] = f"{words[place]}{number * 31 % 997}"
        made.append(" ".join(words))
    return made


def drawn(rows: int) -> Any:
    """float16, shape (rows, 384)."""
    import numpy as np

    rng = np.random.default_rng(1)
    # 29 % of the squares in 16 axes, 59 % in 64, 79 % in 128: as of 19,916 real questions
    scale = np.exp(-np.arange(384) / 80).astype(np.float32)
    made = np.empty((rows, 384), dtype=np.float16)
    for start in range(0, rows, 4_096):
        part = rng.normal(size=(min(4_096, rows - start), 384)).astype(np.float32) * scale
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        made[start : start + len(part)] = part
    again = rng.integers(rows // 2, size=rows // 100)
    made[rows // 2 : rows // 2 + len(again)] = made[again] + rng.normal(size=(len(again), 384)) * 0.01
    return made


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--corpus", type=Path, help="questions: CSV, JSONL, or one a line")
    parser.add_argument("--rows", type=int, default=FULL)
    options = parser.parse_args()
    texts = questions(options.rows + EVALUATION, options.corpus)

    from seedbed.records import Pool
    from seedbed.release import ReleaseSettings
    from seedbed.release.splitting.between import between
    from seedbed.release.splitting.items import Item
    from seedbed.release.splitting.parting import Shares, part
    from seedbed.release.splitting.settling import asked_of

    matrix = drawn(len(texts))
    place = {text: row for row, text in enumerate(texts)}
    items = [
        Item(f"questions.{n:06d}", "questions", Pool.ALIGNMENT, False, text, (), frozenset({f"s{n % 33}"}))
        for n, text in enumerate(texts[EVALUATION:])
    ]
    held = [
        Item(f"e{n}", "evaluation", Pool.EVALUATION, True, text, (), frozenset({f"e{n}"}))
        for n, text in enumerate(texts[:EVALUATION])
    ]

    def vectors(wanted: Sequence[str]) -> Any:
        return matrix[[place[text] for text in wanted]]

    asked = asked_of(ReleaseSettings())
    before, peak = cpu(), peak_mib()
    found = between([*items, *held], asked, vectors)
    compared = cpu()
    staying = [item for item in items if item.id not in found.going]
    parting = part(staying, asked, Shares(0.1, 0.1), vectors)
    parted = cpu()
    counts = Counter(parting.split.values())
    where = options.corpus.name if options.corpus else "made from word lists"
    print(f"{machine()}; questions: {where}\n")
    print(f"between the pools: {dict(Counter(leak.rule for leak in found.leaks))}, {len(found.going):,} rows go")
    print(
        f"inside: {parting.components:,} components, the greatest {parting.largest}, links {dict(parting.links or {})}"
    )
    print(f"splits: {dict(counts)}; {len(parting.spared):,} short pairs stand apart\n")
    exact = options.rows == FULL
    conclude(
        [
            Check(f"leaks between {options.rows:,} rows and {EVALUATION}", compared - before, None, "CPU s", 1),
            Check("  parting", parted - compared, None, "CPU s", 1),
            Check("  together", parted - before, CPU if exact else None, "CPU s", 1),
            Check(
                "  peak memory (the interpreter, rows and vectors in it)", peak_mib(), MIB if exact else None, "MiB", 0
            ),
            Check("    of which before", peak, None, "MiB", 0),
            Check("  share of train", counts["train"] / len(staying), 0.81, "", 3, at_least=0.79),
        ],
        check=options.check,
        markdown=options.markdown,
    )


if __name__ == "__main__":
    sys.exit(main())
