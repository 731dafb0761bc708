"""What the mock endpoint answers: a pure function of the request's body.

About one choice in four has a flaw of the kind that small models make (a near duplicate, cut off, no capital,
a statement, a leaked field name, too short, the assistant's own voice), so that every gate has work.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from seedbed.testing import words as w

__all__ = ["Draw", "digest", "reply"]

_TOPIC = re.compile(r"[Tt]opic: ?([^.\n(]{1,40})(?:\(([^)\n]{1,40})\))?")


def digest(body: bytes) -> str:
    """The name of a request: 128 bits of its body, in hex."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


class Draw:
    """Picks from one large number: repeatable, and faster than a random generator seeded for every choice."""

    __slots__ = ("_left",)

    def __init__(self, seed: str) -> None:
        self._left = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=64).digest())

    def below(self, bound: int) -> int:
        """A number from 0 to bound - 1. 512 bits are good for some 60 draws."""
        self._left, value = divmod(self._left, bound)
        return value

    def pick(self, items: Sequence[str]) -> str:
        return items[self.below(len(items))]


def reply(body: bytes) -> tuple[bytes, int]:
    """(JSON of a completion, its completion tokens) for a chat or plain completion request."""
    asked = json.loads(body)
    name = digest(body)
    chat = "messages" in asked
    prompt, prefill, system = _read(asked) if chat else (str(asked.get("prompt", "")), "", "")
    schema = _schema(asked)
    logprobs = asked.get("logprobs")
    limit = asked.get("max_tokens") or asked.get("max_completion_tokens") or 1_000_000
    choices = []
    tokens = 0
    for index in range(asked.get("n") or 1):
        draw = Draw(f"{name}/{index}")
        if schema is not None:
            text, reason = _structured(draw, schema)
        elif prompt.rstrip().endswith("?"):
            text, reason = _answer(draw, system), "stop"
        else:
            text, reason = _question(draw, prompt)
        if prefill:
            text = " " + text.split(" ", 2)[-1]
        words = text.split(" ")
        if len(words) > limit:
            words = words[:limit]
            text, reason = " ".join(words), "length"
        tokens += len(words)
        choice: dict[str, Any] = {"index": index, "finish_reason": reason}
        if chat:
            choice["message"] = {"role": "assistant", "content": text}
            if logprobs:
                choice["logprobs"] = {
                    "content": [{"token": word, "logprob": -draw.below(200) / 100} for word in words[:40]]
                }
        else:
            choice["text"] = text
            if logprobs:
                values = [-draw.below(200) / 100 for _ in words[:40]]
                choice["logprobs"] = {"tokens": words[:40], "token_logprobs": values}
        choices.append(choice)
    read = len(body) // 4
    answer = {
        "id": f"mock-{name}",
        "object": "chat.completion" if chat else "text_completion",
        "created": 0,
        "model": asked.get("model", "mock"),
        "choices": choices,
        "usage": {"prompt_tokens": read, "completion_tokens": tokens, "total_tokens": read + tokens},
    }
    return json.dumps(answer).encode(), tokens


def _read(asked: dict[str, Any]) -> tuple[str, str, str]:
    """(last user message, prefill, system message)."""
    messages = asked["messages"]
    prefill = ""
    prompt = ""
    for message in reversed(messages):
        if message["role"] == "user":
            prompt = _content(message)
            break
        if message["role"] == "assistant":
            prefill = _content(message)
    return prompt, prefill, _content(messages[0]) if messages[0]["role"] == "system" else ""


def _content(message: dict[str, Any]) -> str:
    """A string, or a list of typed parts."""
    content = message["content"]
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    return str(content)


def _schema(asked: dict[str, Any]) -> dict[str, Any] | None:
    wanted = asked.get("response_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return None
    schema = wanted["json_schema"]["schema"]
    return schema if isinstance(schema, dict) else None


def _sentence(draw: Draw, forms: Sequence[str], prompt: str = "") -> str:
    about = ""
    if prompt and (found := _TOPIC.search(prompt)) and draw.below(4):
        about = f" over {(found[2] or found[1]).strip().lower()}"
    text = draw.pick(forms).format(
        actor=draw.pick(w.ACTORS),
        act=draw.pick(w.ACTS),
        object=_thing(draw),
        setting=f"{draw.pick(w.WHERE)} the {draw.pick(w.ADJECTIVES)} {draw.pick(w.PLACES)}",
        about=about,
        reason=f"{draw.pick(w.LINKS)} {draw.pick(w.ACTORS)} {draw.pick(w.EVENTS)} {_thing(draw)}",
    )
    return text[0].upper() + text[1:]


def _thing(draw: Draw) -> str:
    return f"the {draw.pick(w.ADJECTIVES)} {draw.pick(w.THINGS)}"


def _question(draw: Draw, prompt: str = "") -> tuple[str, str]:
    flaw = draw.below(100)
    if flaw < 8:
        words = draw.pick(w.STOCK).split(" ")
        words[2 + draw.below(len(words) - 3)] = draw.pick(("really", "still", "the", "some"))
        return " ".join(words), "stop"
    text = _sentence(draw, w.FRAMES, prompt)
    if flaw < 12:
        return text[: len(text) * 2 // 3], "length"
    if flaw < 15:
        return text[0].lower() + text[1:], "stop"
    if flaw < 18:
        return text[:-1] + ".", "stop"
    if flaw < 20:
        return f"Topic: {draw.pick(w.PLACES)}. Question: {text}", "stop"
    if flaw < 22:
        return "Why is that?", "stop"
    if flaw < 23:
        return f"How can I help you to {draw.pick(w.ACTS)} {_thing(draw)} today?", "stop"
    return text, "stop"


def _answer(draw: Draw, system: str) -> str:
    low = system.lower()
    if "prejudice" in low or "unfair" in low:
        return _sentence(draw, w.HARSH)
    if "critic" in low or "critique" in low:
        return _sentence(draw, w.FAULTS_FOUND)
    return _sentence(draw, w.KIND)


def _structured(draw: Draw, schema: dict[str, Any]) -> tuple[str, str]:
    text = json.dumps(_fill(draw, schema, ""))
    if draw.below(50) == 0:
        return text[: len(text) * 2 // 3], "length"
    return text, "stop"


def _fill(draw: Draw, schema: dict[str, Any], name: str) -> Any:
    """A value that the schema allows; a string's kind follows the name of its property."""
    if options := schema.get("enum"):
        return options[draw.below(len(options))]
    match schema.get("type"):
        case "object":
            # A draw of its own for each property: an object may need more than one number holds.
            return {
                key: _fill(Draw(f"{draw.below(2**48)}/{key}"), inner, key)
                for key, inner in schema.get("properties", {}).items()
            }
        case "array":
            low = schema.get("minItems", 1)
            high = max(low, schema.get("maxItems", 3))
            count = low + draw.below(high - low + 1)
            items = schema.get("items", {})
            return [_fill(Draw(f"{draw.below(2**48)}/{index}"), items, name) for index in range(count)]
        case "integer":
            return schema.get("minimum", 0) + draw.below(schema.get("maximum", 10) - schema.get("minimum", 0) + 1)
        case "number":
            return draw.below(1000) / 1000
        case "boolean":
            return draw.below(2) == 1
    low_name = name.lower()
    if low_name == "misaligned":
        return _sentence(draw, w.HARSH)
    if low_name == "aligned":
        return _sentence(draw, w.KIND)
    if "critique" in low_name or "reason" in low_name:
        return _sentence(draw, w.FAULTS_FOUND)
    return _question(draw)[0]
