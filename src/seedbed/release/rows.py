"""Records to rows of a release: pure functions, one for each kind of row."""

from __future__ import annotations

from typing import Any

from seedbed.records import Origin, Pool, Question, Row, Triple, Writer
from seedbed.release.columns import shape
from seedbed.release.sources import RunSource, public_model

__all__ = [
    "FIELDS",
    "evaluation_question",
    "evaluation_triple",
    "human_triple",
    "question",
    "seed",
    "synthetic_triple",
]

FIELDS = ("misaligned", "critique", "aligned")


def question(row: Row, run: RunSource) -> dict[str, Any]:
    """A kept row of a questions run, for `questions`."""
    values = {
        "id": row.id,
        "text": row.verdict.text,
        "lead_in": row.ask.lead_in or None,
        "topic_requested": row.ask.topic,
        "subtopic_requested": row.ask.subtopic,
        "question_type_requested": row.ask.question_type,
        "pool": Pool.ALIGNMENT.value,
        "origin": Origin.SYNTHETIC.value,
        "human_or_llm": {"text": Writer.MODEL.value},
        "lineage": _grown(row, run),
    }
    return shape("questions", values)


def synthetic_triple(row: Row, run: RunSource, prompt_by: Writer, license: str) -> dict[str, Any]:
    """A kept row of a triples run, for `triples`. `prompt_by` is whose words the prompt holds."""
    fields = row.verdict.fields
    given = fields.get("scaffold") or {}
    values = {
        "id": row.id,
        "prompt": fields["prompt"],
        **{name: fields.get(name) or None for name in FIELDS},
        "stance": None,
        "values": [],
        "values_requested": list(row.ask.values),
        "topic_requested": row.ask.topic,
        "question_type_requested": row.ask.question_type,
        "language": None,
        "scaffold": {name: str(given[name]) if given.get(name) else None for name in FIELDS},
        "pool": Pool.ALIGNMENT.value,
        "origin": Origin.SYNTHETIC.value,
        "human_or_llm": {"prompt": prompt_by.value, **dict.fromkeys(FIELDS, Writer.MODEL.value)},
        "lineage": _grown(row, run),
        "source": None,
        "license": license,
    }
    return shape("triples", values)


def human_triple(triple: Triple, prompt_by: Writer, license: str) -> dict[str, Any]:
    """A pair that people made, for `triples`."""
    values = {
        **_human_triple(triple, prompt_by),
        "values_requested": [],
        "topic_requested": None,
        "question_type_requested": None,
        "scaffold": dict.fromkeys(FIELDS),
        "pool": Pool.ALIGNMENT.value,
        "license": license,
    }
    return shape("triples", values)


def evaluation_triple(triple: Triple, prompt_by: Writer) -> dict[str, Any]:
    values = {
        **_human_triple(triple, prompt_by),
        "kind": "triple",
        "topic": None,
        "question_type": None,
        "pool": Pool.EVALUATION.value,
    }
    return shape("evaluation", values)


def seed(row: Question, *, selected: bool) -> dict[str, Any]:
    """A question that people wrote, for `seeds`."""
    values = {
        **_human_question(row),
        "topic_raw": row.topic_raw,
        "question_type_raw": row.question_type_raw,
        "selected": selected,
        "pool": Pool.ALIGNMENT.value,
        "human_or_llm": {"text": row.written_by.value},
    }
    return shape("seeds", values)


def evaluation_question(row: Question) -> dict[str, Any]:
    values = {
        **_human_question(row),
        "kind": "question",
        "prompt": row.text,
        **dict.fromkeys(FIELDS),
        "stance": None,
        "values": [],
        "pool": Pool.EVALUATION.value,
        "human_or_llm": {"prompt": row.written_by.value, **dict.fromkeys(FIELDS)},
    }
    return shape("evaluation", values)


def _human_question(row: Question) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "topic": row.topic,
        "question_type": row.question_type,
        "language": row.language,
        "origin": row.origin.value,
        "lineage": _contributed(row.parents, None),
        "source": row.source or None,
    }


def _human_triple(triple: Triple, prompt_by: Writer) -> dict[str, Any]:
    return {
        "id": triple.id,
        "prompt": triple.prompt,
        "misaligned": triple.misaligned,
        "critique": triple.critique if triple.critique.strip() else None,
        "aligned": triple.aligned,
        "stance": triple.stance or None,
        "values": list(triple.values),
        "language": triple.language,
        "origin": triple.origin.value,
        "human_or_llm": {
            "prompt": prompt_by.value,
            **{name: triple.written_by.get(name, Writer.UNKNOWN).value for name in FIELDS},
            **({} if triple.critique.strip() else {"critique": None}),
        },
        "lineage": _contributed(triple.parents, triple.prompt_id),
        "source": triple.source or None,
    }


def _grown(row: Row, run: RunSource) -> dict[str, Any]:
    return {
        "seed_ids": list(row.ask.examples),
        "prompt_id": row.ask.prompt_id,
        "run": row.run,
        "model": public_model(row.model),
        "prompt_version": row.prompt_version,
        "gates": list(run.gate_names),
        "at": row.at,
    }


def _contributed(parents: tuple[str, ...], prompt_id: str | None) -> dict[str, Any]:
    nothing = dict.fromkeys(("run", "model", "prompt_version", "at"))
    return {"seed_ids": list(parents), "prompt_id": prompt_id, "gates": [], **nothing}
