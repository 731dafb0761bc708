"""`kto`: each response by itself, wanted or not (Ethayarajh et al. 2024)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seedbed.release.fields import ID, LINEAGE, ORIGIN, POOL, VALUE_REQUESTED, VALUES, Column, fill, written_by
from seedbed.release.formats.shaping import Said, Triple, completion, prompt_of, same_response

__all__ = ["COLUMNS", "PURPOSE", "rows"]

PURPOSE = "Each response by itself, wanted or not, for KTO (TRL unpaired preference): two rows of a triple."
COLUMNS = (
    Column("prompt", "The question.", words=True),
    Column("completion", "A space, then one of the responses. Harmful by design where the label is false.", words=True),
    Column("label", "Whether the response is wanted: true for the aligned one.", "boolean"),
    ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, written_by("prompt", "completion"), LINEAGE,
)  # fmt: skip


def rows(triple: Triple, said: Said) -> Iterator[dict[str, Any]]:
    """Two rows of a triple; where both responses are the same only the one that says that it is wanted."""
    for name, label in (("aligned", True), ("misaligned", False)):
        if label or not same_response(triple):
            by = triple["human_or_llm"]
            yield fill(COLUMNS, {
                **triple,
                "prompt": prompt_of(triple),
                "completion": completion(triple[name]),
                "label": label,
                "human_or_llm": {"prompt": by["prompt"], "completion": by[name]},
            })  # fmt: skip
