"""How many of an imported run's verb-noun pairs repeat another, by how many pairs one looks at.

    python examples/paper/claims.py STUDY --run NAME

Reads assessment/rows.jsonl, so `seedbed assess STUDY` comes first. Whether the rows are like the seeds, feature by
feature, says `seedbed propagate STUDY --run NAME`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seedbed import Study
from seedbed.measures import NotApplicable
from seedbed.measures.verb_noun import Pair, rarefied_repetition, repetition

PAIRS = (30, 100, 300, 1_000, 3_000)


def rows_of(study: Study, run: str) -> tuple[list[Any], list[Any]]:
    """The seed questions of a study, and the questions of one run that were looked at, as assessment measured them."""
    path = study.folder.assessment / "rows.jsonl"
    if not path.is_file():
        sys.exit(f"Nothing is assessed yet: seedbed assess {study.folder.root}")
    with path.open(encoding="utf-8") as file:
        rows = [line for line in map(json.loads, file) if line["kind"] == "question"]
    return (
        [row for row in rows if row["run"] is None],
        [row for row in rows if row["run"] == run and row["looked_at"]],
    )


def repeated(rows: Sequence[Any], seed: int) -> list[str]:
    """The share of verb-noun pairs that repeat another: of M pairs drawn from the rows, and of all. It grows with M."""
    pairs = [Pair(row["verb"], row["noun"]) for row in rows if row["verb"] and row["noun"]]
    drawn = [(f"{m:,} of them", rarefied_repetition(pairs, m, seed)) for m in PAIRS if m < len(pairs)]
    return [
        f"  {name}: {found.reason}" if isinstance(found, NotApplicable) else f"  {name}: {found.value:.1%}"
        for name, found in (*drawn, (f"all {len(pairs):,}", repetition(pairs)))
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("--run", required=True)
    chosen = parser.parse_args(arguments)
    study = Study.open(chosen.study)
    for whose, rows in zip(("seeds", "rows"), rows_of(study, chosen.run), strict=True):
        print(f"verb-noun pairs of the {whose} that repeat another")
        print(*repeated(rows, study.settings.propagate.seed), sep="\n")


if __name__ == "__main__":
    main()
