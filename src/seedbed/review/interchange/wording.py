"""What the formats share: names of items, of texts and of the free words, and the guidelines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seedbed.review.assigning import handle
from seedbed.review.fold import Task
from seedbed.review.material import PARTS, Item, shown
from seedbed.review.scales import Scale

__all__ = [
    "COMMENT",
    "LABELS",
    "by_name",
    "dumped",
    "guidelines",
    "item_name",
    "labels_of",
    "option_text",
    "text_name",
    "texts_of",
]

LABELS = ("topic_label", "question_type_label", "values_label")
COMMENT = "comment"
"""The free words: "critique" is the name of a text of every triple."""


def item_name(task: Task, id: str) -> str:
    """The item's name outside: of a blind task one that does not tell its origin."""
    return handle(task, id) if task.blind else id


def text_name(part: str) -> str:
    """The name of a text, which no scale has: "aligned" is a scale, and "aligned_text" what it judges."""
    return "question_text" if part == "text" else f"{part}_text"


def texts_of(task: Task, item: Item) -> dict[str, str]:
    """The texts that raters are shown, in order; an empty one where a triple lacks it."""
    texts = shown(task, item)["texts"]
    names = (*PARTS[task.kind], *(name for name in texts if name not in PARTS[task.kind]))
    return {text_name(name): texts.get(name, "") for name in names}


def labels_of(task: Task, item: Item) -> dict[str, str]:
    """What the texts are judged against: their topic, question type and values, under names that no scale has."""
    told = shown(task, item)
    found = (told["topic"] or "", told["question_type"] or "", ", ".join(told["values"]))
    return {name: text for name, text in zip(LABELS, found, strict=True) if text}


def guidelines(task: Task) -> str:
    """The instructions and the codebook as text."""
    parts = [task.instructions] if task.instructions else []
    for scale in task.scales:
        parts.append(f"{scale.title}\n\n{scale.definition}".strip())
        parts += [
            "\n".join(line for option in scale.options if (line := _anchor(option.value, option.text, option.anchor)))
        ]
        parts += ["\n".join(f"Example: {example}" for example in scale.examples)]
    return "\n\n".join(part for part in parts if part)


def _anchor(value: object, label: str, anchor: str) -> str:
    named = f"{value}" if str(value) == label else f"{value} ({label})"
    return f"{named}: {anchor}" if anchor else f"{named}"


def option_text(scale: Scale, value: str | int, label: str) -> str:
    """An option as it stands on a button: numbers show their value beside the word."""
    return label if scale.level == "nominal" or str(value) == label else f"{value}: {label}"


def dumped(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def by_name(mapping: Mapping[str, Any], *names: str) -> Any:
    """The first of `names` that the mapping has a value for."""
    return next((mapping[name] for name in names if mapping.get(name) not in (None, "")), None)
