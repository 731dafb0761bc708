"""Seeds as events: what goes in as ids and codes, and what as words apart.

Words that people wrote (questions, who asks and why, responses, labels as typed, positions, sources) are texts of the
event, owned by the first author, so that a withdrawal finds them. Everything else is data. A record whose main text was
erased decodes to None.

What a board contributes is an act of the same kind with the board's name in it, so that a later act is a newer version
of the same seed, and with whose words each of its texts holds: several people's, and not the first author's alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from seedbed.records import Person, Question, Rating, Triple, Writer
from seedbed.study.events import Act, Event

__all__ = ["NOBODY", "HandLabel", "Record", "SubjectLabel", "Whose", "decode_event", "encode", "encode_contribution"]

# Owns texts whose author nobody recorded, so that they are never erased with the person who imported them.
NOBODY = "unknown"
LABEL_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class HandLabel:
    """One reader's labels for a question: canonical ids or None, and what was typed."""

    reader: str
    topic: str | None
    question_type: str | None
    topic_raw: str = ""
    question_type_raw: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SubjectLabel:
    """A hand label with the question it speaks of."""

    subject: str
    label: HandLabel


Record = Question | Triple | Person | Rating | SubjectLabel
Whose = Mapping[str, tuple[str, ...]]
"""The people whose words each text of an act holds, by the text's name."""


def encode(record: Record) -> Act:
    """The act that `decode_event` turns back into an equal record."""
    match record:
        case Question():
            return _act(
                "question", record.id, _owner(record.authors),
                {"topic": record.topic, "question_type": record.question_type, "group": record.group,
                 "authors": list(record.authors), "written_by": record.written_by.value,
                 "language": record.language, "taxonomy": record.taxonomy},
                {"text": record.text, "topic_raw": record.topic_raw, "question_type_raw": record.question_type_raw,
                 "source": record.source, "persona": record.persona, "scenario": record.scenario,
                 "entities": json.dumps(record.entities, ensure_ascii=False) if record.entities else ""},
            )  # fmt: skip
        case Triple():
            return _act(
                "triple", record.id, _owner(record.authors),
                {"values": list(record.values), "prompt_id": record.prompt_id, "group": record.group,
                 "authors": list(record.authors), "language": record.language, "taxonomy": record.taxonomy,
                 **({"parents": list(record.parents)} if record.parents else {}),
                 "written_by": {name: writer.value for name, writer in record.written_by.items()}},
                {"prompt": record.prompt, "misaligned": record.misaligned, "critique": record.critique,
                 "aligned": record.aligned, "values_raw": LABEL_SEPARATOR.join(record.values_raw),
                 "source": record.source, "stance": record.stance},
            )  # fmt: skip
        case Person():
            return _act(
                "person", record.id, record.id, {"role": record.role, "group": record.group},
                {"position": record.position, "background": record.background, "location": record.location},
            )  # fmt: skip
        case Rating():
            number = isinstance(record.value, int | float)
            return _act(
                "rating", record.subject, record.rater,
                {"rater": record.rater, "scale": record.scale, **({"value": record.value} if number else {})},
                {"source": record.source, **({} if number else {"value": str(record.value)})},
            )  # fmt: skip
        case SubjectLabel(subject, label):
            return _act(
                "label", subject, label.reader,
                {"reader": label.reader, "topic": label.topic, "question_type": label.question_type},
                {"topic_raw": label.topic_raw, "question_type_raw": label.question_type_raw, "source": label.source},
            )  # fmt: skip


def encode_contribution(record: Record, board: str, version: int, whose: Whose | None = None) -> Act:
    """The act of a seed that stands on a board: its version, and whose words it holds beyond its first author's."""
    act = encode(record)
    data: dict[str, Any] = {**act.data, "board": board, "version": version}
    texts = dict(act.texts)
    if isinstance(record, Rating):
        data |= {"value": texts.pop("value", record.value)}  # a code or a number, never words
    held = {name: list(people) for name, people in (whose or {}).items() if name in texts and people}
    if held:
        data["whose"] = held
    return replace(act, data=data, texts=texts)


def decode_event(event: Event) -> Record | None:
    """The record of a seeds event; None where its main text was erased. Raises KeyError for an unknown kind."""
    return _DECODERS[event.kind](event.subject, event.data)


def _question(id: str, data: dict[str, Any]) -> Question | None:
    if data.get("text") is None:
        return None
    return Question(
        id=id,
        text=data["text"],
        topic=data["topic"],
        topic_raw=_word(data, "topic_raw"),
        question_type=data["question_type"],
        question_type_raw=_word(data, "question_type_raw"),
        group=data["group"],
        authors=tuple(data["authors"]),
        written_by=Writer(data["written_by"]),
        language=data["language"],
        source=_word(data, "source"),
        taxonomy=data["taxonomy"],
        persona=_word(data, "persona"),
        scenario=_word(data, "scenario"),
        entities=tuple((kind, value) for kind, value in json.loads(_word(data, "entities") or "[]")),
    )


def _triple(id: str, data: dict[str, Any]) -> Triple | None:
    if data.get("prompt") is None or any(data.get(name, "") is None for name in ("misaligned", "critique", "aligned")):
        return None
    values_raw = _word(data, "values_raw")
    return Triple(
        id=id,
        prompt=data["prompt"],
        misaligned=_word(data, "misaligned"),
        critique=_word(data, "critique"),
        aligned=_word(data, "aligned"),
        values=tuple(data["values"]),
        values_raw=tuple(values_raw.split(LABEL_SEPARATOR)) if values_raw else (),
        prompt_id=data["prompt_id"],
        group=data["group"],
        authors=tuple(data["authors"]),
        written_by={name: Writer(value) for name, value in data["written_by"].items()},
        language=data["language"],
        source=_word(data, "source"),
        taxonomy=data["taxonomy"],
        parents=tuple(data.get("parents", ())),
        stance=_word(data, "stance"),
    )


def _person(id: str, data: dict[str, Any]) -> Person:
    words = {name: _word(data, name) for name in ("position", "background", "location")}
    return Person(id=id, role=data["role"], group=data["group"], **words)


def _rating(subject: str, data: dict[str, Any]) -> Rating | None:
    if data.get("value") is None:
        return None
    return Rating(subject, data["rater"], data["scale"], data["value"], _word(data, "source"))


def _label(subject: str, data: dict[str, Any]) -> SubjectLabel:
    words = {name: _word(data, name) for name in ("topic_raw", "question_type_raw", "source")}
    return SubjectLabel(subject, HandLabel(data["reader"], data["topic"], data["question_type"], **words))


_DECODERS = {"question": _question, "triple": _triple, "person": _person, "rating": _rating, "label": _label}


def _act(kind: str, subject: str, owner: str, data: dict[str, Any], texts: dict[str, str]) -> Act:
    return Act(kind, subject, data, {name: text for name, text in texts.items() if text}, owner)


def _owner(authors: tuple[str, ...]) -> str:
    return authors[0] if authors else NOBODY


def _word(data: dict[str, Any], name: str) -> str:
    return data.get(name) or ""
