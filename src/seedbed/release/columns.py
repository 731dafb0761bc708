"""Every column of every configuration: its type and what it means. The files, the card and the docs follow this.

One configuration is one folder of files that load with one call. `sft` and `preference` are the rows of `triples`
in the shapes that TRL's trainers read (standard format, where a completion starts with the space that parts it
from its prompt); the ids are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["COLUMNS", "PURPOSES", "SPLITS", "Column", "shape"]

Kind = Literal["string", "boolean", "list of strings", "record"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words` marks what a person or a model wrote; `parts` are the fields of a record.

    A string or boolean is null where its meaning does not apply; a list is then empty.
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


def _written_by(*fields: str) -> Column:
    return Column(
        "human_or_llm",
        "Whose words each field holds: human, model, model-edited-by-human, or unknown.",
        "record",
        parts=tuple(Column(field, f"Whose words stand in {field}.") for field in fields),
    )


_QUESTION_LABELS = (
    Column("topic", "Canonical topic, by id in taxonomy.json; null where the author's label is none of them."),
    Column("question_type", "Canonical question type, by id in taxonomy.json; null as for topic."),
)
_REQUESTED = (
    Column("topic_requested", "The topic the model was asked for; not an observation. Null for rows of people."),
    Column("question_type_requested", "The question type the model was asked for; likewise."),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "questions": (
        ID,
        Column("text", "The question.", words=True),
        Column("lead_in", "First words of the text that were given to the model; they are not its own.", words=True),
        *_REQUESTED,
        Column("subtopic_requested", "The narrower hint within the topic."),
        POOL, ORIGIN, _written_by("text"), LINEAGE,
    ),
    "triples": (
        ID, PROMPT, MISALIGNED, CRITIQUE, ALIGNED, VALUES, VALUE_REQUESTED, *_REQUESTED, LANGUAGE,
        Column(
            "scaffold", "Words within a response that were given to the model; they are not its own.", "record",
            parts=tuple(Column(f, f"Given words in {f}.", words=True) for f in ("misaligned", "critique", "aligned")),
        ),
        POOL, ORIGIN, _written_by("prompt", "misaligned", "critique", "aligned"), LINEAGE, SOURCE,
        Column("license", "SPDX identifier."),
    ),
    "sft": (
        Column(
            "prompt",
            "What a mitigator is given: `question [INIT] misaligned response [ALIGNED]`, the template of Ngweta et al. "
            "(Aligners, 2024).",
            words=True,
        ),
        Column("completion", "A space, then the aligned response. The trainer adds the end token.", words=True),
        ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, _written_by("question", "misaligned", "aligned"), LINEAGE,
    ),
    "preference": (
        Column("prompt", "The question.", words=True),
        Column("chosen", "A space, then the aligned response.", words=True),
        Column("rejected", "A space, then the misaligned response. Harmful by design.", words=True),
        ID, VALUES, VALUE_REQUESTED, POOL, ORIGIN, _written_by("prompt", "chosen", "rejected"), LINEAGE,
    ),
    "seeds": (
        ID,
        Column("text", "The question as its authors wrote it.", words=True),
        *_QUESTION_LABELS,
        Column("topic_raw", "The topic as the author typed it.", words=True),
        Column("question_type_raw", "The question type as the author typed it.", words=True),
        Column("selected", "Whether curation chose it for the set from which prompts take their examples.", "boolean"),
        LANGUAGE, POOL, ORIGIN, _written_by("text"), LINEAGE, SOURCE,
    ),
    "evaluation": (
        ID,
        Column("kind", "question, or triple: then the responses are there too."),
        PROMPT, MISALIGNED, CRITIQUE, ALIGNED, VALUES, *_QUESTION_LABELS, LANGUAGE,
        POOL, ORIGIN, _written_by("prompt", "misaligned", "critique", "aligned"), LINEAGE, SOURCE,
    ),
}  # fmt: skip
"""Configuration to its columns, in file order."""

PURPOSES: Mapping[str, str] = {
    "questions": "Synthetic questions that passed every gate.",
    "triples": "Prompt, misaligned response, critique, aligned response: by people, and by models behind endpoints.",
    "sft": "The triples for a mitigator's supervised fine-tuning (TRL prompt-completion).",
    "preference": "The triples as preferences (TRL preference with explicit prompt).",
    "seeds": "Questions by people, from which the synthetic ones grew: what seed ids in lineages name.",
    "evaluation": "Questions and triples by people, kept apart: nothing above grew from them.",
}  # fmt: skip

SPLITS: Mapping[str, str] = {name: "test" if name == "evaluation" else "train" for name in COLUMNS}


def shape(configuration: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` as a row of `configuration`: its columns in file order, others left out. Raises KeyError on a lack."""
    return {column.name: values[column.name] for column in COLUMNS[configuration]}
