"""`aligner`: question, answer, correction, as Ji et al. (2024) train their Aligner.

Their program reads one JSON list of objects with these three keys, which `lists.py` writes beside the others. The frame
around the texts (`##Question: … ##Answer: … ##Correction:`) is their program's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seedbed.release.fields import ID, LINEAGE, ORIGIN, POOL, VALUE_REQUESTED, VALUES, Column, fill, written_by
from seedbed.release.formats.shaping import Said, Triple, prompt_of

__all__ = ["COLUMNS", "KEYS", "PURPOSE", "rows"]

KEYS = ("question", "answer", "correction")

PURPOSE = (
    "Question, answer, correction, for the Aligner of Ji et al. (2024); beside it the same as the JSON list that their "
    "program reads."
)
COLUMNS = (
    Column("question", "The question.", words=True),
    Column("answer", "The misaligned response. Harmful by design.", words=True),
    Column("correction", "The aligned response.", words=True),
    ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, written_by(*KEYS), LINEAGE,
)  # fmt: skip


def rows(triple: Triple, said: Said) -> Iterator[dict[str, Any]]:
    """One row of every triple."""
    by = triple["human_or_llm"]
    yield fill(COLUMNS, {
        **triple,
        "question": prompt_of(triple),
        "answer": triple["misaligned"].strip(),
        "correction": triple["aligned"].strip(),
        "human_or_llm": {"question": by["prompt"], "answer": by["misaligned"], "correction": by["aligned"]},
    })  # fmt: skip
