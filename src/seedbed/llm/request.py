"""What a request says: a conversation or a text to go on with, and how the reply is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from seedbed.errors import UsageError
from seedbed.llm.settings import EndpointSettings

__all__ = ["Messages", "Sampling", "conversation", "drawn", "texts_of"]

Messages = Sequence[Mapping[str, str]]


class Sampling(TypedDict, total=False):
    """How a reply is drawn, by the names that endpoints know. What is None is not sent."""

    temperature: float | None
    top_p: float | None
    min_p: float | None
    top_k: int | None
    seed: int | None
    stop: Sequence[str] | None


_SAMPLING = Sampling.__annotations__


def conversation(settings: EndpointSettings, messages: Messages) -> tuple[dict[str, Any], str]:
    """(the beginning of a request's body, how the reply was begun for the model). Raises UsageError."""
    body: dict[str, Any] = {"model": settings.model, "messages": messages}
    if not messages or messages[-1]["role"] != "assistant":
        return body, ""
    if settings.prefill == "vllm":
        body["continue_final_message"] = True
        body["add_generation_prompt"] = False
    elif settings.prefill == "none":
        raise UsageError(
            f"{settings.model} cannot continue a reply that was begun for it",
            hint='leave lead-ins out, or set prefill = "plain" or "vllm" if it can',
        )
    return body, messages[-1]["content"]


def drawn(
    settings: EndpointSettings,
    body: dict[str, Any],
    sampling: Mapping[str, object],
    *,
    n: int = 1,
    max_tokens: int,
    extra: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """`body`, with `sampling` (see Sampling) and the rest of how its reply is drawn. Raises UsageError."""
    if not 1 <= n <= settings.max_choices:
        raise UsageError(f"{settings.model} takes n from 1 to {settings.max_choices}: {n}")
    if not sampling.keys() <= _SAMPLING.keys():
        raise TypeError(f"{', '.join(sampling)}: one of them says nothing of how a reply is drawn")
    body[settings.max_tokens_field] = max_tokens
    if n > 1:
        body["n"] = n
    for name in _SAMPLING:
        if (value := sampling.get(name)) is not None:
            body[name] = value
    body.update(settings.extra_body)
    body.update(extra or {})
    return body


def texts_of(body: Mapping[str, Any]) -> list[str]:
    """The people's words in a request, which an error must not repeat."""
    if "messages" in body:
        return [message["content"] for message in body["messages"]]
    return [body["prompt"]] if "prompt" in body else list(body["input"])
