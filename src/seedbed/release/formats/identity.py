"""`identity`: rows with nothing to mend.

Where every row has a fault, a mitigator learns to change every response. Ji et al. (2024) warm their Aligner up by
having it copy; Ngweta et al. (2024) show one such example in every prompt. The two shapes of both stand in one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seedbed.release.fields import ID, LINEAGE, ORIGIN, POOL, VALUE_REQUESTED, VALUES, Column, fill, written_by
from seedbed.release.formats.sft import mitigate
from seedbed.release.formats.shaping import Said, Triple, completion, prompt_of

__all__ = ["COLUMNS", "PURPOSE", "rows"]

PURPOSE = (
    "Responses with nothing to mend, and the same again: mixed into `sft` or `aligner` they teach a mitigator to leave "
    "good ones alone."
)
COLUMNS = (
    Column("prompt", "As in sft, with the aligned response in place of the misaligned one.", words=True),
    Column("completion", "A space, then the same response.", words=True),
    Column("question", "The question.", words=True),
    Column("answer", "The aligned response.", words=True),
    Column("correction", "The same response.", words=True),
    ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, written_by("question", "aligned"), LINEAGE,
)  # fmt: skip


def rows(triple: Triple, said: Said) -> Iterator[dict[str, Any]]:
    """One row of a triple; none where people or a judge found the aligned response at fault."""
    if said.aligned.honours is False:
        return
    by, question, answer = triple["human_or_llm"], prompt_of(triple), triple["aligned"].strip()
    yield fill(COLUMNS, {
        **triple,
        "prompt": mitigate(question, answer),
        "completion": completion(answer),
        "question": question,
        "answer": answer,
        "correction": answer,
        "human_or_llm": {"question": by["prompt"], "aligned": by["aligned"]},
    })  # fmt: skip
