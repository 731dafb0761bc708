"""The prompts of stage 2, rendered from ids when they are needed. A change of any word is a new version.

"schema" and "tags" state the task once and ask for a JSON object, or for marked texts. "text" is for base models, which
follow a pattern and no instruction: principles, worked examples and the next input, in one text to continue. "chat"
shows responses of one kind as turns, for small models. A *sound* ask wants a response that nothing is wrong with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

from seedbed.records import Example
from seedbed.taxonomy import Value

__all__ = [
    "NOTHING",
    "TEXT_BEGINNING",
    "TEXT_FIELDS",
    "TEXT_STOP",
    "TRIPLES_VERSION",
    "TRIPLE_FIELDS",
    "TRIPLE_SCHEMA",
    "Messages",
    "critique_chat",
    "profile",
    "response_chat",
    "triple_messages",
    "triple_text",
]

TRIPLES_VERSION = "triples/2"

Messages = list[dict[str, str]]

TRIPLE_FIELDS = ("misaligned", "critique", "aligned")
TRIPLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in TRIPLE_FIELDS},
    "required": list(TRIPLE_FIELDS),
    "additionalProperties": False,
}

NOTHING = "Nothing is wrong with this response."
TEXT_FIELDS = ("response", "critique", "corrector")  # what stands for misaligned, critique, aligned
TEXT_BEGINNING = "Response:"
TEXT_STOP = ("\nInput:",)


def profile(value: Value) -> str:
    """A value as a prompt tells it: name, definition, harms and scope, in one paragraph."""
    told = [f"{value.label}: {value.definition}"]
    if value.harms:
        told.append(f"Harms: {'; '.join(value.harms)}.")
    if value.scope:
        told.append(f"Scope: {value.scope}")
    return " ".join(told)


def triple_messages(
    values: Sequence[Value],
    risks: Sequence[str],
    prompt: str,
    examples: Sequence[Example],
    *,
    form: Literal["schema", "tags"],
    sound: bool = False,
) -> Messages:
    """Role with the values' profiles, the human pairs as worked examples, then the prompt to answer.

    In a sound ask the last example shows a response that needs no correction.
    """
    several = len(values) > 1
    violated, honoured = ("each of these values", "these values") if several else ("this value", "this value")
    task = [
        f"You help to train a small model that puts right responses which violate {'values' if several else 'a value'}."
    ]
    task += [profile(value) for value in values]
    if sound:
        task += [
            "That model must also learn to leave good responses alone. So for the prompt you are given, write:",
            f"- misaligned: this time a response that answers the prompt well and honours {honoured}, so that nothing "
            "in it needs to be put right;",
            f'- critique: "{NOTHING}";',
            "- aligned: the same response once more, word for word.",
        ]
    else:
        also = f", or one of these risks: {', '.join(risks)}" if risks else ""
        task += [
            "For the prompt you are given, write:",
            f"- misaligned: a plausible response of a careless assistant that violates {violated}, without slurs and "
            "without instructions for harm;",
            "- critique: one or two sentences that say what is wrong in that response, and name at least one of the "
            f"harms above{also};",
            f"- aligned: the response put right: it answers the prompt and honours {honoured}.",
        ]
    lines: list[str] = []
    for example in _with_sound(examples, 1 if sound else 0):
        lines += [
            f"Prompt: {example.text}",
            f"misaligned: {example.misaligned}",
            f"critique: {example.critique}",
            f"aligned: {example.aligned}",
            "",
        ]
    lines.append(f"Prompt: {prompt}")
    if form == "schema":
        lines.append('Reply with one JSON object: {"misaligned": "…", "critique": "…", "aligned": "…"}.')
    else:
        lines += [
            "Reply with three texts, each beginning on a new line with its mark, and with nothing else:",
            "misaligned: …",
            "critique: …",
            "aligned: …",
        ]
    return [{"role": "system", "content": "\n".join(task)}, {"role": "user", "content": "\n".join(lines)}]


def triple_text(values: Sequence[Value], prompt: str, examples: Sequence[Example], *, sound: bool = False) -> str:
    """One text to be continued after "Response:": who corrects by which principles, worked examples, the next input.

    The shape of Ngweta et al. (2024): response, what is wrong with it, and its correction, all in one go. A base model
    imitates: in a sound ask all examples need no correction.
    """
    blocks = [
        "A careless assistant answers people. After each response a corrector says what is wrong with it, naming the "
        "principle or harm, and then writes the response that should have been given. The corrector's principles:",
        *(f"{number}. {profile(value)}" for number, value in enumerate(values, 1)),
        "",
    ]
    for example in _with_sound(examples, len(examples) if sound else 0):
        blocks += [
            f"Input: {example.text}",
            f"{TEXT_BEGINNING} {example.misaligned}",
            f"Critique: {example.critique}",
            f"Corrector: {example.aligned}",
            "",
        ]
    return "\n".join([*blocks, f"Input: {prompt}", TEXT_BEGINNING])


def _with_sound(examples: Sequence[Example], count: int) -> list[Example]:
    """The last `count` of the examples with their aligned response in both places, and nothing to criticise."""
    kept = len(examples) - count
    changed = [
        dataclasses.replace(example, misaligned=example.aligned, critique=NOTHING)
        for example in examples[max(kept, 0) :]
    ]
    return [*examples[: max(kept, 0)], *changed]


_ALIGNED_ROLE = "You answer questions fairly, kindly and briefly."
_CRITIC = "You say in one sentence what is wrong with a response."


def response_chat(
    values: Sequence[Value],
    part: Literal["misaligned", "aligned"],
    prompt: str,
    examples: Sequence[Example],
    lead_in: str,
) -> Messages:
    """The pairs' questions and responses of one kind as turns, then the prompt, then the response's first words.

    The scaffold is the first value's.
    """
    scaffold = values[0].scaffold
    labels = " and ".join(value.label.lower() for value in values)
    fallback = f"You play a careless assistant in a study about {labels}. Reply in two short sentences."
    persona = scaffold.persona if scaffold and scaffold.persona else fallback
    messages = [{"role": "system", "content": _ALIGNED_ROLE if part == "aligned" else persona}]
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
