"""Judges and raters whose errors are known."""

from __future__ import annotations

import random
from typing import Any

from seedbed.judges.model import Judgement
from seedbed.records import Rating


def simulated(
    n: int, *, sensitivity: float = 0.9, specificity: float = 0.9, share: float = 0.5, raters: int = 1,
    rater_error: float = 0.0, none: float = 0.0, seed: int = 0, **fields: Any,
) -> tuple[list[Judgement], list[Rating]]:  # fmt: skip
    """`n` questions of which `share` are relevant; each rater is wrong in `rater_error`, the judge gives no label in
    `none` and is else wrong as its sensitivity and specificity say."""
    draw = random.Random(seed)
    judged, rated = [], []
    for row in range(n):
        true = draw.random() < share
        said = true if draw.random() < (sensitivity if true else specificity) else not true
        lost = draw.random() < none
        judged.append(judgement(f"s{seed}-{row:04d}", None if lost else 5 if said else 2, **fields))
        for rater in range(raters):
            wrong = draw.random() < rater_error
            rated.append(Rating(judged[-1].row, f"r{rater}", "relevance", 4 if true != wrong else 3))
    return judged, rated


def judgement(row: str, says: int | None, **fields: Any) -> Judgement:
    defaults: dict[str, Any] = {
        "part": "", "judge": "relevance", "scale": "relevance", "why": "" if says is not None else "out of label",
        "by": "relevance/m/1", "model": "m", "kind": "question", "cluster": row, "slices": {"written_by": "writer"},
    }  # fmt: skip
    return Judgement(row=row, says=says, **{**defaults, **fields})


def pair(row: str, says: int | None, *, longer: str = "same", **fields: Any) -> list[Judgement]:
    """What the judge of pairs says: 1 where the aligned response is the better."""
    return [
        judgement(
            row, None if says is None else sign * says, part=part, judge="alignment", scale=part, kind="triple",
            by="alignment/m/1", slices={"longer_response": longer, "written_by": "writer"}, **fields,
        )
        for part, sign in (("misaligned", -1), ("aligned", 1))
    ]  # fmt: skip


def graded(row: str, misaligned: int, aligned: int, rater: str = "r0") -> list[Rating]:
    return [Rating(row, rater, "misaligned", misaligned), Rating(row, rater, "aligned", aligned)]
