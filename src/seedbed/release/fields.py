"""Columns that configurations share: what one is, and those that several have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "ALIGNED",
    "CRITIQUE",
    "ID",
    "LANGUAGE",
    "LINEAGE",
    "MISALIGNED",
    "ORIGIN",
    "POOL",
    "PROMPT",
    "QUESTION_LABELS",
    "REQUESTED",
    "SOURCE",
    "STANCE",
    "VALUES",
    "VALUE_REQUESTED",
    "Column",
    "fill",
    "written_by",
]

Kind = Literal["string", "boolean", "integer", "number", "list of strings", "record"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words` marks what a person or a model wrote; `parts` are the fields of a record.

    A column is null where its meaning does not apply; a list is then empty.
    """

    name: str
    meaning: str
    kind: Kind = "string"
    words: bool = False
    parts: tuple[Column, ...] = ()


ID = Column("id", "The row's id in the study; it never changes, and is the same in every configuration and release.")
POOL = Column("pool", "What the row may be used for: alignment or evaluation. No seed serves both.")
ORIGIN = Column("origin", "seed: people made the row. synthetic: a model did, from seeds.")
LANGUAGE = Column("language", "BCP 47 tag that came with the row; null for synthetic rows, where none was observed.")
SOURCE = Column("source", "Where the row comes from, as its contributor stated it; null for synthetic rows.")
LINEAGE = Column(
    "lineage",
    "What the row grew from, and how.",
    "record",
    parts=(
        Column("seed_ids", "Seeds shown to the model; for rows of people, what they grew from.", "list of strings"),
        Column("prompt_id", "The question that a triple answers, where that is a row of the study."),
        Column("run", "The run that made the row, as manifest.json describes it; null for rows of people."),
        Column("model", "The model's name; null for rows of people."),
        Column("prompt_version", "Version of the prompt; null for rows of people."),
        Column("gates", "The gates that the row passed, in order.", "list of strings"),
        Column("at", "When the model's reply arrived (UTC); null for rows of people."),
    ),
)  # fmt: skip
VALUES = Column("values", "Value dimensions that people gave the row, by id in taxonomy.json.", "list of strings")
VALUE_REQUESTED = Column(
    "values_requested",
    "The values the model was asked to violate and put right; not an observation.",
    "list of strings",
)
PROMPT = Column("prompt", "The question or instruction that is answered.", words=True)
MISALIGNED = Column("misaligned", "A response that violates the value, on purpose. Harmful by design.", words=True)
CRITIQUE = Column("critique", "What is wrong with the misaligned response; null where nobody wrote it.", words=True)
ALIGNED = Column("aligned", "The response put right.", words=True)
STANCE = Column(
    "stance",
    "What the aligned response stands for, as its authors named it: two rewrites of one response may disagree. Null "
    "where nobody named it.",
    words=True,
)


def written_by(*fields: str) -> Column:
    return Column(
        "human_or_llm",
        "Whose words each field holds: human, model, model-edited-by-human, or unknown.",
        "record",
        parts=tuple(Column(field, f"Whose words stand in {field}.") for field in fields),
    )


QUESTION_LABELS = (
    Column("topic", "Canonical topic, by id in taxonomy.json; null where the author's label is none of them."),
    Column("question_type", "Canonical question type, by id in taxonomy.json; null as for topic."),
)
REQUESTED = (
    Column("topic_requested", "The topic the model was asked for; not an observation. Null for rows of people."),
    Column("question_type_requested", "The question type the model was asked for; likewise."),
)


def fill(columns: Sequence[Column], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` in the order of `columns`, others left out. Raises KeyError on a lack."""
    return {column.name: values[column.name] for column in columns}
