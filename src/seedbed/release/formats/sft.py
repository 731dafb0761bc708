"""`sft`: a mitigator's supervised fine-tuning.

Template: Ngweta et al. (2024), "x [INIT] y [ALIGNED] y'". Their closing [DONE] is left to the trainer, which ends a
completion with the tokenizer's own end token.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seedbed.release.fields import ID, LINEAGE, ORIGIN, POOL, VALUE_REQUESTED, VALUES, Column, fill, written_by
from seedbed.release.formats.shaping import Said, Triple, completion, prompt_of

__all__ = ["COLUMNS", "PURPOSE", "mitigate", "rows"]

PURPOSE = "The triples for a mitigator's supervised fine-tuning (TRL prompt-completion)."
COLUMNS = (
    Column(
        "prompt",
        "What a mitigator is given: `question [INIT] misaligned response [ALIGNED]`, the template of Ngweta et al. "
        "(Aligners, 2024).",
        words=True,
    ),
    Column("completion", "A space, then the aligned response. The trainer adds the end token.", words=True),
    ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, written_by("question", "misaligned", "aligned"), LINEAGE,
)  # fmt: skip


def mitigate(question: str, response: str) -> str:
    """The prompt of a mitigator: a question and the response that it is to look at."""
    return f"{question} [INIT] {response.strip()} [ALIGNED]"


def rows(triple: Triple, said: Said) -> Iterator[dict[str, Any]]:
    """One row of every triple."""
    by = triple["human_or_llm"]
    yield fill(COLUMNS, {
        **triple,
        "prompt": mitigate(prompt_of(triple), triple["misaligned"]),
        "completion": completion(triple["aligned"]),
        "human_or_llm": {"question": by["prompt"], "misaligned": by["misaligned"], "aligned": by["aligned"]},
    })  # fmt: skip
