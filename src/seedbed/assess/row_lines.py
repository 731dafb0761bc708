"""assessment/rows.jsonl: what was measured, row by row.

rows.jsonl has a line a row of the study, kept or not, with ids, labels, codes and numbers; of the words of a row it
holds the verb and the noun only. `is_diverse`, `is_sensible` and `is_relevant` are "yes", "no" or "unverified". null is
"not measured": the language, an absent instrument, or outside the sample. Where people rated the row, `is_…_by` says
so, and `is_…_against` who said otherwise.
"""

from __future__ import annotations

import dataclasses
import json
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from seedbed.assess.responses import PairRow
from seedbed.assess.rows import QuestionRow, Rows
from seedbed.assess.verdicts import DIMENSIONS, PEOPLE
from seedbed.study import Folder, write_atomic

__all__ = ["lines", "write_rows"]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def lines(rows: Rows) -> dict[str, bytes]:
    """The line of each row in rows.jsonl, by the row's id."""
    parts: list[tuple[str, Iterable[QuestionRow | PairRow]]] = [
        ("question", rows.questions.values()),
        ("triple", rows.pairs.values()),
    ]
    return {row.id: _ENCODER.encode({"kind": kind, **_plain_row(row)}).encode() for kind, part in parts for row in part}


def write_rows(folder: Folder, found: Mapping[str, bytes]) -> None:
    """Write assessment/rows.jsonl, whole or not at all."""
    write_atomic(folder.assessment / "rows.jsonl", b"".join(line + b"\n" for line in found.values()))


def _plain_row(row: QuestionRow | PairRow) -> dict[str, Any]:
    # dataclasses.asdict copies deeply: 12 s for 66,000 rows, this 0.3 s
    names, values = _FIELDS[type(row)]
    plain = dict(zip(names, values(row), strict=True))
    for dimension, verdict in zip(DIMENSIONS, row.verdicts, strict=True):
        plain[f"is_{dimension}"] = verdict.says
        if verdict.why:
            plain[f"is_{dimension}_why"] = verdict.why
        if PEOPLE in verdict.by.split(", "):
            plain[f"is_{dimension}_by"] = verdict.by
        if verdict.against:
            plain[f"is_{dimension}_against"] = verdict.against
    return plain


def _fields(kind: type[QuestionRow | PairRow]) -> tuple[list[str], Callable[[Any], tuple[Any, ...]]]:
    names = [field.name for field in dataclasses.fields(kind) if field.name != "verdicts"]
    return names, operator.attrgetter(*names)


_FIELDS = {kind: _fields(kind) for kind in (QuestionRow, PairRow)}
