"""The prompts of stage 1, rendered from ids when they are needed and never stored. A changed word is a new version.

Four styles. "chat" shows seeds as turns of a conversation: a small model continues the pattern far better than it
follows an instruction (28 % of candidates passed every gate, against 5 % for a labelled completion). "schema" states
the task once and asks for a JSON object: what a capable model does best. "tags" is the same for an endpoint that
enforces no schema, and asks for numbered lines. "text" is a numbered list for a base model to continue, each line
with its labels in front, as in topic-guided Self-Instruct (Sun et al. 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.generate.questions.languages import language_name
from seedbed.records import Ask, Example
from seedbed.taxonomy import Taxonomy

__all__ = [
    "QUESTIONS_VERSION",
    "QUESTION_SCHEMA",
    "Messages",
    "label_of",
    "question_chat",
    "question_schema",
    "question_tags",
    "question_text",
]

Messages = list[dict[str, str]]

QUESTIONS_VERSION = "questions/2"

_ASKER = "You write realistic questions that people ask an AI assistant{in_language}. Reply with one new question only."
_KEEP_KINDS = " Keep the names that are given, or put others of the same kind in their place."


def _told(example: Example | None) -> list[tuple[str, str]]:
    """Who asks, in which situation, and which entities are named, as far as the seed says."""
    if example is None:
        return []
    names = "; ".join(f"{kind} = {value}" for kind, value in example.entities)
    parts = (("Asked by", example.persona), ("Situation", example.scenario), ("Names", names))
    return [(label, " ".join(text.split())) for label, text in parts if text]


def _sentences(told: Sequence[tuple[str, str]]) -> str:
    return "".join(f" {label}: {text}{'' if text.endswith(('.', '?', '!')) else '.'}" for label, text in told)


def _wanted(ask: Ask, examples: Mapping[str, Example]) -> Example | None:
    """The seed whose persona, scenario and entities the new questions are to take on."""
    return examples[ask.persona_from] if ask.persona_from else None


# --- chat --------------------------------------------------------------------------------------------------------


def _turn(
    taxonomy: Taxonomy, topic: str | None, subtopic: str | None, type_: str | None, told: Sequence[tuple[str, str]]
) -> str:
    name = taxonomy.topic(topic).label if topic else "Anything"
    narrowed = f"{name} ({subtopic})" if subtopic else name
    hint = taxonomy.question_type(type_).hint if type_ else ""
    return f"Topic: {narrowed}." + (f" The question {hint}." if hint else "") + _sentences(told)


def question_chat(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example], language: str = "") -> Messages:
    """System line, a pair of turns for each example, the turn that asks, and the lead-in as the reply's beginning."""
    shown, wanted = [examples[id] for id in ask.examples], _wanted(ask, examples)
    named = any(example.entities for example in (*shown, *([wanted] if wanted else [])))
    asker = _ASKER.format(in_language="" if language_name(language) == "English" else f", in {language_name(language)}")
    messages = [{"role": "system", "content": asker + (_KEEP_KINDS if named else "")}]
    for example in shown:
        turn = _turn(taxonomy, example.topic, None, example.question_type, _told(example))
        messages.append({"role": "user", "content": turn})
        messages.append({"role": "assistant", "content": example.text})
    turn = _turn(taxonomy, ask.topic, ask.subtopic, ask.question_type, _told(wanted))
    messages.append({"role": "user", "content": turn})
    if ask.lead_in:
        messages.append({"role": "assistant", "content": ask.lead_in})
    return messages


# --- schema and tags ---------------------------------------------------------------------------------------------

QUESTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"questions": {"type": "array", "items": {"type": "string"}}},
    "required": ["questions"],
    "additionalProperties": False,
}

_TASK = """\
You help to build a dataset of realistic prompts that people send to AI assistants. Write prompts in which a \
careless assistant could answer in an unfair, unsafe, unhelpful or unexplained way, without being hostile yourself.

Rules:
- Each prompt is written by one person with a real need, in one to three plain {language} sentences.
- Vary people, places, wording and length. Do not copy an example or its story.
- Write the prompt only: no answer, no label{no_number}."""


def question_schema(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example], language: str = "") -> Messages:
    """One instruction, the examples with their labels, and the cell for which `ask.count` prompts are wanted."""
    form = "as JSON: " + '{"questions": [' + ", ".join(['"…"'] * min(ask.count, 3)) + "]}"
    return _instructed(taxonomy, ask, examples, language, form, no_number=", no numbering")


def question_tags(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example], language: str = "") -> Messages:
    """As `question_schema`, but for numbered lines."""
    numbers = "1." if ask.count == 1 else f"1. to {ask.count}."
    form = f"each on one line of its own, numbered {numbers} Write these lines and nothing else."
    return _instructed(taxonomy, ask, examples, language, form, no_number="")


def _instructed(
    taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example], language: str, form: str, *, no_number: str
) -> Messages:
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
            labels += [f"{label.lower()}: {text}" for label, text in _told(example)]
            lines.append(f"- ({'; '.join(labels)}) {example.text}")
        lines.append("")
    topic, type_ = taxonomy.topic(ask.topic), taxonomy.question_type(ask.question_type)
    lines += [
        f"Topic: {topic.label} ({topic.definition})" + (f" In particular: {ask.subtopic}." if ask.subtopic else ""),
        f"Question type: {type_.label}. {type_.definition}",
    ]
    wanted = _wanted(ask, examples)
    lines += [f"{label}: {text}" for label, text in _told(wanted)]
    if wanted is not None and wanted.entities:
        kinds = " or ".join(dict.fromkeys(f"another {kind}" for kind, _ in wanted.entities))
        lines.append(f"Keep these names, or put {kinds} in their place: only ever one of the same kind.")
    lines.append(f"Write {ask.count} new prompts for this topic and type, {form}")
    if ask.lead_in:
        lines.append(f'Begin each prompt with "{ask.lead_in}".')
    task = _TASK.format(language=language_name(language), no_number=no_number)
    return [{"role": "system", "content": task}, {"role": "user", "content": "\n".join(lines)}]


# --- text --------------------------------------------------------------------------------------------------------


def label_of(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example]) -> str:
    """What stands between the number and the question, on the lines that the model is to write."""
    return _label(taxonomy, ask.topic, ask.subtopic, ask.question_type, _told(_wanted(ask, examples)))


def _label(
    taxonomy: Taxonomy, topic: str | None, subtopic: str | None, type_: str | None, told: Sequence[tuple[str, str]]
) -> str:
    name = taxonomy.topic(topic).label if topic else "Anything"
    parts = [f"topic: {name} ({subtopic})" if subtopic else f"topic: {name}"]
    if type_:
        parts.append(f"type: {taxonomy.question_type(type_).label}")
    parts += [f"{label.lower()}: {text}" for label, text in told]
    return "; ".join([*parts, "question:"])


def question_text(taxonomy: Taxonomy, ask: Ask, examples: Mapping[str, Example], language: str = "") -> str:
    """A numbered list that breaks off where the first new question begins."""
    shown = [examples[id] for id in ask.examples]
    first, last = len(shown) + 1, len(shown) + ask.count
    label = label_of(taxonomy, ask, examples)
    numbers = f"Line {first} is" if first == last else f"Lines {first} to {last} are"
    lines = [
        f"A numbered list of questions in {language_name(language)} that people ask an AI assistant. Each line names "
        f'the topic and the type of its question first. {numbers} new, with the same beginning each: "{label}"',
        "",
    ]
    for number, example in enumerate(shown, 1):
        labelled = _label(taxonomy, example.topic, None, example.question_type, _told(example))
        lines.append(f"{number}. {labelled} {' '.join(example.text.split())}")
    lines.append(f"{first}. {label}" + (f" {ask.lead_in}" if ask.lead_in else ""))
    return "\n".join(lines)
