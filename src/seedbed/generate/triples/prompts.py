"""The prompts of stage 2, in the same two styles as those of stage 1. A change of any word is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from seedbed.generate.questions.prompts import Messages
from seedbed.records import Example
from seedbed.taxonomy import Value

__all__ = ["TRIPLES_VERSION", "TRIPLE_SCHEMA", "critique_chat", "response_chat", "triple_schema"]

TRIPLES_VERSION = "triples/1"

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
