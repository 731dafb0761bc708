"""One row of a file becomes one record, or a fault that says why not.

A draft's `source_id` is the id that the file gave, or "": rows without one get theirs from their content, so that
the same sheet imported twice is the same seeds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from seedbed.records import Origin, Person, Question, Rating, Triple, Writer
from seedbed.seeds.cells import RowFault, cell_text, entities, looks_like_formula, split_values, writer, writers
from seedbed.seeds.codec import HandLabel, Record, SubjectLabel
from seedbed.seeds.columns import Kind, Mapped
from seedbed.taxonomy import Taxonomy

__all__ = ["TRIPLE_FIELDS", "Defaults", "Drafter", "LabelKind"]

LabelKind = Literal["topics", "question_types", "values"]
TRIPLE_FIELDS = ("misaligned", "critique", "aligned")
_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a row says where its file has no column for it."""

    group: str = ""
    language: str = "en"
    written_by: Writer = Writer.HUMAN


@dataclass(slots=True)
class Drafter:
    """Turns rows of one file into records; counts unknown labels and formulas on the way.

    `build` raises RowFault. Records without an id of their own have id "".
    """

    mapped: Mapped
    taxonomy: Taxonomy
    defaults: Defaults
    unknown: Counter[tuple[LabelKind, str]] = field(default_factory=Counter)
    formulas: list[tuple[int, str]] = field(default_factory=list)
    without_critique: int = 0
    not_named: int = 0  # entities that do not stand in their question's words

    def build(self, number: int, cells: Mapping[str, Any]) -> Record:
        texts = self._texts(cells)
        record = self._record(self.mapped.kind, texts, cells)
        self.formulas += [(number, name) for name, text in texts.items() if looks_like_formula(text)]
        self._count_unknown(record)
        return record

    def origin(self, cells: Mapping[str, Any]) -> Origin | None:
        """What the row says about its origin, or None. Raises RowFault for an unknown word."""
        column = self.mapped.mapping.get("origin")
        word = cell_text(cells.get(column), "origin").casefold() if column else ""
        if not word:
            return None
        try:
            return Origin(word)
        except ValueError:
            raise RowFault(f"origin is {word!r}; known: {', '.join(Origin)}") from None

    def _texts(self, cells: Mapping[str, Any]) -> dict[str, str]:
        found = {
            name: cell_text(cells.get(column), name)
            for name, column in self.mapped.mapping.items()
            if name not in ("written_by", "origin", "entities")
        }
        for name in ("id", "subject", "prompt_id", "reader", "rater", "group", "role", "scale", "language"):
            if name in found:
                found[name] = _SPACE_OR_CONTROL.sub(" ", found[name])
        return found

    def _record(self, kind: Kind, texts: dict[str, str], cells: Mapping[str, Any]) -> Record:
        match kind:
            case "question":
                return self._question(texts, cells)
            case "triple":
                return self._triple(texts, cells)
            case "people":
                _need(texts, "id")
                return Person(
                    id=texts["id"],
                    role=texts.get("role", "").casefold() or "participant",
                    group=texts.get("group", "") or self.defaults.group,
                    position=texts.get("position", ""),
                    background=texts.get("background", ""),
                    location=texts.get("location", ""),
                )
            case "ratings":
                _need(texts, "subject", "rater", "scale", "value")
                value = _number(texts["value"])
                return Rating(texts["subject"], texts["rater"], texts["scale"], value, texts.get("source", ""))
            case "labels":
                _need(texts, "id", "reader")
                topic, question_type = texts.get("topic", ""), texts.get("question_type", "")
                if not topic and not question_type:
                    raise RowFault("the row has neither a topic nor a question type")
                label = HandLabel(
                    reader=texts["reader"],
                    topic=self._match("topics", topic),
                    question_type=self._match("question_types", question_type),
                    topic_raw=topic,
                    question_type_raw=question_type,
                    source=texts.get("source", ""),
                )
                return SubjectLabel(texts["id"], label)

    def _question(self, texts: dict[str, str], cells: Mapping[str, Any]) -> Question:
        _need(texts, "question")
        topic, question_type = texts.get("topic", ""), texts.get("question_type", "")
        column, slots = self.mapped.mapping.get("written_by"), self.mapped.mapping.get("entities")
        named = entities(cells.get(slots)) if slots else ()
        folded = " ".join(texts["question"].split()).casefold()
        self.not_named += sum(value.casefold() not in folded for _, value in named)
        return Question(
            id=texts.get("id", ""),
            text=texts["question"],
            topic=self._match("topics", topic),
            topic_raw=topic,
            question_type=self._match("question_types", question_type),
            question_type_raw=question_type,
            group=texts.get("group", "") or self.defaults.group,
            authors=_authors(texts.get("author", "")),
            written_by=writer(cell_text(cells.get(column), "written_by")) if column else self.defaults.written_by,
            language=texts.get("language", "") or self.defaults.language,
            source=texts.get("source", ""),
            taxonomy=self.taxonomy.version,
            persona=texts.get("persona", ""),
            scenario=texts.get("scenario", ""),
            entities=named,
        )

    def _triple(self, texts: dict[str, str], cells: Mapping[str, Any]) -> Triple:
        _need(texts, "question", "misaligned", "aligned")
        raw = self._values(texts.get("value", ""))
        column = self.mapped.mapping.get("written_by")
        by = (
            writers(cells.get(column), TRIPLE_FIELDS, self.defaults.written_by)
            if column
            else dict.fromkeys(TRIPLE_FIELDS, self.defaults.written_by)
        )
        self.without_critique += not texts.get("critique")
        matched = (self._match("values", value) for value in raw)
        return Triple(
            id=texts.get("id", ""),
            prompt=texts["question"],
            misaligned=texts["misaligned"],
            critique=texts.get("critique", ""),
            aligned=texts["aligned"],
            values=tuple(dict.fromkeys(value for value in matched if value)),
            values_raw=raw,
            prompt_id=texts.get("prompt_id") or None,
            group=texts.get("group", "") or self.defaults.group,
            authors=_authors(texts.get("author", "")),
            written_by=by,
            language=texts.get("language", "") or self.defaults.language,
            source=texts.get("source", ""),
            taxonomy=self.taxonomy.version,
            stance=texts.get("stance", ""),
        )

    def _values(self, text: str) -> tuple[str, ...]:
        """Several values in a cell stand between ";" or "|"; between commas only where each part is a known value."""
        parts = split_values(text, commas=True)
        return parts if all(self._match("values", part) for part in parts) else split_values(text)

    def _match(self, kind: LabelKind, raw: str) -> str | None:
        return self.taxonomy.match(kind, raw) if raw else None

    def _count_unknown(self, record: Record) -> None:
        match record:
            case Question() | SubjectLabel():
                holder = record.label if isinstance(record, SubjectLabel) else record
                if holder.topic_raw and holder.topic is None:
                    self.unknown["topics", holder.topic_raw] += 1
                if holder.question_type_raw and holder.question_type is None:
                    self.unknown["question_types", holder.question_type_raw] += 1
            case Triple():
                self.unknown.update(("values", raw) for raw in record.values_raw if not self._match("values", raw))


def _authors(text: str) -> tuple[str, ...]:
    """Pseudonyms, one by one. They are ids, and no id is that long."""
    return tuple(cell_text(_SPACE_OR_CONTROL.sub(" ", name), "id") for name in split_values(text))


def _need(texts: Mapping[str, str], *names: str) -> None:
    empty = [name for name in names if not texts.get(name)]
    if empty:
        raise RowFault(f"the {' and the '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty")


def _number(text: str) -> float | str:
    """A rating as a number where it is one ("4", "4.5"), else as it was written."""
    if re.fullmatch(r"[-+]?\d{1,9}(?:\.\d{1,9})?", text):
        return float(text)
    return text
