"""From an endpoint's refusal to one of our errors, in words that tell what to do next.

What is quoted of a refusal is short, and cleared of the key and of the prompt: servers echo both, errors are
journaled with the run, and people's words must not get into it that way.
"""

from __future__ import annotations

import html
import json
import math
import os
import re
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from seedbed.errors import (
    EndpointError,
    EndpointRefused,
    Overloaded,
    RateLimited,
    RequestRefused,
    TransientEndpointError,
)
from seedbed.llm.settings import EndpointSettings

__all__ = ["page_title", "redact", "refusal", "retry_after", "summary"]

_QUOTE = 240  # characters of a server's own words
_READ = 1024  # how much of them is looked at; cleared first, then cut, so that no half of a key remains
_ECHO = 20  # an echo of the prompt shorter than this is taken for chance, unless it is a whole text
_SHORT = 8  # and a text shorter than this is too common a word to blank
_TRANSIENT = frozenset({408, 409, 425})
_OVERLOADED = frozenset({503, 529})
_FOR_GOOD = frozenset({501, 505})  # 5xx that no second attempt heals
_THIS_REQUEST = frozenset({400, 413, 422})  # another request may pass


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    address: str,
    settings: EndpointSettings,
    key: str = "",
    prompt: Iterable[str] = (),
) -> EndpointError:
    """The error for a reply that is not 200. `prompt` are the texts sent, which the message will not repeat."""
    code, words = summary(body)
    words = redact(words, key=key, prompt=prompt)[:_QUOTE]
    said = f": {words}" if words else ""
    where = f"{address} answered {status}"
    if status == 429:
        if code in ("insufficient_quota", "billing_not_active"):
            return EndpointRefused(f"{where}{said}", hint="the account has no credit left: waiting will not help")
        return RateLimited(f"{where} (too many requests){said}", retry_after=retry_after(headers))
    if status in _OVERLOADED:
        return Overloaded(f"{where}{said}")
    if status in _TRANSIENT or (status >= 500 and status not in _FOR_GOOD):
        return TransientEndpointError(f"{where}{said}")
    if 300 <= status < 400:
        target = redact(headers.get("Location", ""), key=key)[:_QUOTE]
        return EndpointRefused(
            f"{where} (moved{' to ' + target if target else ''})",
            hint="set url to the new address; the key is not sent along to another host",
        )
    if status in (401, 403) or (status == 400 and "api key" in words.lower()):
        return EndpointRefused(f"{where}{said}", hint=_key_hint(settings))
    if status in _THIS_REQUEST:
        return RequestRefused(f"{where}{said}", hint=_request_hint(words.lower()))
    if status == 402:
        return EndpointRefused(f"{where}{said}", hint="the account has no credit left")
    return EndpointRefused(
        f"{where}{said}", hint=f"check url and model ({settings.model}); models there: curl {address}/models"
    )


def _request_hint(low: str) -> str:
    for sign, hint in (
        ("max_completion_tokens", 'set max_tokens_field = "max_completion_tokens"'),
        ("context", "the prompt is too long: fewer examples, a smaller max_tokens, or a larger context"),
        ("response_format", 'set structured = "tags"'),
        ("json_schema", 'set structured = "tags"'),
        ("grammar", 'set structured = "tags"'),
        ("'n'", "set max_choices to what the endpoint allows"),
        ("top_k", "leave top_k out: this endpoint does not know it"),
        ("min_p", "leave min_p out: this endpoint does not know it"),
        ("logprobs", "leave log-probabilities out: this endpoint does not give them"),
    ):
        if sign in low:
            return hint
    return "the endpoint does not take this request: check model and parameters"


def _key_hint(settings: EndpointSettings) -> str:
    name = settings.key_env
    if name is None:
        return "set key_env to the name of the environment variable that holds the key"
    if not os.environ.get(name, "").strip():
        return f"{name} is not set: export {name}=…"
    return f"{name} is set, but the endpoint does not accept it"


def summary(body: bytes) -> tuple[str, str]:
    """(error code, the server's words) of an error body in any of the usual forms; either may be empty."""
    text = body[:65_536].decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return "", page_title(text) if "<" in text[:64] else text[:_READ]
    if isinstance(data, dict):
        inner = data.get("error", data)
        if isinstance(inner, dict):
            words = inner.get("message") or inner.get("detail") or data.get("detail") or ""
            return str(inner.get("code") or inner.get("type") or ""), _flat(words)[:_READ]
        return "", _flat(inner)[:_READ]
    return "", _flat(data)[:_READ]


def _flat(words: Any) -> str:
    """Words of a message; of a validation report only where and what, never the input it repeats."""
    if isinstance(words, list):
        return "; ".join(_flat(entry) for entry in words[:4])
    if isinstance(words, dict):
        where = words.get("loc")
        place = ".".join(str(part) for part in where) + ": " if isinstance(where, list) else ""
        return place + str(words.get("msg") or words.get("message") or "")
    return " ".join(str(words).split())


def page_title(text: str) -> str:
    """What an HTML page calls itself: 'an HTML page (502 Bad Gateway)'."""
    found = re.search(r"<(title|h1)[^>]*>([^<]{1,120})<", text[:8192], re.IGNORECASE)
    return f"an HTML page ({' '.join(html.unescape(found[2]).split())})" if found else "an HTML page"


def redact(text: str, *, key: str = "", prompt: Iterable[str] = ()) -> str:
    """`text` without the key (or a masked part of it) and without any longer stretch of the prompt."""
    if key:
        text = text.replace(key, "[key]")
        # Some endpoints quote the key with its middle starred out.
        text = re.sub(r"\S*\*{3,}\S*", "[key]", text)
        if len(key) >= 8:
            text = re.sub(re.escape(key[:4]) + r"\S*", "[key]", text)
    for piece in prompt:
        text = _without(text, " ".join(piece.split()))
    return text


def _without(text: str, piece: str) -> str:
    """Blank every stretch of `text` of at least _ECHO characters that also stands in `piece`."""
    span = min(_ECHO, len(piece))
    if span < _SHORT:
        return text
    out = []
    at = 0
    while at < len(text):
        end = at + span
        if end > len(text) or text[at:end] not in piece:
            out.append(text[at])
            at += 1
            continue
        while end < len(text) and text[at : end + 1] in piece:
            end += 1
        out.append("[prompt]")
        at = end
    return "".join(out)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait from retry-after-ms or Retry-After (seconds or an HTTP date); None if it does not say.

    A date is read against the server's own Date header where there is one, so that a clock set wrong on
    either side does not matter.
    """
    for name, unit in (("retry-after-ms", 1000.0), ("Retry-After", 1.0)):
        value = headers.get(name, "").strip()
        if not value:
            continue
        try:
            seconds = float(value) / unit
        except ValueError:
            then, now = _moment(value), _moment(headers.get("Date", ""))
            if then is None:
                continue
            seconds = then - (time.time() if now is None else now)
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _moment(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
