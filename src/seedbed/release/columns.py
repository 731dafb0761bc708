"""Every column of every configuration: its type and what it means. The files, the card and the docs follow this.

One configuration is one folder of files that load with one call. Those of `formats/` are the rows of `triples` in the
shapes that trainers read; the ids are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed.release.fields import (
    ALIGNED,
    CRITIQUE,
    ID,
    LANGUAGE,
    LINEAGE,
    MISALIGNED,
    ORIGIN,
    POOL,
    PROMPT,
    QUESTION_LABELS,
    REQUESTED,
    SOURCE,
    STANCE,
    VALUE_REQUESTED,
    VALUES,
    Column,
    fill,
    written_by,
)
from seedbed.release.formats import FORMATS

__all__ = ["COLUMNS", "PURPOSES", "SPLITS", "Column", "shape"]

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "questions": (
        ID,
        Column("text", "The question.", words=True),
        Column("lead_in", "First words of the text that were given to the model; they are not its own.", words=True),
        *REQUESTED,
        Column("subtopic_requested", "The narrower hint within the topic."),
        POOL, ORIGIN, written_by("text"), LINEAGE,
    ),
    "triples": (
        ID, PROMPT, MISALIGNED, CRITIQUE, ALIGNED, STANCE, VALUES, VALUE_REQUESTED, *REQUESTED, LANGUAGE,
        Column(
            "scaffold", "Words within a response that were given to the model; they are not its own.", "record",
            parts=tuple(Column(f, f"Given words in {f}.", words=True) for f in ("misaligned", "critique", "aligned")),
        ),
        POOL, ORIGIN, written_by("prompt", "misaligned", "critique", "aligned"), LINEAGE, SOURCE,
        Column("license", "SPDX identifier."),
    ),
    **{name: format.columns for name, format in FORMATS.items()},
    "seeds": (
        ID,
        Column("text", "The question as its authors wrote it.", words=True),
        *QUESTION_LABELS,
        Column("topic_raw", "The topic as the author typed it.", words=True),
        Column("question_type_raw", "The question type as the author typed it.", words=True),
        Column("selected", "Whether curation chose it for the set from which prompts take their examples.", "boolean"),
        LANGUAGE, POOL, ORIGIN, written_by("text"), LINEAGE, SOURCE,
    ),
    "evaluation": (
        ID,
        Column("kind", "question, or triple: then the responses are there too."),
        PROMPT, MISALIGNED, CRITIQUE, ALIGNED, STANCE, VALUES, *QUESTION_LABELS, LANGUAGE,
        POOL, ORIGIN, written_by("prompt", "misaligned", "critique", "aligned"), LINEAGE, SOURCE,
    ),
}  # fmt: skip
"""Configuration to its columns, in file order."""

PURPOSES: Mapping[str, str] = {
    "questions": "Synthetic questions that passed every gate.",
    "triples": "Prompt, misaligned response, critique, aligned response: by people, and by models behind endpoints.",
    **{name: format.purpose for name, format in FORMATS.items()},
    "seeds": "Questions by people, from which the synthetic ones grew: what seed ids in lineages name.",
    "evaluation": "Questions and triples by people, kept apart: nothing above grew from them.",
}

SPLITS: Mapping[str, tuple[str, ...]] = {
    name: ("test",) if name == "evaluation" else ("train", "validation", "test") for name in COLUMNS
}
"""The splits that a configuration may have; one without rows has no file."""


def shape(configuration: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` as a row of `configuration`: its columns in file order, others left out. Raises KeyError on a lack."""
    return fill(COLUMNS[configuration], values)
