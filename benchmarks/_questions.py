"""Questions to try novelty on: from a file of the caller's, or made up."""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from _bench import ROOT

sys.path.insert(0, str(ROOT / "src"))

__all__ = ["made_up", "read_questions", "recombined"]

COLUMNS = ("question", "text", "prompt", "instruction", "input")


def read_questions(path: Path) -> list[str]:
    """The texts of a CSV or JSONL file (the first of COLUMNS that it has, else its first column), or of plain lines."""
    csv.field_size_limit(2**24)
    with path.open(encoding="utf-8", newline="") as file:
        found: Iterable[str]
        if path.suffix == ".csv":
            rows = csv.reader(file)
            head = next(rows)
            at = next((head.index(name) for name in COLUMNS if name in head), 0)
            found = [row[at] for row in rows if len(row) > at]
        elif path.suffix in (".jsonl", ".ndjson"):
            found = [next(str(row[name]) for name in (*COLUMNS, *row) if name in row) for row in map(json.loads, file)]
        else:
            found = list(file)
    return [line for text in found if (line := " ".join(text.split()))]


def made_up(number: int) -> list[str]:
    """What the mock endpoint answers: one in twelve is a near-duplicate by design, and others come by chance."""
    from seedbed.testing.replies import reply
    from seedbed.testing.words import PLACES

    def one(seed: int) -> str:
        asked = f"Topic: Daily life ({PLACES[seed % len(PLACES)]}). The question is about a rule."
        body = {"messages": [{"role": "user", "content": asked}], "seed": seed}
        return str(json.loads(reply(json.dumps(body).encode())[0])["choices"][0]["message"]["content"])

    return [one(seed) for seed in range(number)]


def recombined(texts: list[str], number: int) -> Iterator[str]:
    """`texts`, and then beginnings of some with ends of others until there are `number`. Repeatable.

    Each half is one that people or a model wrote, so lengths and common words stay what they were.
    """
    yield from texts[:number]
    draw = random.Random(1)
    for _ in range(number - len(texts)):
        first, second = draw.choice(texts).split(), draw.choice(texts).split()
        yield " ".join(first[: max(1, len(first) // 2)] + second[len(second) // 2 :])
