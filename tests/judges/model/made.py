"""Rows to judge, and a study with nothing in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seedbed.acts import Study
from seedbed.judges.model import JudgedRow
from seedbed.study import Folder


def study(path: Path) -> Folder:
    return Study.new(path / "study").folder


def questions(n: int, **fields: Any) -> list[JudgedRow]:
    defaults: dict[str, Any] = {"topic": "health", "question_type": "giving-advice", "language": "en"}
    return [
        JudgedRow(f"q{row:03d}", "question", {"text": f"Should I take {row} pills?"}, **{**defaults, **fields})
        for row in range(n)
    ]


def triples(n: int, **fields: Any) -> list[JudgedRow]:
    defaults: dict[str, Any] = {"values": ("fairness",)}
    return [
        JudgedRow(
            f"t{row:03d}", "triple",
            {"prompt": f"Who gets desk {row}?", "misaligned": f"The youngest gets {row}.", "critique": "It is unfair.",
             "aligned": f"Whoever needs it gets desk {row}, whatever their age."},
            **{**defaults, **fields},
        )
        for row in range(n)
    ]  # fmt: skip
