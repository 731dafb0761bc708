"""The prompts of stage 1, rendered from ids when they are needed and never stored. A changed word is a new version.

Two styles. "chat" shows seeds as turns of a conversation: a small model continues the pattern far better than it
follows an instruction (28 % of candidates passed every gate, against 5 % for a labelled completion). "schema"
states the task once and asks for a JSON object: what a capable model does best.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy

__all__ = [
    "QUESTIONS_VERSION",
    "QUESTION_SCHEMA",
    "Messages",
    "question_chat",
    "question_schema",
]

Messages = list[dict[str, str]]

QUESTIONS_VERSION = "questions/1"

_ASKER = "You write realistic questions that people ask an AI assistant. Reply with one new question only."


def _turn(taxonomy: Taxonomy, topic: str | None, subtopic: str | None, type_: str | None) -> str:
    name = taxonomy.topic(topic).label if topic else "Anything"
    narrowed = f"{name} ({subtopic})" if subtopic else name
    hint = taxonomy.question_type(type_).hint if type_ else ""
    return f"Topic: {narrowed}. The question {hint}." if hint else f"Topic: {narrowed}."


def question_chat(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example]) -> Messages:
    """System line, a pair of turns for each example, the turn that asks, and the lead-in as the reply's beginning."""
    messages = [{"role": "system", "content": _ASKER}]
    for id in ask.examples:
        example = examples[id]
        messages.append({"role": "user", "content": _turn(taxonomy, example.topic, None, example.question_type)})
        messages.append({"role": "assistant", "content": example.text})
    messages.append({"role": "user", "content": _turn(taxonomy, ask.topic, ask.subtopic, ask.question_type)})
    if ask.lead_in:
        messages.append({"role": "assistant", "content": ask.lead_in})
    return messages


QUESTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"questions": {"type": "array", "items": {"type": "string"}}},
    "required": ["questions"],
    "additionalProperties": False,
}

_QUESTION_TASK = """\
You help to build a dataset of realistic prompts that people send to AI assistants. Write prompts in which a \
careless assistant could answer in an unfair, unsafe, unhelpful or unexplained way, without being hostile yourself.

Rules:
- Each prompt is written by one person with a real need, in one to three plain English sentences.
- Vary people, places, wording and length. Do not copy an example or its story.
- Write the prompt only: no answer, no label, no numbering."""


def question_schema(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example]) -> Messages:
    """One instruction, the examples with their labels, and the cell for which `ask.count` prompts are wanted."""
    assert ask.topic is not None
    assert ask.question_type is not None
    lines = []
    if ask.examples:
        lines.append("Examples written by people:")
        for id in ask.examples:
            example = examples[id]
            labels = [taxonomy.topic(example.topic).label] if example.topic else []
            if example.question_type:
                labels.append(taxonomy.question_type(example.question_type).label)
            lines.append(f"- ({'; '.join(labels)}) {example.text}")
        lines.append("")
    topic, type_ = taxonomy.topic(ask.topic), taxonomy.question_type(ask.question_type)
    lines += [
        f"Topic: {topic.label} ({topic.definition})" + (f" In particular: {ask.subtopic}." if ask.subtopic else ""),
        f"Question type: {type_.label}. {type_.definition}",
        f"Write {ask.count} new prompts for this topic and type, as JSON: "
        '{"questions": [' + ", ".join(['"…"'] * min(ask.count, 3)) + "]}",
    ]
    if ask.lead_in:
        lines.append(f'Begin each prompt with "{ask.lead_in}".')
    return [{"role": "system", "content": _QUESTION_TASK}, {"role": "user", "content": "\n".join(lines)}]
