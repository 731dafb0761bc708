"""`inspector`: each response with its labels, for a classifier that tells faulty responses from good ones.

Ngweta et al. (2024) train a two-class encoder on `x [SEP] y`, 0 misaligned and 1 aligned: which is what a tokenizer
makes of the pair (prompt, response). Soft labels keep what people differed over (Uma et al. 2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seedbed.release.fields import ID, LINEAGE, ORIGIN, POOL, VALUE_REQUESTED, VALUES, Column, fill, written_by
from seedbed.release.formats.shaping import Judged, Said, Triple, prompt_of, same_response

__all__ = ["COLUMNS", "PURPOSE", "rows"]

PURPOSE = "Each response with a hard and a soft label, to train or test a detector of faulty responses."
COLUMNS = (
    Column("prompt", "The question.", words=True),
    Column("response", "One of the responses. Harmful by design where it was written to be.", words=True),
    Column("label", "1 aligned, 0 misaligned: the hard label, from where label_from says.", "integer"),
    Column(
        "soft_label",
        "Mean of people's votes: 1 aligned, 0 misaligned, .5 in between; null where nobody voted. .5 may be everybody "
        "in between or half against half.",
        "number",
    ),
    Column("ratings", "How many people voted.", "integer"),
    Column(
        "label_from",
        "people: more than half of those who rated the response. judge: a model judge that agreed with people often "
        "enough. role: nobody, or people were divided, and the label is what the response was written to be.",
    ),
    Column("role", "What the response was written to be: misaligned or aligned."),
    ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, written_by("prompt", "response"), LINEAGE,
)  # fmt: skip


def rows(triple: Triple, said: Said) -> Iterator[dict[str, Any]]:
    """Two rows of a triple; where both responses are the same only one, in the aligned role."""
    for role, judged in (("misaligned", said.misaligned), ("aligned", said.aligned)):
        if role == "aligned" or not same_response(triple):
            by = triple["human_or_llm"]
            label, source = _hard(role, judged)
            yield fill(COLUMNS, {
                **triple,
                "prompt": prompt_of(triple),
                "response": triple[role].strip(),
                "label": label,
                "soft_label": None if judged.soft is None else round(judged.soft, 4),
                "ratings": judged.ratings,
                "label_from": source,
                "role": role,
                "human_or_llm": {"prompt": by["prompt"], "response": by[role]},
            })  # fmt: skip


def _hard(role: str, judged: Judged) -> tuple[int, str]:
    if judged.honours is None:
        return int(role == "aligned"), "role"
    return int(judged.honours), judged.by
