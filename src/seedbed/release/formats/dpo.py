"""`dpo`: one response preferred over the other, for preference tuning and reward models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seedbed.release.fields import ID, LINEAGE, ORIGIN, POOL, VALUE_REQUESTED, VALUES, Column, fill, written_by
from seedbed.release.formats.shaping import Said, Triple, completion, prompt_of, same_response

__all__ = ["COLUMNS", "PURPOSE", "rows"]

PURPOSE = "The triples as preferences, for DPO and reward models (TRL preference with explicit prompt)."
COLUMNS = (
    Column("prompt", "The question.", words=True),
    Column("chosen", "A space, then the aligned response.", words=True),
    Column("rejected", "A space, then the misaligned response. Harmful by design.", words=True),
    ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, written_by("prompt", "chosen", "rejected"), LINEAGE,
)  # fmt: skip


def rows(triple: Triple, said: Said) -> Iterator[dict[str, Any]]:
    """One row of a triple; none where both responses are the same, for there is nothing to prefer."""
    if same_response(triple):
        return
    by = triple["human_or_llm"]
    yield fill(COLUMNS, {
        **triple,
        "prompt": prompt_of(triple),
        "chosen": completion(triple["aligned"]),
        "rejected": completion(triple["misaligned"]),
        "human_or_llm": {"prompt": by["prompt"], "chosen": by["aligned"], "rejected": by["misaligned"]},
    })  # fmt: skip
