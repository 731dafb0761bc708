"""From what a model wrote to fields, forgiving the form and never the content.

Models wrap JSON in prose or code fences, cut it off, or write tagged text instead. `fields_of` reads all of these;
what it cannot read it says so, and the caller asks again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

__all__ = ["clean", "fields_of", "lines_of", "questions_of"]

_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.S)
_LABEL = re.compile(r"^\s*(?:(?:[-*•]|\(?\d{1,3}[.):])\s+)+")


def clean(text: str) -> str:
    """One line, without surrounding quotes, numbering, or the marks of a chat template. clean(clean(t)) == clean(t)."""
    before = ""
    while text != before:  # what one round uncovers is for the next: quotes around numbering, a mark within a mark
        before = text
        text = re.sub(r"<\|[^|>]{0,40}\|>", " ", text)
        text = re.sub(r"\s+", " ", text).strip()
        text = _LABEL.sub("", text)
        for opening, closing in (('"', '"'), ("“", "”"), ("'", "'")):
            inner = text[1:-1]
            if len(text) > 2 and text.startswith(opening) and text.endswith(closing) and opening not in inner:
                text = inner.strip()
    return text


def fields_of(text: str, names: Sequence[str]) -> dict[str, Any] | None:
    """The JSON object in `text` that has all of `names`, else tagged text ("name: …"); None when neither is there."""
    for candidate in (text, *_FENCE.findall(text), _braces(text)):
        try:
            data = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and all(name in data for name in names):
            return data
    return _tagged(text, names)


def _braces(text: str) -> str:
    """From the first { to the last }, or an empty string."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else ""


def _tagged(text: str, names: Sequence[str]) -> dict[str, Any] | None:
    # No quotes about the name: that is JSON which json.loads refused, most often cut off, and to be asked for again.
    named = "|".join(map(re.escape, names))
    pattern = re.compile(rf"^[^\w\"'{{}}]{{0,4}}({named})[^\w\"']{{0,3}}:[*_]{{0,3}}", re.I | re.M)
    marks = list(pattern.finditer(text))
    found: dict[str, Any] = {}
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):
        found.setdefault(mark.group(1).lower(), text[mark.end() : end].strip())
    return found if all(found.get(name) for name in names) else None


def lines_of(text: str) -> list[str]:
    """The non-empty lines, without numbering or bullets."""
    return [cleaned for line in text.splitlines() if (cleaned := clean(line))]


def questions_of(text: str, *, cut: bool = False) -> list[str] | None:
    """The list under "questions", as strings or as objects with a "question"; else numbered lines; else None.

    Of JSON that breaks off, the items before the break are read. Where `cut` says that the model was cut off, the last
    of the lines is left out: it may be half a question.
    """
    last = -1 if cut else None
    data = fields_of(text, ["questions"])
    items = data.get("questions") if data else _items_before_break(text)
    if isinstance(items, str):
        items = lines_of(items)[:last]
    if isinstance(items, list):
        texts = [
            item if isinstance(item, str) else item.get("question", "")
            for item in items
            if isinstance(item, str | dict)
        ]
        return [clean(text) for text in texts if isinstance(text, str) and text.strip()] or None
    numbered = [clean(line) for line in text.splitlines() if _LABEL.match(line)]
    return numbered[:last] or None


def _items_before_break(text: str) -> list[Any] | None:
    """The whole items of the list under "questions" in JSON that is not whole; None when there is no such list."""
    opened = re.search(r'"questions"\s*:\s*\[', text)
    if opened is None:
        return None
    found: list[Any] = []
    at, decoder = _next_sign(text, opened.end()), json.JSONDecoder()
    while True:
        try:
            item, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found
        at = _next_sign(text, end)
        following = text[at : at + 1]
        if following not in ("", ",", "]"):
            return found  # a quotation mark within a question: what was read is a part of it
        found.append(item)
        if following != ",":
            return found
        at = _next_sign(text, at + 1)


def _next_sign(text: str, start: int) -> int:
    """Where the first sign that is no space stands, from `start` on."""
    while text[start : start + 1].isspace():
        start += 1
    return start
