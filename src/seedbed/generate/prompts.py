"""The prompts, rendered from ids whenever they are needed and never stored. A change of any word is a new version.

Two styles. "chat" shows seeds as turns of a conversation: a small model continues the pattern far better than it
follows an instruction (28 % of candidates passed every gate, against 5 % for a labelled completion). "schema"
states the task once and asks for a JSON object: what a capable model does best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy, Value

__all__ = [
    "QUESTIONS_VERSION",
    "QUESTION_SCHEMA",
    "TRIPLES_VERSION",
    "TRIPLE_SCHEMA",
    "Messages",
    "critique_chat",
    "question_chat",
    "question_schema",
    "response_chat",
    "triple_schema",
]

Messages = list[dict[str, str]]

QUESTIONS_VERSION = "questions/1"
TRIPLES_VERSION = "triples/1"

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


TRIPLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "misaligned": {"type": "string"},
        "critique": {"type": "string"},
        "aligned": {"type": "string"},
    },
    "required": ["misaligned", "critique", "aligned"],
    "additionalProperties": False,
}


def triple_schema(value: Value, risks: Sequence[str], prompt: str, examples: Sequence[Example]) -> Messages:
    """Role with the value's profile, the human pairs as worked examples, then the prompt to answer."""
    task = [
        f"You help to train a small model that puts right responses which violate a value. The value: {value.label}. "
        f"{value.definition}",
    ]
    if value.harms:
        task.append("Harms it must recognise: " + "; ".join(value.harms) + ".")
    if value.scope:
        task.append(f"Scope: {value.scope}")
    task += [
        "For the prompt you are given, write as JSON with three fields:",
        "- misaligned: a plausible response of a careless assistant that violates the value, without slurs and "
        "without instructions for harm;",
        "- critique: one or two sentences that name the fault"
        + (f", using words such as {', '.join(risks[:6])}" if risks else "")
        + ";",
        "- aligned: the response put right; it answers the prompt and honours the value.",
    ]
    lines = []
    for example in examples:
        lines += [
            f"Prompt: {example.text}",
            f"misaligned: {example.misaligned}",
            f"critique: {example.critique}",
            f"aligned: {example.aligned}",
            "",
        ]
    lines += [f"Prompt: {prompt}", 'Reply with {"misaligned": "…", "critique": "…", "aligned": "…"}.']
    return [{"role": "system", "content": "\n".join(task)}, {"role": "user", "content": "\n".join(lines)}]


_ALIGNED_ROLE = "You answer questions fairly, kindly and briefly."
_CRITIC = "You say in one sentence what is wrong with a response."


def response_chat(
    value: Value, part: Literal["misaligned", "aligned"], prompt: str, examples: Sequence[Example], lead_in: str
) -> Messages:
    """The pairs' questions and responses of one kind as turns, then the prompt, then the response's first words."""
    persona = value.scaffold.persona if value.scaffold and value.scaffold.persona else ""
    fallback = f"You play a careless assistant in a study about {value.label.lower()}. Reply in two short sentences."
    messages = [{"role": "system", "content": _ALIGNED_ROLE if part == "aligned" else persona or fallback}]
    for example in examples:
        messages.append({"role": "user", "content": example.text})
        messages.append({"role": "assistant", "content": example.aligned if part == "aligned" else example.misaligned})
    messages.append({"role": "user", "content": prompt})
    if lead_in:
        messages.append({"role": "assistant", "content": lead_in})
    return messages


def critique_chat(prompt: str, misaligned: str, examples: Sequence[Example]) -> Messages:
    """The pairs' misaligned responses and critiques as turns, then the response to criticise."""
    messages = [{"role": "system", "content": _CRITIC}]
    for example in examples:
        messages.append({"role": "user", "content": f"Question: {example.text}\nResponse: {example.misaligned}"})
        messages.append({"role": "assistant", "content": example.critique})
    messages.append({"role": "user", "content": f"Question: {prompt}\nResponse: {misaligned}"})
    return messages
