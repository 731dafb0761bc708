"""Novelty: what it costs to compare each new question with all that were kept, and whether the answer is exact.

Questions come one after another. One whose ROUGE-L F1 with any kept one is 7/10 or more is rejected, else it is kept.

    index        NoveltyIndex, which bounds most comparisons away
    scan         the same tokens and the same rule with no bounds: rapidfuzz against everything kept
    rouge_score  the reference implementation's own tokens and its own table of common subsequences, tokens made once

Without --corpus the questions are made from the mock endpoint's word lists, which is easier than what people and
models write: name a file (CSV, JSONL or plain lines) for figures that mean something. A corpus smaller than a size is
extended: beginnings of some questions with ends of others.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from _bench import Check, arguments, conclude, environment, machine, table, watched
from _floor import peak_mib
from _questions import made_up, read_questions, recombined

SIZES = (2_000, 10_000, 66_609)
SECONDS, GOAL, PEAK_MIB = 25.0, 15.0, 150.0
SCANNED, REFERENCE = 19_986, 2_000
CHECK_SCANNED, CHECK_REFERENCE = 10_000, 500  # so that --check is done within a minute

Decide = Callable[[int, str], tuple[int, str] | None]
"""(number, text) to (the rival's number, F1 as a fraction), or None for a text that is kept and remembered."""


def indexed(mode: Any) -> Decide:
    from seedbed.measures.similarity import NoveltyIndex

    index = NoveltyIndex(mode=mode)

    def decide(number: int, text: str) -> tuple[int, str] | None:
        near = index.nearest(text)
        if near is None:
            index.add(str(number), text)
            return None
        # an F1 of 2L/(m+n) is a fraction of small numbers, which the nearest float names without doubt
        return int(near[0]), str(Fraction(near[1]).limit_denominator(100_000))

    return decide


def scanned(mode: Any) -> Decide:
    import numpy as np
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cdist

    from seedbed.measures.tokens import tokenise

    letters: dict[str, str] = {}
    texts: list[str] = []
    numbers: list[int] = []
    lengths = np.zeros(SCANNED, dtype=np.int32)

    def decide(number: int, text: str) -> tuple[int, str] | None:
        tokens = tokenise(text, mode)
        # one private-use character a word, so that rapidfuzz compares words
        query = "".join(letters.setdefault(token, chr(0xF0000 + len(letters))) for token in tokens)
        common = cdist([query], texts, scorer=LCSseq.similarity, dtype=np.int32)[0]
        whole = lengths[: len(texts)] + len(query)
        near = np.flatnonzero((20 * common >= 7 * whole) & (common > 0))
        best = _best((numbers[row], int(common[row]), int(whole[row])) for row in near)
        if best is None:
            lengths[len(texts)] = len(query)
            texts.append(query)
            numbers.append(number)
        return best

    return decide


def referred(mode: Any) -> Decide:
    from rouge_score.rouge_scorer import _lcs_table  # its score() rounds to floats: the rule wants the length
    from rouge_score.tokenizers import DefaultTokenizer

    tokenizer = DefaultTokenizer(use_stemmer=False)
    kept: list[tuple[int, list[str]]] = []

    def decide(number: int, text: str) -> tuple[int, str] | None:
        query = tokenizer.tokenize(text)
        found = ((rival, _lcs_table(other, query)[-1][-1], len(other) + len(query)) for rival, other in kept)
        best = _best(found)
        if best is None:
            kept.append((number, query))
        return best

    return decide


def _best(found: Iterable[tuple[int, int, int]]) -> tuple[int, str] | None:
    """By the rule alone, of (rival, common tokens, tokens of both): the highest F1 >= 7/10, the earliest of equals."""
    best: tuple[int, Fraction] | None = None
    for rival, common, whole in found:
        if common and 20 * common >= 7 * whole and (best is None or Fraction(2 * common, whole) > best[1]):
            best = rival, Fraction(2 * common, whole)
    return best and (best[0], str(best[1]))


KINDS = {"index": indexed, "scan": scanned, "rouge_score": referred}


def inner(kind: str, mode: str, corpus: Path, number: int, decisions: Path) -> dict[str, float]:
    """One way over the first `number` questions, in this process; what it decided goes to a file."""

    def texts() -> Iterator[tuple[int, str]]:
        with corpus.open(encoding="utf-8") as file:  # read as they are wanted: the corpus is no part of the peak
            yield from zip(range(number), file, strict=False)

    decide = KINDS[kind](mode)
    began = time.process_time()
    with decisions.open("w") as out:
        rejected = 0
        for count, text in texts():
            decision = decide(count, text)
            rejected += decision is not None
            out.write(f"{json.dumps(decision)}\n")
    return {"cpu": time.process_time() - began, "peak": peak_mib(), "rejected": rejected}


class Trials:
    """Runs of `inner`, each in a process of its own."""

    def __init__(self, folder: Path, texts: list[str]) -> None:
        self._folder = folder
        self.corpus = folder / "corpus.txt"
        self.corpus.write_text("\n".join(recombined(texts, max(SIZES))), encoding="utf-8")

    def run(self, kind: str, number: int, mode: str = "unicode") -> dict[str, Any]:
        decisions = self._folder / f"{kind}-{mode}-{number}.jsonl"
        job = [kind, mode, str(self.corpus), str(number), str(decisions)]
        print(f"{kind}, {mode}, {number:,}", file=sys.stderr)
        command = [sys.executable, str(Path(__file__).resolve()), "--child", *job]
        ran = watched(command, env=environment(), timeout=1800)
        if ran.fault:
            return {"fault": ran.fault}
        return {**json.loads(ran.out.splitlines()[-1]), "decisions": decisions.read_text().splitlines()}

    def compare(self, kind: str, number: int, mode: str) -> tuple[Check, dict[str, Any], dict[str, Any]]:
        """Whether `kind` decides about the first `number` questions as the index does, rival and F1 included."""
        theirs, own = self.run(kind, number, mode), self.run("index", number, mode)
        what = f"decisions, rivals and F1 as by {kind}, {number:,} questions"
        if "fault" in theirs or "fault" in own:
            return Check(what, theirs.get("fault") or own["fault"], holds=False), theirs, own
        differ = sum(a != b for a, b in zip(theirs["decisions"], own["decisions"], strict=True))
        said = f"{differ} differ" if differ else f"identical ({int(own['rejected']):,} rejected)"
        return Check(what, said, holds=not differ), theirs, own


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of log CPU over log n, by least squares."""
    x, y = [math.log(n) for n, _ in points], [math.log(cpu) for _, cpu in points]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)) / sum((a - middle_x) ** 2 for a in x)


def main() -> None:
    parser = arguments(__doc__, markdown=True)
    parser.add_argument("--corpus", type=Path, help="questions: CSV, JSONL, or one a line")
    parser.add_argument("--reference", type=int, help=f"questions for rouge_score (default {REFERENCE:,})")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, mode, corpus, number, decisions = options.child
        print(json.dumps(inner(kind, mode, Path(corpus), int(number), Path(decisions))))
        return
    texts = read_questions(options.corpus) if options.corpus else made_up(max(SIZES))
    reference = options.reference or (CHECK_REFERENCE if options.check else REFERENCE)
    compared = CHECK_SCANNED if options.check else SCANNED
    with tempfile.TemporaryDirectory() as name:
        trials = Trials(Path(name), texts)
        made = {number: trials.run("index", number) for number in SIZES}
        by_scan, scan, _ = trials.compare("scan", min(compared, len(texts)), "unicode")
        by_reference, theirs, own = trials.compare("rouge_score", reference, "ascii")
    for number, one in made.items():
        if "fault" in one:
            sys.exit(f"the index failed at {number:,}: {one['fault']}")
    where = f"{options.corpus.name}, {len(texts):,} questions" if options.corpus else "made from word lists"
    more = f", extended to {max(SIZES):,} by recombining them" if len(texts) < max(SIZES) else ""
    print(f"{machine()}; questions: {where}{more}\n")
    rows = [("questions", "rejected", "CPU s", "ms a question", "peak MiB")]
    for number, one in made.items():
        ms = 1000 * one["cpu"] / number
        rows.append((f"{number:,}", f"{one['rejected']:,}", f"{one['cpu']:.2f}", f"{ms:.3f}", f"{one['peak']:.0f}"))
    table(rows, markdown=options.markdown, left=0)
    last = made[max(SIZES)]
    lines = [
        Check(f"CPU for {max(SIZES):,} questions (goal {GOAL:.0f})", last["cpu"], SECONDS, "s", 1),
        Check("  peak memory of the process", last["peak"], PEAK_MIB, "MiB", 0),
        Check("  growth: CPU goes with n to the power of", exponent([(n, one["cpu"]) for n, one in made.items()])),
        by_scan,
        by_reference,
    ]
    if "fault" not in scan:
        lines.append(Check("  CPU of the scan", scan["cpu"], unit="s"))
    if "fault" not in theirs:
        lines += [
            Check("  CPU of rouge_score", theirs["cpu"], unit="s", digits=1),
            Check("  CPU of the index on the same", own["cpu"], unit="s", digits=3),
            Check("  rouge_score to the index", theirs["cpu"] / own["cpu"], digits=0),
        ]
    conclude(lines, check=options.check, markdown=options.markdown)


if __name__ == "__main__":
    main()
