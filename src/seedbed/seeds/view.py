"""seeds/*.jsonl: the seeds as files that people can read and compare.

Written from the events after every import and gathering. Read back by importing them: the columns are those that
`import` knows, labels as their authors typed them, with the canonical ids beside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from seedbed.records import Person, Question, Triple
from seedbed.seeds.fold import Seeds, load
from seedbed.study import Folder, write_atomic

__all__ = ["write_view"]


def write_view(folder: Folder, seeds: Seeds | None = None) -> None:
    """Rewrite questions.jsonl, triples.jsonl and people.jsonl, each whole or not at all; `seeds` if at hand."""
    seeds = load(folder) if seeds is None else seeds
    _write(folder, "questions", map(_question, seeds.questions))
    _write(folder, "triples", map(_triple, seeds.triples))
    _write(folder, "people", map(_person, seeds.people))


def _write(folder: Folder, name: str, rows: Iterable[dict[str, Any]]) -> None:
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path = folder.seeds / f"{name}.jsonl"
    before = path.read_bytes() if path.is_file() else b""
    if content != before:
        write_atomic(path, content)


def _question(item: Question) -> dict[str, Any]:
    return {
        "id": item.id, "group": item.group, "authors": list(item.authors), "topic": item.topic_raw,
        "topic_id": item.topic, "question_type": item.question_type_raw, "question_type_id": item.question_type,
        "question": item.text, "written_by": item.written_by.value, "language": item.language,
        "source": item.source, "persona": item.persona, "scenario": item.scenario,
        "entities": _by_kind(item.entities), "taxonomy": item.taxonomy,
    }  # fmt: skip


def _by_kind(entities: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, value in entities:
        found.setdefault(kind, []).append(value)
    return found


def _triple(item: Triple) -> dict[str, Any]:
    return {
        "id": item.id, "group": item.group, "authors": list(item.authors), "value": list(item.values_raw),
        "value_ids": list(item.values), "prompt_id": item.prompt_id, "question": item.prompt,
        "misaligned": item.misaligned, "critique": item.critique, "aligned": item.aligned,
        "written_by": {name: writer.value for name, writer in item.written_by.items()},
        "stance": item.stance, "language": item.language, "source": item.source, "taxonomy": item.taxonomy,
    }  # fmt: skip


def _person(item: Person) -> dict[str, Any]:
    return {
        "id": item.id, "role": item.role, "group": item.group, "position": item.position,
        "background": item.background, "location": item.location,
    }  # fmt: skip
