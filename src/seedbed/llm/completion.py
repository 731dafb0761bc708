"""What an endpoint answered: choices, token counts, and the mean log-probability where it said."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from seedbed.records import Usage

__all__ = ["FINISHED", "SURROGATE", "Choice", "Completion", "Malformed", "counted", "read_completion", "read_vectors"]

# What servers write when the model ended by itself; anything else ("length", "content_filter", null) cut it.
FINISHED = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence"})
SURROGATE = re.compile("[\ud800-\udfff]")


class Malformed(Exception):
    """The reply is JSON but no completion; the message says what is missing, in words without model text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One continuation.

    `text` never repeats a prefilled beginning. `finished` is True only when the endpoint said that the model
    ended by itself. `mean_logprob` is the mean natural-log probability of its tokens, None if not reported.
    """

    text: str
    finished: bool
    mean_logprob: float | None


@dataclass(frozen=True, slots=True)
class Completion:
    """All choices of one reply, at most as many as were asked for; some endpoints send fewer."""

    choices: tuple[Choice, ...]
    usage: Usage
    model: str


def read_completion(data: Any, *, asked: int, prefill: str = "", model: str = "") -> Completion:
    """Read a chat or plain completion. `asked` is the n of the request; `prefill` what it began the reply with.

    llama.cpp repeats the prefill in front of every choice, others do not: it is cut where all choices begin
    with it. llama.cpp also counts the tokens of the first choice only; where log-probabilities tell more
    tokens than the reply's own count, they are believed.

    Raises Malformed when there is no choice with a text in it.
    """
    entries = data.get("choices") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise Malformed("the reply has no choices")
    del entries[asked:]
    if not all(isinstance(entry, dict) for entry in entries):
        raise Malformed("a choice of the reply is not an object")
    texts = [_text(entry) for entry in entries]
    if not any(texts):
        reason = entries[0].get("finish_reason")
        if reason == "length":
            raise Malformed("the reply is empty and was cut at its token limit (a reasoning model may need more)")
        raise Malformed(f"the reply has no text (finish_reason: {_word(reason)})")
    if prefill and all(text is None or text.startswith(prefill) for text in texts):
        texts = [text and text[len(prefill) :] for text in texts]
    choices = []
    told = 0
    for entry, text in zip(entries, texts, strict=True):
        tokens, mean = _logprobs(entry.get("logprobs"))
        told += tokens
        choices.append(Choice(text or "", bool(text) and entry.get("finish_reason") in FINISHED, mean))
    named = data.get("model")
    return Completion(tuple(choices), _usage(data.get("usage"), told), named if isinstance(named, str) else model)


def read_vectors(data: Any, *, asked: int) -> list[list[float]]:
    """The vectors of an embeddings reply, in the order of the texts. Raises Malformed when one is missing or bad."""
    entries = data.get("data") if isinstance(data, dict) else None
    if not isinstance(entries, list) or len(entries) != asked:
        raise Malformed("the reply does not hold one vector for each text")
    found: dict[int, list[float]] = {}
    for place, entry in enumerate(entries):
        vector = entry.get("embedding") if isinstance(entry, dict) else None
        if (
            not isinstance(vector, list)
            or not vector
            or not all(isinstance(number, int | float) and math.isfinite(number) for number in vector)
        ):
            raise Malformed("a vector of the reply is no list of numbers")
        index = entry.get("index")
        found[index if isinstance(index, int) else place] = vector
    if sorted(found) != list(range(asked)) or len({len(vector) for vector in found.values()}) != 1:
        raise Malformed("the vectors of the reply do not belong to the texts")
    return [found[place] for place in range(asked)]


def _text(entry: dict[str, Any]) -> str | None:
    message = entry.get("message")
    content = message.get("content") if isinstance(message, dict) else entry.get("text")
    if isinstance(content, list):  # typed parts; the others hold a reasoning trace or a tool call
        content = "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    if not isinstance(content, str):
        return None
    # JSON may spell half of a surrogate pair; such a text has no UTF-8 form, and could not be stored
    return content.encode("utf-8", "replace").decode("utf-8") if SURROGATE.search(content) else content


def _logprobs(data: Any) -> tuple[int, float | None]:
    """(tokens, mean) from either the chat form (content[].logprob) or the older one (token_logprobs[])."""
    if not isinstance(data, dict):
        return 0, None
    content = data.get("content")
    if isinstance(content, list):
        values = [token.get("logprob") for token in content if isinstance(token, dict)]
    else:
        listed = data.get("token_logprobs")
        values = listed if isinstance(listed, list) else []
    # -inf, NaN and null stand for tokens that the server could not score.
    known = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    return len(values), (sum(known) / len(known) if known else None)


def _usage(data: Any, told: int) -> Usage:
    if not isinstance(data, dict):
        return Usage(0, told)
    return Usage(counted(data.get("prompt_tokens")), max(counted(data.get("completion_tokens")), told))


def counted(value: Any) -> int:
    """A number of tokens as it may be: servers of all kinds send -1, true, text, and worse."""
    return value if type(value) is int and 0 < value < 2**31 else 0


def _word(reason: Any) -> str:
    return reason if isinstance(reason, str) and len(reason) < 32 else "none"
