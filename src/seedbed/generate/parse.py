"""From what a model wrote to fields and lists, forgiving the form and never the content.

Models wrap JSON in prose or code fences, cut it off, quote it wrongly, or write tagged text and numbered lines
instead. `fields_of` and `list_of` read all of these; what they cannot read they say so, and the caller asks again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["clean", "fields_of", "lines_of", "list_of", "questions_of"]

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S | re.I)
_FENCE = re.compile(r"```[a-zA-Z]*\s*(.*?)```", re.S)
# What no reader sees and a terminal obeys: control characters but for spaces, and the marks that turn writing round.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LABEL = re.compile(r"^\s*(?:(?:[-*•]|\(?\d{1,3}[.):])\s+)+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIRS = (('"', '"'), ("“", "”"), ("'", "'"), ("**", "**"), ("__", "__"), ("`", "`"))

# How models mark an item of a list: "1.", "(2)", "**3.**", "### Question 4:", "Q5:", "6. Question:"; or a bullet.
_NUMBER = re.compile(
    r"[>#\s]*[*_]{0,3}(?:(?:question|prompt|topic|item|q)\s*#?\s*\d{1,3}[*_]{0,3}(?:[.):]+|(?=[*_\s]*$))"
    r"|[(\[]?\d{1,3}[*_]{0,3}[.):\]][*_]{0,3}(?=\s|[*_\"“'A-ZÀ-Þ]|$))[*_]{0,3}\s*",
    re.I,
)
_BULLET = re.compile(r"\s*[-*•–]\s+")
_NAMED = re.compile(
    r"[*_]{0,3}(?:new\s+)?(?:question|prompt|topic|q)\s*(?:#?\s*\d{1,3}\s*)?[*_]{0,3}\s*:[*_]{0,3}\s*", re.I
)
_ASKED = re.compile(r"[?？؟]!?[\"'”’»)\]]*$")
_STATED = re.compile(r"[.!…。！][\"'”’»)\]]*$")
_LINES_OF_AN_ITEM = 5
# Text in which there is nothing to clean: nine questions in ten, and ten times as fast to see as to clean.
_PLAIN = re.compile(r"[A-Z](?:[A-Za-z0-9,.;?!'’()%$€&/-]| (?! ))*[A-Za-z0-9?.!)]")


def clean(text: str) -> str:
    """One line, without surrounding quotes or bold, numbering, or the marks of a chat template.

    clean(clean(t)) == clean(t).
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _SURROGATE.sub("?", text)  # JSON may spell half of a pair; such a text could not be stored
    before = ""
    while text != before:  # what one round uncovers is for the next: quotes around numbering, a mark within a mark
        before = text
        text = _CONTROL.sub("", re.sub(r"<\|[^|>]{0,40}\|>", " ", text))
        text = re.sub(r"\s+", " ", text).strip()
        text = _LABEL.sub("", text)
        for opening, closing in _PAIRS:
            inner = text[len(opening) : -len(closing)]
            if inner.strip() and text.startswith(opening) and text.endswith(closing) and opening not in inner:
                text = inner.strip()
    return text


# --- objects with named fields -----------------------------------------------------------------------------------


def fields_of(text: str, names: Sequence[str]) -> dict[str, Any] | None:
    """The JSON object in `text` that has all of `names`, else tagged text ("name: …"); None when neither is there."""
    text = _THOUGHT.sub(" ", text)
    for data in _json_in(text):
        if isinstance(data, dict) and all(name in data for name in names):
            return data
    found = {name: next(_strings_after(text, [name]), None) for name in names}
    return found if all(found.values()) else _tagged(text, names)


def _json_in(text: str) -> Iterator[Any]:
    """What of `text` is JSON: all of it, a fenced part, from the first brace or bracket to the last; also with a
    comma too many before a closing bracket."""
    for candidate in (text, *_FENCE.findall(text), _between(text, "{", "}"), _between(text, "[", "]")):
        if candidate.lstrip()[:1] not in ("{", "["):
            continue
        for form in (candidate, re.sub(r",\s*([}\]])", r"\1", candidate)):
            try:
                yield json.loads(form, strict=False)
                break
            except (ValueError, RecursionError):
                continue


def _between(text: str, opening: str, closing: str) -> str:
    start, end = text.find(opening), text.rfind(closing)
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


# --- lists -------------------------------------------------------------------------------------------------------


def lines_of(text: str) -> list[str]:
    """The non-empty lines, without numbering or bullets."""
    return [cleaned for line in text.splitlines() if (cleaned := clean(line))]


def questions_of(text: str, *, cut: bool = False) -> list[str] | None:
    """The questions of a reply; None when it holds no list of them. See `list_of`."""
    return list_of(text, "questions", "question", cut=cut)


def list_of(text: str, many: str, one: str, *, cut: bool = False, phrases: bool = False) -> list[str] | None:
    """The list under `many`, as strings or as objects with a `one`; else marked lines; else None.

    JSON need not be whole or well quoted: its items are read up to the first that has no end. Where `cut` says that
    the model was cut off, the last of marked lines is left out: it may be half an item. `phrases` are items of one
    line each; without marks every line is one then, and else only where the lines ask.
    """
    if (whole := _whole_list(text, many)) is not None:
        return whole
    text = _THOUGHT.sub(" ", text)
    for data in _json_in(text):
        if (found := _items_in(data, many, one)) is not None:
            return [bare for item in found if (bare := _bare(item))] or None
    for found in (list(_strings_after(text, [one])), _strings_in_list(text, many)):
        if found:
            return [bare for item in found if (bare := _bare(item))] or None
    return _marked_lines(text, cut=cut, phrases=phrases)


def _whole_list(text: str, many: str) -> list[str] | None:
    """What was asked for and nothing else, read without looking for anything else; None where it is not that."""
    if not text.startswith("{"):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    items = data.get(many)
    if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
        return None
    return [bare for item in items if (bare := _bare(item))] or None


def _items_in(data: Any, many: str, one: str) -> list[str] | None:
    """The items of parsed JSON; None where it is no list of items, so that other readings are tried."""
    if isinstance(data, dict):
        if many in data:
            data = data[many]
        elif isinstance(data.get(one), str):
            return [data[one]]
        elif data and all(re.fullmatch(rf"{one}s?[ _]?\d+|\d+", str(key)) for key in data):
            data = list(data.values())
        else:
            return None
        if isinstance(data, dict):
            data = list(data.values())
    if isinstance(data, str):
        return _marked_lines(data) or lines_of(data)
    if not isinstance(data, list):
        return None
    texts = [item.get(one) if isinstance(item, dict) else item for item in data]
    return [item for item in texts if isinstance(item, str) and item.strip()]


def _bare(text: str) -> str:
    """An item without the marks that models put before and around one, however often."""
    if _PLAIN.fullmatch(text):
        return text
    before, text = "", clean(text)
    while text != before:
        before = text
        for mark in (_NAMED, _NUMBER):
            found = mark.match(text)
            if found and text[found.end() :].strip("*_ "):
                text = clean(text[found.end() :])
        if text.count("**") == 1:  # half of a bold that began before the mark
            text = clean(text.removeprefix("**").removesuffix("**"))
    return text


def _marked_lines(text: str, *, cut: bool = False, phrases: bool = False) -> list[str] | None:
    """Numbered lines; where there are none, lines with bullets; else lines that all ask. Other lines are prose."""
    lines = re.sub(r"```[a-zA-Z]*", " ", text).splitlines()
    for mark in (_NUMBER, _BULLET, _NAMED):
        if any(mark.match(line) for line in lines):
            if phrases:
                found = [line[marked.end() :] for line in lines if (marked := mark.match(line))]
            else:
                found = _joined(lines, mark)
            break
    else:
        shown = [line for line in lines if line.strip()]
        shown = shown[1:] if shown and shown[0].rstrip().endswith(":") else shown
        asking = [line for line in shown if _ASKED.search(clean(line))]
        # one line may be a single question, or an answer that ends in one: that is no list
        found = shown if phrases or (len(asking) > 1 and len(asking) >= len(shown) - cut) else []
    found = found[:-1] if cut else found
    return [bare for line in found if (bare := _bare(line))] or None


def _joined(lines: Sequence[str], mark: re.Pattern[str]) -> list[str]:
    """Marked lines without the mark, each with the lines below that belong to it and have none.

    These are what follows an empty heading; then, with no blank line between, the rest of a sentence that has not
    ended, or a sentence that asks where nothing asked before ("1. I lost my job." and below it "What now?").
    """
    items: list[list[str]] = []
    ended = True
    for line in lines:
        if marked := mark.match(line):
            items.append([line[marked.end() :]])
        elif ended or _BULLET.match(line):
            continue
        elif not line.strip():
            ended = bool(items[-1][-1].strip("*_ :"))
            continue
        elif _STATED.search(items[-1][-1].rstrip("*_ ")) and not _ASKED.search(line.rstrip("*_ ")):
            ended = True
            continue
        else:
            items[-1].append(line)
        ended = bool(_ASKED.search(items[-1][-1].rstrip("*_ "))) or len(items[-1]) >= _LINES_OF_AN_ITEM
    return [" ".join(item) for item in items]


# --- strings of broken JSON --------------------------------------------------------------------------------------

_CLOSING = {'"': '"', "'": "'", "“": "”"}
# What follows the quotation mark that ends a string: a comma and the next thing, a closing bracket, or the end. One
# with anything else behind it is a quotation mark within the text, which the model did not escape.
_AFTER = re.compile(r"\s*(?:,\s*(?:[\"'“{}\[\]]|$)|[}\]]|$|\n\s*[\"'“])")


def _strings_after(text: str, names: Sequence[str]) -> Iterator[str]:
    """The strings that follow `"name":`, in order, up to the first that has no end."""
    key = re.compile(rf"[\"'“](?:{'|'.join(map(re.escape, names))})[\"'”]\s*:\s*(?=[\"'“])", re.I)
    at = 0
    while found := key.search(text, at):
        read = _string(text, found.end())
        if read is None:
            return
        item, at = read
        yield item


def _strings_in_list(text: str, many: str) -> list[str] | None:
    """The strings of the list under `many`, or of a list that the text begins with, up to the first without an end."""
    opened = re.search(rf"[\"'“]?{re.escape(many)}[\"'”]?\s*[:=]\s*\[\s*(?=[\"'“])", text, re.I)
    opened = opened or re.search(r"(?:^|\n)\s*\[\s*(?=[\"'“])", text)
    if opened is None:
        return None
    found: list[str] = []
    at = opened.end()
    while read := _string(text, at):
        item, end = read
        found.append(item)
        between = re.compile(r"\s*,?\s*(?=[\"'“])").match(text, end)
        if between is None:
            break
        at = between.end()
    return found


def _string(text: str, start: int) -> tuple[str, int] | None:
    """(the string whose quotation mark stands at `start`, where it ends); None when it has no end."""
    closing = _CLOSING.get(text[start : start + 1])
    if closing is None:
        return None
    at = start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == closing and _AFTER.match(text, at + 1):
            return _unescaped(text[start + 1 : at], closing), at + 1
        at += 1
    return None


def _unescaped(inner: str, closing: str) -> str:
    quoted = re.sub(r"\\'", "'", inner)
    quoted = re.sub(r'(\\.)|"', lambda found: found[1] or r"\"", quoted, flags=re.S)
    try:
        return str(json.loads(f'"{quoted}"', strict=False))
    except ValueError:  # an escape that JSON does not know
        return inner
